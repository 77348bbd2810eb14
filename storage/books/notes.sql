-- name put
insert into note (person_id, meeting_id, sight, text, written_at)
values (:person_id, :meeting_id, :sight, :text, :now)
on conflict (person_id, meeting_id, sight)
do update set text = excluded.text, written_at = excluded.written_at;

-- name until_next_time
-- Of the tandem's last meeting, and what was written since on an older one. Promises of everybody
-- in the viewer's tandem; of the private notes the viewer's own alone.
with last as (
    select g.id, g.logged_at
    from meeting g
    join member m on m.tandem_id = g.tandem_id and m.person_id = :viewer
    where g.tandem_id = :tandem_id and g.outcome = 'h' and g.undone_at is null
    order by g.day desc, g.start desc, g.id desc
    limit 1)
select n.person_id, p.name, n.sight, n.text
from last
join meeting g on g.tandem_id = :tandem_id and g.undone_at is null
join note n on n.meeting_id = g.id and (g.id = last.id or n.written_at > last.logged_at)
join person p on p.id = n.person_id
where n.sight = 'b' or n.person_id = :viewer
order by n.sight, n.person_id, n.written_at;
