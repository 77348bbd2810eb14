"""Taps by whoever may not: a button is a claim, and who taps is checked behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from itertools import product
from typing import Any, get_type_hints

import pytest

from handlers import answer_question, invite, notes, unexpected
from handlers.buttons import Tap, all_taps
from handlers.date_card import DATE
from handlers.date_text import Met, ToDate
from handlers.meeting_card import FIX, LOG
from handlers.menu_buttons import ToCorrection, ToInvite
from handlers.note_text import WriteNote, WritePromise
from handlers.plan_card import View
from mentoring.people import Role
from tests.dialogues.people import Programme, Someone
from tests.dialogues.test_arrival import invitation

STALE = "This button does not work any more. Nothing was changed."

ONES_OWN = {"seen", "letter", "card", "conversation"}
"""Tables that any tap may write: marks, answers, one's own cards and place."""

WHO_CHANGES = {
    "undo": {"mentor"},
    "object": {"mentee"},
    "concede": {"mentee"},
    "agree": {"mentor"},
    "m.save meeting": {"mentor"},
    "m.another meeting": {"mentor"},
    "m.moved meeting": {"mentor"},
    "m.none meeting": {"mentor"},
    # The same keys on a card that corrects: it is proposed, whichever is pressed.
    "m.save correction": {"mentee"},
    "m.another correction": {"mentee"},
    "m.moved correction": {"mentee"},
    "m.none correction": {"mentee"},
    "d.save date": {"mentor"},
    "d.same": {"mentor", "mentee"},
    "d.yes": {"mentee"},
    "d.off": {"mentor", "mentee"},
    "notmet": {"mentor", "mentee"},
    "ask question": {"mentee"},
    "make": {"coordinator"},
    "yes": {"stranger"},
    "speak": {"coordinator", "mentor", "mentee", "another mentor", "another mentee"},
}
"""Which tap, on which kind of card, changes something when it is pressed by whom."""


BEFORE = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
AFTER = datetime(2026, 3, 10, 19, 0, tzinfo=UTC)
"""Some hours before the date of the tandem, and when it is over."""


@dataclass(frozen=True)
class World:
    """Two tandems, and of the first one everything that a button can name."""

    programme: Programme
    people: dict[str, Someone]
    cards: dict[str, str]
    values: dict[str, tuple[Any, ...]]

    def taps_of(self, kind: type[Tap]) -> Iterator[tuple[str, Tap]]:
        """The tap with all that its values can be, and what it is called in the table."""
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        for chosen in product(*(self._choices(kind, n, hints[n]) for n in names)):
            values = dict(zip(names, chosen, strict=True))
            card = values.get("card")
            named = f"{kind.tag} {self.cards[card]}" if card else kind.tag
            yield named, kind(**values)

    def _choices(self, kind: type[Tap], name: str, value: type) -> tuple[Any, ...]:
        if name == "card":
            return tuple(self.cards)
        if value is bool:
            return True, False
        if value is Role:
            return tuple(Role)
        return self.values.get(f"{kind.tag}.{name}") or self.values[name]

    async def kept(self, person: Someone) -> dict[str, list[tuple[Any, ...]]]:
        """All that this person's tap may only change if it is one that they may press."""
        tables = await self._tables()
        kept = {n: await self.programme.rows(f"select * from {n}") for n in tables - ONES_OWN}
        others = f"select * from card where person_id <> {person.person_id}"
        news = "select id, person_id, kind, state from letter where kind <> 'answer'"
        return {
            **kept,
            "cards of others": await self.programme.rows(others),
            "news": await self.programme.rows(news),
        }

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        return {n: await self.programme.rows(f"select * from {n}") for n in await self._tables()}

    async def restore(self, everything: dict[str, list[tuple[Any, ...]]]) -> None:
        """The tables as they were."""
        database = self.programme.house.database
        async with database.transaction():
            await database.execute("pragma defer_foreign_keys = on")
            for name in everything:
                await database.execute(f"delete from {name}")
            for name, rows in everything.items():
                for row in rows:
                    values = {f"v{number}": value for number, value in enumerate(row)}
                    places = ", ".join(f":{place}" for place in values)
                    await database.execute(f"insert into {name} values ({places})", values)

    async def _tables(self) -> set[str]:
        rows = await self.programme.rows("select name from sqlite_master where type = 'table'")
        return {name for (name,) in rows}


