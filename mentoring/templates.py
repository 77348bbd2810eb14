"""The programme template: length, topics, durations and the notice, as data and not as code."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from mentoring.texts import units

LANGUAGES = ("de", "en", "ar", "uk")
"""Every name in a template is given in these languages."""


NOTICE_LIMIT = 3500
"""UTF-16 units: with a heading and marks of direction it fits into one message (4096)."""


class TemplateError(Exception):
    """One line: the file, the key and the reason."""


@dataclass(frozen=True)
class Topic:
    """Something a tandem talks about; `names` by language."""

    key: str
    names: dict[str, str]


@dataclass(frozen=True)
class Programme:
    """A version of the template. `id` is its row, 0 before it is stored; `notice` by language."""

    id: int
    name: str
    length_days: int
    durations: tuple[int, ...]
    duration: int
    undo_hours: int
    notice_version: int
    notice: dict[str, str]
    topics: tuple[Topic, ...]
    text: str

    def topic(self, key: str, language: str) -> str:
        """The topic's name; its key if a later version has dropped it."""
        return next((t.names[language] for t in self.topics if t.key == key), key)


def read(path: Path) -> Programme:
    """Reads and checks a template. Raises TemplateError (one line with file, key, reason)."""
    try:
        text = path.read_text(encoding="utf-8")
        return _checked(tomllib.loads(text), text)
    except OSError as error:
        raise TemplateError(f"{path.name}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise TemplateError(f"{path.name}: is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{path.name}: is not TOML: {error}.") from None
    except _Wrong as wrong:
        raise TemplateError(f"{path.name}: {wrong.key}: {wrong.reason}.") from None


class _Wrong(Exception):
    def __init__(self, key: str, reason: str) -> None:
        super().__init__(key, reason)
        self.key = key
        self.reason = reason


def _checked(content: dict[str, object], text: str) -> Programme:
    known = {"name", "length_days", "durations", "duration", "undo_hours", "notice", "topics"}
    for key in content:
        if key not in known:
            raise _Wrong(key, f"is not known; known are {', '.join(sorted(known))}")
    durations = _durations(content)
    duration = _number(content, "duration", 5, 600)
    if duration not in durations:
        raise _Wrong("duration", "must be one of durations")
    notice = _table(content, "notice")
    return Programme(
        id=0,
        name=_words(content, "name"),
        length_days=_number(content, "length_days", 28, 400),
        durations=durations,
        duration=duration,
        undo_hours=_number(content, "undo_hours", 1, 720),
        notice_version=_number(notice, "version", 1, 10_000, inside="notice."),
        notice=_every_language(
            {k: v for k, v in notice.items() if k != "version"}, "notice", NOTICE_LIMIT
        ),
        topics=_topics(content),
        text=text,
    )


def _durations(content: dict[str, object]) -> tuple[int, ...]:
    found = content.get("durations")
    if not isinstance(found, list) or not 1 <= len(found) <= 6:
        raise _Wrong("durations", "must be a list of 1 to 6 numbers of minutes")
    for minutes in found:
        if type(minutes) is not int or not 5 <= minutes <= 600:
            raise _Wrong("durations", f"{minutes!r} is not a number of minutes from 5 to 600")
    return tuple(found)


def _topics(content: dict[str, object]) -> tuple[Topic, ...]:
    found = content.get("topics")
    if not isinstance(found, list) or not 1 <= len(found) <= 30:
        raise _Wrong("topics", "must be a list of 1 to 30 tables")
    topics: dict[str, Topic] = {}
    for number, row in enumerate(found, 1):
        place = f"topics[{number}]"
        if not isinstance(row, dict):
            raise _Wrong(place, "must be a table with key and a name in every language")
        key = _words(row, "key", inside=f"{place}.")
        if not key.isascii() or not key.isidentifier() or len(key) > 16:
            raise _Wrong(f"{place}.key", "must be up to 16 letters, digits and underscores")
        if key in topics:
            raise _Wrong(f"{place}.key", f"{key!r} stands twice")
        topics[key] = Topic(
            key, _every_language({k: v for k, v in row.items() if k != "key"}, place)
        )
    return tuple(topics.values())


def _every_language(names: dict[str, object], place: str, limit: int = 40) -> dict[str, str]:
    for language in names:
        if language not in LANGUAGES:
            raise _Wrong(f"{place}.{language}", f"is not one of {', '.join(LANGUAGES)}")
    return {
        language: _words(names, language, inside=f"{place}.", limit=limit) for language in LANGUAGES
    }


def _table(content: dict[str, object], key: str) -> dict[str, object]:
    found = content.get(key)
    if not isinstance(found, dict):
        raise _Wrong(key, "must be a table")
    return found


def _words(content: dict[str, object], key: str, *, inside: str = "", limit: int = 40) -> str:
    found = content.get(key)
    if not isinstance(found, str) or not found.strip():
        raise _Wrong(f"{inside}{key}", "must be a text")
    if units(found) > limit:
        raise _Wrong(f"{inside}{key}", f"is longer than {limit} characters")
    return found.strip()


def _number(content: dict[str, object], key: str, low: int, high: int, *, inside: str = "") -> int:
    found = content.get(key)
    if type(found) is not int or not low <= found <= high:
        raise _Wrong(f"{inside}{key}", f"must be a whole number from {low} to {high}")
    return found
