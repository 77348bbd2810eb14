"""The demo: supervisor of a local Telegram and of the real bot, with a port that restarts it."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer
from aiohttp import web

from bot.demo_programme import plant
from bot.settings import SettingError, load
from sandbox.people import PEOPLE
from sandbox.server import start
from sandbox.world import World

FOLDER = Path(".demo")
"""One folder a port, thrown away and made anew at every start: the sandbox forgets, too."""


class BotProcess:
    """`python -m bot run` as a child; started again when it dies or when it is asked for."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def keep_alive(self) -> None:
        """Until cancelled. A bot that dies is started again from what is on disk."""
        while True:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=self._environment, start_new_session=True
            )
            await self._process.wait()
            await asyncio.sleep(0.2)

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


def _begin_anew(port: int) -> Path:
    """An empty folder. Only for whoever holds the port: another demo may be running beside."""
    folder = FOLDER / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


async def play(port: int, stop: asyncio.Event) -> None:
    """Serves until `stop` is set. Raises SettingError when a port is taken."""
    # The sandbox's own token: it opens nothing but this page.
    token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)}"
    try:
        sandbox = await start("127.0.0.1", port, world=World(token=token))
    except OSError:
        raise SettingError(
            f"--port: {port} is taken; stop what uses it, or try: make demo PORT={port + 2}"
        ) from None
    try:
        await _play(port, token, stop)
    finally:
        await sandbox.stop()


async def _play(port: int, token: str, stop: asyncio.Event) -> None:
    environment = {
        **os.environ,
        "BOT_TOKEN": token,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite+aiosqlite:///{_begin_anew(port) / 'tandem.sqlite3'}",
    }
    environment.setdefault("LOG_LEVEL", "WARNING")
    os.environ.update(environment)
    await plant(load(need_token=True))
    bot = BotProcess(environment)
    async with _control(bot, port + 1):
        _say_who_is_who(port)
        running = asyncio.ensure_future(bot.keep_alive())
        await stop.wait()
        running.cancel()
        await asyncio.wait([running])
        await bot.end()
    typer.echo("\nGoodbye.")


@asynccontextmanager
async def _control(bot: BotProcess, port: int) -> AsyncIterator[None]:
    """POST /restart ends the bot in order, POST /kill at once; either way it starts again."""

    async def restart(_request: web.Request) -> web.Response:
        await bot.restart(signal.SIGTERM)
        return web.json_response({"ok": True})

    async def kill(_request: web.Request) -> web.Response:
        await bot.restart(signal.SIGKILL)
        return web.json_response({"ok": True})

    app = web.Application()
    app.add_routes([web.post("/restart", restart), web.post("/kill", kill)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError:
        raise SettingError(f"--port: {port} is taken, and the demo needs it, too.") from None
    try:
        yield
    finally:
        await runner.cleanup()


def _say_who_is_who(port: int) -> None:
    typer.echo(f"\n  Open  http://127.0.0.1:{port}/  in a browser.\n")
    for person in PEOPLE:
        name = f"{person.first_name} {person.last_name}".strip()
        typer.echo(f"  {name:<18} {person.role_hint:<14} {person.language_code}")
    typer.echo("\n  Ctrl-C ends it; nothing is kept.\n")
