"""What the wire says of a request that failed, against real servers that misbehave."""

import asyncio
import json
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InputFile, InputMediaDocument
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.wire import AiohttpRequest, Failed, Unsent, UnsentTimedOut, is_in_doubt, is_unsent
from tests.faults.misbehaviour import ME, Line, Server, answer, closing_behind_the_loop, serving

TOKEN = "123456789:AAF-secret_secret_secret_secret_secre"
SHORT = 0.1


@asynccontextmanager
async def bot_at(port: int, *, host: str = "http://127.0.0.1", **times: Any) -> AsyncIterator[Bot]:
    async with AiohttpRequest(**({"keepalive_timeout": 5} | times)) as request:
        base = f"{host}:{port}"
        yield Bot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request)


async def failure_of(bot: Bot) -> TelegramError:
    """The error of a getMe, which tells the token neither in its text nor in its context."""
    with pytest.raises(TelegramError) as caught:
        await bot.get_me()
    error = caught.value
    assert TOKEN not in "".join(traceback.format_exception(error)) + repr(error)
    assert error.__context__ is None
    assert error.__cause__ is None
    return error


async def failure_against(server: Server, **times: Any) -> TelegramError:
    async with bot_at(server.port, **times) as bot:
        return await failure_of(bot)


# Surely unsent.


async def test_a_refused_connection_is_unsent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with bot_at(port) as bot:
        error = await failure_of(bot)
    assert type(error) is Unsent
    assert str(error) == "ClientConnectorError ECONNREFUSED before the request left"


async def test_an_unknown_name_is_unsent() -> None:
    async with bot_at(80, host="http://tandem.invalid") as bot:
        assert is_unsent(await failure_of(bot))


async def test_a_server_that_speaks_no_tls_is_unsent() -> None:
    async def greet(line: Line) -> None:
        await line.say(b"220 mail.example ESMTP\r\n")
        await line.until_gone()

    async with serving(greet) as server, bot_at(server.port, host="https://127.0.0.1") as bot:
        assert type(await failure_of(bot)) is Unsent


async def test_a_connection_not_made_in_time_is_unsent_and_timed_out() -> None:
    async def never_shake_hands(line: Line) -> None:
        await line.until_gone()

    async with (
        serving(never_shake_hands) as server,
        bot_at(server.port, host="https://127.0.0.1", connect_timeout=SHORT) as bot,
    ):
        error = await failure_of(bot)
    assert type(error) is UnsentTimedOut
    assert isinstance(error, TimedOut)


async def test_a_full_pool_is_unsent_and_the_place_comes_back() -> None:
    heard, go_on = asyncio.Event(), asyncio.Event()

    async def hold(line: Line) -> None:
        while True:
            await line.hear()
            heard.set()
            await go_on.wait()
            await line.say(answer(ME))

    async with (
        serving(hold) as server,
        bot_at(server.port, connection_pool_size=1, pool_timeout=SHORT) as bot,
    ):
        first = asyncio.ensure_future(bot.get_me())
        await heard.wait()
        error = await failure_of(bot)
        go_on.set()
        await first
        assert (await bot.get_me()).username == "tandem_bot"
        assert server.lines == 1
    assert type(error) is UnsentTimedOut


async def test_a_kept_connection_closed_behind_the_event_loop_is_unsent_and_left() -> None:
    with closing_behind_the_loop() as closer:
        async with bot_at(closer.port) as bot:
            await bot.get_me()
            closer.close.set()
            closer.closed.wait(5)  # The loop stands still, so that only the kernel knows.
            assert type(await failure_of(bot)) is Unsent
            assert len(closer.heard) == 1
            assert (await bot.get_me()).username == "tandem_bot"


async def test_a_kept_connection_seen_to_close_is_replaced_without_a_word() -> None:
    async def serve_once(line: Line) -> None:
        await line.hear()
        await line.say(answer(ME))

    async with serving(serve_once) as server, bot_at(server.port) as bot:
        await bot.get_me()
        await server.closed.wait()
        await asyncio.sleep(0.05)  # the loop's turn to hear of it
        await bot.get_me()
        assert server.lines == 2


async def test_a_connection_is_let_go_before_the_server_would() -> None:
    async def serve_well(line: Line) -> None:
        while True:
            await line.hear()
            await line.say(answer(ME))

    async with serving(serve_well) as server:
        async with bot_at(server.port) as bot:
            await bot.get_me()
            await bot.get_me()
            assert server.lines == 1
        async with bot_at(server.port, keepalive_timeout=0.01) as bot:
            await bot.get_me()
            await asyncio.sleep(0.05)
            await bot.get_me()
            assert server.lines == 3


# In doubt.


