"""Faults on demand: what befalls a call, or an update, once somebody has planted it.

Nothing here happens by chance. A test plants in the process, a bench or a sweep over HTTP
(fault_api.py), a host on the page.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Fault(StrEnum):
    """`..-request`: the call has no effect. `..-answer`: it has, and the bot does not hear so."""

    REFUSE = "refuse"  # 429 until `seconds` after the first refusal
    FAIL_REQUEST = "fail-request"  # `code` from 500 to 599
    FAIL_ANSWER = "fail-answer"
    LOSE_REQUEST = "lose-request"  # the connection is reset
    LOSE_ANSWER = "lose-answer"
    HALVE_ANSWER = "halve-answer"  # Content-Length promises twice what comes
    HOLD_REQUEST = "hold-request"  # goes on after `seconds`, or with `release`
    HOLD_ANSWER = "hold-answer"
    OUTAGE = "outage"  # every connection is reset for `seconds`, to the bot's webhook as well
    TWICE = "twice"  # an update comes again under a new identifier
    SWAP = "swap"  # an update waits for the one after it
    AGE = "age"  # an update was written `seconds` ago
    JUMP = "jump"  # identifiers go on at random: "no new updates for at least a week"


OF_UPDATES = frozenset({Fault.TWICE, Fault.SWAP, Fault.AGE, Fault.JUMP})
TIMED = frozenset({Fault.REFUSE, Fault.OUTAGE})
DAY = 86_400
SECONDS = {Fault.REFUSE: 30.0, Fault.OUTAGE: 60.0, Fault.AGE: float(DAY)}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A fault and whom it befalls: `times` calls or updates, None for all of them.

    No `method` means every call but getUpdates; no `chat` means every chat. `seconds` has a
    default for each fault, 10 for those without one of their own.
    """

    fault: Fault
    method: str = ""
    chat: int | None = None
    times: int | None = 1
    seconds: float = 0
    code: int = 502
    release: asyncio.Event | None = None

    @property
    def length(self) -> float:
        return self.seconds or SECONDS.get(self.fault, 10.0)

    def befalls(self, method: str, chat: object) -> bool:
        if self.fault in OF_UPDATES:
            return False
        asked = method != "getupdates" if not self.method else method == self.method.lower()
        return asked and self.chat in (None, chat)

    def retry_after(self) -> int:
        return math.ceil(self.length)


@dataclass
class _Planted:
    trouble: Trouble
    left: int | None
    ends: float | None = None


@dataclass(eq=False)
class Faults:
    """What is planted, oldest first; `ticks` is a monotonic clock in seconds."""

    ticks: Callable[[], float] = time.monotonic
    _planted: list[_Planted] = field(default_factory=list, init=False)

    def plant(self, trouble: Trouble) -> None:
        now = self.ticks()
        ends = now + trouble.length if trouble.fault is Fault.OUTAGE else None
        self._planted.append(_Planted(trouble, trouble.times, ends))

    def clear(self) -> None:
        self._planted.clear()

    @property
    def waiting(self) -> list[Trouble]:
        """What may still happen: `times` and `seconds` tell what is left of each."""
        return [self._rest(each) for each in self._standing()]

    def outage(self) -> Trouble | None:
        """The one that is on just now."""
        found = (each for each in self._standing() if each.trouble.fault is Fault.OUTAGE)
        return next(map(self._rest, found), None)

    def of_call(self, method: str, chat: object) -> Trouble | None:
        """What befalls this call; asking uses it up. An outage comes first."""
        if outage := self.outage():
            return outage
        found = (each for each in self._standing() if each.trouble.befalls(method.lower(), chat))
        planted = next(found, None)
        return None if planted is None else self._use(planted)

    def of_update(self) -> dict[Fault, Trouble]:
        """All that befalls the next update; asking uses it up."""
        found = [each for each in self._standing() if each.trouble.fault in OF_UPDATES]
        first = {each.trouble.fault: each for each in reversed(found)}
        return {fault: self._use(each) for fault, each in first.items()}

    def _use(self, planted: _Planted) -> Trouble:
        if planted.trouble.fault in TIMED:
            # "retry after 30" is one refusal, however often the bot asks meanwhile.
            planted.ends = planted.ends or self.ticks() + planted.trouble.length
            return self._rest(planted)
        if planted.left is not None:
            planted.left -= 1
        return planted.trouble

    def _rest(self, planted: _Planted) -> Trouble:
        seconds = planted.trouble.length
        if planted.ends is not None:
            seconds = planted.ends - self.ticks()
        return replace(planted.trouble, times=planted.left, seconds=seconds)

    def _standing(self) -> Iterable[_Planted]:
        now = self.ticks()
        self._planted = [
            each
            for each in self._planted
            if each.left != 0 and (each.ends is None or each.ends > now)
        ]
        return self._planted
