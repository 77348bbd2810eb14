"""The demo: supervisor of a local Telegram and of the real bot, with a clock that both share.

It holds how far that clock is ahead; `bot.demo_bot` hears it, whenever it is started or moved.
"""

import asyncio
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import fields
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.demo_programme import plant
from bot.settings import SettingError, Settings, load
from sandbox.clock import MovableClock
from sandbox.people import PEOPLE
from sandbox.refusal import Impossible
from sandbox.server import start
from sandbox.state import Control
from sandbox.world import World

PORT = 8765
OF_THE_HOST = frozenset({"log_level", "default_language", "timezone", "template"})
"""Settings of the host that the demo plays with; all others are a real programme\'s."""
PORTS = range(1024, 65535)
"""The demo takes the next one, too."""
FOLDER = Path(".demo")
"""One folder a port, thrown away and made anew at every start: the sandbox forgets, too."""


class BotProcess:
    """`python -m bot.demo_bot` as a child; started again when it dies or when it is asked for."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._ahead = 0.0

    async def keep_alive(self) -> None:
        """Until cancelled. A bot that dies is started again from what is on disk."""
        while True:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.demo_bot"),
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            self._tell_time()
            await self._process.wait()
            await asyncio.sleep(0.2)

    def move(self, ahead: float) -> None:
        """Its clock is so many seconds ahead from now on, also after a restart."""
        self._ahead = ahead
        self._tell_time()

    def _tell_time(self) -> None:
        """Whoever is dead or dying does not hear it; the next one hears it first of all."""
        ear = self._process.stdin if self._process is not None else None
        if ear is not None and not ear.is_closing():
            ear.write(f"{self._ahead}\n".encode())

    async def restart(self, sign: signal.Signals) -> None:
        """Sends the signal; `keep_alive` starts the next one."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(sign)

    async def end(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()


async def play(port: int, stop: asyncio.Event) -> None:
    """Serves until `stop` is set. Raises SettingError when a port is taken, or is none."""
    if port not in PORTS:
        raise SettingError(f"--port: {port} is not from {PORTS[0]} to {PORTS[-1]}; {_try(PORT)}")
    environment = _environment(port)
    os.environ.update(environment)
    settings, bot = load(need_token=True), BotProcess(environment)
    clock, controls = _clock(settings, bot), _controls(bot)
    world = World(token=environment["BOT_TOKEN"], clock=clock, controls=controls)
    try:
        sandbox = await start("127.0.0.1", port, world=world)
    except OSError:
        raise SettingError(f"--port: {port} is taken; stop what uses it, or {_try(port)}") from None
    try:
        await _play(port, settings, bot, world, stop)
    finally:
        await sandbox.stop()


def _environment(port: int) -> dict[str, str]:
    # The sandbox's own token: it opens nothing but this page.
    token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)}"
    return {
        "LOG_LEVEL": "WARNING",
        **os.environ,
        # Blank is none; were it empty, .env would speak, and that is of another bot.
        **{each.name.upper(): " " for each in fields(Settings) if each.name not in OF_THE_HOST},
        "BOT_TOKEN": token,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite+aiosqlite:///{FOLDER / str(port) / 'tandem.sqlite3'}",
    }


def _clock(settings: Settings, bot: BotProcess) -> MovableClock:
    """The clock of page and bot; at its beginning it tells the real time."""

    async def next_letter(after: float) -> float | None:
        return await asyncio.to_thread(when_next_letter, settings.database_path, after)

    return MovableClock(ZoneInfo(settings.timezone), next_letter=next_letter, moved=bot.move)


def when_next_letter(path: Path, after: float) -> float | None:
    """When the next letter is due later than that; the bot's database is only read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            [[due]] = database.execute(
                "select min(due_at) from letter where state = 'pending' and due_at > ?", [after]
            )
    except sqlite3.OperationalError:  # the programme is still being planted
        return None
    return None if due is None else float(due)


def _controls(bot: BotProcess) -> dict[str, Control]:
    """Two more buttons of the page."""

    async def restart() -> str:
        await bot.restart(signal.SIGTERM)
        return "The bot ends in order and starts again. Just go on."

    async def kill() -> str:
        await bot.restart(signal.SIGKILL)
        return "The bot is dead; the next one is starting. Just go on."

    return {"Restart the bot": restart, "Kill the bot": kill}


def _begin_anew(path: Path) -> None:
    """An empty folder. Only for whoever holds the port: another demo may be running beside."""
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)


async def _play(
    port: int, settings: Settings, bot: BotProcess, world: World, stop: asyncio.Event
) -> None:
    _begin_anew(settings.database_path)
    await plant(settings)
    async with _control(bot, world, port + 1):
        _say_who_is_who(port)
        running = asyncio.ensure_future(bot.keep_alive())
        await stop.wait()
        running.cancel()
        await asyncio.wait([running])
        await bot.end()
    print("\nGoodbye.", flush=True)


@asynccontextmanager
async def _control(bot: BotProcess, world: World, port: int) -> AsyncIterator[None]:
    """POST /restart ends the bot in order, POST /kill at once; either way it starts again.

    POST /clock {"to": "hour" | "day" | "letter"} moves the time, as the page's buttons do.
    """

    async def restart(_request: web.Request) -> web.Response:
        await bot.restart(signal.SIGTERM)
        return web.json_response({"ok": True})

    async def kill(_request: web.Request) -> web.Response:
        await bot.restart(signal.SIGKILL)
        return web.json_response({"ok": True})

    async def move(request: web.Request) -> web.Response:
        try:
            await world.move_clock(str((await request.json()).get("to")))
        except Impossible as impossible:
            return web.json_response({"ok": False, "error": str(impossible)}, status=409)
        return web.json_response({"ok": True})

    app = web.Application()
    app.add_routes([web.post("/restart", restart), web.post("/kill", kill)])
    app.add_routes([web.post("/clock", move)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError:
        raise SettingError(
            f"--port: the demo needs {port}, too, which is taken; {_try(port)}"
        ) from None
    try:
        yield
    finally:
        await runner.cleanup()


def _try(near: int) -> str:
    """The nearest port from there that is free just now, and so is the next one."""
    others = chain(range(near, PORTS[-1] + 1), range(PORT, near))
    free = next((port for port in others if _is_free(port) and _is_free(port + 1)), PORT)
    return f"try: make demo PORT={free}"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _say_who_is_who(port: int) -> None:
    print(f"\n  Open  http://127.0.0.1:{port}/  in a browser.\n")
    for person in PEOPLE:
        name = f"{person.first_name} {person.last_name}".strip()
        print(f"  {name:<18} {person.role_hint:<14} {person.language_code}")
    print("\n  Ctrl-C ends it; the next start begins anew.\n", flush=True)
