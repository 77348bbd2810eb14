"""Typed text at the door: cleaned and measured before anything keeps it."""

import re

from mentoring.refusals import Empty, TooLong

_UNSAFE = re.compile("[\x00\ud800-\udfff\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""NUL breaks SQLite's length(), a lone surrogate its driver, bidi controls the reader's line."""

_INVISIBLE = re.compile(
    "[\\s\u00ad\u180e\u200b-\u200d\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff]"
)
"""What takes room and shows nothing: a name of it alone is no name."""


def units(text: str) -> int:
    """Length in UTF-16 units, in which Telegram states its limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, *, limit: int) -> str:
    """One clean line of at most so many UTF-16 units; empty when there is nothing to read."""
    line = " ".join(_UNSAFE.sub("", text).split())
    while units(line) > limit:
        line = line[:-1].rstrip()
    return line if _INVISIBLE.sub("", line) else ""


def clean(text: str, *, limit: int) -> str:
    """The text without unsafe characters and outer space. Raises Empty, TooLong (UTF-16 units)."""
    text = _UNSAFE.sub("", text).strip()
    if not _INVISIBLE.sub("", text):
        raise Empty
    # Up to four marks of direction stand in every line that is shown (locales/direction.py).
    if units(text) + 4 * text.count("\n") > limit:
        raise TooLong(limit)
    return text


def clean_line(text: str, *, limit: int) -> str:
    """Like `clean`, on one line."""
    return clean(" ".join(_UNSAFE.sub("", text).split()), limit=limit)
