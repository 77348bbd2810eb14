"""The pace: thirty messages a second for the bot, one a second for a chat, answers in a burst."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

LIMIT = 30
"""Messages a second (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)."""
BURST = 5
"""Answers a chat may get at once; refilled one a second."""
WINDOW = 1.01
"""Seconds for which an answered message keeps its place: a second, and 1 % for strange clocks."""
LATE = 0.01
"""Seconds by which a timer or a commit is late, and that bulk makes up for."""
FLOOD = 3
"""So many chats refused with a 429 within a second: it is the bot that is too fast."""
_MANY_CHATS = 1000


class Pace(Enum):
    """What a call spends."""

    ANSWER = auto()
    BULK = auto()
    FREE = auto()  # edits, deletes, commands: nothing


@dataclass
class _Chat:
    """What a chat was sent. `spent` is the monotonic second by which the burst is whole again."""

    spent: float = -math.inf
    unanswered: int = 0
    answered_at: float = -math.inf
    held_until: float = -math.inf

    def rests(self, now: float) -> bool:
        latest = max(self.spent, self.answered_at + WINDOW, self.held_until)
        return not self.unanswered and latest <= now


class Gate:
    """Says whether a message may leave now, and when to ask again; seconds are monotonic.

    A message holds its place from its departure until a second after its answer, so no sliding
    second at Telegram can hold more than LIMIT, whatever the network does in between; and bulk
    leaves evenly. An answer that never comes costs a place and not the queue.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, *, limit: int = LIMIT) -> None:
        self._now = now
        self._limit = limit
        self._is_open = False
        self._unanswered = 0
        # Full at the start: what left in the second before a restart is not forgotten.
        self._answered = deque([now()] * limit)
        self._even = -math.inf
        self._held_until = -math.inf
        self._chats: dict[int, _Chat] = {}
        self._many = _MANY_CHATS
        self._refused: dict[int, float] = {}

    @classmethod
    def open(cls, now: Callable[[], float] = time.monotonic) -> Self:
        """For tests, benches and races, which say so: only a 429 is heeded."""
        gate = cls(now)
        gate._is_open = True
        return gate

    def wait(self, pace: Pace) -> float:
        """Seconds until the bot may do such a call: 0 for now, infinite while answers lack."""
        now = self._now()
        held = max(self._held_until - now, 0.0)
        if pace is Pace.FREE or self._is_open:
            return held
        evenly = self._even - now if pace is Pace.BULK else 0.0
        return max(held, self._until_place(now), evenly)

    def chat_wait(self, chat_id: int, pace: Pace) -> float:
        """The same for a chat: its second, its burst, and its 429."""
        now = self._now()
        chat = self._chats.get(chat_id)
        if chat is None:
            return 0.0
        held = max(chat.held_until - now, 0.0)
        if pace is Pace.FREE or self._is_open:
            return held
        if pace is Pace.ANSWER:
            return max(held, chat.spent - now - (BURST - 1))
        return math.inf if chat.unanswered else max(held, chat.answered_at + WINDOW - now)

    def leave(self, chat_id: int, pace: Pace) -> None:
        """A call leaves. Ask `wait` and `chat_wait` first: nothing is checked here."""
        if pace is Pace.FREE or self._is_open:
            return
        now = self._now()
        self._unanswered += 1
        # Who leaves a little late lets the next one leave on time.
        self._even = max(self._even, now - LATE) + 1 / self._limit
        chat = self._chat(chat_id)
        chat.unanswered += 1
        if pace is Pace.ANSWER:
            chat.spent = max(chat.spent, now) + 1.0

    def answered(self, chat_id: int, pace: Pace) -> None:
        """Telegram has answered it, or we do not wait any longer."""
        if pace is Pace.FREE or self._is_open:
            return
        now = self._now()
        self._unanswered -= 1
        self._answered.append(now)
        chat = self._chat(chat_id)
        chat.unanswered -= 1
        chat.answered_at = now

    def hold(self, chat_id: int | None, seconds: float) -> None:
        """A 429: the chat rests, or the whole bot when it is no one chat's."""
        now = self._now()
        if chat_id is not None:
            chat = self._chat(chat_id)
            chat.held_until = max(chat.held_until, now + seconds)
        if chat_id is None or self._is_flood(chat_id, now):
            self._held_until = max(self._held_until, now + seconds)

    def _is_flood(self, chat_id: int, now: float) -> bool:
        """Telegram does not say whose limit it was: many chats at once are the bot's own."""
        self._refused[chat_id] = now
        self._refused = {chat: at for chat, at in self._refused.items() if now - at <= 1.0}
        return len(self._refused) >= FLOOD

    def _until_place(self, now: float) -> float:
        while self._answered and self._answered[0] + WINDOW <= now:
            self._answered.popleft()
        if self._unanswered + len(self._answered) < self._limit:
            return 0.0
        return self._answered[0] + WINDOW - now if self._answered else math.inf

    def _chat(self, chat_id: int) -> _Chat:
        if len(self._chats) > self._many:
            now = self._now()
            self._chats = {id_: chat for id_, chat in self._chats.items() if not chat.rests(now)}
            self._many = max(_MANY_CHATS, 2 * len(self._chats))
        return self._chats.setdefault(chat_id, _Chat())
