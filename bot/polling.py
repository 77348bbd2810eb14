"""Long polling: updates are confirmed by the next call, which is made only after the commit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from telegram import Bot, Update
from telegram.error import (
    Conflict,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from bot.arrivals import Arrivals
from bot.heartbeat import INTERVAL, Heartbeat
from bot.verdicts import seconds_to_wait

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
"""Always given: an omitted list keeps the previous setting."""
TIMEOUT = 25
"""Seconds of a long poll."""
PATIENCE = 5
"""Seconds that an answer may take beyond the poll."""
LONGEST = TIMEOUT + PATIENCE + 10.0
"""Seconds of any one question: an answer that comes byte by byte is late by no other clock."""
BATCH = 50
"""Updates of one commit: the first of them waits for the last, some 20 ms."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Stopped(Exception):
    """Telegram will not serve this process any more: one line for the host."""


async def persist(
    ask: Callable[[], Awaitable[T]], complaint: str, alive: Callable[[], object]
) -> T:
    """Asks Telegram again and again while there is no network. Raises Stopped.

    `alive` is called at each turn: whoever waits for the network does not hang.
    """
    delay = 1.0
    while True:
        alive()
        try:
            async with asyncio.timeout(LONGEST):
                return await ask()
        except (InvalidToken, EndPointNotFound, Conflict) as error:
            raise Stopped(reason(error)) from None
        except RetryAfter as error:
            _log.warning("%s: Telegram asks for %.0f s", complaint, seconds_to_wait(error))
            await _rest(seconds_to_wait(error), alive)
        except (NetworkError, TimeoutError) as error:
            told = str(error) or "no answer in time"
            _log.warning("%s: %s; again in %.0f s", complaint, told, delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 30.0)


async def _rest(seconds: float, alive: Callable[[], object]) -> None:
    """In pieces: it may be longer than the patience of whoever watches."""
    while seconds > 0:
        alive()
        await asyncio.sleep(min(seconds, INTERVAL))
        seconds -= INTERVAL


class Polling:
    """Fetches updates until it is stopped. No offset is stored: ids jump after a quiet week."""

    def __init__(self, *, bot: Bot, arrivals: Arrivals, heartbeat: Heartbeat) -> None:
        """`heartbeat` hears of each answer, also of one without updates."""
        self._bot = bot
        self._arrivals = arrivals
        self._heartbeat = heartbeat
        self._offset: int | None = None

    async def run(self) -> None:
        """Until cancelled. Raises Stopped, and whatever a failed commit raises.

        A webhook of former days is deleted; what has waited for it comes this way.
        """
        await self._persist(self._bot.delete_webhook)
        while True:
            await self._hand_over(await self._persist(self._fetch))

    async def _persist(self, ask: Callable[[], Awaitable[T]]) -> T:
        return await persist(ask, "no updates", self._heartbeat.alive)

    async def _fetch(self) -> Sequence[Update]:
        """`Bot.get_updates` reads all or nothing, and prints what it cannot read.

        The name is all in small letters, as methods may be (core.telegram.org/bots/api, "Making
        requests"): of names that it has as methods itself, PTB asks us to use those.
        """
        asked = {"limit": BATCH, "timeout": TIMEOUT, "allowed_updates": ALLOWED}
        if self._offset is not None:
            asked["offset"] = self._offset
        found: Any = await self._bot.do_api_request(
            "getupdates", asked, read_timeout=TIMEOUT + PATIENCE
        )
        self._heartbeat.beat()
        updates = [update for each in found if (update := self._arrivals.read(each)) is not None]
        if len(updates) < len(found):
            _log.error("%d updates without a number are passed over", len(found) - len(updates))
        if found and not updates:  # it would come again at once
            raise NetworkError("nothing that can be confirmed")
        return updates

    async def _hand_over(self, updates: Sequence[Update]) -> None:
        if updates:
            await self._arrivals.take(updates)
            self._offset = updates[-1].update_id + 1


def reason(error: Exception | None) -> str:
    """Why Telegram serves us no more, for the host."""
    if isinstance(error, Conflict) and "webhook" in error.message.lower():
        return "BOT_TOKEN: another process has set a webhook for this bot; stop it first."
    if isinstance(error, Conflict):
        return "BOT_TOKEN: another process uses this token; stop it first."
    return "BOT_TOKEN: Telegram does not accept it; ask @BotFather for the current one."
