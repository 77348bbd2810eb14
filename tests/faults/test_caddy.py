"""The webhook behind a real Caddy: TLS by its own authority, the bot on loopback behind it."""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.gate import Gate
from bot.house import run
from bot.webhook import HEADER, LARGEST
from sandbox.hook import Courier
from sandbox.server import start as start_sandbox
from sandbox.world import World
from tests.faults.door import SECRET, settings_for
from tests.faults.telegram_server import TOKEN
from tests.faults.test_process import free_port

CADDY = shutil.which("caddy")
ABSENT = "Caddy not found: apt-get install caddy; the webhook behind it was not tried"
SITE = """{{
	admin off
	skip_install_trust
	auto_https disable_redirects
	storage file_system {folder}
}}
https://localhost:{port} {{
	tls internal
	reverse_proxy 127.0.0.1:{to}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running Caddy; `trust` believes its authority and no other."""

    url: str
    to: int
    trust: ssl.SSLContext


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    if CADDY is None:
        # In CI it has to run: a skip would look like a success.
        assert not os.environ.get("TANDEM_REQUIRE_CADDY"), ABSENT
        pytest.skip(ABSENT)
    port, to, folder = free_port(), free_port(), tmp_path / "caddy"
    file = tmp_path / "Caddyfile"
    file.write_text(SITE.format(folder=folder, port=port, to=to))
    async with caddy(CADDY, file):
        root = folder / "pki" / "authorities" / "local" / "root.crt"
        trust = ssl.create_default_context(cafile=str(root))
        yield Proxy(f"https://localhost:{port}/telegram", to, trust)


@asynccontextmanager
async def caddy(program: str, file: Path) -> AsyncIterator[None]:
    """Serves with a certificate; what it says meanwhile is read on, so that it never waits."""
    process = await asyncio.create_subprocess_exec(
        *(program, "run", "--adapter", "caddyfile", "--config", str(file)),
        env={**os.environ, "HOME": str(file.parent)},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            while b"certificate obtained successfully" not in (
                line := await process.stderr.readline()
            ):
                assert line, "Caddy has ended"
        reading = asyncio.ensure_future(process.stderr.read())
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
    await reading


async def test_updates_come_through_caddy_and_strangers_do_not(
    proxy: Proxy, tmp_path: Path
) -> None:
    courier = Courier(local=True, first_delay=0.05, trust=proxy.trust)
    world, stop = World(token=TOKEN, courier=courier), asyncio.Event()
    sandbox = await start_sandbox(world=world)
    settings = settings_for(tmp_path, sandbox.url, webhook_url=proxy.url, port=proxy.to)
    running = asyncio.ensure_future(run(settings, stop, gate=Gate.open()))
    try:
        for _ in range(3):
            world.send_text(1001, "/privacy")
        await world.wait_for(lambda: len(world.heard(1001)) == 3, 30)
        await world.wait_for(lambda: not world.mailbox.unconfirmed)
        assert await statuses(proxy) == [401, 404, 405, 413]
    finally:
        stop.set()
        await running
    # The bot is down, Caddy is not: 502, and the update waits for the next start.
    world.send_text(1001, "/privacy")
    await world.wait_for(lambda: world.mailbox.hook and world.mailbox.hook.last_error_message)
    assert world.mailbox.hook is not None
    assert "502" in world.mailbox.hook.last_error_message
    assert world.mailbox.unconfirmed == 1
    await sandbox.stop()


async def test_a_certificate_of_nobody_is_not_believed(proxy: Proxy) -> None:
    """As Telegram, which wants one of a known authority."""
    world = World(token=TOKEN, courier=Courier(local=True, first_delay=0.05))
    sandbox = await start_sandbox(world=world)
    async with ClientSession() as session:
        asked = {"url": proxy.url}
        async with session.post(f"{sandbox.bot_url}{TOKEN}/setWebhook", json=asked) as answer:
            assert answer.status == 200
    world.send_text(1001, "/privacy")
    await world.wait_for(lambda: world.mailbox.hook and world.mailbox.hook.last_error_message)
    assert world.mailbox.hook is not None
    assert world.mailbox.hook.last_error_message.startswith("SSL error")
    await sandbox.stop()


async def statuses(proxy: Proxy) -> list[int]:
    """Without the secret; at another path; by another method; with too much."""
    secret = {HEADER: SECRET}
    tries = [
        ("POST", proxy.url, {}, b"{}"),
        ("POST", f"{proxy.url}x", secret, b"{}"),
        ("PUT", proxy.url, secret, b"{}"),
        ("POST", proxy.url, secret, b" " * (LARGEST + 1)),
    ]
    found = []
    async with ClientSession() as session:
        for method, url, headers, body in tries:
            async with session.request(
                method, url, headers=headers, data=BytesIO(body), ssl=proxy.trust
            ) as answer:
                found.append(answer.status)
    return found
