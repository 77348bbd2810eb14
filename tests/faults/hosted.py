"""The command line as a host uses it, in real processes, on one folder."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.settings import Settings
from tests.faults.telegram_server import TOKEN, Call, Telegram

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    said: list[str]
    wrong: list[str]


@dataclass(frozen=True)
class Host:
    """Somebody with a folder; `url` is where the bot finds Telegram."""

    folder: Path
    url: str = "http://127.0.0.1:1"
    more: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "tandem.sqlite3"

    @property
    def settings(self) -> Settings:
        return Settings(database_url=f"sqlite+aiosqlite:///{self.database}")

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.url,
            "DATABASE_URL": self.settings.database_url,
            **self.more,
        }

    async def command(self, *words: str) -> Done:
        """Waits for its end."""
        async with asyncio.timeout(60), self.process("bot", *words) as process:
            out, err = await process.communicate()
        assert process.returncode is not None
        return Done(process.returncode, out.decode().splitlines(), err.decode().splitlines())

    @asynccontextmanager
    async def process(self, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """`python -m` these words; killed at the end if it still runs."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *words),
            env=self._environment,
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


class Poll:
    """A getUpdates that is answered, with no updates, when the test says so."""

    def __init__(self, telegram: Telegram) -> None:
        self.heard = asyncio.Event()
        self.go = asyncio.Event()
        telegram.will("getupdates", self)

    async def __call__(self, _request: web.Request, _call: Call) -> web.StreamResponse:
        self.heard.set()
        await self.go.wait()
        return web.json_response({"ok": True, "result": []})
