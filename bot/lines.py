"""Lines: the letters of a chat leave one after another, and one that has to wait keeps the rest."""

import math
from collections.abc import Iterable

from bot.gate import Pace
from storage.letters import Line, Waiting


class Lines:
    """Which lines have a letter in flight, and which rest until when (monotonic seconds).

    An answer that waits keeps all behind it; bulk keeps bulk, and answers overtake.
    """

    def __init__(self) -> None:
        self._out: dict[Line, int] = {}
        self._rests: dict[Line, float] = {}
        self._bulk_rests: dict[Line, float] = {}

    @property
    def in_flight(self) -> int:
        return len(self._out)

    @property
    def busy_lines(self) -> int:
        return len(self._out) + len(self._rests) + len(self._bulk_rests)

    def busy(self) -> Iterable[Line]:
        """Lines of which nothing may leave."""
        return (*self._out, *self._rests)

    def busy_for_bulk(self) -> Iterable[Line]:
        """Lines of which answers may leave."""
        return tuple(self._bulk_rests)

    def is_out(self, chat_id: int) -> bool:
        """Whether something is in flight to the chat, were it as a stranger's."""
        return chat_id in self._out.values()

    def depart(self, letter: Waiting, chat_id: int) -> None:
        self._out[letter.line] = chat_id

    def come_back(self, letter: Waiting) -> None:
        del self._out[letter.line]

    def rest(self, letter: Waiting, pace: Pace, until: float) -> None:
        """The letter waits until then, and its line behind it."""
        rests = self._bulk_rests if pace is Pace.BULK else self._rests
        rests[letter.line] = max(until, rests.get(letter.line, until))

    def go_on(self, now: float) -> float:
        """Ends the rests that are over; returns when the next one will be."""
        self._rests = {line: at for line, at in self._rests.items() if at > now}
        self._bulk_rests = {line: at for line, at in self._bulk_rests.items() if at > now}
        return min((*self._rests.values(), *self._bulk_rests.values()), default=math.inf)
