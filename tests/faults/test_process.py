"""The real process: it ends when it is told to, wherever it stands."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.faults.telegram_server import TOKEN, Call, Held, refuse, telegram_server

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@asynccontextmanager
async def bot(
    folder: Path, url: str, *before: str, options: tuple[str, ...] = ("-m", "bot", "run")
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'tandem.sqlite3'}",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *before, *options), env=environment, cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_bot_that_cannot_reach_telegram_ends_when_it_is_told_to(
    tmp_path: Path, sign: signal.Signals
) -> None:
    async with bot(tmp_path, f"http://127.0.0.1:{free_port()}") as process:
        assert process.stderr is not None
        async with asyncio.timeout(60):
            assert b"a new database begins" in await process.stderr.readline()
            assert b"no Telegram yet" in await process.stderr.readline()
            process.send_signal(sign)
            rest = await process.stderr.read()
            assert await process.wait() == 0
    [line] = rest.decode().splitlines()
    assert line.endswith("stopped before Telegram was reached")


async def test_a_bot_that_telegram_leaves_without_an_answer_ends_when_it_is_told_to(
    tmp_path: Path,
) -> None:
    connected = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await _reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server, bot(tmp_path, f"http://127.0.0.1:{port_of(server)}") as process:
        async with asyncio.timeout(60):
            await connected.wait()
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0


def port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def test_a_telegram_that_is_too_busy_at_the_start_is_waited_for(tmp_path: Path) -> None:
    async with telegram_server() as telegram:
        telegram.will("getme", refuse(429, "Too Many Requests: retry after 1", retry_after=1))
        polled = Held()
        telegram.will("getupdates", polled)
        async with bot(tmp_path, f"http://127.0.0.1:{telegram.port}") as process:
            assert process.stderr is not None
            async with asyncio.timeout(60):
                assert b"a new database begins" in await process.stderr.readline()
                line = await process.stderr.readline()
                assert b"no Telegram yet: Telegram asks for 1 s" in line
                await polled.heard.wait()


HANGING = """
import sys, time
from bot import command_line, heartbeat, polling, watchdog
watchdog.PATIENCE = 3.0
heartbeat.INTERVAL = polling.INTERVAL = 0.1
if sys.argv[1] == "a call":
    polling.Polling._fetch = lambda _self: time.sleep(3600)
elif sys.argv[1] == "a commit":
    async def hang(_self, _updates):
        import asyncio
        await asyncio.Event().wait()
    polling.Polling._hand_over = hang
command_line.run()
"""
"""The bot, with a defect: it hangs in one call, or waits for what never comes."""


@pytest.mark.parametrize("where", ["a call", "a commit"])
async def test_a_bot_that_hangs_and_has_no_supervisor_ends_itself(
    tmp_path: Path, where: str
) -> None:
    """In a container nobody ends it; one that has ended is started again."""
    async with telegram_server() as telegram:
        telegram.will("getupdates", answer_nothing)
        url = f"http://127.0.0.1:{telegram.port}"
        async with (
            asyncio.timeout(60),
            bot(tmp_path, url, options=("-c", HANGING, where)) as process,
        ):
            assert process.stderr is not None
            said = (await process.stderr.read()).decode()
            assert await process.wait() == 1
    assert "Timeout (0:00:03)!" in said
    assert TOKEN not in said


async def answer_nothing(_request: web.Request, _call: Call) -> web.StreamResponse:
    return web.json_response({"ok": True, "result": []})


async def test_ctrl_c_while_it_is_starting_prints_no_traceback(tmp_path: Path) -> None:
    async with bot(tmp_path, "http://127.0.0.1:1", "-X", "importtime") as process:
        assert process.stderr is not None
        async with asyncio.timeout(60):
            while b"argparse" not in await process.stderr.readline():
                pass  # among what is imported first
            process.send_signal(signal.SIGINT)
            rest = await process.stderr.read()
            assert await process.wait() == -signal.SIGINT
    assert b"Traceback" not in rest
