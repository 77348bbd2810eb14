-- name oldest_due
-- One probe of the partial index a class. An answer is always due, as for the post office.
select * from (select id, kind, due_at from letter where state = 'pending' and priority = 0
    order by due_at limit 1)
union all
select * from (select id, kind, due_at from letter where state = 'pending' and priority = 1
    and due_at <= :now order by due_at limit 1)
union all
select * from (select id, kind, due_at from letter where state = 'pending' and priority = 2
    and due_at <= :now order by due_at limit 1)
union all
select * from (select id, kind, due_at from letter where state = 'pending' and priority = 3
    and due_at <= :now order by due_at limit 1)
union all
select * from (select id, kind, due_at from letter where state = 'pending' and priority = 4
    and due_at <= :now order by due_at limit 1)
union all
select * from (select id, kind, due_at from letter where state = 'sending'
    order by due_at limit 1)
order by due_at limit 1;

-- name counts
select
    (select count(*) from letter where state = 'pending') as pending,
    (select count(*) from letter where state = 'sending') as sending,
    (select count(*) from letter where state = 'absent') as absent,
    (select count(*) from aside) as aside;

-- name table_names
select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name;

-- name strangers
-- Of strangers nothing stays once they were answered; a copy would keep who waited then.
delete from letter where person_id is null;

-- name restored
-- They may have left since the copy was made. The key stays: what may have been said is not said
-- again. Answers are always due.
update letter set state = 'cancelled', args = '', done_at = :now, error = 'restored'
where state = 'sending' or (state in ('pending', 'absent') and (due_at <= :now or priority = 0));

-- name to_come
select count(*) from letter where state in ('pending', 'absent');
