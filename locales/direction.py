"""Which way a line runs: isolates round inserted values, a mark in front of a line that would flip.

Two habits of Telegram's clients meet here. Inside a line they follow the Unicode rules, so a value
in FSI...PDI keeps its own order. The direction of the line itself they take from its first strong
character and do not skip isolates, so isolates alone never turn a line: one mark in front does.
(Telegram deletes the older U+202A-202E on arrival; they are never used.)
"""

import html
import re
import unicodedata
from typing import Literal

FSI = "\u2068"
PDI = "\u2069"
LRM = "\u200e"
RLM = "\u200f"

Direction = Literal["ltr", "rtl"]

_STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_MARKS: dict[Direction, str] = {"ltr": LRM, "rtl": RLM}
_TAG = re.compile(r"<[^<>]*>")
# A block must begin its line: a character in front of it would show as an empty line above it.
_BLOCKS = r"(?:</?(?:blockquote|pre)\b[^<>]*>)*"
_OPENING = re.compile(_BLOCKS)
_FRAMED = re.compile(rf"({_BLOCKS})(.*?)({_BLOCKS})")


def first_strong(text: str) -> Direction | None:
    """The direction of the first letter or mark that has one; isolates are not skipped."""
    return next(filter(None, (_STRONG.get(unicodedata.bidirectional(c)) for c in text)), None)


def holds(text: str, direction: Direction) -> bool:
    """Is any letter of this direction in the text?"""
    return any(_STRONG.get(unicodedata.bidirectional(c)) == direction for c in text)


def isolated(value: str, locale: Direction) -> str:
    """The value with FSI...PDI round each of its lines, where it could disturb its neighbours.

    In a right-to-left locale that is every value (a phone number flips as well as a name), in a
    left-to-right one only a value with letters of the other direction. An isolate ends with its
    line, so each line has its own.
    """
    if locale == "ltr" and not holds(value, "rtl"):
        return value
    return "\n".join(_isolated_line(line) for line in value.split("\n"))


def aligned(text: str, locale: Direction, *, markup: bool) -> str:
    """The text with one mark in front of each line that would run against the locale.

    `markup` says that the text is HTML, whose tags and entities are not read by people.
    """
    if locale == "ltr" and text.isascii():
        return text
    return "\n".join(_aligned_line(line, locale, markup=markup) for line in text.split("\n"))


def _isolated_line(line: str) -> str:
    framed = _FRAMED.fullmatch(line)
    before, inside, after = framed.groups() if framed else ("", line, "")
    return f"{before}{FSI}{inside}{PDI}{after}" if inside else line


def _aligned_line(line: str, locale: Direction, *, markup: bool) -> str:
    if not _runs_against(html.unescape(_TAG.sub("", line)) if markup else line, locale):
        return line
    opening = _OPENING.match(line) if markup else None
    start = opening.end() if opening else 0
    return f"{line[:start]}{_MARKS[locale]}{line[start:]}"


def _runs_against(visible: str, locale: Direction) -> bool:
    strong = first_strong(visible)
    if strong is None:
        # Figures alone follow the reader's app, which may well be German: say it for them.
        return locale == "rtl" and any(c.isdigit() for c in visible)
    return strong != locale
