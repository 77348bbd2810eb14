"""A small Telegram on loopback: it answers, or misbehaves as a test has told it to."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "123456789:AAF-secret_secret_secret_secret_secre"
ME = {"id": 123456789, "is_bot": True, "first_name": "Tandem", "username": "tandem_bot"}


@dataclass(frozen=True)
class Call:
    """One request, as Telegram read it."""

    method: str
    chat_id: int
    text: str
    params: dict[str, str]


Play = Callable[[web.Request, Call], Awaitable[web.StreamResponse]]


async def answer(_request: web.Request, call: Call) -> web.StreamResponse:
    if call.method.startswith(("send", "edit")):
        message = {"message_id": 1, "date": 0, "chat": {"id": call.chat_id, "type": "private"}}
        return web.json_response({"ok": True, "result": {**message, "text": call.text}})
    return web.json_response({"ok": True, "result": ME if call.method == "getme" else True})


async def reset(request: web.Request, _call: Call) -> web.StreamResponse:
    """The request was read; then the connection is gone."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def refuse(code: int, description: str, **parameters: int) -> Play:
    async def play(_request: web.Request, _call: Call) -> web.StreamResponse:
        body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        return web.json_response(body, status=code)

    return play


@dataclass
class Held:
    """An answer that comes when the test says so."""

    heard: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.Request, call: Call) -> web.StreamResponse:
        self.heard.set()
        await self.go.wait()
        return await answer(request, call)


@dataclass
class Telegram:
    """What was called, in its order; `plays` are used up by calls whose text ends so."""

    plays: dict[str, list[Play]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    on_call: Callable[[Call], object] = lambda _call: None
    now: dict[int, int] = field(default_factory=dict)
    most_at_once: int = 0
    most_in_a_chat: int = 0
    port: int = 0
    _runner: web.AppRunner | None = None

    def will(self, text: str, *plays: Play) -> None:
        self.plays.setdefault(text, []).extend(plays)

    @property
    def texts(self) -> list[str]:
        return [call.text for call in self.calls]

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._hear)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self.port or self._runner.addresses[0][1]

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _hear(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        params = {name: str(value) for name, value in (await request.post()).items()}
        scope = json.loads(params.get("scope", "{}"))
        chat_id = int(params.get("chat_id", scope.get("chat_id", 0)))
        call = Call(method, chat_id, params.get("text", ""), params)
        if method == "getme":
            return await self._play_for(call)(request, call)
        self.calls.append(call)
        self.on_call(call)
        self.now[chat_id] = self.now.get(chat_id, 0) + 1
        self.most_in_a_chat = max(self.most_in_a_chat, self.now[chat_id])
        self.most_at_once = max(self.most_at_once, sum(self.now.values()))
        try:
            return await self._play_for(call)(request, call)
        finally:
            self.now[chat_id] -= 1

    def _play_for(self, call: Call) -> Play:
        for text, plays in self.plays.items():
            if plays and (call.text.endswith(text) or call.method == text):
                return plays.pop(0)
        return answer


@asynccontextmanager
async def telegram_server() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    await telegram.open()
    try:
        yield telegram
    finally:
        await telegram.close()
