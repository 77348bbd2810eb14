-- name add
insert into letter (person_id, chat_id, kind, args, priority, due_at, useful_until, key, cancel,
    edits, created_at, state)
values (:person_id, :chat_id, :kind, :args, :priority, :due_at, :useful_until, :key, :cancel,
    :edits, :created_at,
    case when :priority > 0 and exists (
            select 1 from person where id = :person_id and (chat_id is null or reachable = 0))
        then 'absent' else 'pending' end)
on conflict (key) do nothing;

-- name arrived
update letter set state = 'pending'
where state = 'absent' and person_id = (select id from person where chat_id = :chat_id);

-- name returned
update letter set state = 'pending' where state = 'absent' and person_id = :person_id;

-- name overtake
delete from letter where edits = :edits and state = 'pending';

-- name cancel
-- The key is free again: what was never sent has not been said.
update letter set state = 'cancelled', args = '', done_at = :now, key = null
where cancel = :cancel and state in ('pending', 'absent');

-- name postpone
update letter set due_at = :due where key = :key and state in ('pending', 'absent');

-- name due
-- Five walks along the partial index, one a class, merged in its order: nothing due costs five
-- probes, and a limit ends them early. An answer is always due: a clock that is set back must not
-- keep it.
select due.*, name, language, zone, person.chat_id as reader_chat_id, reachable,
    (select group_concat(role) from role where person_id = person.id and until is null) as roles
from (
    select * from letter where state = 'pending' and priority = 0
        and (person_id is null or person_id not in (:people_busy))
        and (person_id is not null or chat_id not in (:chats_busy))
    union all
    select * from letter where state = 'pending' and priority = 1 and due_at <= :now
        and (person_id is null or person_id not in (:people_busy_for_bulk))
        and (person_id is not null or chat_id not in (:chats_busy_for_bulk))
    union all
    select * from letter where state = 'pending' and priority = 2 and due_at <= :now
        and (person_id is null or person_id not in (:people_busy_for_bulk))
        and (person_id is not null or chat_id not in (:chats_busy_for_bulk))
    union all
    select * from letter where state = 'pending' and priority = 3 and due_at <= :now
        and (person_id is null or person_id not in (:people_busy_for_bulk))
        and (person_id is not null or chat_id not in (:chats_busy_for_bulk))
    union all
    select * from letter where state = 'pending' and priority = 4 and due_at <= :now
        and (person_id is null or person_id not in (:people_busy_for_bulk))
        and (person_id is not null or chat_id not in (:chats_busy_for_bulk))
    order by priority, due_at, id
    limit :limit
) as due
left join person on person.id = due.person_id
order by priority, due_at, due.id;

-- name next_due
select min(due_at) as due_at from letter where state = 'pending' and priority = 1
    and due_at > :now
union all
select min(due_at) as due_at from letter where state = 'pending' and priority = 2
    and due_at > :now
union all
select min(due_at) as due_at from letter where state = 'pending' and priority = 3
    and due_at > :now
union all
select min(due_at) as due_at from letter where state = 'pending' and priority = 4
    and due_at > :now;

-- name claim
update letter set state = 'sending', tries = tries + 1 where id in (:ids) and state = 'pending';

-- name sent
update letter set state = 'sent', args = '', done_at = :now, error = null where id = :id;

-- name drop_sent
delete from letter where id = :id;

-- name again
-- The due instant stays, and with it the place in the line.
update letter set state = :state, repeat = :repeat, error = :error, tries = tries - :unsent,
    args = coalesce(:args, args)
where id = :id;

-- name put_off
update letter set due_at = :due where id = :id;

-- name sent_within_a_week
select done_at from letter
where person_id = :person_id and priority = :priority and state = 'sent' and done_at > :since;

-- name final
update letter set state = :state, args = '', done_at = :now, error = :error where id = :id;

-- name interrupted
update letter set state = 'pending', repeat = 1, error = 'interrupted' where state = 'sending';

-- name given_up
update letter set state = 'doubt', args = '', done_at = :now, error = 'interrupted'
where state = 'sending' and tries >= :departures;

-- name given_up_strangers
delete from letter where state = 'sending' and tries >= :departures and person_id is null;

-- name forget
delete from letter where state not in ('pending', 'sending', 'absent') and done_at < :before;

-- name forget_absent
-- What is still to come waits on, however long ago it was written.
delete from letter
where state = 'absent' and created_at < :before and coalesce(useful_until, due_at) < :before;
