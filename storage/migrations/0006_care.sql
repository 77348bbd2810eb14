-- How it goes: pulses, moods and worries, seen by their writer and the coordination alone.

create table pulse (
    id integer primary key,
    tandem_id integer not null references tandem (id) on delete cascade,
    person_id integer not null references person (id) on delete cascade,
    key text not null unique,
    contact integer not null,
    progress integer not null,
    confidence integer not null,
    wish text,
    text text,
    voice text,
    answered_at integer not null
);
create index pulse_tandem on pulse (tandem_id, answered_at);

create table mood (
    meeting_id integer not null references meeting (id) on delete cascade,
    person_id integer not null references person (id) on delete cascade,
    face integer not null,
    given_at integer not null,
    primary key (meeting_id, person_id)
);

-- "Something is wrong". `tandem_id` is null of whoever has none, or several.
create table concern (
    id integer primary key,
    tandem_id integer references tandem (id) on delete cascade,
    person_id integer not null references person (id) on delete cascade,
    kind text not null,
    text text,
    key text not null unique,
    raised_at integer not null,
    closed_by integer references person (id) on delete set null,
    closed_at integer
);
create index concern_open on concern (raised_at) where closed_at is null;

-- Pauses of a tandem: until the day named, which is still of the pause, or until somebody is back.
create table pause (
    id integer primary key,
    tandem_id integer not null references tandem (id) on delete cascade,
    begun_by integer references person (id) on delete set null,
    begun_at integer not null,
    until_day text,
    key text not null unique,
    ended_at integer
);
create unique index pause_open on pause (tandem_id) where ended_at is null;

-- A longer phase, proposed by one side and settled by one yes of the other role.
create table extension (
    id integer primary key,
    tandem_id integer not null references tandem (id) on delete cascade,
    proposed_by integer not null references person (id) on delete cascade,
    last_day text not null,
    key text not null unique,
    state text not null,
    proposed_at integer not null
);
create unique index extension_open on extension (tandem_id) where state = 'p';

-- A person's own habits; null is the programme's. Times are HH:MM, local wall time.
alter table person add column reminders text;
alter table person add column quiet_from text;
alter table person add column quiet_until text;
alter table person add column sundays integer;
alter table person add column summary integer not null default 0;
alter table person add column monday text;

-- Who of the coordination looks after a tandem, and what was agreed on with it.
alter table tandem add column kept_by integer references person (id) on delete set null;
alter table tandem add column rematch_at integer;

create table team_note (
    id integer primary key,
    tandem_id integer not null references tandem (id) on delete cascade,
    by_id integer references person (id) on delete set null,
    kind text not null,
    text text,
    voice text,
    key text not null unique,
    written_at integer not null
);
create index team_note_tandem on team_note (tandem_id, written_at);

-- Who of the coordination did what, and when: rows are added and never changed. Without
-- references: who has left, or was erased, is a number here.
create table deed (
    id integer primary key,
    by_id integer not null,
    kind text not null,
    tandem_id integer,
    person_id integer,
    args text not null,
    at integer not null
);
create index deed_tandem on deed (tandem_id, at);
create index deed_at on deed (at);
