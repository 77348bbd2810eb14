"""What a call may carry: the parameters of each method and their types.

Source: core.telegram.org/bots/api; names are matched without regard to case, as Client.cpp does.
Stricter on purpose: Telegram ignores a parameter it does not know and reads a number that is none
as 0; here both are refused, and so is what the bot has no use for (topics, business, thumbnails).
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sandbox.refusal import bad, stricter
from sandbox.text import is_encodable


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body."""

    name: str
    mime: str
    data: bytes


class Kind(Enum):
    INTEGER = auto()
    NUMBER = auto()
    STRING = auto()
    BOOLEAN = auto()
    OBJECT = auto()
    CHAT = auto()
    FILE = auto()


INTEGER, NUMBER, STRING, BOOLEAN = Kind.INTEGER, Kind.NUMBER, Kind.STRING, Kind.BOOLEAN
OBJECT, CHAT, FILE = Kind.OBJECT, Kind.CHAT, Kind.FILE
Parameters = Mapping[str, Kind]

MARKED: Parameters = {"parse_mode": STRING, "link_preview_options": OBJECT}
SENT: Parameters = {
    "chat_id": CHAT,
    "reply_markup": OBJECT,
    "reply_parameters": OBJECT,
    "disable_notification": BOOLEAN,
    "protect_content": BOOLEAN,
}
PLACE: Parameters = {"chat_id": CHAT, "message_id": INTEGER}
CAPTIONED: Parameters = {**SENT, "caption": STRING, "parse_mode": STRING}
SOUND: Parameters = {"duration": INTEGER, "performer": STRING, "title": STRING}
LOOK: Parameters = {"has_spoiler": BOOLEAN, "show_caption_above_media": BOOLEAN}
FILM: Parameters = {
    **LOOK,
    "duration": INTEGER,
    "width": INTEGER,
    "height": INTEGER,
    "supports_streaming": BOOLEAN,
}
POINT: Parameters = {"latitude": NUMBER, "longitude": NUMBER}
MENU: Parameters = {"scope": OBJECT, "language_code": STRING}

METHODS: dict[str, Parameters] = {
    "getme": {},
    "getupdates": {
        "offset": INTEGER,
        "limit": INTEGER,
        "timeout": INTEGER,
        "allowed_updates": OBJECT,
    },
    "setwebhook": {
        "url": STRING,
        "max_connections": INTEGER,
        "allowed_updates": OBJECT,
        "drop_pending_updates": BOOLEAN,
        "secret_token": STRING,
    },
    "deletewebhook": {"drop_pending_updates": BOOLEAN},
    "getwebhookinfo": {},
    "sendmessage": {**SENT, **MARKED, "text": STRING},
    "sendphoto": {**CAPTIONED, **LOOK, "photo": FILE},
    "sendvideo": {**CAPTIONED, **FILM, "video": FILE},
    "senddocument": {
        **CAPTIONED,
        "document": FILE,
        "disable_content_type_detection": BOOLEAN,
    },
    "sendvoice": {**CAPTIONED, "voice": FILE, "duration": INTEGER},
    "sendaudio": {**CAPTIONED, **SOUND, "audio": FILE},
    "sendmediagroup": {
        "chat_id": CHAT,
        "media": OBJECT,
        "reply_parameters": OBJECT,
        "disable_notification": BOOLEAN,
        "protect_content": BOOLEAN,
    },
    "sendlocation": {**SENT, **POINT},
    "sendvenue": {**SENT, **POINT, "title": STRING, "address": STRING},
    "copymessage": {
        **CAPTIONED,
        "from_chat_id": CHAT,
        "message_id": INTEGER,
        "show_caption_above_media": BOOLEAN,
    },
    "setmessagereaction": {**PLACE, "reaction": OBJECT, "is_big": BOOLEAN},
    "editmessagetext": {**PLACE, **MARKED, "text": STRING, "reply_markup": OBJECT},
    "editmessagecaption": {
        **PLACE,
        "caption": STRING,
        "parse_mode": STRING,
        "reply_markup": OBJECT,
    },
    "editmessagereplymarkup": {**PLACE, "reply_markup": OBJECT},
    "deletemessage": PLACE,
    "getfile": {"file_id": STRING},
    "answercallbackquery": {
        "callback_query_id": STRING,
        "text": STRING,
        "show_alert": BOOLEAN,
        "url": STRING,
        "cache_time": INTEGER,
    },
    "setmycommands": {**MENU, "commands": OBJECT},
    "deletemycommands": MENU,
    "getmycommands": MENU,
    "setmyname": {"name": STRING, "language_code": STRING},
    "getmyname": {"language_code": STRING},
    "setmydescription": {"description": STRING, "language_code": STRING},
    "getmydescription": {"language_code": STRING},
    "setmyshortdescription": {"short_description": STRING, "language_code": STRING},
    "getmyshortdescription": {"language_code": STRING},
    "sendchataction": {"chat_id": CHAT, "action": STRING},
    "setchatmenubutton": {"chat_id": CHAT, "menu_button": OBJECT},
    "getchatmenubutton": {"chat_id": CHAT},
    "leavechat": {"chat_id": CHAT},
    "getchat": {"chat_id": CHAT},
}

