"""The Bot API over aiohttp, and what is known about a request that failed.

What failed is one of three, and a caller has to tell them apart before it tries again:

* `Unsent`: no byte of the request has left (name unknown, refused, TLS, connect or pool timeout,
  a kept connection found closed). Trying again cannot make it happen twice.
* in doubt: a byte has left and no whole answer came (read or write timeout, reset, server gone,
  half an answer, garbage) or a 5xx did. `TimedOut` where a clock ran out, `Failed` where Telegram
  said so itself, else `NetworkError`.
* answered: PTB's `BadRequest`, `Forbidden`, `InvalidToken`, `Conflict`, `RetryAfter` and so on.

No error carries the URL, which holds the token, nor the error of aiohttp that does.
"""

import asyncio
import errno
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.request_body import Body, body_of

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

_BEFORE_THE_REQUEST = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""What aiohttp raises while it connects; a download, which has no body, knows no more."""


class Unsent(NetworkError):
    """The request has surely not left: nothing has happened and it may be tried again."""


class UnsentTimedOut(Unsent, TimedOut):
    """Surely not left, as no connection was to be had in time (connect or pool timeout)."""


class Failed(NetworkError):
    """A 5xx: Telegram says that it failed. Most likely, but not surely, nothing has happened."""


def is_unsent(error: Exception) -> bool:
    """Whether Telegram has surely seen nothing of the request.

    A 429 was seen, and refused: PTB raises `RetryAfter`, which says when to try again.
    """
    return isinstance(error, Unsent)


def is_in_doubt(error: Exception) -> bool:
    """Whether Telegram may or may not have done what was asked.

    `BadRequest`, an answer, is a `NetworkError` too: to PTB, not to us.
    """
    return isinstance(error, NetworkError) and not isinstance(error, Unsent | BadRequest)


class AiohttpRequest(BaseRequest):
    """PTB's seam to the network. All times in seconds; None waits for ever.

    `keepalive_timeout` is how long an idle connection is used again; it has to be shorter than the
    server's, so that we let go first: a request written into a connection that the server is just
    closing is in doubt. Downloads, and only they (GET), are sent again by aiohttp in that case.
    """

    def __init__(
        self,
        connection_pool_size: int = 32,
        *,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
        keepalive_timeout: float = 15.0,
    ) -> None:
        self._pool = asyncio.Semaphore(connection_pool_size)
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._connect_timeout = connect_timeout
        self._pool_timeout = pool_timeout
        self._media_write_timeout = media_write_timeout
        self._keepalive_timeout = keepalive_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """The default, which `Bot.get_updates` adds to its own time of waiting."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open for requests; once open, nothing happens."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # The pool is counted here, so that waiting for it is told from connecting.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=self._keepalive_timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection; may be called again, and `initialize` after it."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        write_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        connect_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        pool_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer; raises as the module says."""
        times = aiohttp.ClientTimeout(
            connect=_seconds(connect_timeout, self._connect_timeout),
            sock_read=_seconds(read_timeout, self._read_timeout),
        )
        body = self._body(method, request_data, write_timeout)
        await self._take_place(_seconds(pool_timeout, self._pool_timeout))
        try:
            status, content = await self._send(url, method, body, times)
        finally:
            self._pool.release()
        if status >= 500:
            told = (_object(content) or {}).get("description")
            raise Failed(told or f"Server error ({status})")
        return status, content

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's, but what is no answer of the Bot API is neither logged nor quoted."""
        answer = _object(payload)
        if answer is None:
            raise NetworkError("The answer is no JSON object")
        return answer

    def _body(
        self, method: str, data: RequestData | None, write_timeout: "ODVInput[float]"
    ) -> Body | None:
        if method == "GET":
            return None
        data = data or RequestData()
        default = self._media_write_timeout if data.contains_files else self._write_timeout
        return body_of(data, _seconds(write_timeout, default))

    async def _take_place(self, patience: float | None) -> None:
        """One of the pool's connections is ours until it is released."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._pool.acquire()
                return
        raise UnsentTimedOut("Pool timeout: all connections are busy. Nothing has left.")

    async def _send(
        self, url: str, method: str, body: Body | None, times: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("AiohttpRequest is not initialized")
        try:
            async with self._session.request(
                method, url, data=body, timeout=times, allow_redirects=False
            ) as answer:
                return answer.status, _quotable(answer.status, await answer.read())
        except Exception as error:
            failure = _failure(error, body)
        # Raised outside of the handler, so that aiohttp's error is not even its context.
        raise failure


def _seconds(given: object, default: float | None) -> float | None:
    """What the call says, unless it says nothing (PTB's DEFAULT_NONE)."""
    return given if given is None or isinstance(given, int | float) else default


def _failure(error: Exception, body: Body | None) -> NetworkError:
    is_late = isinstance(error, TimeoutError) or (body is not None and body.is_late)
    if isinstance(error, _BEFORE_THE_REQUEST) or (body is not None and not body.has_left):
        message = f"{_name(error)} before the request left"
        return UnsentTimedOut(message) if is_late else Unsent(message)
    message = f"{_name(error)} after the request left"
    return TimedOut(message) if is_late else NetworkError(message)


def _name(error: Exception) -> str:
    """The class and the system's code, such as ECONNREFUSED; the text would hold the URL."""
    code = errno.errorcode.get(getattr(error, "errno", None) or 0, "")
    return f"{type(error).__name__} {code}".strip()


def _quotable(status: int, content: bytes) -> bytes:
    """PTB quotes an error page that is not JSON, and a proxy's error page quotes the URL."""
    return content if status < 300 or _object(content) is not None else b"{}"


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content.decode(errors="replace"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
