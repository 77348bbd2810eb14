-- Who objected: in a tandem of three nobody takes back another's objection.

alter table meeting add column contested_by integer references person (id);
update meeting set contested_by = (
    select m.person_id from member m
    where m.tandem_id = meeting.tandem_id and m.person_id <> meeting.logged_by
    limit 1)
where contested_at is not null;
