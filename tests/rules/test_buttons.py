"""Buttons: packed into 64 bytes, read back as they were, forged data read as None."""

from dataclasses import fields
from datetime import date, time
from enum import StrEnum
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.buttons import LIMIT, Button, Tap, all_taps, facing, in_rows, markup, unpack
from handlers.conversations import FLOWS
from handlers.menu_buttons import ToMenu
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


@pytest.mark.parametrize("value", ["9" * 20, "-1", "2560", "0260", "", "x", "٩٩٩٩"])
@pytest.mark.parametrize("tag", sorted(all_taps()))
def test_a_value_that_nobody_packed_is_no_button(tag: str, value: str) -> None:
    for number in range(1, 4):
        tap = unpack(":".join((tag, *["1"] * (number - 1), value)))
        assert tap is None or isinstance(tap, Tap)


@given(st.text(max_size=80))
def test_whatever_comes_reading_it_never_raises(data: str) -> None:
    tap = unpack(data)
    assert tap is None or isinstance(tap, Tap)


def _labels(rows: list[list[Button]]) -> list[list[str]]:
    return [[button.label for button in row] for row in rows]


def _buttons(*labels: str, chosen: bool | None = None) -> list[Button]:
    return [Button(label, ToMenu(), chosen=chosen) for label in labels]


def test_a_long_label_takes_a_row_of_its_own() -> None:
    rows = in_rows(_buttons("Netzwerk", "Vorstellungsgespräch", "Praktikum", "CV", "Café"), 2)
    assert _labels(rows) == [
        ["Netzwerk"],
        ["Vorstellungsgespräch"],
        ["Praktikum", "CV"],
        ["Café"],
    ]


def test_ticking_a_label_moves_no_button() -> None:
    labels = ("Unternehmen 1234", "CV")  # fits in half a row, but not with a tick
    assert len(in_rows(_buttons(*labels), 2)) == 1
    assert len(in_rows(_buttons(*labels, chosen=False), 2)) == 2
    assert len(in_rows(_buttons(*labels, chosen=True), 2)) == 2


def test_an_emoji_is_as_wide_as_two_letters_and_a_mark_has_no_width() -> None:
    assert [Button(label).width for label in ("📅 Tag", "\u2068لم يُعقد\u2069")] == [6, 7]


def test_a_row_whose_labels_do_not_fit_becomes_several() -> None:
    wanted = [_buttons("OK", "This is not right at all"), [], _buttons("Menu")]
    shown: Any = markup(wanted)["inline_keyboard"]
    assert [[button["text"] for button in row] for row in shown] == [
        ["OK"],
        ["This is not right at all"],
        ["Menu"],
    ]


def test_a_row_begins_where_its_reader_begins() -> None:
    keyboard = markup([_buttons("1", "2", "3"), _buttons("4")])
    turned = facing(keyboard, right_to_left=True)["inline_keyboard"]
    assert [[button["text"] for button in row] for row in turned] == [["3", "2", "1"], ["4"]]
    assert facing(keyboard, right_to_left=False) == keyboard
