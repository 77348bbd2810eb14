"""Webhook: Telegram brings updates, and hears 200 only after the commit that holds them.

Whatever is not answered with 200 comes again (core.telegram.org/bots/api#setwebhook), and then it
is known: the table of seen updates gives it no second effect. A proxy in front speaks TLS.
"""

import asyncio
import hmac
import json
import logging
import os
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http import HttpProcessingError
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest

from bot.arrivals import Arrivals
from bot.heartbeat import Heartbeat
from bot.polling import ALLOWED, BATCH, Stopped, persist
from bot.settings import SettingError, Settings
from bot.waiting_room import WaitingRoom

HEADER = "X-Telegram-Bot-Api-Secret-Token"
CONNECTIONS = BATCH
"""What Telegram may bring at once: one commit can hold it."""
WAITING = 4 * BATCH
"""Requests inside; more come in only where Telegram has given up waiting for some."""
LARGEST = 1024 * 1024
"""Bytes; Telegram's largest updates have some ten thousand."""
SLOWEST = 10.0
"""Seconds that a body may take to arrive."""
GRACE = 5.0
"""Seconds that those inside are given for their answer when the listener has closed."""
CHECK = 60.0
"""Seconds between two looks at what Telegram says of the webhook, also in a quiet night."""

_log = logging.getLogger(__name__)
_http_log = logging.getLogger(f"{__name__}.http")


def _is_ours(record: logging.LogRecord) -> bool:
    """Not an error of somebody who speaks no HTTP: an open port hears much, and no secret."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_http_log.addFilter(_is_ours)


class Webhook:
    """Listens until it is stopped; the webhook stays set, so that Telegram keeps what comes."""

    def __init__(
        self,
        *,
        settings: Settings,
        bot: Bot,
        arrivals: Arrivals,
        heartbeat: Heartbeat,
        check: float = CHECK,
    ) -> None:
        """`heartbeat` hears of each update taken, and of each answer about the webhook."""
        assert settings.webhook_url is not None
        assert settings.webhook_secret is not None
        self._url, self._secret = settings.webhook_url, settings.webhook_secret
        self._host, self._port = settings.webhook_host, settings.port
        self._bot = bot
        self._arrivals = arrivals
        self._room = WaitingRoom(arrivals.take)
        self._inside = 0
        self._heartbeat = heartbeat
        self._check = check
        self._has_taken = True  # as far as we know before the first look
        self._last_error: datetime | None = None
        self._overcome: datetime | None = None

    async def run(self) -> None:
        """Until cancelled. Raises Stopped, SettingError and whatever a failed commit raises.

        Whichever way it ends, who is inside gets an answer before.
        """
        runner, work = self._runner(), list[asyncio.Future[None]]()
        try:
            await self._listen(runner)
            work += map(asyncio.ensure_future, (self._room.serve(), self._stay_set()))
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await runner.cleanup()
            for task in work:
                task.cancel()
            for failure in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(failure, Exception):
                    raise failure

    def _runner(self) -> web.AppRunner:
        app = web.Application(client_max_size=LARGEST)
        app.router.add_post(urlsplit(self._url).path or "/", self._hear)
        return web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=GRACE,
            lingering_time=1.0,
            logger=_http_log,
            # Telegram compresses nothing, and what cannot be unpacked is an error in aiohttp's log.
            auto_decompress=False,
        )

    async def _listen(self, runner: web.AppRunner) -> None:
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else "no such address"
            raise SettingError(
                f"PORT and WEBHOOK_HOST: cannot listen at {self._host}:{self._port} ({why}); stop "
                "what uses it, or set others."
            ) from None

    async def _hear(self, request: web.Request) -> web.Response:
        if not self._is_telegram(request):
            return web.Response(status=401)
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413)
        if self._inside >= WAITING:
            return web.Response(status=503, headers={"Retry-After": "1"})
        self._inside += 1
        try:
            return web.Response(status=await self._let_in(request))
        finally:
            self._inside -= 1

    def _is_telegram(self, request: web.Request) -> bool:
        told = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        return hmac.compare_digest(told, self._secret.text.encode())

    async def _let_in(self, request: web.Request) -> int:
        try:
            async with asyncio.timeout(SLOWEST):
                body = await request.read()
        except TimeoutError:
            return 408
        except web.HTTPRequestEntityTooLarge:  # it came in chunks, and did not say its length
            return 413
        except (ConnectionError, web.RequestPayloadError):  # it has gone away, or is no HTTP
            return 400
        update = self._arrivals.read(_json(body))
        if update is None:
            _log.error("a body of %d bytes is no update", len(body))
            return 200  # it would come again, and block what waits behind it
        if not await self._room.kept(update):
            return 500
        self._has_taken = True
        self._heartbeat.beat()
        return 200

    async def _stay_set(self) -> None:
        """Sets the webhook, then looks from time to time whether it is still ours."""
        alive = self._heartbeat.alive
        await persist(self._set, "no webhook yet", alive)
        _log.info("webhook set")
        while True:
            await self._room.moves()  # else we would seem well while a commit hangs
            self._heartbeat.beat()
            await asyncio.sleep(self._check)
            ask = self._bot.get_webhook_info
            self._judge(await persist(ask, "no word of the webhook", alive))

    async def _set(self) -> None:
        try:
            await self._bot.set_webhook(
                self._url,
                secret_token=self._secret.text,
                allowed_updates=ALLOWED,
                max_connections=CONNECTIONS,
                read_timeout=20,  # Telegram looks the host up before it answers
            )
        except BadRequest as error:
            raise Stopped(f"WEBHOOK_URL: Telegram does not accept it: {error.message}.") from None

    def _judge(self, info: WebhookInfo) -> None:
        if info.url != self._url:
            raise Stopped("BOT_TOKEN: another process has taken the webhook; stop it first.")
        self._heartbeat.deaf(self._trouble(info))
        if info.last_error_date not in (None, self._last_error):
            _log.warning(
                "Telegram could not bring updates: %s; %d are waiting",
                info.last_error_message,
                info.pending_update_count,
            )
            self._last_error = info.last_error_date

    def _trouble(self, info: WebhookInfo) -> str:
        """Why nothing comes; empty while updates come, or none waits.

        An error is overcome when an update came after it. Telegram's clock is compared with itself
        and not with ours: what counts is whether the error is a new one since then.
        """
        if self._has_taken:
            self._has_taken, self._overcome = False, info.last_error_date
        is_new = info.last_error_date not in (None, self._overcome)
        return info.last_error_message or "" if is_new and info.pending_update_count else ""


def _json(body: bytes) -> Any:
    """What it holds; None for what is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
