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
where a.person_id = :first and b.person_id = :second and t.ended_at is null and t.last_day >= :since
limit 1;

-- name of
-- A row a member, as in all that follow: one statement brings tandems whole.
select t.id, t.template_id, t.first_day, t.last_day, m.person_id, m.role, p.name, p.zone
from member viewer
join tandem t on t.id = viewer.tandem_id
join member m on m.tandem_id = t.id
join person p on p.id = m.person_id
where viewer.person_id = :person_id and t.ended_at is null and t.last_day >= :since
order by t.id, m.role, p.name;

-- name by_id
select t.id, t.template_id, t.first_day, t.last_day, m.person_id, m.role, p.name, p.zone
from member viewer
join tandem t on t.id = viewer.tandem_id
join member m on m.tandem_id = t.id
join person p on p.id = m.person_id
where t.id = :id and viewer.person_id = :viewer
order by m.role, p.name;

-- name lines
select t.*, m.person_id, m.role, p.name, p.zone
from (
    select t.id, t.template_id, t.first_day, t.last_day,
        sum(case when g.contested_at is null and g.id is not null then 1 else 0 end) as meetings,
        max(case when g.contested_at is null then g.day end) as last_meeting,
        count(g.contested_at) as contested
    from tandem t
    left join meeting g on g.tandem_id = t.id and g.outcome = 'h' and g.undone_at is null
    where t.ended_at is null and t.last_day >= :since
    group by t.id, t.template_id, t.first_day, t.last_day
    order by t.id
    limit :limit offset :skip
) t
join member m on m.tandem_id = t.id
join person p on p.id = m.person_id
order by t.id, m.role, p.name;

-- name count
select count(*) as number from tandem where ended_at is null and last_day >= :since;
