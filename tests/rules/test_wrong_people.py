"""Who may not: every service refuses every wrong person, and every table shows them nothing."""

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Tables, open_desk
from bot.settings import Secret, Settings
from mentoring.cards import Card
from mentoring.dates import Appointment
from mentoring.desk import Desk
from mentoring.invitations import hash_of
from mentoring.logbook import Meeting, Outcome
from mentoring.notes import Note, Sight
from mentoring.people import Person, Role
from mentoring.plans import Plan
from mentoring.refusals import NotADay, NotYours
from storage.database import Database

NOW = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
"""Monday, 18:00 in Munich."""

ROLES = {
    "coordinator": Role.COORDINATOR,
    "former coordinator": Role.COORDINATOR,
    "mentor": Role.MENTOR,
    "mentee": Role.MENTEE,
    "another mentor": Role.MENTOR,
    "another mentee": Role.MENTEE,
}


@dataclass
class World:
    """Two tandems. Of the mentor: a meeting that the mentee corrects, and a date that waits."""

    database: Database
    desk: Desk
    tables: Tables
    people: dict[str, Person]
    tandem: int
    meeting: Meeting
    date: Appointment
    question: int

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.database.execute(sql)]

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        names = await self.rows("select name from sqlite_master where type = 'table'")
        return {name: await self.rows(f"select * from {name}") for (name,) in names}

    def id_of(self, name: str) -> int:
        return self.people[name].id


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    settings = Settings(
        bot_token=Secret("1234567:TEST-token-of-the-wrong-people-0000000000"),
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite3'}",
    )
    async with open_desk(settings, clock=lambda: NOW) as (database, desk, tables):
        async with database.transaction():
            world = await _begin(database, desk, tables)
            await tables.letters.write()
        yield world


async def _begin(database: Database, desk: Desk, tables: Tables) -> World:
    people = {}
    for number, (name, role) in enumerate(ROLES.items(), 1):
        person_id = await tables.people.add(
            name=name, language="en", zone="Europe/Berlin", role=role, now=NOW
        )
        await desk.invitations.book.consent(
            person_id, chat_id=number * 10, language="en", version=1, now=NOW
        )
        people[name] = await desk.people.get(person_id)
    former = people["former coordinator"].id
    await database.execute("update role set until = 1 where person_id = :id", {"id": former})
    people["former coordinator"] = await desk.people.get(former)
    coordinator, mentor, mentee = (people[n] for n in ("coordinator", "mentor", "mentee"))
    month_ago = NOW - timedelta(weeks=4)
    tandem = await desk.tandems.pair(
        by=coordinator, mentee=mentee.id, mentor=mentor.id, now=month_ago
    )
    await desk.tandems.pair(
        by=coordinator,
        mentee=people["another mentee"].id,
        mentor=people["another mentor"].id,
        now=month_ago,
    )
    plan = await desk.meetings.defaults(tandem, by=mentor, now=NOW)
    meeting = await desk.meetings.log(
        by=mentor, tandem_id=tandem.id, outcome=Outcome.HELD, plan=plan, key="logged", now=NOW
    )
    await desk.meetings.object(meeting.id, by=mentee, now=NOW)
    meeting = await desk.meetings.correct(meeting.id, replace(plan, minutes=90), by=mentee, now=NOW)
    date = await desk.appointments.propose(
        by=mentor, tandem_id=tandem.id, plan=_in_two_weeks(plan), key="proposed", now=NOW
    )
    await desk.questions.send(by=mentee, text="Where?", key="asked", now=NOW)
    return World(database, desk, tables, people, tandem.id, meeting, date, question=1)


def _in_two_weeks(plan: Plan) -> Plan:
    return replace(plan, day=plan.day + timedelta(days=14))


Act = Callable[[World, Person], Coroutine[Any, Any, object]]

TEAM, TANDEM = ("coordinator",), ("mentor", "mentee")
AUTHOR, PARTNER = ("mentor",), ("mentee",)