async def test_a_server_that_hears_and_closes_leaves_a_doubt() -> None:
    async def hear_and_close(line: Line) -> None:
        await line.hear()

    async with serving(hear_and_close) as server:
        error = await failure_against(server)
    assert type(error) is NetworkError
    assert str(error) == "ServerDisconnectedError after the request left"
    assert is_in_doubt(error)
    assert server.lines == 1  # and it was not asked again


async def test_a_reset_after_the_request_leaves_a_doubt() -> None:
    async def hear_and_reset(line: Line) -> None:
        await line.hear()
        line.reset()

    async with serving(hear_and_reset) as server:
        error = await failure_against(server)
    assert type(error) is NetworkError
    assert str(error) == "ClientOSError ECONNRESET after the request left"


@pytest.mark.parametrize(
    "words",
    [b"", b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"],
    ids=["nothing", "half a header", "half a body"],
)
async def test_an_answer_that_stops_times_out_in_doubt(words: bytes) -> None:
    async def stop_speaking(line: Line) -> None:
        await line.hear()
        await line.say(words)
        await line.until_gone()

    async with serving(stop_speaking) as server:
        error = await failure_against(server, read_timeout=SHORT)
    assert type(error) is TimedOut
    assert is_in_doubt(error)


@pytest.mark.parametrize(
    "words",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
        b"220 mail.example ESMTP\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
    ],
    ids=["half an answer", "mail", "tls alert", "a login page", "no object"],
)
async def test_an_answer_that_is_none_leaves_a_doubt(words: bytes) -> None:
    async def babble(line: Line) -> None:
        await line.hear()
        await line.say(words)

    async with serving(babble) as server:
        error = await failure_against(server)
    assert type(error) is NetworkError
    assert is_in_doubt(error)


async def test_an_upload_that_nobody_reads_ends_with_the_write_timeout() -> None:
    async def never_read(line: Line) -> None:
        line.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.Event().wait()

    async with serving(never_read, small_buffer=True) as server, bot_at(server.port) as bot:
        with pytest.raises(TimedOut) as caught:
            await bot.send_document(1, bytes(2**24), write_timeout=SHORT)
        assert is_in_doubt(caught.value)
        assert not is_unsent(caught.value)


async def test_a_slow_but_steady_upload_outlives_the_write_timeout() -> None:
    lengths: list[int] = []

    async def read_slowly(line: Line) -> None:
        received = bytearray()
        while not received.endswith(b"--\r\n"):
            received += await line.reader.read(2**17)
            await asyncio.sleep(0.01)
        lengths.append(len(received))
        await line.say(answer({"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}))
        await line.until_gone()

    async with (
        serving(read_slowly) as server,
        # The system's buffers empty in lumps of megabytes: some tenths of a second each.
        bot_at(server.port, media_write_timeout=10 * SHORT) as bot,
    ):
        begin = asyncio.get_running_loop().time()
        await bot.send_document(1, bytes(2**25))
        assert asyncio.get_running_loop().time() - begin > 10 * SHORT
    assert lengths[0] > 2**25


async def test_a_call_can_bring_a_timeout_of_its_own() -> None:
    async def answer_late(line: Line) -> None:
        await line.hear()
        await asyncio.sleep(3 * SHORT)
        await line.say(answer(ME))

    async with serving(answer_late) as server, bot_at(server.port, read_timeout=SHORT) as bot:
        assert (await bot.get_me(read_timeout=5)).username == "tandem_bot"
        assert bot.request.read_timeout == SHORT


async def test_an_answer_in_the_middle_of_the_upload_is_heard() -> None:
    async def refuse_early(line: Line) -> None:
        await line.reader.readuntil(b"\r\n\r\n")
        await line.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await line.until_gone()

    async with serving(refuse_early) as server, bot_at(server.port) as bot:
        with pytest.raises(NetworkError, match=r"\(413\)"):
            await bot.send_document(1, bytes(2**24))


async def test_a_cancelled_request_gives_its_place_back() -> None:
    heard = asyncio.Event()

    async def hold_the_first(line: Line) -> None:
        await line.hear()
        if heard.is_set():
            await line.say(answer(ME))
        heard.set()
        await line.until_gone()

    async with (
        serving(hold_the_first) as server,
        bot_at(server.port, connection_pool_size=1) as bot,
    ):
        task = asyncio.ensure_future(bot.get_me())
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await bot.get_me()).username == "tandem_bot"


# Answered.


@asynccontextmanager
async def telegram(handler: Any) -> AsyncIterator[Bot]:
    """An aiohttp server as Telegram; `handler` gets every request."""
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with bot_at(runner.addresses[0][1]) as bot:
            yield bot
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "kind", "doubtful"),
    [
        (400, BadRequest, False),
        (401, InvalidToken, False),
        (403, Forbidden, False),
        (404, InvalidToken, False),
        (409, Conflict, False),
        (500, Failed, True),
        (502, Failed, True),
        (599, Failed, True),
    ],
)
async def test_a_status_is_told_as_ptb_tells_it(
    status: int, kind: type[TelegramError], doubtful: bool
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "description": "No"}, status=status)

    async with telegram(refuse) as bot:
        error = await failure_of(bot)
    assert type(error) is kind
    assert str(error) == "No"
    assert is_in_doubt(error) is doubtful
    assert not is_unsent(error)