def key_of(person: Someone, label: str) -> str:
    """The key of the card whose button can be seen."""
    data: str = person.press(label)["callback_query"]["data"]
    return data.split(":")[1]


async def open_card_of(programme: Programme, kind: str) -> str:
    """The key of the newest."""
    sql = f"select key from card where kind = '{kind}' order by rowid desc limit 1"
    [(key,)] = await programme.rows(sql)
    return str(key)


@pytest.fixture
async def world(
    programme: Programme, coordinator: Someone, mentor: Someone, mentee: Someone, tandem: int
) -> World:
    other_mentor = await programme.arrive(21, "Jonas Beck", "en", Role.MENTOR)
    other_mentee = await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    await programme.pair(coordinator, other_mentee, other_mentor)
    code = await invitation(coordinator)
    await mentor.say("/meeting")
    await mentor.tap("Save")
    await mentor.tap("📝 Note for me")
    programme.clock.move(days=1)
    await mentor.say("/meeting")
    await mentor.tap("Did not happen")
    await programme.take(mentor.press_data(ToDate(tandem).pack()))
    await mentor.tap("10")
    await mentor.tap("18:30")
    await mentor.tap("Propose")
    await mentee.say("Where do we meet?")
    await mentee.tap("Send to the coordination team")
    await coordinator.tap("Answer")
    await coordinator.say("/invite")
    await coordinator.tap("Mentee")
    await mentee.say("And when?")  # not sent yet
    await programme.take(mentee.press_data(ToCorrection(1).pack()))
    await mentee.tap("⏱ Duration")
    await mentee.tap("90 min")
    await mentee.tap("Save")
    await programme.take(mentee.press_data(ToCorrection(1).pack()))
    await mentee.tap("⏱ Duration")
    await mentee.tap("120 min")
    await mentor.say("/meeting")
    await programme.take(mentor.press_data(ToDate(tandem).pack()))
    await mentor.tap("17")
    kinds = [LOG.kind, FIX.kind, DATE.kind, "question", "note", "answer", "invite"]
    meeting = await programme.house.desk.meetings.get(1, viewer=mentor.person_id)
    appointment = await programme.house.desk.appointments.get(1, viewer=mentor.person_id)
    assert meeting.correction is not None
    people = {
        "stranger": Someone(programme, 99, "Olena K", "en"),
        "coordinator": coordinator,
        "mentor": mentor,
        "mentee": mentee,
        "another mentor": other_mentor,
        "another mentee": other_mentee,
    }
    values: dict[str, tuple[Any, ...]] = {
        "meeting_id": (meeting.id,),
        "m.held.meeting_id": (2,),
        "appointment_id": (appointment.id,),
        "seen": (appointment.mark,),
        "agree.seen": (meeting.correction.mark,),
        "tandem_id": (0, tandem),
        "question_id": (1,),
        "mentee": (mentee.person_id,),
        "mentor": (other_mentor.person_id,),
        "page": (0,),
        "code": (code,),
        "version": (programme.house.desk.programme.notice_version,),
        "language": ("de",),
        "minutes": (60,),
        "first": (date(2026, 3, 1),),
        "day": (date(2026, 3, 10), date(2026, 3, 24)),
        "start": (time(17, 30),),
        "topic": ("cv",),
        "part": tuple("cdtlpo"),
    }
    cards = {await open_card_of(programme, kind): kind for kind in kinds}
    return World(programme, people, cards, values)


@pytest.mark.parametrize("english", [None], indirect=True)  # nothing of what is said is read
async def test_every_tap_changes_something_for_those_who_may_press_it_and_for_nobody_else(
    world: World,
) -> None:
    found: dict[str, set[str]] = {}
    for instant in (BEFORE, AFTER):
        world.programme.clock.at = instant
        await world.programme.house.post.drain()  # what is due by then is nobody's deed
        everything = await world.everything()
        for kind, who in product(all_taps().values(), world.people):
            person = world.people[who]
            for name, tap in world.taps_of(kind):
                before = await world.kept(person)
                await world.programme.take(person.press_data(tap.pack()))
                if await world.kept(person) != before:
                    found.setdefault(name, set()).add(who)
                    await world.restore(everything)
            await world.restore(everything)
    assert found == WHO_CHANGES


