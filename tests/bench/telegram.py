"""A lean local Telegram in a process of its own: what a call costs here counts for no bot.

Each bot has a token, and its people a queue of updates. `POST /bench` plays them and tells how long
each update waited for its answer. Started with a port: `python -m tests.bench.telegram 9000`.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

Json = dict[str, Any]
ME = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
PATIENCE = 60.0


class Post:
    """The updates of one bot, and what its people have been told last."""

    def __init__(self) -> None:
        self.waiting: list[Json] = []
        self.news = asyncio.Event()
        self.polled = asyncio.Event()
        self.next_update = 1
        self.next_message = 1
        self.answers: defaultdict[int, asyncio.Queue[Json]] = defaultdict(asyncio.Queue)

    def put(self, update: Json) -> None:
        self.waiting.append({"update_id": self.next_update, **update})
        self.next_update += 1
        self.news.set()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        self.polled.set()
        self.waiting = [each for each in self.waiting if each["update_id"] >= offset]
        if not self.waiting and seconds:
            self.news.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self.news.wait()
            except TimeoutError:
                return []
        return self.waiting[:limit]

    def tell(self, chat_id: int, text: str, markup: Json, message_id: int = 0) -> Json:
        """A new or changed message."""
        if not message_id:
            message_id, self.next_message = self.next_message, self.next_message + 1
        chat = {"id": chat_id, "type": "private", "first_name": "Mentor"}
        message = {"message_id": message_id, "date": 1, "chat": chat, "from": ME, "text": text}
        self.answers[chat_id].put_nowait({**message, "reply_markup": markup})
        return message


POSTS: dict[str, Post] = defaultdict(Post)


async def call(request: web.Request) -> web.Response:
    post, method = POSTS[request.match_info["token"]], request.match_info["method"].lower()
    is_json = request.content_type == "application/json"
    given: Json = await request.json() if is_json else dict(await request.post())
    result: Any = True
    match method:
        case "getme":
            result = ME
        case "getupdates":
            limit, seconds = int(given.get("limit", 100)), float(given.get("timeout", 0))
            result = await post.poll(int(given.get("offset", 0)), limit, seconds)
        case "sendmessage" | "editmessagetext":
            markup = given.get("reply_markup") or {}
            markup = json.loads(markup) if isinstance(markup, str) else markup
            message_id = int(given.get("message_id", 0))
            result = post.tell(int(given["chat_id"]), str(given["text"]), markup, message_id)
        case "getwebhookinfo":
            result = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    return web.json_response({"ok": True, "result": result})


class Someone:
    """One of the people: types, presses what the newest message offers, and waits."""

    def __init__(self, post: Post, number: int) -> None:
        self.post = post
        self.number = number
        self.user = {
            "id": number, "is_bot": False, "first_name": "Mentor", "language_code": "en",
        }  # fmt: skip
        self.chat = {"id": number, "type": "private", "first_name": "Mentor"}

    async def hears(self, send: Callable[[], None]) -> tuple[Json, float]:
        """The answer, and how many seconds it took."""
        begin = time.perf_counter()
        send()
        async with asyncio.timeout(PATIENCE):
            answer = await self.post.answers[self.number].get()
        return answer, time.perf_counter() - begin

    def types(self, text: str) -> None:
        entities = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        message = {"message_id": 1, "date": 1, "chat": self.chat, "from": self.user, "text": text}
        self.post.put({"message": {**message, "entities": entities}})

    def presses(self, shown: Json, row: int) -> None:
        rows = shown["reply_markup"]["inline_keyboard"]
        data = rows[min(row, len(rows) - 1)][0]["callback_data"]
        self.post.put(
            {
                "callback_query": {
                    "id": "1", "from": self.user, "chat_instance": "1", "data": data,
                    "message": {key: shown[key] for key in ("message_id", "date", "chat", "text")},
                }
            }
        )  # fmt: skip

    async def logs_a_meeting(self, rows: list[int]) -> list[float]:
        """/meeting, and a button in each of these rows."""
        shown, seconds = await self.hears(partial(self.types, "/meeting"))
        waited = [seconds]
        for row in rows:
            shown, seconds = await self.hears(partial(self.presses, shown, row))
            waited.append(seconds)
        return waited


async def play(request: web.Request) -> web.Response:
    """Each of `people` logs a meeting, `at_once` of them at a time: seconds of every update."""
    asked = await request.json()
    post, waited = POSTS[asked["token"]], list[float]()
    first, at_once = asked["first"], asyncio.Semaphore(asked["at_once"])

    async def one(number: int) -> None:
        async with at_once:
            waited.extend(await Someone(post, number).logs_a_meeting(asked["rows"]))

    await asyncio.gather(*(one(first + number) for number in range(asked["people"])))
    return web.json_response(waited)


async def polled(request: web.Request) -> web.Response:
    """Answers when the bot has asked for updates."""
    await POSTS[request.match_info["token"]].polled.wait()
    return web.json_response(True)


def _say_that_it_is_up(*_told: object) -> None:
    print("up", flush=True)  # noqa: T201


def main() -> None:
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", call)
    app.router.add_post("/bench", play)
    app.router.add_get("/polled/{token}", polled)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=_say_that_it_is_up)


if __name__ == "__main__":
    main()
