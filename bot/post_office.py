"""The post office: the only sender. pending -> sending (committed) -> sent | failed | in doubt."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from telegram import Bot
from telegram.error import TelegramError

from bot.calls import call
from bot.gate import Gate
from bot.lines import Lines
from bot.logs import describe
from bot.marks import Parcel, mark_on, rest_after, unsent
from bot.outage import Outage
from bot.polling import Stopped, reason
from bot.sorting import Render, Sorting
from bot.verdicts import Verdict, seconds_to_wait, verdict_on
from handlers.outgoing import Outgoing
from storage.database import Database
from storage.letters import LetterTable, Mark
from storage.people import PeopleTable

_log = logging.getLogger(__name__)

LONGEST = 10.0
"""Seconds without a look: clocks are set, and a due instant may be nearer than it was."""
IDLE = 0.5
"""Seconds of rest that are time to empty the log; within a broadcast there are none such."""
PATIENCE = 0.02
"""Seconds that a mark waits for which nothing waits: the next update's commit may carry it."""

Wait = Callable[[asyncio.Event, float], Awaitable[None]]


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Returns when the event is set, or after so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class PostOffice:
    """Sends what is due at the gate's pace: the important first, each chat's in its order."""

    sent = 0
    repeats = 0
    _group: asyncio.TaskGroup | None = None
    _next_look = -math.inf
    _is_idle = False
    _is_probing = False
    _stopping = False
    _shut_out: Stopped | None = None
    # Whoever ran before may have left a stranger's id in the log.
    _log_is_full = True

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
        self._database = database
        self._letters, self._people = letters, people
        self._bot = bot
        self._gate = gate
        self._now = now
        self._wait = wait
        self._places = in_flight
        self._lines = Lines()
        self._sorting = Sorting(
            letters=letters,
            render=render,
            mark_repeat=mark_repeat,
            default_language=default_language,
            gate=gate,
            lines=self._lines,
            now=now,
        )
        self._outage = Outage(now)
        self._news = asyncio.Event()
        self._marks: list[Mark] = []
        self._unreachable: list[tuple[int, datetime]] = []

    @property
    def in_flight(self) -> int:
        """Calls whose answer is awaited."""
        return self._lines.in_flight + self._is_probing

    async def recover(self) -> None:
        """At start: what was being sent when the process died leaves once more, marked."""
        async with self._database.transaction():
            await self._letters.interrupted()

    def wake(self) -> None:
        """Something was written or has ended, and may be what we wait for."""
        self._next_look = -math.inf
        self._news.set()

    def stop(self) -> None:
        """Nothing new leaves; `run` returns when what is in flight is marked."""
        self._stopping = True
        self.wake()

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
        async with self._round():
            yield
        self._news.set()

    async def _work(self, *, until_idle: bool) -> None:
        failure: Exception | None = None
        async with asyncio.TaskGroup() as group:
            self._group, self._next_look = group, -math.inf
            try:
                await self._serve(group, until_idle=until_idle)
            except Exception as error:
                # Kept here, as it would cancel what is in flight, and that would be in doubt.
                failure = error
            finally:
                self._group = None
        try:
            await self._close()
        finally:
            if failure is not None:
                raise failure

    async def _serve(self, group: asyncio.TaskGroup, *, until_idle: bool) -> None:
        while not self._stopping:
            self._news.clear()
            if self._next_look <= self._now():
                async with self._round():
                    pass
            if self._outage.is_on and not self._outage.wait() and not self._is_probing:
                self._is_probing = True
                group.create_task(self._probe())
            if self._is_idle and until_idle:
                return
            await self._rest()

    async def _close(self) -> None:
        async with self._round():
            pass
        await self._empty_log()
        if self._shut_out is not None:
            raise self._shut_out

    async def _rest(self) -> None:
        if self._log_is_full and self._next_look - self._now() > IDLE and not self.in_flight:
            await self._wait(self._news, IDLE)
            if self._news.is_set():
                return
            await self._empty_log()
        await self._wait(self._news, max(self._next_look - self._now(), 0.001))

    async def _empty_log(self) -> None:
        """A stranger's id goes with the letter, but stays in the log until that is emptied."""
        if self._log_is_full:
            self._log_is_full = not await self._database.truncate_log()

    @asynccontextmanager
    async def _round(self) -> AsyncIterator[None]:
        """One transaction: marks of what has ended, and claims of what leaves after the commit."""
        parcels: list[Parcel] = []
        try:
            async with self._database.transaction():
                yield
                # Before the marks are copied: whoever wakes us from here on may know of more.
                self._next_look = math.inf
                marks, gone = await self._write_marks()
                if self._group is not None:
                    await self._choose(parcels)
        except BaseException:
            for parcel in parcels:
                self._come_back(parcel)
            self.wake()  # what this look was to say of the next one is lost
            raise
        del self._marks[:marks], self._unreachable[:gone]
        self._is_idle = self._sorting.is_clear and not self._marks and not self.in_flight
        self._log_is_full |= bool(parcels or marks or self._sorting.settled)
        for parcel in parcels:
            self._leave(parcel)

    async def _choose(self, parcels: list[Parcel]) -> None:
        async for parcel in self._sorting.choose(self._free_places()):
            parcels.append(parcel)
        await self._letters.claim([parcel.letter.id for parcel in parcels])
        pause = min(self._sorting.until_next or LONGEST, self._outage.wait() or LONGEST, LONGEST)
        self._next_look = min(self._next_look, self._sorting.next_look, self._now() + pause)

    def _free_places(self) -> int:
        return 0 if self._outage.is_on else self._places - self._lines.in_flight

    async def _write_marks(self) -> tuple[int, int]:
        """Returns how many, and of how many people; they are forgotten when they are committed."""
        marks, gone = self._marks.copy(), self._unreachable.copy()
        await self._letters.mark(marks)
        for person_id, departed in gone:
            await self._people.unreach(person_id, departed=departed, now=self._letters.now())
        return len(marks), len(gone)

    def _leave(self, parcel: Parcel) -> None:
        if self._group is not None:
            self._group.create_task(self._deliver(parcel))
        else:  # the office has closed meanwhile
            self._come_back(parcel)
            self._marks.append(unsent(parcel.letter))

    def _come_back(self, parcel: Parcel) -> None:
        self._gate.answered(parcel.chat_id, parcel.pace)
        self._lines.come_back(parcel.letter)

    async def _deliver(self, parcel: Parcel) -> None:
        """Sends it; whatever happens it is marked, unless the process is being killed."""
        error: Exception | None = None
        departed = self._letters.now()
        try:
            await call(self._bot, parcel.outgoing, parcel.chat_id)
        except Exception as caught:
            error = caught
        self._come_back(parcel)
        self._hear(parcel, error, departed)
        if error is not None or self._sorting.is_behind:
            self.wake()
        else:
            self._next_look = min(self._next_look, self._now() + PATIENCE)
            self._news.set()

    async def _probe(self) -> None:
        """In an outage a harmless question goes ahead: a letter would end in doubt."""
        try:
            await self._bot.get_me()
        except Exception as error:
            self._outage.hear(verdict_on(error))
        else:
            self._outage.hear(Verdict.SENT)
        self._is_probing = False
        self.wake()

    def _hear(self, parcel: Parcel, error: Exception | None, departed: datetime) -> None:
        letter, verdict = parcel.letter, verdict_on(error)
        self._outage.hear(verdict)
        level = logging.INFO if verdict is Verdict.SENT else logging.WARNING
        # Telegram's errors come all from one place; a defect of ours says where it is.
        known = isinstance(error, TelegramError)
        what = "ok" if error is None else type(error).__name__ if known else describe(error)
        _log.log(level, "letter %d of kind %s: %s (%s)", letter.id, letter.kind, verdict.name, what)
        mark = mark_on(parcel, verdict, error, departed)
        self._marks.append(mark)
        if verdict is Verdict.UNREACHABLE and letter.person_id is not None:
            self._unreachable.append((letter.person_id, departed))
        self._heed(parcel, verdict, error)
        if mark.state == "pending" and verdict in (Verdict.DOUBT, Verdict.BROKEN):
            until = self._now() + rest_after(letter, departed)
            self._lines.rest(letter, parcel.pace, until)

    def _heed(self, parcel: Parcel, verdict: Verdict, error: Exception | None) -> None:
        """What a verdict says beyond its letter."""
        letter = parcel.letter
        match verdict:
            case Verdict.SENT:
                self.sent += 1
                self.repeats += letter.repeat
            case Verdict.TOO_FAST:
                self._gate.hold(parcel.chat_id, seconds_to_wait(error))
            case Verdict.SHUT_OUT:
                self._shut_out = Stopped(reason(error))
                self.stop()
