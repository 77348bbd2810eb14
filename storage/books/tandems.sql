-- name add
insert into tandem (template_id, first_day, last_day, made_by, made_at)
values (:template_id, :first_day, :last_day, :by, :now)
returning id;

-- name join
insert into member (tandem_id, person_id, role) values (:tandem_id, :person_id, :role);

-- name are_paired
select 1 as paired
from member a
join member b on b.tandem_id = a.tandem_id
join tandem t on t.id = a.tandem_id
where a.person_id = :first and b.person_id = :second and t.ended_at is null
limit 1;

-- name of
select t.id, t.template_id, t.first_day, t.last_day
from tandem t
join member m on m.tandem_id = t.id
where m.person_id = :person_id and t.ended_at is null
order by t.id;

-- name by_id
select t.id, t.template_id, t.first_day, t.last_day
from tandem t
join member m on m.tandem_id = t.id
where t.id = :id and m.person_id = :viewer;

-- name members
select m.tandem_id, m.person_id, m.role, p.name
from member m
join person p on p.id = m.person_id
where m.tandem_id in (:ids)
order by m.tandem_id, m.role, p.name;

-- name lines
select t.id, t.template_id, t.first_day, t.last_day, count(g.id) as meetings, max(g.day) as last_meeting
from tandem t
left join meeting g on g.tandem_id = t.id
    and g.outcome = 'h' and g.undone_at is null and g.contested_at is null
where t.ended_at is null
group by t.id, t.template_id, t.first_day, t.last_day
order by t.id
limit :limit offset :skip;

-- name count
select count(*) as number from tandem where ended_at is null;
