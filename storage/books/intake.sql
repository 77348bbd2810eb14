-- name seen
select update_id from seen where update_id in (:ids);

-- name see
insert into seen (update_id, at) values (:update_id, :at) on conflict (update_id) do nothing;

-- name forget
delete from seen where at < :before;

-- name steps
select person_id, step, card_key
from conversation join person on person.id = person_id
where chat_id in (:ids);

-- name stand
insert into conversation (person_id, step, card_key) values (:person_id, :step, :card_key)
on conflict (person_id) do update set step = excluded.step, card_key = excluded.card_key;

-- name leave
delete from conversation where person_id = :person_id;

-- name set_aside
insert into aside (reference, update_id, error, at) values (:reference, :update_id, :error, :at);

-- name forget_aside
delete from aside where at < :before;

-- name templates
select id, text from template;

-- name template
insert into template (text, loaded_at) values (:text, :now)
on conflict (text) do update set text = excluded.text
returning id;
