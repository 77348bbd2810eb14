"""An outage of the network or of Telegram: growing pauses, and one letter at a time as a probe."""

import logging
from collections.abc import Callable

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

    def hear_answer(self) -> None:
        """Telegram has answered something, were it a refusal."""
        self._failures = self._pauses = 0

    def hear_failure(self, *, unsent: bool) -> None:
        """A call came to nothing; what was in flight together makes one pause."""
        self._failures += 1
        if (unsent or self._failures >= DOUBTS) and self.wait() == 0:
            pause = min(2.0**self._pauses, LONGEST)
            self._pauses += 1
            self._until = self._now() + pause
            _log.warning("no way to Telegram; again in %.0f s", pause)
