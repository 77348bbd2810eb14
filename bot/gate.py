"""The pace: thirty messages a second for the bot, one a second for a chat, answers in a burst."""

import time
from collections import deque
from collections.abc import Callable
from typing import Self

LIMIT = 30
"""Messages a second (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)."""
BURST = 5
"""Answers a chat may get at once; refilled one a second."""


class Gate:
    """Says whether a message may leave now, and when to ask again; seconds are monotonic.

    A message holds its place from its departure until a second after its answer, so no sliding
    second at Telegram can hold more than LIMIT, whatever the network does in between.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, *, limit: int = LIMIT) -> None:
        self._now = now
        self._limit = limit
        self._unanswered = 0
        # Full at the start: what left in the second before a restart is not forgotten.
        self._answered: deque[float] = deque([now()] * limit)
        self._last_departure = 0.0
        self._stopped_until = 0.0
        self._chats: dict[int, float] = {}
        self._chat_stopped_until: dict[int, float] = {}

    @classmethod
    def open(cls) -> Self:
        """For tests, benches and races, which say so: lets everything pass."""
        gate = cls(limit=1_000_000)
        gate._answered.clear()
        return gate

    def wait(self, chat_id: int, *, answer: bool, counts: bool) -> float:
        """Seconds until such a message may leave; 0 for now. Nothing is reserved."""
        now = self._now()
        stopped = max(self._stopped_until, self._chat_stopped_until.get(chat_id, 0.0)) - now
        if stopped > 0:
            return stopped
        if not counts or self._limit > LIMIT:
            return 0.0
        return max(self._bot_wait(now), self._chat_wait(chat_id, now, answer=answer), 0.0)

    def depart(self, chat_id: int, *, counts: bool) -> None:
        """A message leaves."""
        if not counts:
            return
        now = self._now()
        self._unanswered += 1
        self._last_departure = now
        # One number a chat: the time until which its second, or its burst, is spent.
        self._chats[chat_id] = max(self._chats.get(chat_id, now), now) + 1.0
        if len(self._chats) > 10_000:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}

    def answered(self, *, counts: bool) -> None:
        """Telegram has answered it, or will not any more."""
        if counts:
            self._unanswered -= 1
            self._answered.append(self._now())

    def stop(self, chat_id: int | None, seconds: float) -> None:
        """A 429: this chat, or all of them, rests for so many seconds."""
        until = self._now() + seconds
        if chat_id is None:
            self._stopped_until = until
        else:
            self._chat_stopped_until[chat_id] = until

    def _bot_wait(self, now: float) -> float:
        while self._answered and self._answered[0] <= now - 1.0:
            self._answered.popleft()
        spaced = self._last_departure + 1.0 / self._limit - now
        if self._unanswered + len(self._answered) < self._limit:
            return spaced
        freed = self._answered[0] + 1.0 - now if self._answered else 0.05
        return max(spaced, freed)

    def _chat_wait(self, chat_id: int, now: float, *, answer: bool) -> float:
        spent = self._chats.get(chat_id, now) - now
        return spent - (BURST - 1) if answer else spent
