"""The bot's webhook as Telegram sees it from outside: updates are posted, statuses come back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from telegram import Update

from bot.arrivals import Arrivals
from bot.house import House, open_house
from bot.settings import Secret, Settings
from bot.tasks import Tasks
from bot.webhook import HEADER, Webhook
from tests.faults.telegram_server import TOKEN, Call, Telegram
from tests.faults.test_process import free_port

SECRET = "a-secret_of-the_webhook"
PATIENCE = 20
"""Seconds after which a test has failed."""


@dataclass
class Door:
    """A webhook that listens. Batches pass while `gate` is set; `batches` are those that came."""

    house: House
    telegram: Telegram
    session: ClientSession
    url: str
    port: int
    webhook: Webhook
    batches: list[list[int]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    taking: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None
    running: "asyncio.Future[None]" = field(default_factory=asyncio.Future)

    async def take(self, updates: Sequence[Update]) -> None:
        """Intake's own, behind a gate."""
        self.batches.append([update.update_id for update in updates])
        self.taking.set()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        await self.house.intake.take(updates)

    async def post(self, update: Any = None, **more: Any) -> int:
        """The status that Telegram would see."""
        body = {"json": update} if update is not None else {}
        headers = {HEADER: SECRET, **more.pop("headers", {})}
        async with self.session.post(self.url, headers=headers, **body, **more) as answer:
            return answer.status

    def posting(self, update: Any) -> "asyncio.Future[int]":
        return asyncio.ensure_future(self.post(update))

    async def inside(self, count: int) -> None:
        """Returns when so many requests wait for their answer."""
        async with asyncio.timeout(PATIENCE):
            while self.webhook._inside < count:  # noqa: ASYNC110 - the bot tells nobody
                await asyncio.sleep(0)

    async def outside(self) -> None:
        """Returns when nobody waits for an answer any more."""
        async with asyncio.timeout(PATIENCE):
            while self.webhook._inside:  # noqa: ASYNC110 - the bot tells nobody
                await asyncio.sleep(0)

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.telegram.calls if call.method == method]


def settings_for(folder: Path, api: str, **more: Any) -> Settings:
    return Settings(
        bot_token=Secret(TOKEN),
        telegram_api_url=api,
        database_url=f"sqlite+aiosqlite:///{folder / 'tandem.sqlite3'}",
        webhook_secret=Secret(SECRET),
        **more,
    )


@asynccontextmanager
async def open_door(folder: Path, telegram: Telegram, **more: Any) -> AsyncIterator[Door]:
    """An open house whose webhook is about to listen: `listen` runs it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    settings = settings_for(folder, f"http://127.0.0.1:{telegram.port}", webhook_url=url, port=port)
    async with (
        open_house(settings) as house,
        Tasks() as tasks,
        ClientSession(
            connector=TCPConnector(limit=0), timeout=ClientTimeout(total=PATIENCE)
        ) as session,
    ):
        door: Door

        async def take(updates: Sequence[Update]) -> None:
            await door.take(updates)

        bot = house.application.bot
        more = {"heartbeat": house.heartbeat, **more}
        arrivals = Arrivals(bot=bot, take=take, tasks=tasks)
        webhook = Webhook(settings=settings, bot=bot, arrivals=arrivals, **more)
        door = Door(house, telegram, session, url, port, webhook)
        door.gate.set()
        yield door


@asynccontextmanager
async def listening(door: Door, calls: int = 1) -> AsyncIterator[None]:
    """Telegram was told of the webhook; at the end it is stopped, unless it has ended itself."""
    told = asyncio.Event()

    def hear(_call: Call) -> None:
        if len(door.calls("setwebhook")) == calls:
            told.set()

    door.telegram.on_call = hear
    door.running = asyncio.ensure_future(door.webhook.run())
    waiting = asyncio.ensure_future(told.wait())
    await asyncio.wait([door.running, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield
    finally:
        door.running.cancel()
        await asyncio.wait([door.running])
