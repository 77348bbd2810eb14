-- name add
insert into person (name, language, zone, created_at)
values (:name, :language, :zone, :now)
returning id;

-- name add_role
insert into role (person_id, role, since)
values (:person_id, :role, :now);

-- name by_id
select id, name, language, zone, chat_id, reachable,
    (select group_concat(role) from role where person_id = person.id and until is null) as roles
from person
where id = :id;

-- name by_chats
select id, name, language, zone, chat_id, reachable,
    (select group_concat(role) from role where person_id = person.id and until is null) as roles
from person
where chat_id in (:ids);

-- name with_role
select id, name, language, zone, chat_id, reachable,
    (select group_concat(role) from role where person_id = person.id and until is null) as roles
from person
where id in (select person_id from role where role = :role and until is null)
order by name, id
limit :limit offset :skip;

-- name count_with_role
select count(*) as number from role where role = :role and until is null;

-- name rename
update person set name = :name where id = :id;

-- name speak
update person set language = :language where id = :id;

-- name move
update person set zone = :zone where id = :id;

-- name reach
update person set reachable = :reachable, status_at = :now
where chat_id = :chat_id and reachable <> :reachable;

-- name unreach
-- A status of the time to come was written before the clock was set back: it is not newer.
update person set reachable = 0
where id = :id and (coalesce(status_at, 0) <= :departed or status_at > :now)
returning id;
