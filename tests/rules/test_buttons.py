"""Buttons: packed into 64 bytes, read back as they were, forged data read as None."""

from dataclasses import fields
from datetime import date, time
from enum import StrEnum
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.buttons import LIMIT, Tap, all_taps, unpack
from handlers.conversations import FLOWS
from mentoring.cards import new_key
from mentoring.invitations import new_code

_LONGEST: dict[type, Any] = {
    int: 2**53 - 1,
    bool: True,
    date: date(2026, 12, 31),
    time: time(23, 59),
}


def _value(name: str, kind: type) -> Any:
    if issubclass(kind, StrEnum):
        return max(kind, key=len)
    if kind is str:
        texts = {"code": new_code(), "card": new_key(), "language": "de", "topic": "t" * 16}
        return texts.get(name, "c")
    return _LONGEST[kind]


def _largest(kind: type[Tap]) -> Tap:
    hints = get_type_hints(kind)
    return kind(*(_value(f.name, hints[f.name]) for f in fields(kind)))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", all_taps().values(), ids=all_taps().keys())
def test_every_button_fits_and_comes_back_as_it_was(kind: type[Tap]) -> None:
    tap = _largest(kind)
    assert len(tap.pack().encode()) <= LIMIT
    assert unpack(tap.pack()) == tap


def test_every_button_is_heard_once() -> None:
    heard = [entry.tap.tag for flow in FLOWS for entry in flow.taps]
    assert sorted(heard) == sorted(all_taps())


def test_the_tags_that_were_ever_shown_are_still_there() -> None:
    shown = {
        "menu", "meet", "tandem", "lang", "invite", "pair", "tandems", "fix", "speak", "read",
        "langs", "yes", "no", "name", "rename", "role", "mentee", "mentor", "make", "undo",
        "object", "agree", "ask", "answer", "nop", "m.save", "m.another", "m.same", "m.moved",
        "m.none", "m.view", "m.month", "m.day", "m.time", "m.len", "m.topic", "m.noplace",
    }  # fmt: skip
    assert shown <= set(all_taps())


@given(st.text(max_size=80))
def test_whatever_comes_reading_it_never_raises(data: str) -> None:
    tap = unpack(data)
    assert tap is None or isinstance(tap, Tap)
