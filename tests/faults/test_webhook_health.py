"""Health and watchdog with a webhook: Telegram is heard, or all is not well."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.clock import now
from bot.health import intake
from bot.heartbeat import INTERVAL, Heartbeat
from bot.settings import Settings
from bot.watchdog import PATIENCE as WATCHDOG
from bot.webhook import CHECK
from tests.faults.door import PATIENCE, SECRET, listening, open_door
from tests.faults.hosted import Host
from tests.faults.telegram_server import Call, Telegram, telegram_server
from tests.faults.test_polling import message
from tests.faults.test_process import free_port


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with telegram_server() as server:
        yield server


@dataclass
class Word:
    """What Telegram says of the webhook, when the test lets it: of trouble, so that it is told."""

    url: str
    date: int = 1_770_000_000
    waiting: int = 3
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _request: web.Request, _call: Call) -> web.StreamResponse:
        self.asked.set()
        await self.go.wait()
        trouble = {"last_error_date": self.date, "last_error_message": "SSL\nerror"}
        found: dict[str, Any] = {"url": self.url, "has_custom_certificate": False, **trouble}
        return web.json_response(
            {"ok": True, "result": {**found, "pending_update_count": self.waiting}}
        )


async def test_an_answer_about_the_webhook_is_heard_but_not_while_a_commit_hangs(
    telegram: Telegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    class Counted(Heartbeat):
        def beat(self) -> None:
            heard.append("")

    (tmp_path / "counted").mkdir()
    with Counted(tmp_path / "counted" / "file") as heartbeat:
        more: dict[str, Any] = {"check": 0.0, "heartbeat": heartbeat}
    async with open_door(tmp_path, telegram, **more) as door:
        quiet, stuck, later = words = [Word(door.url) for _ in range(3)]
        telegram.will("getwebhookinfo", *words)
        async with asyncio.timeout(PATIENCE), listening(door):
            await quiet.asked.wait()
            assert len(heard) == 1
            quiet.go.set()
            await stuck.asked.wait()
            assert len(heard) == 2
            door.gate.clear()
            posting = door.posting(message(500, "/privacy"))
            await door.taking.wait()
            caplog.clear()
            stuck.date += 1
            stuck.go.set()
            while "could not bring" not in caplog.text:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0)
            assert len(heard) == 2
            door.gate.set()
            assert await posting == 200
            await later.asked.wait()
            assert len(heard) == 4  # the update, and the answer that had to wait


async def test_what_telegram_cannot_bring_is_bad_until_something_comes(
    telegram: Telegram, tmp_path: Path
) -> None:
    """What it could not bring before the start, or before the last update, is overcome."""
    host = Host(tmp_path)
    async with open_door(tmp_path, telegram, check=0.0) as door:
        words = [Word(door.url) for _ in range(7)]
        _before, _same, broken, still, mended, empty, _end = words
        for word in (broken, still, mended):
            word.date += 1
        empty.date, empty.waiting = empty.date + 2, 0
        telegram.will("getwebhookinfo", *words)
        found: list[str] = []
        async with asyncio.timeout(PATIENCE), listening(door):
            for word, after in pairwise(words):
                await word.asked.wait()
                if word is mended:
                    assert await door.post(message(500, "/privacy")) == 200
                word.go.set()
                await after.asked.wait()
                found.append(intake(host.settings, now()).line)
    well = "intake: Telegram answered 0 s ago (INTAKE_LIMIT 180 s)."
    bad = "intake: Telegram cannot bring updates: SSL error; look at proxy, certificate and DNS."
    ages = [re.sub(r"answered \d+ s", "answered 0 s", line) for line in found]
    assert ages == [well, well, bad, bad, well, well]


async def test_health_and_supervisor_hear_of_a_webhook_without_any_update(
    tmp_path: Path, telegram: Telegram
) -> None:
    port, loop = free_port(), asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.setblocking(False)
        more = {
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
            "WEBHOOK_SECRET": SECRET,
            "PORT": str(port),
        }
        host = Host(tmp_path, f"http://127.0.0.1:{telegram.port}", more)
        async with asyncio.timeout(60), host.process("bot", "run"):
            assert await loop.sock_recv(ear, 100) == b"READY=1"
            assert await loop.sock_recv(ear, 100) == b"WATCHDOG=1"
            done = await host.command("health")
    assert done.code == 0, done
    assert done.said[0].startswith("ok: intake: Telegram answered ")


def test_a_quiet_night_is_shorter_than_the_patience_of_health_and_supervisor() -> None:
    """The last beat that was too early for the file, the next look, and one answer lost."""
    unit = (Path(__file__).parents[2] / "tandem.service").read_text("utf-8")
    assert f"WatchdogSec={WATCHDOG:.0f}\n" in unit
    assert INTERVAL + 2 * CHECK < Settings().intake_limit == WATCHDOG
