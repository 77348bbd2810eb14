"""Long polling: updates are confirmed by the next call, which is made only after the commit."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Bot, Update
from telegram.error import (
    Conflict,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.logs import describe
from bot.tasks import Tasks
from bot.verdicts import seconds_to_wait

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
"""Always given: an omitted list keeps the previous setting."""
TIMEOUT = 25
"""Seconds of a long poll."""
PATIENCE = 5
"""Seconds that an answer may take beyond the poll."""
BATCH = 50
"""Updates of one commit: the first of them waits for the last, some 20 ms."""

AT_ONCE = 4
"""Acknowledgements under way at once: more would take the connections that answers need."""

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """Telegram will not serve this process any more: one line for the host."""


class Polling:
    """Fetches updates until it is stopped. No offset is stored: ids jump after a quiet week."""

    def __init__(
        self,
        *,
        bot: Bot,
        take: Callable[[Sequence[Update]], Awaitable[None]],
        committed: Callable[[], None],
        tasks: Tasks,
    ) -> None:
        self._bot = bot
        self._take = take
        self._committed = committed
        self._tasks = tasks
        self._offset: int | None = None
        self._acknowledging = asyncio.Semaphore(AT_ONCE)
        self.last_poll = time.monotonic()

    async def run(self) -> None:
        """Until cancelled. Raises Stopped, and whatever a failed commit raises."""
        delay = 1.0
        while True:
            try:
                updates = await self._fetch()
                delay = 1.0
            except (InvalidToken, EndPointNotFound, Conflict) as error:
                raise Stopped(reason(error)) from None
            except RetryAfter as error:
                await asyncio.sleep(seconds_to_wait(error))
            except TimedOut:
                continue
            except NetworkError as error:
                _log.warning("no updates: %s; again in %.0f s", type(error).__name__, delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 30.0)
            else:
                await self._hand_over(updates)

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
        self.last_poll = time.monotonic()
        return [_read(update, self._bot) for update in found]

    async def _hand_over(self, updates: Sequence[Update]) -> None:
        if not updates:
            return
        for update in updates:
            if update.callback_query is not None:
                self._tasks.start(self._acknowledge(update.callback_query.id), name="acknowledge")
        await self._take(updates)
        self._offset = updates[-1].update_id + 1
        self._committed()

    async def _acknowledge(self, query_id: str) -> None:
        """At once and before the transaction: the button stops turning. Losing one is harmless."""
        async with self._acknowledging:
            try:
                await self._bot.answer_callback_query(query_id)
            except TelegramError as error:
                _log.debug("not acknowledged: %s", type(error).__name__)


def _read(update: dict[str, Any], bot: Bot) -> Update:
    """One that cannot be read becomes one that says nothing: it is confirmed with the rest."""
    try:
        return Update.de_json(_thin(update), bot)
    except Exception as error:
        _log.error("update %s cannot be read: %s", update["update_id"], describe(error))
        return Update(update["update_id"])


def _thin(update: dict[str, Any]) -> dict[str, Any]:
    """Of the card that was tapped only its place is read, and whether it is one of text.

    All of it is a third of the reading.
    """
    query = update.get("callback_query", {})
    if "message" not in query:
        return update
    card = query["message"]
    place = {key: card[key] for key in ("chat", "message_id", "date")}
    if "text" in card:
        place["text"] = "…"
    return {**update, "callback_query": {**query, "message": place}}


def reason(error: Exception | None) -> str:
    """Why Telegram serves us no more, for the host."""
    if isinstance(error, Conflict) and "webhook" in error.message.lower():
        return "BOT_TOKEN: a webhook is set for this bot; delete it (deleteWebhook), then start."
    if isinstance(error, Conflict):
        return "BOT_TOKEN: another process uses this token; stop it first."
    return "BOT_TOKEN: Telegram does not accept it; ask @BotFather for the current one."
