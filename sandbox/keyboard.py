"""Inline keyboards: read from reply_markup with Telegram's refusals.

Source: tdlib/telegram-bot-api, Client.cpp, get_reply_markup and get_inline_keyboard_button;
core.telegram.org/bots/api#inlinekeyboardbutton. Stricter: no reply keyboards, no other buttons.
"""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.refusal import bad, stricter
from sandbox.text import clean, is_encodable

MOST_BUTTONS = 100
ADDRESS = re.compile(r"(?:https?://[^\s/.]+\.[^\s]+|tg://\S+|https?://(?:localhost|[\d.:]+)\S*)")


@dataclass(frozen=True)
class Button:
    text: str
    callback_data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


def read(markup: Any) -> Keyboard:
    """The rows of an InlineKeyboardMarkup; empty for none."""
    if markup is None:
        return ()
    if not isinstance(markup, dict):
        raise bad("Object expected as reply markup")
    if markup.keys() & {"remove_keyboard", "force_reply", "keyboard"}:
        raise stricter("only inline keyboards are known here")
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        raise bad('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    keyboard = tuple(_row(row) for row in rows)
    if sum(map(len, keyboard)) > MOST_BUTTONS:
        # MTProto: REPLY_MARKUP_TOO_LONG, which Client.cpp puts into words.
        raise bad("reply markup is too long")
    return tuple(row for row in keyboard if row)


def _row(row: Any) -> tuple[Button, ...]:
    if not isinstance(row, list):
        raise bad('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    return tuple(_button(button) for button in row)


def _button(button: Any) -> Button:
    if not isinstance(button, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    if unknown := button.keys() - {"text", "callback_data", "url"}:
        raise stricter(f'unknown field "{min(unknown)}" of an InlineKeyboardButton')
    text = clean(_field(button, "text") or "").strip()
    data, url = _field(button, "callback_data"), _field(button, "url")
    if not text:
        # td/telegram/ReplyMarkup.cpp, get_inline_keyboard_button
        raise bad("Inline keyboard button text must be non-empty")
    if data and url:
        raise stricter("a button has either callback_data or url")
    if url:
        return Button(text, url=_address(url))
    if data:
        return Button(text, callback_data=_data(data))
    raise _unreadable("Text buttons are unallowed in the inline keyboard")


def _field(button: dict[str, Any], name: str) -> str | None:
    value = button.get(name)
    if value is None and name == "text":
        raise _unreadable(f'Can\'t find field "{name}"')
    if value is not None and not isinstance(value, str):
        raise _unreadable(f'Field "{name}" must be of type String')
    if value is not None and not is_encodable(value):
        raise bad("Inline keyboard button text must be encoded in UTF-8")
    return value


def _data(data: str) -> str:
    # "Data to be sent in a callback query to the bot when the button is pressed, 1-64 bytes"
    if len(data.encode()) > 64:
        raise bad("BUTTON_DATA_INVALID")
    return data


def _address(url: str) -> str:
    if not ADDRESS.fullmatch(url):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return url


def _unreadable(reason: str) -> Exception:
    return bad(f"Can't parse inline keyboard button: {reason}")
