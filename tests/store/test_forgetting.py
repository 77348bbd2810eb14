"""What is forgotten, and when: by the movable clock, to the second, and nothing that is younger."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.gate import Gate
from bot.house import House, forget_old, open_house
from bot.settings import Secret, Settings
from handlers.unexpected import KIND as QUESTION
from mentoring.cards import Card
from mentoring.letters import Letter
from mentoring.people import Role
from storage.letters import Mark
from tests.dialogues.people import MovableClock
from tests.dialogues.telegram_wire import TelegramWire

BEGINNING = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

Tables = dict[str, list[tuple[Any, ...]]]
Make = Callable[[House], Coroutine[Any, Any, None]]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(BEGINNING)


@pytest.fixture
async def house(tmp_path: Path, clock: MovableClock) -> AsyncIterator[House]:
    """With one person, who has the id 1."""
    settings = Settings(
        bot_token=Secret("1234567:TEST-token-of-what-is-forgotten-000000000"),
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite3'}",
    )
    opening = open_house(settings, clock=clock, gate=Gate.open(), request=TelegramWire())
    async with opening as house:
        async with house.database.transaction():
            await house.tables.people.add(
                name="Rana", language="en", zone="Europe/Berlin", role=Role.MENTEE, now=clock()
            )
        yield house


async def everything(house: House) -> Tables:
    async def rows(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await house.database.execute(sql)]

    names = await rows("select name from sqlite_master where type = 'table'")
    return {name: await rows(f"select * from {name}") for (name,) in names}


def counts(tables: Tables) -> dict[str, int]:
    return {name: len(rows) for name, rows in tables.items() if rows}


async def see_an_update(house: House) -> None:
    await house.tables.intake.see([70_000], house.desk.now())


async def write_a_letter(house: House) -> None:
    """To somebody who has not consented: it is `absent`."""
    house.tables.letters.add(Letter(to=1, kind="welcome", due=house.desk.now()))
    await house.tables.letters.write()


def letter_that_ends(state: str) -> Make:
    async def make(house: House) -> None:
        await write_a_letter(house)
        await house.tables.letters.mark([Mark(1, state)])

    return make


async def set_aside(house: House) -> None:
    now = house.desk.now()
    await house.tables.intake.set_aside(reference="r", update_id=1, error="E", now=now)


def card_of(kind: str) -> Make:
    async def make(house: House) -> None:
        await house.tables.cards.put(Card("key", 1, kind, {"text": "x"}))

    return make


FORGOTTEN: dict[str, tuple[Make, str, timedelta]] = {
    "an update's mark": (see_an_update, "seen", timedelta(days=2)),
    "a sent letter": (letter_that_ends("sent"), "letter", timedelta(days=14)),
    "a cancelled letter": (letter_that_ends("cancelled"), "letter", timedelta(days=14)),
    "a failed letter": (letter_that_ends("failed"), "letter", timedelta(days=14)),
    "a letter in doubt": (letter_that_ends("doubt"), "letter", timedelta(days=14)),
    "an absent letter": (write_a_letter, "letter", timedelta(days=14)),
    "an error of ours": (set_aside, "aside", timedelta(days=90)),
    "a card": (card_of("meeting"), "card", timedelta(days=60)),
    "a typed question that was not sent": (card_of(QUESTION), "card", timedelta(days=1)),
}


@pytest.mark.parametrize("name", FORGOTTEN)
async def test_what_is_old_is_forgotten_and_nothing_that_is_younger(
    house: House, clock: MovableClock, name: str
) -> None:
    make, table, after = FORGOTTEN[name]
    bare = counts(await everything(house))
    async with house.database.transaction():
        await make(house)
    made = await everything(house)
    assert counts(made) == {**bare, table: 1}
    for age in (SECOND, after / 2, after):
        clock.at = BEGINNING + age
        await forget_old(house)
        assert await everything(house) == made, age
    clock.at += SECOND
    await forget_old(house)
    assert counts(await everything(house)) == bare


async def test_the_copy_before_a_migration_is_forgotten_like_those_of_the_days(
    house: House, clock: MovableClock, tmp_path: Path
) -> None:
    copy = tmp_path / "tandem.sqlite3.before-0005"
    others = [tmp_path / "tandem.sqlite3.before-long", tmp_path / "b.sqlite3.before-0005"]
    for path in (copy, *others):
        os.utime(await asyncio.to_thread(_touched, path), (0, clock().timestamp()))
    clock.move(days=14)
    await forget_old(house)
    assert _copies(tmp_path) == {copy, *others}
    clock.move(seconds=1)
    await forget_old(house)
    assert _copies(tmp_path) == {*others}


async def test_a_copy_that_cannot_be_deleted_is_one_line_and_no_obstacle(
    house: House, clock: MovableClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tandem.sqlite3.before-0005").mkdir()
    clock.at = datetime(2100, 1, 1, tzinfo=UTC)
    await forget_old(house)
    [record] = caplog.records
    assert record.getMessage().startswith("an old copy cannot be deleted: ")
    assert "tandem.sqlite3.before-0005" in record.getMessage()


def _copies(folder: Path) -> set[Path]:
    return set(folder.glob("*.before-*"))


def _touched(path: Path) -> Path:
    path.touch()
    return path


async def test_a_final_letter_is_as_old_as_its_end(house: House, clock: MovableClock) -> None:
    async with house.database.transaction():
        await write_a_letter(house)
    clock.move(days=13)
    async with house.database.transaction():
        await house.tables.letters.mark([Mark(1, "sent")])
    clock.move(days=14)
    await forget_old(house)
    assert counts(await everything(house))["letter"] == 1


async def test_whoever_stands_at_a_forgotten_card_stands_there_no_more(
    house: House, clock: MovableClock
) -> None:
    """The step would hear whatever is typed, for ever; that of a younger card goes on."""
    async with house.database.transaction():
        people, places = house.tables.people, dict[int, tuple[str, str | None] | None]()
        for number, key in enumerate(("old", "young", None), 1):
            if number > 1:
                await people.add(
                    name="K", language="en", zone="Europe/Berlin", role=Role.MENTOR, now=clock()
                )
            places[number] = ("plan.place", key)
        await house.tables.cards.put(Card("old", 1, "meeting", {}))
        clock.move(seconds=1)
        await house.tables.cards.put(Card("young", 2, "meeting", {}))
        await house.tables.intake.stand(places)
    clock.at = BEGINNING + timedelta(days=60, seconds=1)
    await forget_old(house)
    left = await house.database.execute("select * from conversation order by person_id")
    assert [tuple(row) for row in left] == [(2, "plan.place", "young"), (3, "plan.place", None)]


async def test_what_is_to_leave_yet_is_never_forgotten(house: House, clock: MovableClock) -> None:
    """Nor what the programme is about: people, their tandem and their meetings."""
    desk, book, now = house.desk, house.desk.invitations.book, clock()
    async with house.database.transaction():
        people = house.tables.people
        mentor, team = [
            await people.add(name="K", language="en", zone="Europe/Berlin", role=role, now=now)
            for role in (Role.MENTOR, Role.COORDINATOR)
        ]
        for person in (1, mentor, team):
            await book.consent(person, chat_id=person, language="en", version=1, now=now)
        by = await desk.people.get(team)
        await desk.tandems.pair(by=by, mentee=1, mentor=mentor, now=now)
        await desk.questions.send(by=await desk.people.get(1), text="Where?", key="k", now=now)
        await desk.invitations.invite(by=by, name="Olena", role=Role.MENTEE, now=now)
        await house.tables.letters.write()
        await house.tables.letters.claim([1])
    made = await everything(house)
    assert [counts(made)[name] for name in ("letter", "tandem", "question")] == [7, 1, 1]
    clock.move(days=400)
    await forget_old(house)
    assert await everything(house) == made
