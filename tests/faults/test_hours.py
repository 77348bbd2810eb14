"""What befalls a host in time: an outage of hours, and clocks that are set."""

import asyncio

import pytest

from sandbox.faults import Fault, Trouble
from tests.faults.served import (
    ANOTHER,
    MENTEE,
    MENTOR,
    ON_A_CLOCK,
    PATIENCE,
    Life,
    Served,
    first_of,
)
from tests.faults.sweep_people import words

HOUR = 3600
SLEEPER, WAKER = 1022, 1032
"""They read English, and one has proposed a date that begins in two hours."""
SOON, OVER = "Proposed for to", "did you meet?"
"""Of the day, which may be tomorrow's when the test begins late in the evening."""


@pytest.mark.parametrize(("hours", "letter"), [(1, SOON), (25, OVER)])
async def test_after_an_outage_what_is_still_useful_comes_once_and_what_is_gone_is_not_invented(
    served: Served, hours: int, letter: str
) -> None:
    """Telegram keeps an update for a day: after 25 hours it is gone, and nobody makes one up."""
    world, phone = served.world, served.phone(MENTEE)
    async with served.bot(ON_A_CLOCK) as life:
        life.set_clock(0)
        await served.phone(SLEEPER).text("Proposed by")
        await served.polled()
        async with served.no_network():
            life.set_clock(hours * HOUR)
            phone.say("/menu")
            tried = life.says("no way to Telegram", "no updates")
            first = await first_of(tried, served.none_due(hours * HOUR))
            assert first == 0, "what cannot be sent is given up"
            if hours > 24:
                world.mailbox.clear()
        await life.while_it_lives(served.quiet(hours * HOUR))
        phone.say("/help")
        await phone.text("/cancel")
    assert len(phone.heard) == (1 if hours > 24 else 2)
    heard = [first_lines(served, person) for person in (SLEEPER, WAKER)]
    assert [len(lines) for lines in heard] == [2, 1]
    assert all(letter in lines[-1] for lines in heard), "a mark, or another letter, came first"


def first_lines(served: Served, person: int) -> list[str]:
    """Of all that came to a phone."""
    return [words(each.message).splitlines()[0] for each in served.world.heard(person)]


async def set_clock(served: Served, life: Life, ahead: int) -> None:
    """Returns when the bot goes by it: what it writes down bears that hour."""
    phone = served.phone(MENTOR)
    newest = "select abs(created_at - unixepoch() - {}) < 600 from letter order by id desc limit 1"
    life.set_clock(ahead)
    while True:
        phone.say("/menu")
        await phone.text()
        if served.rows(newest.format(ahead)) == [(1,)]:
            return


async def test_a_clock_that_is_set_back_two_hours_keeps_nobody_waiting(served: Served) -> None:
    """Nor an answer that was written down at the later hour, and has not left yet."""
    world, phone, let_go = served.world, served.phone(MENTEE), asyncio.Event()
    async with served.bot(ON_A_CLOCK) as life:
        await set_clock(served, life, 2 * HOUR)
        await served.settled(phone)
        held = Trouble(fault=Fault.HOLD_ANSWER, method="sendMessage", chat=phone.id, release=let_go)
        world.faults.plant(held)
        for _ in range(2):
            phone.say("/menu")
        await served.polled()
        await set_clock(served, life, 0)
        let_go.set()
        answered = world.wait_for(lambda: len(phone.heard) == 3, PATIENCE)
        first = await first_of(answered, served.phone(ANOTHER).ask(5))
        assert first == 0, "others are answered, and one is kept waiting"
        await phone.ask(1)
        await served.polled()
    assert len(phone.heard) == 4
    assert life.said == []


async def test_a_clock_that_jumps_forward_and_back_and_forward_reminds_once(
    served: Served,
) -> None:
    async with served.bot(ON_A_CLOCK) as life:
        await set_clock(served, life, 0)
        await served.phone(SLEEPER).text("Proposed by", since=0)
        for ahead in (HOUR, 0, HOUR):
            await set_clock(served, life, ahead)
            await served.quiet(ahead)
    heard = [first_lines(served, person) for person in (SLEEPER, WAKER)]
    assert [len(lines) for lines in heard] == [2, 1]
    assert all(SOON in lines[-1] for lines in heard)
    assert life.said == []
