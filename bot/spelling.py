"""Names in `.env` that no setting has: misspelt, most likely, and of no effect."""

import re
from dataclasses import fields

from bot.settings import Settings, from_file

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
"""What may be quoted; a secret that stands where a name belongs seldom looks like that."""


def check_names() -> list[str]:
    """A line for each, without its value. Asked after `load`, which refuses an unreadable file."""
    known = [each.name.upper() for each in fields(Settings)]
    given = [name for name, text in from_file().items() if text and text.strip()]
    unknown = [name for name in given if name.upper() not in known and _NAME.fullmatch(name)]
    return [_line(name, known) for name in unknown]


def _line(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # not each minute in `health`, where all is well

    line = f".env: {name} is no setting, and has no effect"
    near = get_close_matches(name.upper(), known, n=1)
    return f"{line}; is {near[0]} meant?" if near else f"{line}."
