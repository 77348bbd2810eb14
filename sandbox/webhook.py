"""Webhooks: an address is set, and every update is brought there until it is answered with 2xx.

Sources: core.telegram.org/bots/api#setwebhook; tdlib/telegram-bot-api, WebhookActor.cpp and
Client.cpp (process_set_webhook_query, get_webhook_queue_id).
"""

import asyncio
import json
import random
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from sandbox.hook import DAY, Courier, Hook
from sandbox.keys import WORLD
from sandbox.methods import allowed_updates
from sandbox.refusal import bad
from sandbox.request import Request
from sandbox.world import World

SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PORTS = (443, 80, 88, 8443)
CONNECTIONS = 40
TERMINATED = "Conflict: terminated by setWebhook request"
CUT = "Connection reset by peer"


async def set_webhook(request: Request) -> Any:
    values, mailbox = request.values, request.world.mailbox
    if not (url := values.get("url", "")):
        return await delete_webhook(request)
    secret = values.get("secret_token", "")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    _check_address(url, request.world.courier)
    allowed = allowed_updates(request)
    if values.get("drop_pending_updates"):
        mailbox.clear()
    most = min(max(values.get("max_connections", CONNECTIONS), 1), 100)
    mailbox.bring(Hook(url=url, secret=secret, max_connections=most), allowed, TERMINATED)
    return True


async def delete_webhook(request: Request) -> Any:
    mailbox = request.world.mailbox
    if request.values.get("drop_pending_updates"):
        mailbox.clear()
    mailbox.hook = None
    return True


async def get_webhook_info(request: Request) -> Any:
    mailbox = request.world.mailbox
    told: dict[str, Any] = {"url": "", "has_custom_certificate": False}
    told["pending_update_count"] = mailbox.unconfirmed
    if mailbox.hook is not None:
        told |= {**mailbox.hook.info(), "allowed_updates": sorted(mailbox.allowed)}
    return told


def _check_address(url: str, courier: Courier) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("invalid webhook URL specified")
    if courier.local:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def add_to(app: web.Application) -> None:
    """Updates are brought as long as the server runs; what was set outlives it."""
    app.cleanup_ctx.append(_bring_while_serving)


async def _bring_while_serving(app: web.Application) -> AsyncIterator[None]:
    bringing = asyncio.ensure_future(Delivery(app[WORLD]).run())
    yield
    bringing.cancel()
    await asyncio.wait([bringing])
    if not bringing.cancelled() and (error := bringing.exception()) is not None:
        raise error


@dataclass
class Parcel:
    """An update that waits for the webhook. `since` is Unix seconds, `not_before` the loop's."""

    update_id: int
    text: str
    since: float
    lane: tuple[str, int]
    failures: int = 0
    not_before: float = 0.0
    is_under_way: bool = False


class Delivery:
    """Brings the updates of a world: those of one lane one after another, the lanes at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._parcels: dict[int, Parcel] = {}

    async def run(self) -> None:
        """Until cancelled."""
        news, connector = self._world.mailbox.news, aiohttp.TCPConnector(limit=0)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            asyncio.TaskGroup() as group,
        ):
            while True:
                news.clear()
                if (hook := self._world.mailbox.hook) is not None:
                    for parcel in list(self._next(hook)):
                        parcel.is_under_way = True
                        group.create_task(self._bring(session, hook, parcel))
                await news.wait()

    def _next(self, hook: Hook) -> Iterator[Parcel]:
        """Those that may leave now: the oldest of each lane, while there are connections."""
        self._look()
        left = hook.max_connections - sum(each.is_under_way for each in self._parcels.values())
        lanes, now = set[tuple[str, int]](), asyncio.get_running_loop().time()
        for parcel in self._parcels.values():
            if left > 0 and parcel.lane not in lanes:
                lanes.add(parcel.lane)
                if not parcel.is_under_way and parcel.not_before <= now:
                    left -= 1
                    yield parcel

    def _look(self) -> None:
        """What is new is taken along, what is gone or older than a day is forgotten."""
        mailbox, now = self._world.mailbox, self._world.clock()
        known, self._parcels = self._parcels, {}
        for update_id, text in mailbox.waiting():
            parcel = known.get(update_id) or Parcel(update_id, text, now, lane_of(text))
            if now - parcel.since > DAY:
                mailbox.forget(update_id)
            else:
                self._parcels[update_id] = parcel

    async def _bring(self, session: aiohttp.ClientSession, hook: Hook, parcel: Parcel) -> None:
        began = time.perf_counter()
        failure, retry_after = await self._try(session, hook, parcel)
        parcel.is_under_way = False
        if failure is None:
            self._world.mailbox.forget(parcel.update_id)
        else:
            self._fail(hook, parcel, failure, retry_after)
        ms = (time.perf_counter() - began) * 1000
        self._world.note("webhook", parcel.lane[1], failure, ms)
        self._world.mailbox.news.set()

    async def _try(
        self, session: aiohttp.ClientSession, hook: Hook, parcel: Parcel
    ) -> tuple[str | None, float]:
        """As `_post`; an outage lets neither an update out nor an answer back in."""
        faults = self._world.faults
        if faults.outage() is None:
            told = await _post(session, hook, parcel.text, self._world.courier)
            if faults.outage() is None:
                return told
        return CUT, 0.0

    def _fail(self, hook: Hook, parcel: Parcel, failure: str, retry_after: float) -> None:
        hook.last_error_date, hook.last_error_message = self._world.now(), failure
        parcel.failures += 1
        delay = self._world.courier.delay(parcel.failures, retry_after, random.random())
        loop, news = asyncio.get_running_loop(), self._world.mailbox.news
        parcel.not_before = loop.time() + delay
        loop.call_at(parcel.not_before, news.set)


async def _post(
    session: aiohttp.ClientSession, hook: Hook, text: str, courier: Courier
) -> tuple[str | None, float]:
    """Why it has to come again, or None; and the seconds that a Retry-After asks for."""
    headers = {"Content-Type": "application/json"}
    if hook.secret:
        headers[HEADER] = hook.secret
    times = aiohttp.ClientTimeout(total=courier.patience)
    try:
        async with session.post(
            hook.url, data=text.encode(), headers=headers, timeout=times, allow_redirects=False,
            ssl=courier.trust or True,
        ) as answer:  # fmt: skip
            await answer.read()
            if 200 <= answer.status <= 299:
                return None, 0.0
            told = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            after = answer.headers.get("Retry-After", "")
            return told, float(after) if after.isdigit() else 0.0
    except TimeoutError:
        return "Read timeout expired", 0.0
    except aiohttp.ClientSSLError:
        return "SSL error {certificate verify failed}", 0.0
    except aiohttp.ClientConnectorError:
        return "Connection refused", 0.0
    except (aiohttp.ClientError, OSError):
        return "Webhook connection closed", 0.0


def lane_of(text: str) -> tuple[str, int]:
    """Updates of one lane keep their order; a chat's messages are one, a person's taps another."""
    update = json.loads(text)
    [(kind, payload)] = ((name, value) for name, value in update.items() if name != "update_id")
    if "chat" in payload:
        return "status" if kind == "my_chat_member" else "chat", payload["chat"]["id"]
    return kind, payload["from"]["id"]
