"""How fast Telegram lets a bot speak: 30 messages a second, one a second and chat with a burst.

Source: core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this; the burst of a
chat is not published, 20 is what bots have seen.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """None switches a limit off. `query_seconds` is how long a tap can be answered."""

    per_second: int | None = 30
    chat_burst: int | None = 20
    chat_refill: float = 1.0
    query_seconds: float = 15.0


GATE_OPEN = Limits(per_second=None, chat_burst=None)


class Pace:
    """Counts accepted messages; `ticks` is a monotonic clock in seconds."""

    def __init__(
        self, limits: Limits | None = None, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits or Limits()
        self.ticks = ticks
        self._sent: deque[float] = deque()
        self._buckets: dict[int, tuple[float, float]] = {}
        self._shut: dict[int | None, float] = {}

    def wait(self, chat_id: int, messages: int = 1) -> int:
        """Whole seconds to wait before so many messages to this chat; 0 means now.

        What was refused once stays refused until these seconds are over. More messages than a
        limit ever lets through at once leave when it is wholly unused.
        """
        now = self.ticks()
        waits = {
            None: self._wait_for_all(now, messages),
            chat_id: self._wait_for_chat(chat_id, now, messages),
        }
        for whom, wait in waits.items():
            left = math.ceil(self._shut.get(whom, now) - now)
            waits[whom] = max(left, 0) or wait
            if wait and left <= 0:
                self._shut[whom] = now + wait
        return max(waits.values())

    def count(self, chat_id: int, messages: int = 1) -> None:
        now = self.ticks()
        if self.limits.per_second is not None:
            self._sent.extend([now] * messages)
        if self.limits.chat_burst is not None:
            left = self._left(chat_id, now, self.limits.chat_burst) - messages
            self._buckets[chat_id] = (left, now)

    def _wait_for_all(self, now: float, messages: int) -> int:
        if self.limits.per_second is None:
            return 0
        while self._sent and self._sent[0] <= now - 1:
            self._sent.popleft()
        asked = min(messages, max(self.limits.per_second, 1))
        return int(len(self._sent) + asked > self.limits.per_second)

    def _wait_for_chat(self, chat_id: int, now: float, messages: int) -> int:
        if self.limits.chat_burst is None:
            return 0
        asked = min(messages, max(self.limits.chat_burst, 1))
        missing = asked - self._left(chat_id, now, self.limits.chat_burst)
        return math.ceil(missing / self.limits.chat_refill) if missing > 1e-6 else 0

    def _left(self, chat_id: int, now: float, burst: int) -> float:
        left, at = self._buckets.get(chat_id, (float(burst), now))
        return min(float(burst), left + (now - at) * self.limits.chat_refill)
