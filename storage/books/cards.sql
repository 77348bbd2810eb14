-- name put
insert into card (key, person_id, kind, content, opened_at)
values (:key, :person_id, :kind, :content, :now)
on conflict (key) do update set content = excluded.content where card.person_id = excluded.person_id;

-- name get
select key, person_id, kind, content from card
where key = :key and person_id = :person_id;

-- name drop
delete from card where key = :key and person_id = :person_id;

-- name forget
delete from card where opened_at < :before and (:kind is null or kind = :kind);

-- name leave
-- A step that waits for a card that is gone would hear everything that is typed, for ever.
delete from conversation
where card_key is not null and card_key not in (select key from card);
