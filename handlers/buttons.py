"""Buttons are values: a dataclass packed into at most 64 bytes, and read back with distrust."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from enum import Enum
from typing import Any, ClassVar, Self, get_type_hints

LIMIT = 64
"""Bytes of callback_data that Telegram takes (core.telegram.org/bots/api#inlinekeyboardbutton)."""


TICK = "✓ "
"""In front of what is chosen."""

FITS = {1: 34, 2: 17, 3: 10, 4: 7, 5: 5, 6: 4, 7: 4}
"""Letters that a button shows uncut, by the buttons in its row: on a phone 390 pixels wide."""


def _number(text: str) -> int:
    """A row's id or a page: what no table can hold was not packed by us."""
    number = int(text)
    if not 0 <= number < 2**53:
        raise ValueError(text)
    return number


_READ: dict[type, Callable[[str], Any]] = {
    str: str,
    int: _number,
    bool: lambda text: {"1": True, "0": False}[text],
    date: date.fromisoformat,
    time: lambda text: time(int(text[:2]), int(text[2:])),
}
_TAPS: dict[str, type["Tap"]] = {}


class Tap:
    """What a button says when it is pressed. Tags are append-only: keyboards live for years."""

    tag: ClassVar[str]
    readers: ClassVar[tuple[Callable[[str], Any], ...] | None]

    def __init_subclass__(cls, *, tag: str) -> None:
        if tag in _TAPS:
            raise TypeError(f"two buttons are called {tag!r}")
        cls.tag = tag
        cls.readers = None
        _TAPS[tag] = cls

    def pack(self) -> str:
        """The button's data. Raises ValueError above 64 bytes."""
        values = (getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]
        packed = ":".join((self.tag, *map(_written, values)))
        if len(packed.encode()) > LIMIT:
            raise ValueError(f"button {self.tag!r} needs {len(packed.encode())} bytes")
        return packed

    @classmethod
    def read(cls, values: list[str]) -> Self | None:
        """The button behind the values; None for anything that we did not pack."""
        if cls.readers is None:
            hints = get_type_hints(cls)
            cls.readers = tuple(
                _READ.get(hints[field.name], hints[field.name])
                for field in fields(cls)  # type: ignore[arg-type]
            )
        if len(values) != len(cls.readers):
            return None
        try:
            return cls(*(read(value) for read, value in zip(cls.readers, values, strict=True)))
        except (ValueError, KeyError, OverflowError):
            return None


def unpack(packed: str) -> Tap | None:
    """The tap behind a button's data; None when it is unknown, forged or from another age."""
    tag, *values = packed.split(":")
    kind = _TAPS.get(tag)
    return kind.read(values) if kind else None


def all_taps() -> dict[str, type[Tap]]:
    """Every button there is, by tag."""
    return dict(_TAPS)


@dataclass(frozen=True)
class Button:
    """A button under a message: its label, and what it says or where it leads.

    `chosen` is None where there is nothing to choose.
    """

    label: str
    tap: Tap | None = None
    url: str | None = None
    chosen: bool | None = None

    def markup(self) -> dict[str, str]:
        text = f"{TICK}{self.label}" if self.chosen else self.label
        if self.url is not None:
            return {"text": text, "url": self.url}
        assert self.tap is not None
        return {"text": text, "callback_data": self.tap.pack()}

    @property
    def width(self) -> int:
        """In average letters; with its tick, so that ticking it moves no button."""
        return width(self.label) + (0 if self.chosen is None else width(TICK))


Keyboard = Sequence[Sequence[Button]]


def markup(keyboard: Keyboard) -> dict[str, object]:
    """The keyboard as the Bot API takes it; a row whose labels do not fit becomes several."""
    rows = [row for wanted in keyboard for row in in_rows(wanted, len(wanted))]
    return {"inline_keyboard": [[button.markup() for button in row] for row in rows]}


def facing(reply_markup: Any, *, right_to_left: bool) -> Any:
    """The markup as its reader reads a row: Telegram mirrors none, so the first stands right."""
    if not right_to_left or not reply_markup:
        return reply_markup
    return {"inline_keyboard": [row[::-1] for row in reply_markup["inline_keyboard"]]}


def in_rows(buttons: Sequence[Button], most: int) -> list[list[Button]]:
    """The buttons in rows of at most `most`, and of fewer where a label would be cut off."""
    rows: list[list[Button]] = []
    for button in buttons:
        if rows and len(rows[-1]) < most and _fit([*rows[-1], button]):
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def width(label: str) -> int:
    """In average letters: an emoji is as wide as two, marks above and between have no width."""
    return sum(_letters(character) for character in label)


def _letters(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fit(row: Sequence[Button]) -> bool:
    most = FITS.get(len(row), FITS[max(FITS)])
    return all(button.width <= most for button in row)


def _written(value: object) -> str:
    match value:
        case bool():
            return str(int(value))
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H%M")
    return str(value)