WHO_MAY: dict[str, tuple[tuple[str, ...], Act]] = {
    "Invitations.invite": (
        TEAM,
        lambda w, by: w.desk.invitations.invite(by=by, name="Olena", role=Role.MENTEE, now=NOW),
    ),
    "Tandems.pair": (
        TEAM,
        lambda w, by: w.desk.tandems.pair(
            by=by, mentee=w.id_of("mentee"), mentor=w.id_of("another mentor"), now=NOW
        ),
    ),
    "Tandems.lines": (TEAM, lambda w, by: w.desk.tandems.lines(by=by, skip=0, limit=8)),
    "Tandems.get": (TANDEM, lambda w, by: w.desk.tandems.get(w.tandem, viewer=by.id)),
    "People.page": (
        TEAM,
        lambda w, by: w.desk.people.page(Role.MENTEE, by=by, skip=0, limit=8),
    ),
    "Questions.get": (TEAM, lambda w, by: w.desk.questions.get(w.question, by=by)),
    "Questions.answer": (
        TEAM,
        lambda w, by: w.desk.questions.answer(w.question, by=by, text="Here.", now=NOW),
    ),
    "Appointments.get": (TANDEM, lambda w, by: w.desk.appointments.get(w.date.id, viewer=by.id)),
    "Appointments.of_card": (AUTHOR, lambda w, by: w.desk.appointments.of_card("proposed", by=by)),
    "Appointments.propose": (
        TANDEM,
        lambda w, by: w.desk.appointments.propose(
            by=by, tandem_id=w.tandem, plan=_in_two_weeks(w.date.plan), key="another", now=NOW
        ),
    ),
    "Appointments.accept": (
        PARTNER,
        lambda w, by: w.desk.appointments.accept(w.date.id, seen=w.date.mark, by=by, now=NOW),
    ),
    "Appointments.cancel": (
        TANDEM,
        lambda w, by: w.desk.appointments.cancel(w.date.id, seen=w.date.mark, by=by, now=NOW),
    ),
    "Meetings.log": (
        TANDEM,
        lambda w, by: w.desk.meetings.log(
            by=by,
            tandem_id=w.tandem,
            outcome=Outcome.MOVED,
            plan=w.meeting.plan,
            key="moved",
            now=NOW,
        ),
    ),
    "Meetings.get": (TANDEM, lambda w, by: w.desk.meetings.get(w.meeting.id, viewer=by.id)),
    "Meetings.same": (
        TANDEM,
        lambda w, by: w.desk.meetings.same(w.meeting.id, of_date=w.date, by=by),
    ),
    "Meetings.of_card": (AUTHOR, lambda w, by: w.desk.meetings.of_card("logged", by=by)),
    "Meetings.of_partner": (PARTNER, lambda w, by: w.desk.meetings.of_partner(w.meeting.id, by=by)),
    "Meetings.undo": (AUTHOR, lambda w, by: w.desk.meetings.undo(w.meeting.id, by=by, now=NOW)),
    "Meetings.object": (
        PARTNER,
        lambda w, by: w.desk.meetings.object(w.meeting.id, by=by, now=NOW),
    ),
    "Meetings.concede": (
        PARTNER,
        lambda w, by: w.desk.meetings.concede(w.meeting.id, by=by, now=NOW),
    ),
    "Meetings.correct": (
        PARTNER,
        lambda w, by: w.desk.meetings.correct(
            w.meeting.id, replace(w.meeting.plan, minutes=120), by=by, now=NOW
        ),
    ),
    "Meetings.answer_correction": (
        AUTHOR,
        lambda w, by: w.desk.meetings.answer_correction(
            w.meeting.id, seen=_correction(w).mark, accept=True, by=by, now=NOW
        ),
    ),
    "Notes.write": (
        TANDEM,
        lambda w, by: w.desk.notes.write(
            w.meeting.id, by=by, sight=Sight.BOTH, text="Mine", now=NOW
        ),
    ),
}

