"""The form of a letter: what every writing returns."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.buttons import Keyboard, markup
from handlers.outgoing import Outgoing
from locales import Html, Speech
from mentoring.desk import Desk
from mentoring.people import Person

Args = dict[str, Any]
Writing = Callable[[Desk, Speech, Person, Args], Awaitable[Outgoing | None]]
"""Writes a letter as it is now; None when there is nothing to say any more."""


def letter(text: Html, keyboard: Keyboard = ()) -> Outgoing:
    return Outgoing("send_message", {"text": text, **_common(keyboard)})


def letter_with_calendar(
    entry: Mapping[str, object], caption: Html, keyboard: Keyboard
) -> Outgoing:
    """With a calendar file, which is written when it leaves."""
    return Outgoing("send_document", {"calendar": entry, "caption": caption, **_common(keyboard)})


def _common(keyboard: Keyboard) -> dict[str, object]:
    common: dict[str, object] = {"parse_mode": "HTML"}
    if keyboard:
        common["reply_markup"] = markup(keyboard)
    return common
