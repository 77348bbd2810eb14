-- name add
insert into invitation (person_id, code_hash, invited_by, created_at, expires_at)
values (:person_id, :code_hash, :by, :now, :expires_at)
returning id;

-- name open_by_hash
select i.id, i.person_id, p.name, i.expires_at,
    (select role from role where person_id = p.id and until is null order by since limit 1) as role
from invitation i
join person p on p.id = i.person_id
where i.code_hash = :code_hash and i.used_at is null and i.expires_at > :now;

-- name use
update invitation set used_at = :now where id = :id and used_at is null returning id;

-- name take_chat
update person set chat_id = :chat_id, language = :language, reachable = 1
where id = :person_id
    and not exists (select 1 from person other where other.chat_id = :chat_id and other.id <> :person_id)
returning id;

-- name consent
insert into consent (person_id, version, language, given_at)
values (:person_id, :version, :language, :now)
on conflict (person_id, version) do nothing;
