"""The phones' API for the chat page: JSON deeds, one event stream a page, files, the wire log."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import ClientConnectionResetError, web

from sandbox import shapes
from sandbox.chats import Chat, Line
from sandbox.deeds import DEEDS, JSON, text
from sandbox.keys import WORLD
from sandbox.refusal import Impossible
from sandbox.world import World

PAGE = Path(__file__).parent / "page"
HEARTBEAT = 15.0


def add_to(app: web.Application) -> None:
    app.middlewares.append(_guard)
    app.router.add_get("/", _index)
    app.router.add_get("/api/people", _people)
    app.router.add_post("/api/people", _add_person)
    app.router.add_post("/api/clock", _move_clock)
    app.router.add_post("/api/control", _control)
    app.router.add_get("/api/events", _events)
    app.router.add_post("/api/phones/{id:\\d+}/{deed}", _deed)
    app.router.add_get("/api/files/{key}", _file)
    app.router.add_get("/api/log", _log)
    if PAGE.is_dir():
        app.router.add_static("/page", PAGE)


@web.middleware
async def _guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Only the own page may press buttons; what cannot be done is told with 4xx."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        return _no("Another site's page cannot use the phones.", 403)
    try:
        response = await handler(request)
    except Impossible as impossible:
        return _no(str(impossible), 409)
    if not response.prepared:
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _no(error: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": error}, status=status)


def _yes(**more: Any) -> web.Response:
    return web.json_response({"ok": True, **more})


async def _index(_request: web.Request) -> web.StreamResponse:
    if not (PAGE / "index.html").is_file():
        return web.Response(status=404, text="The chat page is not here.")
    return web.FileResponse(PAGE / "index.html")


async def _people(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    bot = {
        "id": world.bot.id,
        "username": world.bot.username,
        "name": world.bot.name(""),
        "description": world.bot.descriptions,
    }
    people = [shapes.for_plate(chat) for chat in world.chats.values()]
    return web.json_response({"bot": bot, "people": people, "controls": list(world.controls)})


async def _add_person(request: web.Request) -> web.Response:
    body = await _body(request)
    name = text(body, "first_name").strip()
    if not name:
        raise Impossible("A guest needs a first name.")
    person = request.app[WORLD].add_person(name, text(body, "language_code") or "en")
    return _yes(person=shapes.for_plate(request.app[WORLD].chats[person.id]))


async def _move_clock(request: web.Request) -> web.Response:
    await request.app[WORLD].move_clock(text(await _body(request), "to"))
    return _yes()


async def _control(request: web.Request) -> web.Response:
    return _yes(said=await request.app[WORLD].control(text(await _body(request), "label")))


async def _deed(request: web.Request) -> web.Response:
    deed = DEEDS.get(request.match_info["deed"])
    if deed is None:
        return _no("A phone cannot do this.", 404)
    done = deed(request.app[WORLD], int(request.match_info["id"]), await _body(request))
    return _yes(**(done or {}))


async def _events(request: web.Request) -> web.StreamResponse:
    """What happens on ?phones=1001,1002: first each as it is, then each change in order."""
    world, asked = request.app[WORLD], request.query.get("phones", "").split(",")
    chats = [chat for chat in world.chats.values() if str(chat.person.id) in asked]
    if not chats:
        return _no("There is no such phone.", 404)
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    line: Line = asyncio.Queue()
    beginning = [_snapshot(world, chat) for chat in chats]
    for chat in chats:
        chat.lines.add(line)
    if clock := world.shown_clock():
        beginning.append(clock)
    try:
        await response.write(b"retry: 1000\n\n" + b"".join(map(_event, beginning)))
        await _stream(response, line)
    except (ClientConnectionResetError, ConnectionResetError):
        pass
    finally:
        for chat in chats:
            chat.lines.discard(line)
    return response


async def _stream(response: web.StreamResponse, line: Line) -> None:
    while True:
        event: JSON | None = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT):
                event = await line.get()
        if event is None:
            return
        await response.write(_event(event) if event else b": still here\n\n")


def _event(event: JSON) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _snapshot(world: World, chat: Chat) -> JSON:
    language = chat.person.language_code
    return {
        "type": "snapshot",
        "phone": chat.person.id,
        "person": shapes.for_plate(chat),
        "messages": [shapes.for_page(message) for message in chat.messages.values()],
        "commands": shapes.commands(world.bot.menu(chat.person.id, language)),
        "blocked": chat.blocked,
        "started": chat.started,
        "description": world.bot.description(language[:2]),
    }


async def _file(request: web.Request) -> web.Response:
    files = request.app[WORLD].files.values()
    file = next((each for each in files if each.unique_id == request.match_info["key"]), None)
    if file is None:
        return _no("There is no such file.", 404)
    headers = {
        "Content-Type": file.mime,
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(file.name)}",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400",
    }
    return web.Response(body=file.data, headers=headers)


async def _log(request: web.Request) -> web.Response:
    after = request.query.get("after", "0")
    if not after.isdigit():
        raise Impossible("after is a number.")
    calls = [asdict(call) for call in request.app[WORLD].log if call.n > int(after)]
    return web.json_response({"calls": calls, "last": request.app[WORLD].calls})


async def _body(request: web.Request) -> JSON:
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except ValueError:
        raise Impossible("The page sent no JSON.") from None
    if not isinstance(body, dict):
        raise Impossible("The page sent no object.")
    return body
