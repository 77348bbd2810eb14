"""A real Application on a real SQLite file, and a small programme of people."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.gate import Gate
from bot.house import open_house
from bot.settings import Secret, Settings
from locales import standing_in
from mentoring.people import Role
from tests.dialogues.labels import cut_off
from tests.dialogues.people import MovableClock, Programme, Someone
from tests.dialogues.pseudo import AR_XB, EN_XA, Pseudo, PseudoSpeech
from tests.dialogues.strays import strays_in
from tests.dialogues.telegram_wire import TelegramWire

MONDAY = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
"""18:00 in Munich."""


SHIPPED = Path("mentoring/programme.toml")
TEMPLATE = SHIPPED.read_text("utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The pseudo-locales stand in for English: a test in another language is not played thrice."""
    items[:] = [item for item in items if not _is_repeated(item)]


def _is_repeated(item: pytest.Item) -> bool:
    params = getattr(getattr(item, "callspec", None), "params", {})
    return params.get("english") is not None and params.get("language", "en") != "en"


@pytest.fixture(params=[None, EN_XA, AR_XB], ids=["written", "en_XA", "ar_XB"])
def english(request: pytest.FixtureRequest) -> Iterator[PseudoSpeech | None]:
    """What English speaks: the catalogue as it was written (None), or a pseudo-locale."""
    pseudo: Pseudo | None = request.param
    if pseudo is None:
        yield None
        return
    speech = PseudoSpeech(pseudo)
    with standing_in(speech):
        yield speech


@pytest.fixture
async def programme(tmp_path: Path, english: PseudoSpeech | None) -> AsyncIterator[Programme]:
    template = SHIPPED
    if english is not None:
        template = tmp_path / "pseudo.toml"
        template.write_text(english.pseudo.template(TEMPLATE), "utf-8")
    settings = Settings(
        bot_token=Secret("1234567:TEST-token-of-the-transcripts-000000000"),
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite3'}",
        default_language="de",
        template=template,
    )
    clock, wire = MovableClock(MONDAY), TelegramWire()
    async with open_house(settings, clock=clock, gate=Gate.open(), request=wire) as house:
        programme = Programme(house, wire, clock)
        yield programme
        if english is not None:
            assert await strays_in(programme, english) == []
    too_long = cut_off(wire)
    if english is not None:  # a label as long as a row has no row to move to
        too_long = {(label, row) for label, row in too_long if row > 1}
    assert too_long == set()


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
