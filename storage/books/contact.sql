-- name last_contact
-- An open date counts, whether it is to come or nobody has said yet what became of it.
select max(day) as day
from (
    select max(day) as day from appointment where tandem_id = :tandem_id and state in ('p', 'a')
    union all
    select max(day) from meeting
    where tandem_id = :tandem_id and outcome = 'h' and undone_at is null and contested_at is null
);
