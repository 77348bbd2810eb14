"""Updates on their way to the bot: kept until confirmed, handed out to one poller at a time.

Source: core.telegram.org/bots/api#getupdates and tdlib/telegram-bot-api, Client.cpp.
"""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.faults import Fault, Faults
from sandbox.hook import Hook
from sandbox.refusal import Refused

TERMINATED = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    ]
)
# "Specify an empty list to receive all update types except chat_member, message_reaction, and
# message_reaction_count (default)."
DEFAULT_KINDS = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}


# TDLib, TQueue.cpp: an offset this far ahead of the next identifier "is in the future"; Client.cpp,
# do_get_updates, then answers from the oldest update and forgets none.
FUTURE = 10


class Mailbox:
    """The queue behind getUpdates. Update identifiers begin at a random number."""

    def __init__(
        self,
        stir: Callable[[], None],
        first: int | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._stir = stir
        self._faults = faults or Faults()
        self._next = random.randrange(10**8, 10**9) if first is None else first
        self._waiting: deque[tuple[int, str]] = deque()
        self._held: list[tuple[str, dict[str, Any]]] = []
        self._is_quiet_week = False  # nothing waits after one: updates are kept for 24 hours
        self._allowed = DEFAULT_KINDS
        self._poll: asyncio.Future[None] | None = None
        self.hook: Hook | None = None
        self.news = asyncio.Event()  # for whoever brings updates to a webhook

    @property
    def unconfirmed(self) -> int:
        return len(self._waiting)

    @property
    def is_polled(self) -> bool:
        return self._poll is not None and not self._poll.done()

    @property
    def allowed(self) -> frozenset[str]:
        return self._allowed

    def put(self, kind: str, payload: dict[str, Any]) -> int | None:
        """Queue an update as it is now, or as a fault wants it; its identifier.

        None where its kind is not wanted, and while it waits to be overtaken.
        """
        if kind not in self._allowed:
            return None
        faults = self._faults.of_update()
        if Fault.AGE in faults:
            payload = _aged(payload, int(faults[Fault.AGE].length))
        self._is_quiet_week |= Fault.JUMP in faults
        if self._is_quiet_week and not self._waiting:
            self.jump()
        times = 2 if Fault.TWICE in faults else 1
        if Fault.SWAP in faults:
            self._held += [(kind, payload)] * times
            return None
        numbers = [self._queue(kind, payload) for _ in range(times)]
        while self._held:
            self._queue(*self._held.pop())
        self.wake()
        return numbers[0]

    def jump(self, to: int | None = None) -> None:
        """The next identifier "will be chosen randomly instead of sequentially"."""
        self._next = random.randrange(10**8, 10**9) if to is None else to
        self._is_quiet_week = False

    def _queue(self, kind: str, payload: dict[str, Any]) -> int:
        update_id = self._next
        self._next += 1
        update = {"update_id": update_id, kind: payload}
        self._waiting.append((update_id, json.dumps(update, ensure_ascii=False)))
        return update_id

    def repeat(self, update_id: int) -> None:
        """Bring an unconfirmed update back under a new identifier, as Telegram may."""
        text = next(text for number, text in self._waiting if number == update_id)
        update = json.loads(text)
        del update["update_id"]
        [(kind, payload)] = update.items()
        self._queue(kind, payload)
        self.wake()

    def clear(self) -> None:
        self._waiting.clear()

    def bring(self, hook: Hook, allowed: Sequence[str] | None, reason: str) -> None:
        """From now on updates are brought there; a poll that waits ends with the reason."""
        self._allow(allowed)
        self._terminate(reason)
        self.hook = hook
        self.news.set()

    def waiting(self) -> list[tuple[int, str]]:
        """Identifier and JSON text of what is not confirmed, oldest first."""
        return list(self._waiting)

    def forget(self, update_id: int) -> None:
        """The webhook has taken it, or it is too old."""
        self._waiting = deque(each for each in self._waiting if each[0] != update_id)
        self._stir()

    def wake(self) -> None:
        """Let a waiting poller look again (and go home, if there is nothing)."""
        self.news.set()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def poll(
        self,
        *,
        offset: int = 0,
        limit: int = 100,
        seconds: float = 0,
        allowed: Sequence[str] | None = None,
    ) -> list[str]:
        """The waiting updates as JSON texts, after up to `seconds` of waiting for the first.

        Raises Refused (409) when another poller takes over, and while a webhook is set.
        """
        if self.hook is not None:
            raise Refused(409, HOOKED)
        self._allow(allowed)
        self._terminate(TERMINATED)
        self._confirm(offset)
        if not self._waiting and seconds > 0:
            await self._wait(seconds)
        return [text for _, text in list(self._waiting)[:limit]]

    def _allow(self, kinds: Sequence[str] | None) -> None:
        if kinds is not None:
            self._allowed = frozenset(kinds) or DEFAULT_KINDS

    def _terminate(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refused(409, reason))

    def _confirm(self, offset: int) -> None:
        """Forget what lies before the offset; a negative one counts from the end."""
        if offset > self._next + FUTURE:
            offset = 0
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()
        self._stir()

    async def _wait(self, seconds: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        self._stir()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None


def _aged(payload: dict[str, Any], seconds: int) -> dict[str, Any]:
    """As if it was done that long ago: a tap has no date, its message keeps its own."""
    return payload | {"date": payload["date"] - seconds} if "date" in payload else payload
