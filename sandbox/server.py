"""The sandbox's HTTP server: the Bot API, the phones' API and the chat page on one port."""

import asyncio
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiohttp import web

from sandbox import bot_api, fault_api, phones
from sandbox.bot_api import Meddle
from sandbox.keys import WORLD
from sandbox.people import PEOPLE, Person
from sandbox.state import TOKEN
from sandbox.world import World

LARGEST_BODY = 52 * 1024 * 1024


@dataclass(frozen=True)
class Running:
    """A started sandbox. A later `start` with the same world and port continues it."""

    host: str
    port: int
    world: World
    runner: web.AppRunner

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def bot_url(self) -> str:
        """What python-telegram-bot calls base_url."""
        return f"{self.url}/bot"

    @property
    def file_url(self) -> str:
        """What python-telegram-bot calls base_file_url."""
        return f"{self.url}/file/bot"

    async def stop(self) -> None:
        await self.runner.cleanup()


def create_app(world: World, *, meddle: Meddle | None = None) -> web.Application:
    """The application for a world; `meddle` is asked before each Bot API call."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app[WORLD] = world
    bot_api.add_to(app, meddle)
    phones.add_to(app)
    fault_api.add_to(app)
    app.on_shutdown.append(_hang_up)
    return app


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    world: World | None = None,
    meddle: Meddle | None = None,
) -> Running:
    """Serve a world; port 0 takes a free one. Raises OSError when the port is taken."""
    world = world or World()
    runner = web.AppRunner(create_app(world, meddle=meddle), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return Running(host, runner.addresses[0][1], world, runner)


def run(
    host: str = "127.0.0.1",
    port: int = 8080,
    token: str = TOKEN,
    people: Iterable[Person] = PEOPLE,
    *,
    ready: Callable[[Running], None] = lambda _running: None,
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` hears the address. Raises OSError (port taken)."""
    asyncio.run(_serve(host, port, World(people=people, token=token), ready))


async def _serve(host: str, port: int, world: World, ready: Callable[[Running], None]) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    running = await start(host, port, world=world)
    try:
        ready(running)
        await ended.wait()
    finally:
        await running.stop()


async def _hang_up(app: web.Application) -> None:
    """Let the poller and the pages go, so that the server can end."""
    app[WORLD].mailbox.wake()
    for line in app[WORLD].lines():
        line.put_nowait(None)
