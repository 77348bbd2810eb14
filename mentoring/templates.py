"""The programme template: length, topics, durations and the notice, as data and not as code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mentoring.people import Role
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
class Rungs:
    """The contact ladder, in days: after the match, until the first meeting; of silence later.

    A role that is not named is not asked.
    """

    first_date: int = 2
    first_meeting: Mapping[Role, int] = field(
        default_factory=lambda: {Role.MENTEE: 10, Role.MENTOR: 14}
    )
    silence: Mapping[Role, int] = field(default_factory=lambda: {Role.MENTEE: 14, Role.MENTOR: 21})


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
    ladder: Rungs
    text: str

    def topic(self, key: str, language: str) -> str:
        """The topic's name; its key if a later version has dropped it."""
        return next((t.names[language] for t in self.topics if t.key == key), key)


@dataclass(frozen=True)
class Templates:
    """The template that new tandems get, and the versions that running ones began with."""

    current: Programme
    versions: Mapping[int, Programme] = field(default_factory=dict)

    def of(self, template_id: int) -> Programme:
        """That version; the current one for a version that this program cannot read any more."""
        return self.versions.get(template_id, self.current)


def read(path: Path) -> Programme:
    """Reads and checks a template. Raises TemplateError (one line with file, key, reason)."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise TemplateError(f"{path.name}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise TemplateError(f"{path.name}: is not UTF-8 text.") from None


def parse(text: str, name: str) -> Programme:
    """A template from its text; `name` is what an error calls it. Raises TemplateError."""
    try:
        return _checked(tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{name}: is not TOML: {error}.") from None
    except _Wrong as wrong:
        raise TemplateError(f"{name}: {wrong.key}: {wrong.reason}.") from None


class _Wrong(Exception):
    def __init__(self, key: str, reason: str) -> None:
        super().__init__(key, reason)
        self.key = key
        self.reason = reason


def _checked(content: dict[str, object], text: str) -> Programme:
    known = {
        *("name", "length_days", "durations", "duration", "undo_hours"),
        *("notice", "topics", "ladder"),
    }
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
        ladder=_ladder(content),
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


def _ladder(content: dict[str, object]) -> Rungs:
    """What is not said stays as the programme's rules have it."""
    if "ladder" not in content:
        return Rungs()
    found, standard = _table(content, "ladder"), Rungs()
    for key in found:
        if key not in ("first_date", "first_meeting", "silence"):
            raise _Wrong(
                f"ladder.{key}", "is not known; known are first_date, first_meeting, silence"
            )
    return Rungs(
        first_date=_number(
            {"first_date": standard.first_date, **found}, "first_date", 1, 60, inside="ladder."
        ),
        first_meeting=_days(found, "first_meeting", standard.first_meeting),
        silence=_days(found, "silence", standard.silence),
    )


def _days(found: dict[str, object], key: str, standard: Mapping[Role, int]) -> Mapping[Role, int]:
    """Of each role that is asked."""
    if key not in found:
        return standard
    place = f"ladder.{key}"
    if not isinstance(days := found[key], dict):
        raise _Wrong(place, "must be a table of days, by role")
    for role in days:
        if role not in (Role.MENTEE, Role.MENTOR):
            raise _Wrong(f"{place}.{role}", "is neither mentee nor mentor")
    return {Role(role): _number(days, role, 1, 200, inside=f"{place}.") for role in days}


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
