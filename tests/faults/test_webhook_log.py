"""The webhook's log: nobody without the secret writes errors into it, but ours are told."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.webhook import HEADER
from tests.faults.door import SECRET, Door, listening, open_door
from tests.faults.telegram_server import telegram_server
from tests.faults.test_polling import message


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with (
        telegram_server() as telegram,
        open_door(tmp_path, telegram) as door,
        listening(door),
    ):
        yield door


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "rubbish"])
@pytest.mark.parametrize("secret", [SECRET, "wrong"])
async def test_nobody_writes_into_the_log_what_cannot_be_unpacked(
    door: Door, caplog: pytest.LogCaptureFixture, encoding: str, secret: str
) -> None:
    """Telegram compresses nothing: what says that it is compressed is no JSON, and no error."""
    headers = {HEADER: secret, "Content-Encoding": encoding}
    async with door.session.post(door.url, data=b"rubbish", headers=headers) as answer:
        assert answer.status == (200 if secret == SECRET else 401)
    assert errors(caplog) == (["a body of 7 bytes is no update"] if secret == SECRET else [])


@pytest.mark.parametrize(
    "words",
    [
        b"\x16\x03\x01 no HTTP at all\r\n\r\n",
        b"POST /telegram HTTP/1.1\r\nHost: h\r\nno header\r\n\r\n",
        b"POST /telegram HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=lambda words: words[:20].decode("latin-1"),
)
async def test_nobody_writes_into_the_log_by_speaking_no_http(
    door: Door, caplog: pytest.LogCaptureFixture, words: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(words)
    async with asyncio.timeout(20):
        assert (await reader.read()).startswith(b"HTTP/1.0 400 ")
    writer.close()
    await writer.wait_closed()
    assert errors(caplog) == []


async def test_a_request_that_fails_by_an_error_of_ours_is_told(
    door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webhook.json", None)
    assert await door.post(message(500, "/privacy")) == 500
    assert "Error handling request" in caplog.text


async def test_whoever_goes_away_in_the_middle_of_a_body_leaves_no_error(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    head = f"POST /telegram HTTP/1.1\r\nHost: h\r\n{HEADER}: {SECRET}\r\nContent-Length: 99\r\n"
    writer.write(head.encode() + b"\r\n{")
    await door.inside(1)
    writer.close()
    await writer.wait_closed()
    await door.outside()
    assert await door.post(message(500, "/privacy")) == 200
    assert errors(caplog) == []
    assert door.batches == [[500]]
