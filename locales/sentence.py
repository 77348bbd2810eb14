"""Fill a sentence with its values: every placeholder once named, nothing looked up, all escaped."""

import html
import re
from collections.abc import Mapping

from locales.direction import FSI, PDI, Direction, aligned, isolated

_NAME = r"\{([a-z_][a-z0-9_]*)\}"
# "/language" and "@paola" written into a sentence: their first sign would change sides.
_HANDLE = r"(?<![A-Za-z0-9_./<:@])[/@][A-Za-z][A-Za-z0-9_]*"

PLACEHOLDER = re.compile(_NAME)
TAG = re.compile(r"<[^<>]*>")
# Copying a <code> must not copy an isolate with it: there it goes round the tags.
_MARKED_UP = re.compile(rf"(?P<code><code>{_NAME}</code>)|(?P<tag><[^<>]*>)|{_NAME}|{_HANDLE}")
_PLAIN = re.compile(rf"{_NAME}|{_HANDLE}")


class Html(str):
    """Text that is already Telegram HTML; inserted without escaping."""

    __slots__ = ()


class Isolated(Html):
    """Html whose values have their isolates already: a sentence puts no second one round it."""

    __slots__ = ()


class WrongValues(ValueError):
    """The values do not fit the sentence; names them, never shows them (they are people's)."""


def fill(template: str, values: Mapping[str, object], direction: Direction) -> Html:
    """The sentence as HTML."""
    _check_names(template, values)

    def piece(found: re.Match[str]) -> str:
        code, code_name, tag, name = found.groups()
        if code:
            return isolated(f"<code>{_escaped(values[code_name])}</code>", direction)
        if tag:
            return PLACEHOLDER.sub(lambda inner: _quoted(values[inner[1]]), tag)
        if name:
            return isolate(values[name], direction)
        return _handle(found[0], direction)

    return Html(aligned(_MARKED_UP.sub(piece, template), direction, markup=True))


def fill_plain(template: str, values: Mapping[str, object], direction: Direction) -> str:
    """The sentence as plain text, as buttons show it."""
    _check_names(template, values)

    def piece(found: re.Match[str]) -> str:
        if name := found[1]:
            value = values[name]
            plain = _plain(value)
            return plain if isinstance(value, Isolated) else isolated(plain, direction)
        return _handle(found[0], direction)

    return aligned(_PLAIN.sub(piece, template), direction, markup=False)


def isolate(value: object, direction: Direction) -> str:
    """An inserted value as HTML: escaped, and isolated once."""
    return value if isinstance(value, Isolated) else isolated(_escaped(value), direction)


def fragment(part: str, direction: Direction) -> str:
    """A part of a card: HTML as it is, anything else like an inserted value."""
    return part if isinstance(part, Html) else isolate(part, direction)


def _handle(handle: str, direction: Direction) -> str:
    return f"{FSI}{handle}{PDI}" if direction == "rtl" else handle


def _check_names(template: str, values: Mapping[str, object]) -> None:
    wanted = set(PLACEHOLDER.findall(template))
    if wanted != values.keys():
        missing, surplus = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
        raise WrongValues(f"{template!r}: missing {missing}, surplus {surplus}")


def _text(value: object) -> str:
    # A date, a float or None would be shown as Python writes it: format it by the locale first.
    if not isinstance(value, str | int):
        raise TypeError(f"a sentence takes text or whole numbers, not {type(value).__name__}")
    return str(value)


def _escaped(value: object) -> str:
    return value if isinstance(value, Html) else html.escape(_text(value), quote=False)


def _quoted(value: object) -> str:
    return html.escape(_plain(value), quote=True)


def _plain(value: object) -> str:
    return html.unescape(TAG.sub("", value)) if isinstance(value, Html) else _text(value)
