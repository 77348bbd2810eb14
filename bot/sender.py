"""The sender: one call for each claimed letter; what became of it goes into the ledger."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from telegram import Bot
from telegram.error import TelegramError

from bot.alarm import Alarm
from bot.calls import call
from bot.gate import Gate
from bot.ledger import Closed, Ledger
from bot.logs import describe
from bot.marks import Parcel, mark_on, rest_after, unsent
from bot.outage import Outage
from bot.polling import Stopped, reason
from bot.sorting import Sorting
from bot.verdicts import Verdict, seconds_to_wait, verdict_on

_log = logging.getLogger(__name__)

PATIENCE = 0.02
"""Seconds that a mark waits for which nothing waits: the next update's commit may carry it."""


class Sender:
    """`sent` and `repeats` are counted; `shut_out`: why Telegram serves us no more."""

    sent = 0
    repeats = 0
    shut_out: Stopped | None = None
    is_stopping = False
    _group: asyncio.TaskGroup | None = None
    _is_probing = False

    def __init__(
        self,
        bot: Bot,
        gate: Gate,
        sorting: Sorting,
        ledger: Ledger,
        alarm: Alarm,
        *,
        places: int,
        clock: Callable[[], datetime],
        now: Callable[[], float],
    ) -> None:
        """`places`: so many letters are in flight at most.

        `clock` says by which instant they are due, `now` (monotonic seconds) is the pace's.
        """
        self._bot = bot
        self._gate = gate
        self._sorting, self._lines = sorting, sorting.lines
        self._ledger = ledger
        self._alarm = alarm
        self._places = places
        self._clock = clock
        self._now = now
        self._outage = Outage(now)

    @property
    def in_flight(self) -> int:
        """Calls whose answer is awaited."""
        return self._lines.in_flight + self._is_probing

    @property
    def free_places(self) -> int:
        """So many letters may leave; none in an outage, which the probe ends."""
        return 0 if self._outage.is_on else self._places - self._lines.in_flight

    @property
    def until_probe(self) -> float:
        """Seconds; 0 without an outage."""
        return self._outage.wait()

    @property
    def is_open(self) -> bool:
        """Whether something may be claimed."""
        return self._group is not None and not self.is_stopping

    def open(self, group: asyncio.TaskGroup) -> None:
        self._group = group

    def close(self) -> None:
        """What is in flight is finished in the group that it has left in."""
        self._group = None

    def stop(self) -> None:
        self.is_stopping = True
        self._alarm.ring()

    def send(self, parcel: Parcel) -> None:
        """Its claim is committed: it leaves, or its row says that it has not."""
        if self._group is not None and self.is_open:
            self._group.create_task(self._deliver(parcel))
        else:  # told to stop during that commit; the last round writes it
            self._sorting.come_back(parcel)
            self._ledger.note(unsent(parcel.letter))

    def probe(self) -> None:
        """In an outage a harmless question goes ahead: a letter would end in doubt."""
        is_time = self._outage.is_on and not self._outage.wait()
        if self._group is not None and is_time and not self._is_probing:
            self._is_probing = True
            self._group.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            await self._bot.get_me()
        except Exception as error:
            self._outage.hear(verdict_on(error))
        else:
            self._outage.hear(Verdict.SENT)
        self._is_probing = False
        self._alarm.ring()

    async def _deliver(self, parcel: Parcel) -> None:
        """Sends it; whatever happens it is marked, unless the process is being killed."""
        error: Exception | None = None
        departed = self._clock()
        try:
            await call(self._bot, parcel.outgoing, parcel.chat_id)
        except Exception as caught:
            error = caught
        self._sorting.come_back(parcel)
        self._hear(parcel, error, departed)
        if error is not None or self._sorting.is_behind:
            self._alarm.ring()
        else:
            self._alarm.ring_by(self._now() + PATIENCE)

    def _hear(self, parcel: Parcel, error: Exception | None, departed: datetime) -> None:
        letter, verdict = parcel.letter, verdict_on(error)
        self._outage.hear(verdict)
        level = logging.INFO if verdict is Verdict.SENT else logging.WARNING
        # Telegram's errors come all from one place; a defect of ours says where it is.
        known = isinstance(error, TelegramError)
        what = "ok" if error is None else type(error).__name__ if known else describe(error)
        _log.log(level, "letter %d of kind %s: %s (%s)", letter.id, letter.kind, verdict.name, what)
        mark, closed = mark_on(parcel, verdict, error, departed), None
        if verdict is Verdict.UNREACHABLE and letter.person_id is not None:
            closed = Closed(letter.person_id, departed)
        self._ledger.note(mark, closed)
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
                self.shut_out = Stopped(reason(error))
                self.stop()
