"""A stop in order leaves no doubt: no letter is taken for sent, or said to come again."""

import signal
from collections.abc import Callable

from tests.faults.served import MENTEE, PATIENCE, Served
from tests.faults.test_reliability import is_answered_once

IN_THE_COMMIT = """
import asyncio, os, signal, threading
from bot import command_line
from bot.post_office import PostOffice
from storage.trips import TripConnection, Trip

PARTS = "insert into seen", "set state = 'sending'"
stop, execute, told = PostOffice.stop, TripConnection.execute, threading.Event()

def stop_and_tell(self):
    stop(self)
    asyncio.get_running_loop().call_soon(told.set)  # who hears updates is cancelled by then

written = []

def execute_when_told(self, sql, values=()):
    texts = [text for text, _ in values.statements] if isinstance(values, Trip) else [""]
    if texts[0] == "begin immediate":
        written.clear()
    written.extend(texts)
    if texts[-1] == "commit" and all(any(part in text for text in written) for part in PARTS):
        os.kill(os.getpid(), signal.SIGTERM)
        told.wait(60)
    return execute(self, sql, values)

PostOffice.stop, TripConnection.execute = stop_and_tell, execute_when_told
command_line.run()
"""
"""The bot; SIGTERM comes while it commits an update's changes, and with them an answer's claim."""


async def test_a_stop_in_the_commit_of_an_answer_leaves_it_for_the_next_life_unmarked(
    served: Served,
) -> None:
    phone = served.phone(MENTEE)
    async with served.bot(("-c", IN_THE_COMMIT)) as life:
        await served.settled(phone)  # the pace lets nothing leave at once in the first second
        phone.say("/menu")
        assert await life.end() == (0, [])
    assert served.rows("select count(*) from seen") == [(2,)], "the commit took effect"
    letters = "select state, repeat, tries from letter where kind = 'answer' order by id"
    assert served.rows(letters) == [("sent", 0, 1), ("pending", 0, 0)]
    await is_answered_once(served, phone, answers_before=1)


async def test_stops_under_load_lose_nothing_and_mark_nothing(served: Served) -> None:
    phones = [served.phone(1101 + number) for number in range(8)]

    def heard() -> int:
        return sum(len(phone.heard) for phone in phones)

    def has_heard(least: int) -> Callable[[], bool]:
        return lambda: heard() >= least

    for stop_after in (2, 7, 14):
        for phone in phones + phones:
            phone.say("/menu")
        async with served.bot() as life:
            enough = has_heard(heard() + stop_after)
            await life.while_it_lives(served.world.wait_for(enough, PATIENCE))
            life.process.send_signal(signal.SIGTERM)
            assert await life.end() == (0, [])
        doubts = "select count(*) from letter where state = 'sending' or repeat = 1"
        assert served.rows(doubts) == [(0,)]
    async with served.bot():
        await served.quiet()
    assert [len(phone.heard) for phone in phones] == [6] * 8
