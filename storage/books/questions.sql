-- name add
insert into question (person_id, text, key, asked_at)
values (:person_id, :text, :key, :now)
on conflict (key) do nothing
returning id;

-- name by_id
select id, person_id, text, answered_at from question where id = :id;

-- name is_sent
select id from question where key = :key and person_id = :person_id;

-- name answer
update question set answer = :text, answered_by = :by, answered_at = :now
where id = :id and answered_at is null
returning id;
