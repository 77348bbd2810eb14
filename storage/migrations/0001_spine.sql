-- Instants are whole seconds since 1970 UTC; days are ISO dates, times HH:MM, both local wall time.

create table template (
    id integer primary key,
    text text not null unique,
    loaded_at integer not null
);

create table person (
    id integer primary key,
    name text not null,
    language text not null,
    zone text not null,
    chat_id bigint unique,
    reachable integer not null default 1,
    created_at integer not null
);

create table role (
    person_id integer not null references person (id) on delete cascade,
    role text not null,
    since integer not null,
    until integer,
    primary key (person_id, role, since)
);
create index role_now on role (role, person_id) where until is null;

create table consent (
    person_id integer not null references person (id) on delete cascade,
    version integer not null,
    language text not null,
    given_at integer not null,
    primary key (person_id, version)
);

create table invitation (
    id integer primary key,
    person_id integer not null references person (id) on delete cascade,
    code_hash text not null unique,
    invited_by integer references person (id) on delete set null,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
);

create table tandem (
    id integer primary key,
    template_id integer not null references template (id),
    first_day text not null,
    last_day text not null,
    made_by integer references person (id) on delete set null,
    made_at integer not null,
    ended_at integer
);

create table member (
    tandem_id integer not null references tandem (id) on delete cascade,
    person_id integer not null references person (id) on delete cascade,
    role text not null,
    primary key (tandem_id, person_id)
);
create index member_person on member (person_id);

create table meeting (
    id integer primary key,
    tandem_id integer not null references tandem (id) on delete cascade,
    logged_by integer not null references person (id),
    outcome text not null,
    day text not null,
    start text not null,
    minutes integer not null,
    place text not null,
    topics text not null,
    key text not null unique,
    logged_at integer not null,
    undone_at integer,
    contested_at integer,
    correction text,
    corrected_by integer references person (id)
);
create index meeting_day on meeting (tandem_id, day);

create table question (
    id integer primary key,
    person_id integer not null references person (id) on delete cascade,
    text text not null,
    key text not null unique,
    asked_at integer not null,
    answer text,
    answered_by integer references person (id) on delete set null,
    answered_at integer
);

create table card (
    key text primary key,
    person_id integer not null references person (id) on delete cascade,
    kind text not null,
    content text not null,
    opened_at integer not null
);

create table conversation (
    person_id integer primary key references person (id) on delete cascade,
    step text not null,
    card_key text
);

-- A letter to somebody of the programme names the person; an answer to a stranger names the chat
-- and is deleted as soon as it was sent. `args` is emptied when the letter is final.
create table letter (
    id integer primary key,
    person_id integer references person (id) on delete cascade,
    chat_id bigint,
    kind text not null,
    args text not null,
    priority integer not null,
    due_at integer not null,
    state text not null default 'pending',
    tries integer not null default 0,
    repeat integer not null default 0,
    key text unique,
    cancel text,
    edits text,
    created_at integer not null,
    done_at integer,
    error text
);
create index letter_due on letter (priority, due_at) where state = 'pending';
create index letter_open on letter (state) where state = 'sending';
create index letter_cancel on letter (cancel) where state = 'pending';
create index letter_edits on letter (edits) where state = 'pending';

create table seen (
    update_id bigint primary key,
    at integer not null
);

create table aside (
    reference text primary key,
    update_id bigint not null,
    error text not null,
    at integer not null
);
