"""The post office: the only sender. pending -> sending (committed) -> sent | failed | in doubt."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from telegram import Bot

from bot.alarm import Alarm
from bot.gate import Gate
from bot.ledger import Ledger
from bot.rounds import Rounds
from bot.sender import Sender
from bot.sorting import Render, Sorting
from handlers.outgoing import Outgoing
from storage.database import Database
from storage.letters import LetterTable
from storage.people import PeopleTable

IDLE = 0.5
"""Seconds of rest that are time to empty the log; within a broadcast there are none such."""

Wait = Callable[[asyncio.Event, float], Awaitable[None]]


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Returns when the event is set, or after so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class PostOffice:
    """Sends what is due at the gate's pace: the important first, each chat's in its order."""

    def __init__(
        self,
        *,
        database: Database,
        letters: LetterTable,
        people: PeopleTable,
        bot: Bot,
        render: Render,
        mark_repeat: Callable[[Outgoing, str], Outgoing],
        default_language: str,
        gate: Gate,
        now: Callable[[], float] = time.monotonic,
        wait: Wait = wait_for,
        in_flight: int = 8,
    ) -> None:
        """`now` (monotonic) and `wait` are the time of the pace; what is due says `letters`."""
        self._database, self._letters = database, letters
        self._now, self._wait = now, wait
        self._alarm, ledger = Alarm(), Ledger(letters, people)
        alarm = self._alarm
        sorting = Sorting(
            letters=letters,
            render=render,
            mark_repeat=mark_repeat,
            default_language=default_language,
            gate=gate,
            now=now,
        )
        self._sender = Sender(
            bot, gate, sorting, ledger, alarm, places=in_flight, clock=letters.now, now=now
        )
        self._rounds = Rounds(database, letters, ledger, sorting, self._sender, alarm, now)

    @property
    def sent(self) -> int:
        """Letters that Telegram has taken since the start."""
        return self._sender.sent

    @property
    def repeats(self) -> int:
        """Those of them that said that they may have come before."""
        return self._sender.repeats

    @property
    def in_flight(self) -> int:
        """Calls whose answer is awaited."""
        return self._sender.in_flight

    async def recover(self) -> None:
        """At start: what was being sent when the process died leaves once more, marked."""
        async with self._database.transaction():
            await self._letters.interrupted()

    def wake(self) -> None:
        """Something was written or has ended, and may be what we wait for."""
        self._alarm.ring()

    def stop(self) -> None:
        """Nothing new is claimed; `run` returns when what is in flight is marked."""
        self._sender.stop()

    async def run(self) -> None:
        """Until `stop`. Raises Stopped when the token is refused, and what a commit raised."""
        await self._work(until_idle=False)

    async def drain(self) -> None:
        """Sends all that is due now; returns when nothing is due or in flight and all is marked.

        Not beside `run`. What has to wait (a 429, no network) is waited for.
        """
        await self._work(until_idle=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """One for whoever writes letters: what of them may leave now does with its commit."""
        async with self._rounds.transaction():
            yield
        self._alarm.news.set()

    async def _work(self, *, until_idle: bool) -> None:
        failure: Exception | None = None
        async with asyncio.TaskGroup() as group:
            self._sender.open(group)
            self._alarm.ring()
            try:
                await self._serve(until_idle=until_idle)
            except Exception as error:
                # Kept here, as it would cancel what is in flight, and that would be in doubt.
                failure = error
            finally:
                self._sender.close()
        try:
            await self._close()
        finally:
            if failure is not None:
                raise failure

    async def _serve(self, *, until_idle: bool) -> None:
        while not self._sender.is_stopping:
            self._alarm.news.clear()
            if self._alarm.next_look <= self._now():
                await self._round()
            self._sender.probe()
            if self._rounds.is_idle and until_idle:
                return
            await self._rest()

    async def _round(self) -> None:
        async with self._rounds.transaction():
            pass

    async def _close(self) -> None:
        """Whoever has claimed something before us has the database before us, too."""
        await self._round()
        await self._empty_log()
        if self._sender.shut_out is not None:
            raise self._sender.shut_out

    async def _rest(self) -> None:
        left = self._alarm.next_look - self._now()
        if self._rounds.log_is_full and left > IDLE and not self.in_flight:
            await self._wait(self._alarm.news, IDLE)
            if self._alarm.news.is_set():
                return
            await self._empty_log()
        await self._wait(self._alarm.news, max(self._alarm.next_look - self._now(), 0.001))

    async def _empty_log(self) -> None:
        """A stranger's id goes with the letter, but stays in the log until that is emptied."""
        if self._rounds.log_is_full:
            self._rounds.log_is_full = not await self._database.truncate_log()
