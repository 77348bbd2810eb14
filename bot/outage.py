"""An outage of the network or of Telegram: nothing leaves but a probe after growing pauses."""

import logging
from collections.abc import Callable

from bot.verdicts import Verdict

_log = logging.getLogger(__name__)

DOUBTS = 3
"""Lost answers in a row that make an outage; fewer cost a place and not the queue."""
LONGEST = 60.0


class Outage:
    """What the last calls say of the way to Telegram; seconds are monotonic."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._pauses = 0
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        return self._pauses > 0

    def wait(self) -> float:
        """Seconds until something may leave; 0 for now."""
        return max(self._until - self._now(), 0.0) if self.is_on else 0.0

    def hear(self, verdict: Verdict) -> None:
        """A call has ended. What was in flight together makes one pause."""
        if verdict not in (Verdict.UNSENT, Verdict.DOUBT, Verdict.BROKEN):
            self._failures = self._pauses = 0
            return
        self._failures += 1
        is_outage = verdict is Verdict.UNSENT or self._failures >= DOUBTS
        if is_outage and self.wait() == 0:
            pause = min(2.0**self._pauses, LONGEST)
            self._pauses += 1
            self._until = self._now() + pause
            _log.warning("no way to Telegram; again in %.0f s", pause)
