"""Buttons are values: a dataclass packed into at most 64 bytes, and read back with distrust."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from enum import Enum
from typing import Any, ClassVar, Self, get_type_hints

LIMIT = 64
"""Bytes of callback_data that Telegram takes (core.telegram.org/bots/api#inlinekeyboardbutton)."""


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
        except (ValueError, KeyError):
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
    """A button under a message: its label, and what it says or where it leads."""

    label: str
    tap: Tap | None = None
    url: str | None = None

    def markup(self) -> dict[str, str]:
        if self.url is not None:
            return {"text": self.label, "url": self.url}
        assert self.tap is not None
        return {"text": self.label, "callback_data": self.tap.pack()}


Keyboard = Sequence[Sequence[Button]]


def markup(keyboard: Keyboard) -> dict[str, object]:
    """The keyboard as the Bot API takes it; empty rows are left out."""
    return {"inline_keyboard": [[button.markup() for button in row] for row in keyboard if row]}


def in_rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    """The buttons in rows of at most `width`."""
    return [list(buttons[at : at + width]) for at in range(0, len(buttons), width)]


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
