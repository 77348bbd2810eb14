-- name add
insert into meeting (tandem_id, logged_by, outcome, day, start, minutes, place, topics, key, logged_at)
values (:tandem_id, :by, :outcome, :day, :start, :minutes, :place, :topics, :key, :now)
on conflict (key) do nothing
returning *;

-- name by_key
select * from meeting where key = :key;

-- name by_id
select g.*
from meeting g
join member m on m.tandem_id = g.tandem_id and m.person_id = :viewer
where g.id = :id;

-- name on_day
select * from meeting
where tandem_id = :tandem_id and day = :day and outcome = 'h' and undone_at is null
order by id
limit 1;

-- name recent
select g.*
from meeting g
join member m on m.tandem_id = g.tandem_id and m.person_id = :viewer
where g.tandem_id = :tandem_id and g.outcome = 'h' and g.undone_at is null
order by g.day desc, g.start desc, g.id desc
limit :limit;

-- name total
select count(*) as meetings, coalesce(sum(minutes), 0) as minutes
from meeting
where tandem_id = :tandem_id and outcome = 'h' and undone_at is null and contested_at is null;

-- name undo
update meeting set undone_at = :now where id = :id and undone_at is null returning id;

-- name contest
update meeting set contested_at = :now, contested_by = :by
where id = :id and contested_at is null
returning id;

-- name propose
update meeting set correction = :plan, corrected_by = :by where id = :id;

-- name concede
update meeting
set contested_at = null, contested_by = null, correction = null, corrected_by = null
where id = :id and (contested_by = :by or corrected_by = :by)
returning id;

-- name decline
update meeting
set contested_at = coalesce(contested_at, :now), contested_by = coalesce(contested_by, corrected_by),
    correction = null, corrected_by = null
where id = :id;

-- name apply
update meeting
set day = :day, start = :start, minutes = :minutes, place = :place, topics = :topics,
    correction = null, corrected_by = null, contested_at = null, contested_by = null
where id = :id;
