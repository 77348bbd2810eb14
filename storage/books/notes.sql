-- name put
insert into note (person_id, meeting_id, sight, text, written_at)
values (:person_id, :meeting_id, :sight, :text, :now)
on conflict (person_id, meeting_id, sight)
do update set text = excluded.text, written_at = excluded.written_at;

-- name of_last_meeting
-- Promises of everybody in the viewer's tandem; of the private notes the viewer's own alone.
select n.person_id, p.name, n.sight, n.text
from note n
join person p on p.id = n.person_id
where n.meeting_id = (
    select g.id
    from meeting g
    join member m on m.tandem_id = g.tandem_id and m.person_id = :viewer
    where g.tandem_id = :tandem_id and g.outcome = 'h' and g.undone_at is null
    order by g.day desc, g.start desc, g.id desc
    limit 1)
    and (n.sight = 'b' or n.person_id = :viewer)
order by n.sight, n.person_id;
