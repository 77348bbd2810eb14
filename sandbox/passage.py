"""The way of a call to Telegram and of its answer back, with what may go wrong on it."""

import asyncio
import contextlib

from aiohttp import web

from sandbox.faults import Fault, Trouble
from sandbox.refusal import flooded

GATEWAY = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
REASONS = {502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}


class Broken(Exception):
    """The call never reached Telegram."""


async def there(trouble: Trouble | None) -> None:
    """Before the effect. Raises Refused (429) or Broken."""
    if trouble is None:
        return
    match trouble.fault:
        case Fault.REFUSE:
            raise flooded(trouble.retry_after())
        case Fault.HOLD_REQUEST:
            await _hold(trouble)
        case Fault.FAIL_REQUEST | Fault.LOSE_REQUEST | Fault.OUTAGE:
            raise Broken


async def back(
    request: web.Request, trouble: Trouble | None, answer: web.Response
) -> web.StreamResponse:
    """After the effect: the answer as the bot receives it, if it does."""
    if trouble is None:
        return answer
    match trouble.fault:
        case Fault.FAIL_REQUEST | Fault.FAIL_ANSWER:
            return _failure(trouble.code)
        case Fault.HALVE_ANSWER:
            return await _half(request, answer)
        case Fault.HOLD_ANSWER:
            await _hold(trouble)
        case Fault.LOSE_REQUEST | Fault.LOSE_ANSWER | Fault.OUTAGE:
            _cut(request)
    return answer


async def _hold(trouble: Trouble) -> None:
    if trouble.release is not None:
        await trouble.release.wait()
    else:
        await asyncio.sleep(trouble.length)


def _failure(code: int) -> web.Response:
    """JSON where the Bot API server fails itself, a page of its gateway's otherwise."""
    if code not in REASONS:
        told = {"ok": False, "error_code": code, "description": "Internal Server Error"}
        return web.json_response(told, status=code)
    page = GATEWAY.format(f"{code} {REASONS[code]}")
    return web.Response(text=page, status=code, content_type="text/html")


async def _half(request: web.Request, answer: web.Response) -> web.StreamResponse:
    body = answer.body if isinstance(answer.body, bytes) else b""
    half = web.StreamResponse(status=answer.status)
    half.content_type, half.content_length = answer.content_type, len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    with contextlib.suppress(ConnectionResetError):
        await half.write_eof()
    return half


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
