"""The webhook: 200 after the commit and never before; who may come in; how it begins and ends."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.gate import Gate
from bot.house import run
from bot.polling import ALLOWED, BATCH, Stopped
from bot.settings import SettingError, Settings
from bot.webhook import HEADER, LARGEST, WAITING
from sandbox.hook import Courier
from sandbox.server import start as start_sandbox
from sandbox.world import World
from tests.faults.door import SECRET, Door, listening, open_door, settings_for
from tests.faults.telegram_server import TOKEN, Call, Play, Telegram, refuse, reset
from tests.faults.test_polling import message, poison
from tests.faults.test_process import free_port

WORDS = "the words of somebody"


@pytest.fixture
async def quiet_door(telegram: Telegram, tmp_path: Path) -> AsyncIterator[Door]:
    """Nobody listens yet."""
    async with open_door(tmp_path, telegram) as door:
        yield door


@pytest.fixture
async def door(quiet_door: Door) -> AsyncIterator[Door]:
    async with listening(quiet_door):
        yield quiet_door


async def seen(door: Door) -> list[int]:
    rows = await door.house.database.execute("select update_id from seen order by update_id")
    return [row["update_id"] for row in rows]


async def test_who_comes_during_a_commit_shares_the_next_and_nobody_is_answered_before(
    door: Door,
) -> None:
    """Within a batch the update's number is the order: a chat's texts and taps come at once."""
    door.gate.clear()
    first = door.posting(message(500, "/privacy"))
    await door.taking.wait()
    others = [door.posting(message(number, "/privacy")) for number in (504, 502, 503, 501)]
    await door.inside(5)
    assert not any(each.done() for each in (first, *others))
    assert await seen(door) == []
    door.gate.set()
    assert list(await asyncio.gather(first, *others)) == [200] * 5
    assert door.batches == [[500], [501, 502, 503, 504]]
    assert await seen(door) == [500, 501, 502, 503, 504]


async def test_an_update_that_comes_again_is_answered_and_has_no_second_effect(door: Door) -> None:
    assert await door.post(message(500, "/privacy")) == 200
    assert await door.post(message(500, "/privacy")) == 200
    door.gate.clear()
    door.taking.clear()
    first = door.posting(message(501, "/privacy"))
    await door.taking.wait()
    again = [door.posting(message(501, "/privacy")) for _ in range(2)]
    await door.inside(3)
    door.gate.set()
    assert list(await asyncio.gather(first, *again)) == [200] * 3
    await door.house.post.drain()
    assert len(door.calls("sendmessage")) == 2
    assert await seen(door) == [500, 501]


async def test_a_failed_commit_is_answered_500_to_all_and_ends_the_process(door: Door) -> None:
    door.gate.clear()
    door.failure = OSError("disk I/O error")
    first = door.posting(message(500, "/privacy"))
    await door.taking.wait()
    second = door.posting(message(501, "/privacy"))
    await door.inside(2)
    door.gate.set()
    assert list(await asyncio.gather(first, second)) == [500, 500]
    await asyncio.wait([door.running])
    assert isinstance(door.running.exception(), OSError)
    assert (door.batches, await seen(door)) == ([[500]], [])


async def test_at_its_end_the_listener_closes_and_who_is_inside_is_answered(door: Door) -> None:
    door.gate.clear()
    inside = door.posting(message(500, "/privacy"))
    await door.taking.wait()
    second = door.posting(message(501, "/privacy"))
    await door.inside(2)
    door.running.cancel()
    with pytest.raises(ConnectionError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", door.port)
            writer.close()
            await asyncio.sleep(0)
    assert not door.running.done()
    door.gate.set()
    assert list(await asyncio.gather(inside, second)) == [200, 200]
    await asyncio.wait([door.running])
    assert door.running.cancelled()
    assert await seen(door) == [500, 501]
    assert door.calls("deletewebhook") == []


@pytest.mark.parametrize("secret", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "\udcff"])
async def test_without_the_secret_nobody_is_heard(door: Door, secret: str | None) -> None:
    """401 comes before the body is there: nothing of it is waited for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    shown = (
        f"{HEADER}: {secret}\r\n".encode(errors="surrogateescape") if secret is not None else b""
    )
    writer.write(b"POST /telegram HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n" + shown + b"\r\n")
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    assert head.startswith(b"HTTP/1.1 401 ")
    assert b"Content-Length: 0\r\n" in head
    assert door.batches == []


