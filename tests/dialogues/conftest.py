"""A real Application on a real SQLite file, and a small programme of people."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.gate import Gate
from bot.house import open_house
from bot.settings import Settings
from mentoring.people import Role
from tests.dialogues.labels import cut_off
from tests.dialogues.people import MovableClock, Programme, Someone
from tests.dialogues.telegram_wire import TelegramWire

MONDAY = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
"""18:00 in Munich."""


@pytest.fixture
async def programme(tmp_path: Path) -> AsyncIterator[Programme]:
    settings = Settings(
        bot_token=SecretStr("1234567:TEST-token-of-the-transcripts-000000000"),
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite3'}",
        default_language="de",
    )
    clock, wire = MovableClock(MONDAY), TelegramWire()
    async with open_house(settings, clock=clock, gate=Gate.open(), request=wire) as house:
        yield Programme(house, wire, clock)
    assert cut_off(wire) == set()


@pytest.fixture
async def coordinator(programme: Programme) -> Someone:
    return await programme.arrive(10, "Paola Stenger", "en", Role.COORDINATOR)


@pytest.fixture
async def mentor(programme: Programme) -> Someone:
    return await programme.arrive(20, "Kristina Alam", "en", Role.MENTOR)


@pytest.fixture
async def mentee(programme: Programme) -> Someone:
    return await programme.arrive(30, "Rana Haddad", "en", Role.MENTEE)


@pytest.fixture
async def tandem(
    programme: Programme, coordinator: Someone, mentee: Someone, mentor: Someone
) -> int:
    """Rana and Kristina, since four weeks."""
    programme.clock.move(weeks=-4)
    tandem_id = await programme.pair(coordinator, mentee, mentor)
    programme.clock.move(weeks=4)
    return tandem_id
