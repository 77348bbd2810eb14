"""The demo's bot: the very bot of `python -m bot run`, on a clock that the demo moves.

stdin says how many seconds that clock is ahead, a line a move, the first before anything else.
Its end is the demo's end, and then the bot ends, too.
"""

import asyncio
import sys
from datetime import timedelta

from bot.clock import AheadClock
from bot.command_line import plainly, settings, until_signal
from bot.house import House, run


async def serve(stop: asyncio.Event) -> None:
    """Serves until `stop` is set or the demo has ended."""
    loop, lines, clock = asyncio.get_running_loop(), asyncio.StreamReader(), AheadClock()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    if not await _hear(lines, clock):
        return
    houses: list[House] = []
    moving = asyncio.ensure_future(_follow(lines, clock, stop, houses))
    try:
        await run(settings(need_token=True), stop, clock=clock, opened=houses.append)
    finally:
        moving.cancel()
        await asyncio.wait([moving])


async def _follow(
    lines: asyncio.StreamReader, clock: AheadClock, stop: asyncio.Event, houses: list[House]
) -> None:
    """What has become due by a move leaves at once."""
    while await _hear(lines, clock):
        for house in houses:
            house.post.wake()
    stop.set()


async def _hear(lines: asyncio.StreamReader, clock: AheadClock) -> bool:
    """Waits for one move; False when there will be none any more."""
    line = await lines.readline()
    if line:
        clock.ahead = timedelta(seconds=float(line))
    return bool(line)


if __name__ == "__main__":
    plainly(lambda: until_signal(serve))
