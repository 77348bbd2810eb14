"""This bot with its gate open: a bench measures the work, not the pace that Telegram allows.

It starts as `python -m bot run` does, through the command line's own functions.
"""

import asyncio
import gc

gc.disable()  # as in bot/__main__.py

from bot.command_line import plainly, settings, until_signal  # noqa: E402
from bot.gate import Gate  # noqa: E402
from bot.house import run  # noqa: E402


async def serve(stop: asyncio.Event) -> None:
    """Serves until `stop` is set."""
    await run(settings(need_token=True), stop, gate=Gate.open())


if __name__ == "__main__":
    plainly(lambda: until_signal(serve))
