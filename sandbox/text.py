"""Text as Telegram sees it: UTF-16 units, characters it deletes, entities it finds by itself."""

import re
from dataclasses import dataclass, replace

# TDLib, misc.cpp, clean_input_string: these are deleted, other control characters become a space.
# U+2028..U+202E are among the deleted ones; the isolates U+2066..U+2069 stay.
DELETED = frozenset("\r\u030a\u0333\u033f") | frozenset(map(chr, range(0x2028, 0x202F)))
COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
VERBATIM = frozenset({"code", "pre", "text_link", "url"})


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A marked stretch of a text; `offset` and `length` count UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    user_id: int | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length


@dataclass(frozen=True)
class Formatted:
    """A text with its entities, sorted as Telegram sorts them."""

    text: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """The length of a text as Telegram counts it: UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def is_encodable(text: str) -> bool:
    """False for a lone surrogate, which no UTF-8 text can hold."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def clean(text: str) -> str:
    """The text without what Telegram deletes."""
    kept = (char for char in text if char not in DELETED)
    return "".join(" " if char < " " and char != "\n" else char for char in kept)


def finish(formatted: Formatted) -> Formatted:
    """Trim both ends, then add the commands and addresses that Telegram finds by itself."""
    return _find(_trim(formatted))


def plain(text: str) -> Formatted:
    """A text without parse mode, or one that a person typed."""
    return finish(Formatted(clean(text)))


def split(text: str, limit: int) -> list[str]:
    """A long text in parts of at most `limit` units, as clients send it."""
    parts, part, size = [], "", 0
    for char in text:
        size += units(char)
        if size > limit:
            parts.append(part)
            part, size = "", units(char)
        part += char
    return [*parts, part]


def _trim(formatted: Formatted) -> Formatted:
    shift = units(formatted.text) - units(formatted.text.lstrip())
    text = formatted.text.strip()
    end = units(text)
    cut = (_cut(entity, shift, end) for entity in formatted.entities)
    return Formatted(text, tuple(entity for entity in cut if entity.length > 0))


def _cut(entity: Entity, shift: int, end: int) -> Entity:
    start = min(max(entity.offset - shift, 0), end)
    stop = min(max(entity.end - shift, 0), end)
    return replace(entity, offset=start, length=stop - start)


def _find(formatted: Formatted) -> Formatted:
    entities = list(formatted.entities)
    for kind, pattern in (("url", ADDRESS), ("bot_command", COMMAND)):
        for match in pattern.finditer(formatted.text):
            found = Entity(
                type=kind,
                offset=units(formatted.text[: match.start()]),
                length=units(match.group()),
            )
            if not any(_overlaps(found, other) for other in entities if other.type in VERBATIM):
                entities.append(found)
    entities.sort(key=lambda entity: (entity.offset, -entity.length))
    return Formatted(formatted.text, tuple(entities))


def _overlaps(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end
