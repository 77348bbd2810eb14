-- name add
insert into appointment (tandem_id, day, start, minutes, place, topics, zone, state, sequence, made_by,
    uid, in_calendars, key, made_at)
values (:tandem_id, :day, :start, :minutes, :place, :topics, :zone, :state, :sequence, :by,
    :uid, :in_calendars, :key, :now)
returning *;

-- name change
update appointment
set day = :day, start = :start, minutes = :minutes, place = :place, topics = :topics, zone = :zone,
    state = :state, sequence = :sequence, made_by = :by, in_calendars = :in_calendars,
    key = coalesce(:key, key)
where id = :id;

-- name settle
update appointment set state = 'o', meeting_id = :meeting_id
where tandem_id = :tandem_id and day = :day and state in ('p', 'a')
returning *;

-- name by_id
select a.*
from appointment a
join member m on m.tandem_id = a.tandem_id and m.person_id = :viewer
where a.id = :id;

-- name by_key
select * from appointment where key = :key;

-- name open_of
select * from appointment where tandem_id = :tandem_id and state in ('p', 'a');

-- name open_with
select a.*
from appointment a
join member m on m.tandem_id = a.tandem_id and m.person_id = :person_id
where a.state in ('p', 'a')
order by a.id;
