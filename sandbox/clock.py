"""The clock that the page's buttons move: real time, and how far ahead of it."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.refusal import Impossible

NextLetter = Callable[[float], Awaitable[float | None]]
"""When the bot writes unasked for the next time after this instant; None when nothing waits."""


class MovableClock:
    """Tells Unix seconds, goes on by itself and is moved forward only.

    `next_letter` is asked before a move to it; `moved` hears the seconds ahead of real time.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        *,
        next_letter: NextLetter,
        moved: Callable[[float], None] = lambda _ahead: None,
        real: Callable[[], float] = time.time,
    ) -> None:
        self._zone = zone
        self._next_letter = next_letter
        self._moved = moved
        self._real = real
        self.ahead = 0.0

    def __call__(self) -> float:
        return self._real() + self.ahead

    async def move(self, to: str) -> None:
        """By an "hour", by a "day" (the same wall time), or to the next "letter".

        Raises Impossible where it cannot go.
        """
        match to:
            case "hour":
                self._set(self() + 3600)
            case "day":
                there = datetime.fromtimestamp(self(), self._zone) + timedelta(days=1)
                self._set(there.timestamp())
            case "letter":
                due = await self._next_letter(self())
                if due is None:
                    raise Impossible("No letter is waiting just now.")
                self._set(due)
            case _:
                raise Impossible("The clock moves by an hour, by a day or to the next letter.")

    def _set(self, instant: float) -> None:
        self.ahead = max(self.ahead, instant - self._real())
        self._moved(self.ahead)
