"""A proxy between Telegram and the bot, which can kill the bot before its 200 gets through."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientConnectorError, ClientSession, web


@dataclass
class Relay:
    """`instead` is done once, in place of handing the next 200 on."""

    to: str
    url: str = ""
    instead: Callable[[], object] | None = None
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    async def hand_on(self, request: web.Request) -> web.Response:
        try:
            async with ClientSession() as session:
                status = await self._status(session, request)
        except ClientConnectorError:
            return web.Response(status=502)
        if status == 200 and self.instead is not None:
            self.instead()
            self.instead = None
            self.lost.set()
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=status)

    async def _status(self, session: ClientSession, request: web.Request) -> int:
        body = await request.read()
        async with session.post(self.to, data=body, headers=request.headers) as answer:
            return answer.status


@asynccontextmanager
async def relay(port: int) -> AsyncIterator[Relay]:
    """In front of the webhook at that port."""
    relay = Relay(f"http://127.0.0.1:{port}/telegram")
    app = web.Application()
    app.router.add_post("/telegram", relay.hand_on)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    relay.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    try:
        yield relay
    finally:
        await runner.cleanup()
