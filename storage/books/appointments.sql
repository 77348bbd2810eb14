-- name add
insert into appointment (tandem_id, day, start, minutes, place, topics, zone, state, sequence, made_by,
    uid, in_calendars, instead_of, made_at)
values (:tandem_id, :day, :start, :minutes, :place, :topics, :zone, :state, :sequence, :by,
    :uid, :in_calendars, :instead_of, :now)
returning *;

-- name change
update appointment
set day = :day, start = :start, minutes = :minutes, place = :place, topics = :topics, zone = :zone,
    state = :state, sequence = :sequence, made_by = :by, in_calendars = :in_calendars,
    meeting_id = :meeting_id, instead_of = :instead_of
where id = :id;

-- name use_key
insert into proposal (key, person_id, appointment_id) values (:key, :person_id, :id)
on conflict (key) do nothing;

-- name by_id
select a.*
from appointment a
join member m on m.tandem_id = a.tandem_id and m.person_id = :viewer
where a.id = :id;

-- name by_key
select a.*
from proposal r
join appointment a on a.id = r.appointment_id
join member m on m.tandem_id = a.tandem_id and m.person_id = :viewer
where r.key = :key and r.person_id = :viewer;

-- name by_meeting
select * from appointment where meeting_id = :meeting_id;

-- name open_of
select * from appointment where tandem_id = :tandem_id and state in ('p', 'a');

-- name unanswered
-- The last few: of what became of an older one nobody is asked any more.
select * from appointment
where tandem_id = :tandem_id and state <> 'c' and meeting_id is null
order by id desc
limit 5;

-- name open_with
select a.*
from appointment a
join member m on m.tandem_id = a.tandem_id and m.person_id = :person_id
where a.state in ('p', 'a')
order by a.id;