SHOWS_NOTHING = {"Meetings.recent", "Notes.agenda", "Questions.is_sent"}
"""To others they are empty; tested below."""
OF_A_TANDEM = {
    "Meetings.defaults",
    "Meetings.next_plan",
    "Meetings.check_day",
    "Appointments.in_a_fortnight",
    "Appointments.check_day",
    "Appointments.days",
}
"""They compute, from what its reader was given after a check."""
EVERYBODYS = {"Questions.send"}


def _correction(world: World) -> Plan:
    assert world.meeting.correction is not None
    return world.meeting.correction


def acting_for_somebody(desk: Desk) -> set[str]:
    """Every function of a service that is told who acts or reads."""
    found = set()
    for service in vars(desk).values():
        if not type(service).__module__.startswith("mentoring."):
            continue
        for name, function in inspect.getmembers(type(service), inspect.isfunction):
            told = {"by", "viewer"} & {*inspect.signature(function).parameters}
            if told and not name.startswith("_"):
                found.add(f"{type(service).__name__}.{name}")
    return found


async def test_the_table_names_every_function_that_acts_for_somebody(world: World) -> None:
    named = {*WHO_MAY} | SHOWS_NOTHING | OF_A_TANDEM | EVERYBODYS
    assert acting_for_somebody(world.desk) == named


@pytest.mark.parametrize("name", WHO_MAY)
async def test_whoever_may_not_is_refused_and_changes_nothing(world: World, name: str) -> None:
    may, act = WHO_MAY[name]
    before, heard = await world.everything(), world.tables.letters.gathered()
    granted = []
    for who, person in world.people.items():
        if who not in may:
            try:
                await act(world, person)
                granted.append(who)
            except NotYours:
                pass
    assert granted == []
    assert await world.everything() == before
    assert world.tables.letters.gathered() == heard
    for who in may:  # and it is not the question that is wrong
        await act(world, world.people[who])


def _wrong(world: World, *right: str) -> list[int]:
    return [person.id for name, person in world.people.items() if name not in right]


async def test_the_tables_show_a_tandem_and_what_it_has_to_its_members_alone(world: World) -> None:
    desk, meeting, date = world.desk, world.meeting.id, world.date.id
    shown: list[object] = []
    for viewer in _wrong(world, "mentor", "mentee"):
        shown.append(await desk.tandems.book.by_id(world.tandem, viewer=viewer))
        shown.append(await desk.meetings.book.by_id(meeting, viewer=viewer))
        shown.append(await desk.appointments.book.by_id(date, viewer=viewer))
        shown += await desk.meetings.book.recent(world.tandem, viewer=viewer, limit=9)
    assert [*filter(None, shown)] == []
    for name in TANDEM:
        viewer = world.id_of(name)
        assert await desk.tandems.book.by_id(world.tandem, viewer=viewer) is not None
        assert await desk.meetings.book.by_id(meeting, viewer=viewer) == world.meeting
        assert await desk.appointments.book.by_id(date, viewer=viewer) == world.date
        recent = await desk.meetings.book.recent(world.tandem, viewer=viewer, limit=9)
        assert recent == [world.meeting]


async def test_a_private_note_is_its_writers_and_a_promise_the_tandems(world: World) -> None:
    book, mentor, mentee = world.desk.notes.book, world.people["mentor"], world.people["mentee"]
    for person in (mentor, mentee):
        for sight in Sight:
            await book.put(
                person_id=person.id,
                meeting_id=world.meeting.id,
                sight=sight,
                text=f"{sight} of the {person.name}",
                now=NOW,
            )
    promises = [
        Note(mentor.id, "mentor", Sight.BOTH, "b of the mentor"),
        Note(mentee.id, "mentee", Sight.BOTH, "b of the mentee"),
    ]
    for person in (mentor, mentee):
        own = Note(person.id, person.name, Sight.ME, f"m of the {person.name}")
        assert await book.until_next_time(world.tandem, viewer=person.id) == [*promises, own]
    for viewer in _wrong(world, "mentor", "mentee"):
        assert await book.until_next_time(world.tandem, viewer=viewer) == []


