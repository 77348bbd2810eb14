"""Lengths and times as people type them."""

from datetime import time

import pytest

from handlers.typed_time import typed_length, typed_time


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("75", 75),
        (" 75 min. ", 75),
        ("75 Minuten", 75),
        ("90 хвилин", 90),
        ("1:15", 75),
        ("2 Stunden", 120),
        ("10 h", 600),
        ("1 h 15", 75),
        ("1h15min", 75),
        ("1,5 h", 90),
        ("1.5 hours", 90),
        ("2 години", 120),
        ("٧٥", 75),
        ("1.5", None),
        ("4", None),
        ("601", None),
        ("8 pages", None),
        ("long", None),
        ("", None),
    ],
)
def test_a_length(typed: str, minutes: int | None) -> None:
    assert typed_length(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("17:15", time(17, 15)),
        ("17 Uhr 30", time(17, 30)),
        ("17 Uhr", time(17)),
        ("17h", time(17)),
        ("17h15", time(17, 15)),
        ("1715", time(17, 15)),
        ("5:15 pm", time(17, 15)),
        ("12 am", time(0)),
        ("25:00", None),
        ("17:60", None),
        ("soon", None),
    ],
)
def test_a_time(typed: str, start: time | None) -> None:
    assert typed_time(typed) == start