@pytest.mark.usefixtures("tandem")
async def test_in_a_tandem_of_three_the_author_alone_is_asked_to_agree_to_a_correction(
    programme: Programme, mentor: Someone, mentee: Someone, tandem: int
) -> None:
    third = await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    async with programme.house.database.transaction():
        await programme.house.desk.tandems.book.join(tandem, third.person_id, Role.MENTEE)
    await mentor.say("/meeting")
    await mentor.tap("Save")
    await mentee.tap("Correct it")
    await mentee.tap("⏱ Duration")
    await mentee.tap("90 min")
    await mentee.tap("Save")
    assert third.sees == mentor.sees
    assert third.sees.splitlines()[0] == "Correction by Rana Haddad:"
    assert (mentor.labels, third.labels) == (["Agree", "Disagree"], ["Menu"])
    await programme.take(third.press_data(mentor.press("Agree")["callback_query"]["data"]))
    assert third.sees == STALE
    assert await programme.rows("select minutes, correction is null from meeting") == [(60, 0)]


LENGTHS_OF_NO_BUTTON = [0, 1, 61, 601, 2**53 - 1]


@pytest.mark.usefixtures("tandem")
@pytest.mark.parametrize("minutes", LENGTHS_OF_NO_BUTTON)
async def test_a_length_that_no_button_offers_is_a_dead_button(
    programme: Programme, mentor: Someone, minutes: int
) -> None:
    await mentor.say("/meeting")
    key = key_of(mentor, "Save")
    before = await programme.rows("select * from card")
    await programme.take(mentor.press_data(f"m.len:{key}:{minutes}"))
    assert mentor.sees == STALE
    assert await programme.rows("select * from card") == before


@pytest.mark.usefixtures("tandem")
@pytest.mark.parametrize("minutes", LENGTHS_OF_NO_BUTTON[1:])  # 0 asks for it
async def test_a_date_did_not_last_as_long_as_no_button_offers(
    programme: Programme, mentor: Someone, minutes: int
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("Save")
    await mentor.tap("🗓 Mon, Mar 23, 17:00")
    date = await programme.house.desk.appointments.get(1, viewer=mentor.person_id)
    programme.clock.at = date.ends_at
    await programme.house.post.drain()
    await programme.take(mentor.press_data(Met(date.id, date.mark, minutes).pack()))
    assert mentor.sees == STALE
    assert await programme.rows("select * from card") == []


async def test_a_card_is_gone_once_it_was_used(
    programme: Programme, coordinator: Someone, mentor: Someone, mentee: Someone, tandem: int
) -> None:
    async def cards() -> list[str]:
        return [kind for (kind,) in await programme.rows("select kind from card order by kind")]

    await mentor.say("/meeting")
    assert await cards() == [LOG.kind]
    await mentor.tap("Save")
    assert await cards() == []
    for tap in (WriteNote(1), WritePromise(1)):
        await programme.take(mentor.press_data(tap.pack()))
        assert await cards() == [notes.KIND]
        await mentor.say("I call the company")
        assert await cards() == []
    await programme.take(mentor.press_data(ToDate(tandem).pack()))
    await mentor.tap("•23")
    await mentor.tap("✓ 17:00")
    assert await cards() == [DATE.kind]
    await mentor.tap("Propose")
    assert await cards() == []
    await mentee.say("Where do we meet?")
    assert await cards() == [unexpected.KIND]
    await mentee.tap("Send to the coordination team")
    assert await cards() == []
    await coordinator.tap("Answer")
    assert await cards() == [answer_question.KIND]
    await coordinator.say("At the library.")
    assert await cards() == []
    await programme.take(coordinator.press_data(ToInvite().pack()))
    await coordinator.tap("Mentee")
    assert await cards() == [invite.KIND]
    await coordinator.say("Olena Kova")
    assert await cards() == []


@pytest.mark.usefixtures("tandem")
async def test_the_card_of_a_correction_stays_and_corrects_it_once_more(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("Save")
    await mentee.tap("Correct it")
    key = key_of(mentee, "Save")
    for minutes in (90, 120):
        await programme.take(mentee.press_data(View(key, "l").pack()))
        await mentee.tap(f"{minutes} min")
        await mentee.tap("Save")
        assert await programme.rows("select key, kind from card") == [(key, FIX.kind)]
        assert f"{minutes} min" in mentor.sees.splitlines()[1]
    await mentor.tap("Agree")
    assert await programme.rows("select minutes from meeting") == [(120,)]
