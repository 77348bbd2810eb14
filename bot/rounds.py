"""A round of the post office: one transaction writes what has ended and claims what may leave."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.alarm import Alarm
from bot.ledger import Ledger
from bot.marks import Parcel
from bot.sender import Sender
from bot.sorting import Sorting
from storage.database import Database
from storage.letters import LetterTable

LONGEST = 10.0
"""Seconds without a look: clocks are set, and a due instant may be nearer than it was."""


@dataclass
class _Round:
    """Claimed and not under way yet; and how many entries of the ledger were written."""

    parcels: list[Parcel] = field(default_factory=list)
    written: int = 0


class Rounds:
    """Its own, and those of whoever writes letters.

    `is_idle`: at the last commit nothing was due, in flight or unmarked. `log_is_full`: the
    write-ahead log may hold what was deleted.
    """

    is_idle = False
    # Whoever ran before may have left a stranger's id in it.
    log_is_full = True

    def __init__(
        self,
        database: Database,
        letters: LetterTable,
        ledger: Ledger,
        sorting: Sorting,
        sender: Sender,
        alarm: Alarm,
        now: Callable[[], float],
    ) -> None:
        """`now`: monotonic seconds, as the alarm's."""
        self._database = database
        self._letters = letters
        self._ledger = ledger
        self._sorting = sorting
        self._sender = sender
        self._alarm = alarm
        self._now = now

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """What is claimed leaves after the commit, also when the caller is cancelled in it."""
        its = _Round()
        try:
            async with self._database.transaction(lambda: self._committed(its)):
                yield
                self._alarm.looks()
                its.written = await self._ledger.write()
                if self._sender.is_open:
                    await self._choose(its.parcels)
        except BaseException:
            for parcel in its.parcels:
                self._sorting.come_back(parcel)
            self._alarm.ring()  # what this look was to say of the next one is lost
            raise

    def _committed(self, its: _Round) -> None:
        self._ledger.forget(its.written)
        in_flight = self._sender.in_flight
        self.is_idle = self._sorting.is_clear and not self._ledger and not in_flight
        self.log_is_full |= bool(its.parcels or its.written or self._sorting.settled)
        while its.parcels:
            self._sender.send(its.parcels.pop(0))

    async def _choose(self, parcels: list[Parcel]) -> None:
        async for parcel in self._sorting.choose(self._sender.free_places):
            parcels.append(parcel)
        await self._letters.claim([parcel.letter.id for parcel in parcels])
        until_next, until_probe = self._sorting.until_next, self._sender.until_probe
        pause = min(until_next or LONGEST, until_probe or LONGEST, LONGEST)
        self._alarm.look_by(min(self._sorting.next_look, self._now() + pause))
