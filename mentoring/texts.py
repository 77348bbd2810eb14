"""Typed text at the door: cleaned and measured before anything keeps it."""

import re

from mentoring.refusals import Empty, TooLong

_UNSAFE = re.compile("[\x00\ud800-\udfff\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""NUL breaks SQLite's length(), a lone surrogate its driver, bidi controls the reader's line."""


def units(text: str) -> int:
    """Length in UTF-16 units, in which Telegram states its limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, *, limit: int) -> str:
    """One clean line of at most so many UTF-16 units; empty when there is nothing to read."""
    line = " ".join(_UNSAFE.sub("", text).split())
    while units(line) > limit:
        line = line[:-1].rstrip()
    return line


def clean(text: str, *, limit: int) -> str:
    """The text without unsafe characters and outer space. Raises Empty, TooLong (UTF-16 units)."""
    text = _UNSAFE.sub("", text).strip()
    if not text:
        raise Empty
    if units(text) > limit:
        raise TooLong(limit)
    return text


def clean_line(text: str, *, limit: int) -> str:
    """Like `clean`, on one line."""
    return clean(" ".join(_UNSAFE.sub("", text).split()), limit=limit)
