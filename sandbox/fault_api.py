"""Faults from outside the process: POST plants one, GET tells what is left, DELETE clears.

    POST /sandbox/faults {"fault": "lose-answer", "method": "sendMessage", "chat": 1001}

Only this computer may ask. The fields are those of faults.Trouble, "times": null for always.
"""

import ipaddress
import json
from typing import Any

from aiohttp import web

from sandbox.faults import Fault, Trouble
from sandbox.keys import WORLD
from sandbox.refusal import Impossible

LONGEST = 14 * 86_400
FIELDS = {"fault": str, "method": str, "chat": int, "times": int, "seconds": float, "code": int}


def add_to(app: web.Application) -> None:
    app.router.add_post("/sandbox/faults", _plant)
    app.router.add_get("/sandbox/faults", _list)
    app.router.add_delete("/sandbox/faults", _clear)


async def _plant(request: web.Request) -> web.Response:
    _check_near(request)
    try:
        body = await request.json()
    except ValueError:
        raise Impossible("A fault is a JSON object.") from None
    request.app[WORLD].plant(read(body))
    return _told(request)


async def _list(request: web.Request) -> web.Response:
    _check_near(request)
    return _told(request)


async def _clear(request: web.Request) -> web.Response:
    _check_near(request)
    request.app[WORLD].faults.clear()
    return _told(request)


def read(body: Any) -> Trouble:
    """A trouble from JSON. Raises Impossible, which says what is wrong."""
    if not isinstance(body, dict):
        raise Impossible("A fault is a JSON object.")
    if unknown := body.keys() - FIELDS.keys():
        raise Impossible(f"A fault has no {min(unknown)}; it has {', '.join(FIELDS)}.")
    if body.get("fault") not in list(Fault):
        raise Impossible(f"fault is one of: {', '.join(Fault)}.")
    for name, value in body.items():
        _check_field(name, value)
    return Trouble(**body | {"fault": Fault(body["fault"])})


def _check_field(name: str, value: Any) -> None:
    kind = FIELDS[name]
    if value is None and name in {"chat", "times"}:
        return
    fits = isinstance(value, int | float if kind is float else kind)
    if not fits or isinstance(value, bool):
        raise Impossible(f"{name} is a {'text' if kind is str else 'number'}.")
    limits = {"times": (1, 10**6), "seconds": (0, LONGEST), "code": (500, 599)}.get(name)
    if limits and not limits[0] <= value <= limits[1]:
        raise Impossible(f"{name} is from {limits[0]} to {limits[1]}.")


def is_near(remote: str | None) -> bool:
    """Whether this address is the computer itself."""
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False


def _check_near(request: web.Request) -> None:
    if not is_near(request.remote):
        text = json.dumps({"ok": False, "error": "Faults are planted on this computer only."})
        raise web.HTTPForbidden(text=text, content_type="application/json")


def _told(request: web.Request) -> web.Response:
    waiting = [_shape(each) for each in request.app[WORLD].faults.waiting]
    return web.json_response({"ok": True, "faults": waiting})


def _shape(trouble: Trouble) -> dict[str, Any]:
    return {
        "fault": trouble.fault,
        "method": trouble.method,
        "chat": trouble.chat,
        "times": trouble.times,
        "seconds": round(trouble.length, 1),
    }
