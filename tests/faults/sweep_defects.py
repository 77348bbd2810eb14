"""Defects planted for the sweep's proof: the same bot, run with one of its promises broken.

Started by a test as `-m tests.faults.sweep_defects <name>`; nothing of this is in the bot.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable, Sequence

from telegram import Update

import bot.house
from bot.logs import configure
from bot.polling import ALLOWED, Polling
from bot.settings import load
from handlers.outgoing import Outgoing
from storage.intake import IntakeTable


def confirm_before_commit() -> None:
    """Telegram is told that updates are done with before they are."""
    take_then_confirm = Polling._hand_over

    async def hand_over(self: Polling, updates: Sequence[Update]) -> None:
        if updates:
            await self._bot.get_updates(
                offset=updates[-1].update_id + 1, limit=1, timeout=0, allowed_updates=ALLOWED
            )
        await take_then_confirm(self, updates)

    setattr(Polling, "_hand_over", hand_over)  # noqa: B010


def no_mark() -> None:
    """What may come twice does not say so."""

    def unmarked(outgoing: Outgoing, _language: str) -> Outgoing:
        return outgoing

    setattr(bot.house, "marked", unmarked)  # noqa: B010


def nothing_seen() -> None:
    """An update that comes again is new again."""

    async def seen(_self: IntakeTable, _update_ids: Iterable[int]) -> set[int]:
        return set()

    async def see(self: IntakeTable, update_ids: Sequence[int], now: object) -> None:
        return None

    setattr(IntakeTable, "seen", seen)  # noqa: B010
    setattr(IntakeTable, "see", see)  # noqa: B010


DEFECTS: dict[str, Callable[[], None]] = {
    defect.__name__: defect for defect in (confirm_before_commit, no_mark, nothing_seen)
}


async def _run() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load(need_token=True)
    configure(settings.log_level, [])
    await bot.house.run(settings, stop)


if __name__ == "__main__":
    DEFECTS[sys.argv[1]]()
    asyncio.run(_run())