async def test_another_path_is_404_and_another_method_405(door: Door) -> None:
    for path, method, status in (
        ("", "POST", 404),
        ("/", "POST", 404),
        ("/telegram/", "POST", 404),
        ("/telegram", "GET", 405),
        ("/telegram", "PUT", 405),
    ):
        url = f"http://127.0.0.1:{door.port}{path}"
        async with door.session.request(method, url, headers={HEADER: SECRET}) as answer:
            assert (answer.status, path) == (status, path)
    assert door.batches == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        WORDS.encode(),
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps([message(1, WORDS)]).encode(),
        json.dumps({"message": {"text": WORDS}}).encode(),
        json.dumps({"update_id": "7", "message": {"text": WORDS}}).encode(),
        json.dumps({"update_id": True}).encode(),
        json.dumps({"update_id": -1}).encode(),
        json.dumps({"update_id": 2**63}).encode(),
        b'{"update_id": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: body[:20].decode(errors="replace"),
)
async def test_a_body_that_is_no_update_blocks_nobody_and_is_not_quoted(
    door: Door, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        assert await door.post(data=body) == 200
    assert f"a body of {len(body)} bytes is no update" in caplog.text
    assert WORDS not in caplog.text
    assert await door.post(message(500, "/privacy")) == 200
    assert door.batches == [[500]]


async def test_an_update_that_cannot_be_read_is_seen_and_not_quoted(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    broken = message(501, WORDS)
    del broken["message"]["date"]
    with caplog.at_level(logging.DEBUG, "bot"):
        assert await door.post(broken) == 200
    assert await seen(door) == [501]
    assert "update 501 cannot be read: " in caplog.text
    assert WORDS not in caplog.text


@pytest.mark.parametrize("what", poison())
async def test_what_no_telegram_sends_is_seen_and_blocks_nobody(door: Door, what: str) -> None:
    assert await door.post(poison()[what]) == 200
    assert await door.post(message(502, "/privacy")) == 200
    assert await seen(door) == [501, 502]


async def test_a_body_of_more_than_a_mebibyte_is_refused_whether_it_says_so_or_not(
    door: Door,
) -> None:
    async def in_chunks(size: int) -> AsyncIterator[bytes]:
        for _ in range(0, size, 4096):
            yield b" " * 4096

    text = json.dumps(message(500, "/privacy")).encode()
    assert await door.post(data=BytesIO(text.ljust(LARGEST))) == 200
    assert await door.post(data=BytesIO(b" " * (LARGEST + 1))) == 413
    assert await door.post(data=in_chunks(LARGEST + 4096)) == 413
    assert door.batches == [[500]]


async def test_when_too_many_wait_the_next_is_asked_to_come_again(door: Door) -> None:
    door.gate.clear()
    waiting = [door.posting(message(number, "/privacy")) for number in range(WAITING)]
    await door.inside(WAITING)
    headers = {HEADER: SECRET}
    async with door.session.post(door.url, json=message(999, ""), headers=headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert len(door.batches) == 1
    door.gate.set()
    assert list(await asyncio.gather(*waiting)) == [200] * WAITING
    assert max(len(batch) for batch in door.batches) == BATCH
    assert await door.post(message(999, "/privacy")) == 200


async def test_telegram_hears_where_how_and_what_also_after_an_outage(quiet_door: Door) -> None:
    quiet_door.telegram.will("setwebhook", reset)
    async with listening(quiet_door, calls=2):
        pass
    call = quiet_door.calls("setwebhook")[-1]
    assert json.loads(call.params.pop("allowed_updates")) == ALLOWED
    assert call.params == {
        "url": quiet_door.url,
        "secret_token": SECRET,
        "max_connections": str(BATCH),
    }


async def test_an_address_that_telegram_does_not_take_ends_it_with_its_reason(
    quiet_door: Door,
) -> None:
    why = "Bad Request: bad webhook: Failed to resolve host: Name or service not known"
    quiet_door.telegram.will("setwebhook", refuse(400, why))
    with pytest.raises(Stopped, match=r"WEBHOOK_URL: .*ailed to resolve host"):
        await quiet_door.webhook.run()


async def test_a_webhook_that_was_taken_away_ends_it_and_trouble_is_told_once(
    telegram: Telegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_door(tmp_path, telegram, check=0.0) as door:
        ours: dict[str, Any] = {"has_custom_certificate": False, "pending_update_count": 3}
        ours |= {"url": door.url, "last_error_date": 1_770_000_000, "last_error_message": "502"}
        others = {**ours, "url": "https://example.org"}
        for info in (ours, ours, others):
            telegram.will("getwebhookinfo", result(info))
        with caplog.at_level(logging.INFO, "bot"), pytest.raises(Stopped, match="another process"):
            await door.webhook.run()
    assert caplog.text.count("Telegram could not bring updates: 502; 3 are waiting") == 1


async def test_a_port_that_is_taken_is_said_in_one_line(quiet_door: Door) -> None:
    async def nobody(_reader: object, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(nobody, "127.0.0.1", quiet_door.port)
    async with server:
        with pytest.raises(SettingError, match=r"PORT and WEBHOOK_HOST: .*already in use"):
            await quiet_door.webhook.run()
    assert quiet_door.calls("setwebhook") == []


async def test_from_webhook_to_polling_and_nothing_is_lost_on_the_way(tmp_path: Path) -> None:
    """Stopped, the webhook stays set; a start without WEBHOOK_URL deletes it and keeps updates."""
    port, world = free_port(), World(token=TOKEN, courier=Courier(local=True, first_delay=0.01))
    address = f"http://127.0.0.1:{port}/telegram"
    sandbox = await start_sandbox(world=world)
    try:
        world.send_text(1001, "/privacy")
        async with living(settings_for(tmp_path, sandbox.url, webhook_url=address, port=port)):
            await world.wait_for(lambda: world.heard(1001) and not world.mailbox.unconfirmed, 20)
        world.send_text(1001, "/privacy")
        await world.wait_for(lambda: world.mailbox.hook and world.mailbox.hook.last_error_message)
        assert world.mailbox.hook is not None
        assert world.mailbox.hook.url == address
        async with living(settings_for(tmp_path, sandbox.url)):
            await world.wait_for(lambda: world.mailbox.is_polled, 20)
            await world.wait_for(lambda: len(world.heard(1001)) == 2, 20)
        assert world.mailbox.hook is None
        assert world.mailbox.unconfirmed == 0
    finally:
        await sandbox.stop()


@asynccontextmanager
async def living(settings: Settings) -> AsyncIterator[None]:
    """One life of the bot, ended in order."""
    stop = asyncio.Event()
    running = asyncio.ensure_future(run(settings, stop, gate=Gate.open()))
    try:
        yield
    finally:
        stop.set()
        await running


def result(found: dict[str, Any]) -> Play:
    async def play(_request: web.Request, _call: Call) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": found})

    return play