async def test_a_card_is_read_written_and_dropped_by_its_owner_alone(world: World) -> None:
    cards, owner = world.desk.cards, world.id_of("mentor")
    card = Card("key", owner, "meeting", {"day": "2026-03-09"})
    await cards.put(card)
    for person_id in _wrong(world, "mentor"):
        assert await cards.get("key", person_id=person_id) is None
        await cards.drop("key", person_id=person_id)
        await cards.put(Card("key", person_id, "meeting", {"day": "forged"}))
    assert await cards.get("key", person_id=owner) == card
    await cards.drop("key", person_id=owner)
    assert await cards.get("key", person_id=owner) is None


async def test_whether_a_question_was_sent_is_said_to_who_asked_it_alone(world: World) -> None:
    questions = world.desk.questions
    sent = {name: await questions.is_sent("asked", by=by) for name, by in world.people.items()}
    assert sent == {name: name == "mentee" for name in world.people}


async def test_an_invitation_is_used_once(world: World) -> None:
    """Of two who open it together the second has found it open, too."""
    invitations = world.desk.invitations
    _, code = await invitations.first_coordinator(name="", now=NOW)
    found = await invitations.book.open_by_hash(hash_of(code), NOW)
    assert found is not None
    assert [await invitations.book.use(found.id, NOW) for _ in range(3)] == [True, False, False]


async def _waiting(world: World) -> list[tuple[str, int]]:
    """Kind and reader of the news of the meeting that have not left, the gathered ones included."""
    await world.tables.letters.write()
    sql = "select kind, person_id from letter where state = 'pending' and cancel like 'meeting:%'"
    return [(kind, reader) for kind, reader in await world.rows(sql)]


async def test_of_a_meeting_only_the_newest_deed_waits_to_be_told(world: World) -> None:
    meetings, meeting, mentor = world.desk.meetings, world.meeting.id, world.people["mentor"]
    mentee = world.people["mentee"]
    assert await _waiting(world) == [("meeting_corrected", mentor.id)]
    await meetings.concede(meeting, by=mentee, now=NOW)
    assert await _waiting(world) == [("meeting_conceded", mentor.id)]
    await meetings.object(meeting, by=mentee, now=NOW)
    assert await _waiting(world) == [("meeting_contested", mentor.id)]
    for accept, told in ((False, "meeting_contested"), (True, "meeting_agreed")):
        plan = _correction(world)
        await meetings.correct(meeting, plan, by=mentee, now=NOW)
        await meetings.answer_correction(meeting, seen=plan.mark, accept=accept, by=mentor, now=NOW)
        assert await _waiting(world) == [(told, mentee.id)]
    await meetings.undo(meeting, by=mentor, now=NOW)
    assert await _waiting(world) == [("meeting_undone", mentee.id)]


async def test_a_correction_to_a_day_outside_of_the_tandem_is_refused(world: World) -> None:
    plan, mentee = world.meeting.plan, world.people["mentee"]
    first, today = plan.day - timedelta(weeks=4), plan.day
    before = await world.everything()
    with pytest.raises(NotADay) as refused:
        await world.desk.meetings.correct(
            world.meeting.id,
            replace(plan, day=first - timedelta(days=1), start=time(12)),
            by=mentee,
            now=NOW,
        )
    assert refused.value == NotADay(first, today)
    assert await world.everything() == before
    at_first = replace(plan, day=first)
    corrected = await world.desk.meetings.correct(world.meeting.id, at_first, by=mentee, now=NOW)
    assert corrected.correction == at_first