ITEM: Parameters = {"type": STRING, "media": STRING, "caption": STRING, "parse_mode": STRING}
ITEMS: Mapping[str, Parameters] = {
    "photo": {**ITEM, **LOOK},
    "video": {**ITEM, **FILM},
    "audio": {**ITEM, **SOUND},
    "document": {**ITEM, "disable_content_type_detection": BOOLEAN},
}
"""What an album is made of: InputMediaPhoto and the others, by their type."""

# Client.cpp's words for JSON that cannot be read, where they name the parameter otherwise.
UNREADABLE = {
    "reply_markup": "Can't parse reply keyboard markup JSON object",
    "scope": "Can't parse BotCommandScope JSON object",
}
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
WHOLE = re.compile(r"-?\d{1,19}")


def check(method: str, given: Mapping[str, object]) -> dict[str, Any]:
    """The call's parameters as Python values; empty ones are left out, as Telegram does."""
    return read(METHODS[method], given)


def read(known: Parameters, given: Mapping[str, object]) -> dict[str, Any]:
    """What is given as Python values of the types that are known."""
    values = {}
    for name, value in given.items():
        if isinstance(value, Upload) and name not in known:
            continue  # a part that attach:// names; methods look it up in the body
        if name not in known:
            raise stricter(f'unknown parameter "{name}"')
        if value is not None and value != "":
            values[name] = _read(name, known[name], value)
    return values


def _read(name: str, kind: Kind, value: object) -> Any:
    if isinstance(value, str) and not is_encodable(value):
        raise bad("strings must be encoded in UTF-8")
    match kind:
        case Kind.INTEGER:
            return _whole(name, value)
        case Kind.NUMBER:
            return _number(name, value)
        case Kind.STRING:
            return _string(name, value)
        case Kind.BOOLEAN:
            return _truth(name, value)
        case Kind.CHAT:
            return _chat(name, value)
        case Kind.OBJECT:
            return _object(name, value)
        case Kind.FILE:
            return value if isinstance(value, Upload) else _string(name, value)


def _whole(name: str, value: object) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise stricter(f'parameter "{name}" must be an Integer')
    return value


def _number(name: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise stricter(f'parameter "{name}" must be a Float')
    return number


def _string(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise stricter(f'parameter "{name}" must be a String')
    return value


def _truth(name: str, value: object) -> bool:
    text = str(value).lower()
    if not isinstance(value, bool | str) or text not in TRUE | FALSE:
        raise stricter(f'parameter "{name}" must be a Boolean')
    return text in TRUE


def _chat(name: str, value: object) -> int | str:
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        return value
    return _whole(name, value)


def _object(name: str, value: object) -> object:
    if isinstance(value, Upload):
        raise stricter(f'parameter "{name}" must be a JSON object')
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(UNREADABLE.get(name, f"Can't parse {name} JSON object")) from None
