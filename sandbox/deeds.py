"""What a person can do on their phone, as the chat page asks for it: JSON in, a World's deed."""

import base64
from collections.abc import Callable
from typing import Any

from sandbox.refusal import Impossible
from sandbox.world import World

JSON = dict[str, Any]


def _send(world: World, user_id: int, body: JSON) -> JSON:
    reply_to = None if body.get("reply_to") is None else number(body, "reply_to")
    return {"message_id": world.send_text(user_id, text(body, "text"), reply_to).message_id}


def _start(world: World, user_id: int, body: JSON) -> JSON:
    return {"message_id": world.start(user_id, text(body, "payload") or None).message_id}


def _tap(world: World, user_id: int, body: JSON) -> None:
    place = (number(body, name) for name in ("message_id", "row", "column"))
    world.press(user_id, *place)


def _edit(world: World, user_id: int, body: JSON) -> None:
    world.edit_text(user_id, number(body, "message_id"), text(body, "text"))


def _sticker(world: World, user_id: int, _body: JSON) -> JSON:
    return {"message_id": world.send_sticker(user_id).message_id}


def _photo(world: World, user_id: int, _body: JSON) -> JSON:
    return {"message_id": world.send_photo(user_id).message_id}


def _voice(world: World, user_id: int, _body: JSON) -> JSON:
    return {"message_id": world.send_voice(user_id).message_id}


def _document(world: World, user_id: int, body: JSON) -> JSON:
    try:
        data = base64.b64decode(text(body, "data"), validate=True)
    except ValueError:
        raise Impossible("data is written in Base64.") from None
    sent = world.send_document(user_id, data, text(body, "name"), text(body, "mime"))
    return {"message_id": sent.message_id}


def _react(world: World, user_id: int, body: JSON) -> None:
    world.react(user_id, number(body, "message_id"), text(body, "emoji"))


def _block(world: World, user_id: int, _body: JSON) -> None:
    world.block(user_id)


def _unblock(world: World, user_id: int, _body: JSON) -> None:
    world.unblock(user_id)


def _language(world: World, user_id: int, body: JSON) -> None:
    if not (language := text(body, "language_code")):
        raise Impossible("A language has a code.")
    world.speak(user_id, language)


DEEDS: dict[str, Callable[[World, int, JSON], JSON | None]] = {
    "send": _send,
    "start": _start,
    "tap": _tap,
    "edit": _edit,
    "sticker": _sticker,
    "photo": _photo,
    "voice": _voice,
    "document": _document,
    "react": _react,
    "block": _block,
    "unblock": _unblock,
    "language": _language,
}


def text(body: JSON, name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Impossible(f"{name} is a text.")
    return value or ""


def number(body: JSON, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Impossible(f"{name} is a number.")
    return value
