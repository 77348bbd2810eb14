"""Updates that have arrived, whichever way: read, acknowledged, and one commit for all of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeGuard

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.logs import describe
from bot.tasks import Tasks

AT_ONCE = 4
"""Acknowledgements under way at once: more would take the connections that answers need."""

LARGEST = 2**63
"""No number that SQLite keeps is as large."""

_log = logging.getLogger(__name__)


class Arrivals:
    """What polling and webhook do alike; either confirms to Telegram when `take` has returned."""

    def __init__(
        self,
        *,
        bot: Bot,
        take: Callable[[Sequence[Update]], Awaitable[None]],
        tasks: Tasks,
    ) -> None:
        self._bot = bot
        self._take = take
        self._tasks = tasks
        self._acknowledging = asyncio.Semaphore(AT_ONCE)

    def read(self, found: Any) -> Update | None:
        """One that cannot be read becomes one that says nothing: it is confirmed with the rest.

        None for what has no number that can be kept as seen: it cannot be confirmed.
        """
        number = found.get("update_id") if isinstance(found, dict) else None
        if not (_is_whole(number) and 0 <= number < LARGEST):
            return None
        try:
            return _checked(Update.de_json(_thin(found), self._bot))
        except Exception as error:
            _log.error("update %d cannot be read: %s", number, describe(error))
            return Update(number)

    async def take(self, updates: Sequence[Update]) -> None:
        """Returns after the commit that holds them; raises what a failed one raises."""
        for update in updates:
            if update.callback_query is not None:
                self._tasks.start(self._acknowledge(update.callback_query.id), name="acknowledge")
        await self._take(updates)

    async def _acknowledge(self, query_id: str) -> None:
        """At once and before the transaction: the button stops turning. Losing one is harmless."""
        async with self._acknowledging:
            try:
                await self._bot.answer_callback_query(query_id)
            except TelegramError as error:
                _log.debug("not acknowledged: %s", type(error).__name__)


def _checked(update: Update) -> Update:
    """What is read of an update before its own savepoint begins is what Telegram promises.

    PTB believes every type; one update must not cost the others of its batch.
    """
    chat, user = update.effective_chat, update.effective_user
    for one in (chat, user):
        if one is not None and not (_is_whole(one.id) and -LARGEST <= one.id < LARGEST):
            raise ValueError("a chat or a user without a number")
    if user is not None and not isinstance(user.language_code, str | None):
        raise ValueError("a language without a name")
    return update


def _is_whole(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


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
