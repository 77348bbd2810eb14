-- The next date of a tandem, and how long a letter is worth reading.

create table appointment (
    id integer primary key,
    tandem_id integer not null references tandem (id) on delete cascade,
    day text not null,
    start text not null,
    minutes integer not null,
    place text not null,
    topics text not null,
    zone text not null,
    state text not null,
    sequence integer not null,
    made_by integer not null references person (id),
    uid text not null unique,
    in_calendars integer not null,
    meeting_id integer references meeting (id) on delete set null,
    made_at integer not null
);
create index appointment_meeting on appointment (meeting_id) where meeting_id is not null;

-- Which card or button a date came from: pressed again, it makes no other one.
create table proposal (
    key text primary key,
    person_id integer not null references person (id) on delete cascade,
    appointment_id integer not null references appointment (id) on delete cascade
);
create unique index appointment_open on appointment (tandem_id) where state in ('p', 'a');

alter table letter add column useful_until integer;
create index letter_week on letter (person_id, done_at) where state = 'sent' and priority = 3;

create table note (
    person_id integer not null references person (id) on delete cascade,
    meeting_id integer not null references meeting (id) on delete cascade,
    sight text not null,
    text text not null,
    written_at integer not null,
    primary key (person_id, meeting_id, sight)
);
create index note_meeting on note (meeting_id);

-- When the chat was opened or closed last: a refusal of something sent before says nothing of now.
alter table person add column status_at integer;
