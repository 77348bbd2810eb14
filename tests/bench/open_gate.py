"""This bot with its gate open: a bench measures the work, not the pace that Telegram allows."""

import asyncio

from bot.gate import Gate
from bot.house import run
from bot.logs import configure
from bot.settings import load


async def main() -> None:
    settings = load(need_token=True)
    configure(settings.log_level, [])
    await run(settings, asyncio.Event(), gate=Gate.open())


if __name__ == "__main__":
    asyncio.run(main())