async def test_a_429_says_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else PTB warns

    async def slow_down(_: web.Request) -> web.Response:
        parameters = {"retry_after": 7}
        return web.json_response({"ok": False, "parameters": parameters}, status=429)

    async with telegram(slow_down) as bot:
        error = await failure_of(bot)
    assert isinstance(error, RetryAfter)
    assert (is_unsent(error), is_in_doubt(error)) == (False, False)


@pytest.mark.parametrize("status", [302, 400, 502])
@pytest.mark.parametrize("page", ["<a href='{url}'>", "[]", ""])
async def test_a_proxys_error_page_is_not_quoted(status: int, page: str) -> None:
    async def show(request: web.Request) -> web.Response:
        text = page.replace("{url}", str(request.url))
        return web.Response(status=status, text=text, headers={"Location": "/elsewhere"})

    async with telegram(show) as bot:
        error = await failure_of(bot)
    assert f"({status})" in str(error)


# What is sent.


async def test_a_message_arrives_as_a_form() -> None:
    forms: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        forms.append({"path": request.path, "cookie": request.cookies, **await request.post()})
        message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}
        response = web.json_response({"ok": True, "result": message})
        response.set_cookie("track", "me")
        return response

    async with telegram(take) as bot:
        await bot.send_message(7, "Grüße & مرحبا", disable_notification=True)
        await bot.send_message(7, "half a \ud83d pair")
    sent = {"path": f"/bot{TOKEN}/sendMessage", "cookie": {}, "chat_id": "7"}
    assert forms == [
        {**sent, "text": "Grüße & مرحبا", "disable_notification": "true"},
        {**sent, "text": "half a ? pair"},
    ]


async def test_a_file_arrives_whole_under_a_name_of_any_script() -> None:
    files: list[tuple[str, str, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        assert (form["chat_id"], form["caption"]) == ("7", "für Rana")
        part = form["document"]
        assert isinstance(part, web.FileField)
        files.append((part.filename, part.content_type, part.file.read()))
        message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}
        return web.json_response({"ok": True, "result": message})

    async with telegram(take) as bot:
        for name in ("Übersicht März.pdf", "شهادة.pdf", 'a "b".pdf'):
            await bot.send_document(7, InputFile(b"\x00\r\n--", name), caption="für Rana")
    assert files == [
        ("Übersicht März.pdf", "application/pdf", b"\x00\r\n--"),
        ("شهادة.pdf", "application/pdf", b"\x00\r\n--"),
        ("a %22b%22.pdf", "application/pdf", b"\x00\r\n--"),
    ]


async def test_an_album_attaches_its_files() -> None:
    contents: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        for media in json.loads(str(form["media"])):
            part = form[media["media"].removeprefix("attach://")]
            assert isinstance(part, web.FileField)
            contents.append(part.file.read())
        return web.json_response({"ok": True, "result": []})

    async with telegram(take) as bot:
        await bot.send_media_group(7, [InputMediaDocument(b"one"), InputMediaDocument(b"two")])
    assert contents == [b"one", b"two"]


async def test_a_file_is_downloaded_whole() -> None:
    async def give(request: web.Request) -> web.Response:
        if request.method == "GET":
            assert request.path == f"/file/bot{TOKEN}/documents/cv.pdf"
            return web.Response(body=bytes(300_000))
        file = {"file_id": "a", "file_unique_id": "b", "file_path": "documents/cv.pdf"}
        return web.json_response({"ok": True, "result": file})

    async with telegram(give) as bot:
        file = await bot.get_file("a")
        assert await file.download_as_bytearray() == bytes(300_000)


# Opening and closing.


async def test_it_can_be_closed_twice_and_opened_again() -> None:
    async def serve_well(line: Line) -> None:
        await line.hear()
        await line.say(answer(ME))
        await line.until_gone()

    async with serving(serve_well) as server, bot_at(server.port) as bot:
        for _ in range(2):
            await bot.request.initialize()
            await bot.request.initialize()
            await bot.get_me()
            await bot.request.shutdown()
            await bot.request.shutdown()
        assert server.lines == 2
        with pytest.raises(NetworkError, match="not initialized"):
            await bot.get_me()
