"""The clock of the page: it goes on by itself, is moved forward only, and everybody hears of it."""

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession

from sandbox.clock import MovableClock
from sandbox.people import PEOPLE
from sandbox.refusal import Impossible
from sandbox.server import start
from sandbox.world import World
from tests.wire.conftest import Hand, Wire
from tests.wire.test_phones import events

MUNICH = ZoneInfo("Europe/Berlin")


class Letters:
    """When the bot will write unasked."""

    def __init__(self) -> None:
        self.due: list[float] = []

    async def next(self, after: float) -> float | None:
        return min((due for due in self.due if due > after), default=None)


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def clock(hand: Hand, letters: Letters) -> MovableClock:
    return MovableClock(MUNICH, next_letter=letters.next, real=hand)


@pytest.fixture
async def moved(clock: MovableClock) -> AsyncIterator[Wire]:
    """The wire to a sandbox whose clock can be moved."""
    running = await start(world=World(people=PEOPLE, clock=clock))
    async with ClientSession() as session:
        yield Wire(running, session)
    await running.stop()


async def test_it_goes_on_by_itself_before_and_after_a_move(
    clock: MovableClock, hand: Hand
) -> None:
    began = clock()
    hand.pass_by(5)
    await clock.move("hour")
    hand.pass_by(7)
    assert clock() == began + 5 + 3600 + 7
    assert clock.ahead == 3600


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [
        ("2026-11-24 16:00", "2026-11-25 16:00", 24),
        ("2026-03-28 23:30", "2026-03-29 23:30", 23),
        ("2026-10-24 23:30", "2026-10-25 23:30", 25),
    ],
)
async def test_a_day_later_it_is_as_late_as_before_when_the_clocks_change_too(
    clock: MovableClock, hand: Hand, before: str, after: str, hours: int
) -> None:
    hand.seconds = datetime.fromisoformat(before).replace(tzinfo=MUNICH).timestamp()
    await clock.move("day")
    assert f"{datetime.fromtimestamp(clock(), MUNICH):%Y-%m-%d %H:%M}" == after
    assert clock.ahead == hours * 3600


async def test_it_moves_just_to_the_next_letter_and_from_there_to_the_one_after(
    clock: MovableClock, letters: Letters
) -> None:
    began = clock()
    letters.due = [began - 60, began + 90, began + 40]
    await clock.move("letter")
    assert clock() == began + 40
    await clock.move("letter")
    assert clock() == began + 90
    with pytest.raises(Impossible, match="No letter is waiting just now"):
        await clock.move("letter")
    assert clock() == began + 90


async def test_it_is_never_moved_back(hand: Hand) -> None:
    async def overtaken(after: float) -> float:
        return after - 1

    clock = MovableClock(MUNICH, next_letter=overtaken, real=hand)
    await clock.move("hour")
    await clock.move("letter")
    assert clock() == hand() + 3600


async def test_whoever_shares_it_hears_how_far_it_is_ahead(hand: Hand, letters: Letters) -> None:
    heard: list[float] = []
    clock = MovableClock(MUNICH, next_letter=letters.next, moved=heard.append, real=hand)
    await clock.move("hour")
    await clock.move("hour")
    assert heard == [3600, 7200]


async def test_every_open_page_hears_a_move_and_messages_are_stamped_with_it(
    moved: Wire, hand: Hand
) -> None:
    def told(ahead: int) -> dict[str, object]:
        return {"type": "clock", "now": hand() + ahead, "ahead": ahead}

    url = f"{moved.running.url}/api/events"
    async with (
        moved.session.get(f"{url}?phones=1001,1002") as one,
        moved.session.get(f"{url}?phones=1002") as other,
    ):
        for heard, phones in ((events(one), 2), (events(other), 1)):
            for _ in range(phones):
                assert (await anext(heard))["type"] == "snapshot"
            assert await anext(heard) == told(0)
        assert await moved.press("clock", to="hour") == {"ok": True}
        for heard in (events(one), events(other)):
            assert await anext(heard) == told(3600)
    sent = await moved.result("sendMessage", chat_id=1001, text="Hi")
    assert sent["date"] == hand() + 3600


async def test_where_it_cannot_go_is_said_and_it_stays(moved: Wire, clock: MovableClock) -> None:
    letter = await moved.press("clock", to="letter")
    assert letter == {"ok": False, "error": "No letter is waiting just now."}
    ways = "The clock moves by an hour, by a day or to the next letter."
    assert await moved.press("clock", to="yesterday") == {"ok": False, "error": ways}
    assert await moved.press("clock") == {"ok": False, "error": ways}
    assert clock.ahead == 0


async def test_a_clock_without_hands_cannot_be_moved(wire: Wire) -> None:
    answer = await wire.press("clock", to="day")
    assert answer == {"ok": False, "error": "This clock cannot be moved."}
