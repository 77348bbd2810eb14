"""The sandbox's HTTP server: the Bot API, the phones' API and the chat page on one port."""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from aiohttp import web

from sandbox import cards, methods, phones
from sandbox.keys import WORLD
from sandbox.methods import Method
from sandbox.people import PEOPLE, Person
from sandbox.refusal import Refused
from sandbox.request import Request
from sandbox.rules import Upload, check
from sandbox.state import TOKEN
from sandbox.world import World

LARGEST_BODY = 52 * 1024 * 1024


class Mischief(Enum):
    """What the network may do to a call, for tests: lose the request, or only its answer."""

    LOSE_REQUEST = auto()
    LOSE_ANSWER = auto()


Meddle = Callable[[str, Mapping[str, object]], Mischief | None]
MEDDLE: web.AppKey[Meddle] = web.AppKey("meddle")

FUNCTIONS: tuple[Method, ...] = (
    methods.get_me,
    methods.get_updates,
    methods.delete_webhook,
    methods.get_webhook_info,
    methods.send_message,
    methods.send_photo,
    methods.send_document,
    methods.edit_message_text,
    methods.edit_message_caption,
    methods.edit_message_reply_markup,
    methods.delete_message,
    methods.get_file,
    methods.answer_callback_query,
    methods.send_chat_action,
    methods.leave_chat,
    methods.get_chat,
    cards.set_my_commands,
    cards.delete_my_commands,
    cards.get_my_commands,
    cards.set_my_name,
    cards.get_my_name,
    cards.set_my_description,
    cards.get_my_description,
    cards.set_my_short_description,
    cards.get_my_short_description,
    cards.set_chat_menu_button,
    cards.get_chat_menu_button,
)
METHODS = {getattr(function, "__name__").replace("_", ""): function for function in FUNCTIONS}  # noqa: B009


@dataclass(frozen=True)
class Running:
    """A started sandbox. A later `start` with the same world and port continues it."""

    host: str
    port: int
    world: World
    runner: web.AppRunner

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def bot_url(self) -> str:
        """What python-telegram-bot calls base_url."""
        return f"{self.url}/bot"

    @property
    def file_url(self) -> str:
        """What python-telegram-bot calls base_file_url."""
        return f"{self.url}/file/bot"

    async def stop(self) -> None:
        await self.runner.cleanup()


def create_app(world: World, *, meddle: Meddle | None = None) -> web.Application:
    """The application for a world; `meddle` is asked before each Bot API call."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app[WORLD] = world
    app[MEDDLE] = meddle or (lambda _method, _body: None)
    app.router.add_route("GET", "/bot{token}/{method}", _call)
    app.router.add_route("POST", "/bot{token}/{method}", _call)
    app.router.add_get("/file/bot{token}/{path:.+}", _download)
    phones.add_to(app)
    app.on_shutdown.append(_hang_up)
    return app


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    world: World | None = None,
    meddle: Meddle | None = None,
) -> Running:
    """Serve a world; port 0 takes a free one. Raises OSError when the port is taken."""
    world = world or World()
    runner = web.AppRunner(create_app(world, meddle=meddle), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return Running(host, runner.addresses[0][1], world, runner)


def run(
    host: str = "127.0.0.1",
    port: int = 8080,
    token: str = TOKEN,
    people: Iterable[Person] = PEOPLE,
    *,
    ready: Callable[[Running], None] = lambda _running: None,
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` hears the address. Raises OSError (port taken)."""
    asyncio.run(_serve(host, port, World(people=people, token=token), ready))


async def _serve(host: str, port: int, world: World, ready: Callable[[Running], None]) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    running = await start(host, port, world=world)
    try:
        ready(running)
        await ended.wait()
    finally:
        await running.stop()


async def _hang_up(app: web.Application) -> None:
    """Let the poller and the pages go, so that the server can end."""
    app[WORLD].mailbox.wake()
    for chat in app[WORLD].chats.values():
        for line in chat.lines:
            line.put_nowait(None)


async def _call(request: web.Request) -> web.StreamResponse:
    world, method = request.app[WORLD], request.match_info["method"]
    began, body, error = time.perf_counter(), dict[str, object](), None
    result: Any = None
    mischief = None
    try:
        _check_token(request)
        body = await _body(request)
        mischief = request.app[MEDDLE](method, body)
        if mischief is not Mischief.LOSE_REQUEST:
            result = await _carry_out(world, method.lower(), body)
    except Refused as refused:
        error = refused
    ms = (time.perf_counter() - began) * 1000
    if error or mischief or result or method.lower() != "getupdates":
        told = error.description if error else mischief.name if mischief else None
        world.note(method, _chat_of(body), told, ms)
    if mischief is not None and error is None:
        _cut(request)
    return _refuse(error) if error else _answer({"ok": True, "result": result})


async def _carry_out(world: World, method: str, body: Mapping[str, object]) -> Any:
    function = METHODS.get(method)
    if function is None:
        raise Refused(404, "Not Found")
    return await function(Request(world, check(method, body), body))


def _check_token(request: web.Request) -> None:
    if request.match_info["token"] != request.app[WORLD].token:
        raise Refused(401, "Unauthorized")


async def _body(request: web.Request) -> dict[str, object]:
    """Query string and body together, as the Bot API takes them."""
    given: dict[str, object] = dict(request.query)
    try:
        if request.content_type == "application/json":
            given |= _json(await request.text())
        elif request.content_type == "multipart/form-data":
            given |= await _multipart(request)
        elif request.can_read_body:
            given |= dict(await request.post())
    except web.HTTPRequestEntityTooLarge:
        raise Refused(413, "Request Entity Too Large") from None
    return given


def _json(text: str) -> dict[str, object]:
    try:
        body = json.loads(text or "{}")
    except ValueError:
        raise Refused(400, "Bad Request: can't parse JSON encoded request body") from None
    if not isinstance(body, dict):
        raise Refused(400, "Bad Request: expected an Object as request body")
    return body


async def _multipart(request: web.Request) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            mime = value.content_type or "application/octet-stream"
            given[name] = Upload(value.filename, mime, value.file.read())
            value.file.close()
        else:
            given[name] = value
    return given


def _chat_of(body: Mapping[str, object]) -> int | str | None:
    chat = body.get("chat_id")
    return int(chat) if isinstance(chat, str) and chat.isdigit() else _plain(chat)


def _plain(chat: object) -> int | str | None:
    return chat if isinstance(chat, int | str) else None


def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _refuse(error: Refused) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": error.code,
        "description": error.description,
    }
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return _answer(body, error.code)


def _cut(request: web.Request) -> None:
    with contextlib.suppress(AttributeError):
        assert request.transport is not None
        request.transport.abort()


async def _download(request: web.Request) -> web.Response:
    try:
        _check_token(request)
    except Refused as error:
        return _refuse(error)
    files = request.app[WORLD].files.values()
    file = next((each for each in files if each.path == request.match_info["path"]), None)
    if file is None:
        return _refuse(Refused(404, "Not Found"))
    return web.Response(body=file.data, content_type="application/octet-stream")
