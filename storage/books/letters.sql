-- name add
insert into letter (person_id, chat_id, kind, args, priority, due_at, key, cancel, edits, created_at)
values (:person_id, :chat_id, :kind, :args, :priority, :due_at, :key, :cancel, :edits, :created_at)
on conflict (key) do nothing;

-- name overtake
delete from letter where edits = :edits and state = 'pending';

-- name cancel
update letter set state = 'cancelled', args = '', done_at = :now
where cancel = :cancel and state = 'pending';

-- name due
-- Five looks into the partial index, one a class: nothing due costs five probes.
select * from (
    select * from (
        select * from letter where state = 'pending' and priority = 0 and due_at <= :now
        order by due_at, id limit :limit)
    union all
    select * from (
        select * from letter where state = 'pending' and priority = 1 and due_at <= :now
        order by due_at, id limit :limit)
    union all
    select * from (
        select * from letter where state = 'pending' and priority = 2 and due_at <= :now
        order by due_at, id limit :limit)
    union all
    select * from (
        select * from letter where state = 'pending' and priority = 3 and due_at <= :now
        order by due_at, id limit :limit)
    union all
    select * from (
        select * from letter where state = 'pending' and priority = 4 and due_at <= :now
        order by due_at, id limit :limit)
) l
order by priority, due_at, id
limit :limit;

-- name next_due
select min(due_at) as due_at from letter where state = 'pending' and priority = :priority;

-- name claim
update letter set state = 'sending', tries = tries + 1 where id in (:ids) and state = 'pending'
returning id;

-- name sent
update letter set state = 'sent', args = '', done_at = :now, error = null where id = :id;

-- name drop_sent
delete from letter where id = :id;

-- name again
update letter set state = 'pending', due_at = :due_at, repeat = :repeat, error = :error
where id = :id;

-- name final
update letter set state = :state, args = '', done_at = :now, error = :error where id = :id;

-- name interrupted
update letter set state = 'pending', repeat = 1, error = 'interrupted' where state = 'sending';

-- name forget
delete from letter where state in ('sent', 'cancelled') and done_at < :before;
