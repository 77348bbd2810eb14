"""kill -9 between an update's arrival and its 200: it comes again and has exactly one effect."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from sandbox.hook import Courier
from sandbox.pace import GATE_OPEN
from sandbox.server import start as start_sandbox
from sandbox.world import World
from tests.faults.relay import Relay, relay
from tests.faults.sweep import RUN, TOKEN, _plant, cast
from tests.faults.sweep_kills import start, tail_of
from tests.faults.sweep_people import Phone
from tests.faults.test_process import free_port

SECRET = "a-secret_of-the_webhook"
FORGETFUL = ("-m", "tests.faults.sweep_defects", "nothing_seen")
WHO = 1101


@dataclass
class Scene:
    """A mentee's phone, the sandbox behind it, and the bot behind a relay."""

    world: World
    phone: Phone
    relay: Relay
    path: Path
    log: Path
    environment: dict[str, str]
    tapped: asyncio.Event = field(default_factory=asyncio.Event)

    def meddle(self, method: str, _body: Mapping[str, object]) -> None:
        """A tap is acknowledged when it has arrived, and before its transaction."""
        if method.lower() == "answercallbackquery":
            self.tapped.set()

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5)) as file:
            return file.execute(sql).fetchall()

    async def quiet(self) -> None:
        """Every update was answered with 200."""
        await self.world.wait_for(lambda: not self.world.mailbox.unconfirmed, 60)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    path, port = tmp_path / "tandem.sqlite3", free_port()
    database = f"sqlite+aiosqlite:///{path}"
    await _plant(Settings(database_url=database))
    courier = Courier(local=True, first_delay=0.05)
    world = World(people=cast(), token=TOKEN, limits=GATE_OPEN, courier=courier)
    phone = Phone(world, WHO, "Mentee0 X", lambda: 60)
    async with relay(port) as between:
        scene = Scene(world, phone, between, path, tmp_path / "bot.log", {})
        sandbox = await start_sandbox(world=world, meddle=scene.meddle)
        scene.environment |= {
            **os.environ,
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": sandbox.url,
            "DATABASE_URL": database,
            "WEBHOOK_URL": between.url,
            "WEBHOOK_SECRET": SECRET,
            "PORT": str(port),
            "LOG_LEVEL": "DEBUG",
        }
        try:
            yield scene
        finally:
            await sandbox.stop()
    assert SECRET not in scene.log.read_text()


@asynccontextmanager
async def bot(
    scene: Scene, command: Sequence[str] = RUN
) -> AsyncIterator[asyncio.subprocess.Process]:
    """One life of the bot; at its end it is told to stop, unless it was killed."""
    process = await start(command, scene.environment, scene.log)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        ended = await process.wait()
    assert ended in (0, -signal.SIGKILL), tail_of(scene.log)


async def test_killed_before_the_commit_it_has_kept_nothing_and_hears_it_again(
    scene: Scene,
) -> None:
    async with bot(scene) as process:
        scene.phone.say("/meeting")
        message_id, _ = await scene.phone.fresh("m.save")
        await scene.quiet()
        with closing(sqlite3.connect(scene.path, isolation_level=None)) as other:
            other.execute("begin immediate")  # nobody else commits now
            scene.phone.tap(message_id, "m.save")
            async with asyncio.timeout(30):
                await scene.tapped.wait()
            process.kill()
            await process.wait()
    assert scene.rows("select count(*) from meeting") == [(0,)]
    assert scene.world.mailbox.unconfirmed == 1
    async with bot(scene):
        await scene.phone.edit(message_id, "undo")
        await scene.quiet()
    assert scene.rows("select count(*) from meeting") == [(1,)]
    told = "select count(*) from letter where kind = 'meeting_logged'"
    assert scene.rows(told) == [(1,)]


@pytest.mark.parametrize(("command", "cards"), [(RUN, 1), (FORGETFUL, 2)])
async def test_killed_between_commit_and_200_it_knows_the_update_when_it_returns(
    scene: Scene, command: Sequence[str], cards: int
) -> None:
    """A bot that forgets what it has seen answers twice: so the check can fail."""
    async with bot(scene, command) as process:
        scene.relay.instead = process.kill
        scene.phone.say("/meeting")
        async with asyncio.timeout(60):
            await scene.relay.lost.wait()
        await process.wait()
    assert scene.world.mailbox.unconfirmed == 1
    assert scene.rows("select count(*) from card") == [(1,)]
    async with bot(scene, command):
        await scene.quiet()
    assert scene.rows("select count(*) from card") == [(cards,)]
    answers = f"select count(*) from letter where person_id = {who(scene)}"
    assert scene.rows(answers) == [(cards,)]


def who(scene: Scene) -> int:
    [(person_id,)] = scene.rows(f"select id from person where chat_id = {WHO}")
    return int(person_id)
