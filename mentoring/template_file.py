"""The programme template's file, read and checked: what is wrong is one line."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import time
from pathlib import Path
from typing import Any

from mentoring.people import Role
from mentoring.templates import (
    LANGUAGES,
    Anchors,
    Care,
    Emergency,
    Programme,
    Rest,
    Rungs,
    Topic,
)
from mentoring.texts import units

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

NOTICE_LIMIT = 3500
"""UTF-16 units: with a heading and marks of direction it fits into one message (4096)."""


PULSE_WEEKS = (2, 8, 16)
"""In week 2, in the middle and at the end (product rules, J4)."""
UNASKED_A_WEEK = 2
"""Product rules, section 4."""
MONDAY = time(8)
"""When the coordination's card comes on Monday, if the template says nothing else."""


class TemplateError(Exception):
    """One line: the file, the key and the reason."""


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
        *("notice", "topics", "ladder", "anchors", "pulse_weeks"),
        *("rest", "unasked_a_week", "care", "monday"),
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
        anchors=_anchors(content),
        pulse_weeks=_pulse_weeks(content),
        rest=_rest(content),
        unasked_a_week=_unasked(content),
        care=_care(content),
        monday=_time(content, "monday") if "monday" in content else MONDAY,
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
    found, standard = _known(content, "ladder", Rungs), Rungs()
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
        if role not in tuple(Role):
            raise _Wrong(f"{place}.{role}", f"is not one of {', '.join(Role)}")
    asked = {Role(role): _number(days, role, 1, 200, inside=f"{place}.") for role in days}
    return {Role.COORDINATOR: standard[Role.COORDINATOR], **asked}


def _anchors(content: dict[str, object]) -> Anchors:
    if "anchors" not in content:
        return Anchors()
    found = _known(content, "anchors", Anchors)
    return Anchors(**{key: _weeks(weeks, f"anchors.{key}") for key, weeks in found.items()})


def _weeks(found: object, place: str) -> tuple[int, int]:
    match found:
        case [int(first), int(last)] if 1 <= first <= last <= 60:
            return first, last
    raise _Wrong(place, "must be two weeks from 1 to 60, such as [7, 9]")


def _pulse_weeks(content: dict[str, object]) -> tuple[int, ...]:
    found = content.get("pulse_weeks", list(PULSE_WEEKS))
    right = isinstance(found, list) and all(type(w) is int and 1 <= w <= 60 for w in found)
    if not isinstance(found, list) or not right or found != sorted(set(found)):
        raise _Wrong("pulse_weeks", "must be a rising list of weeks from 1 to 60")
    return tuple(found)


def _rest(content: dict[str, object]) -> Rest:
    if "rest" not in content:
        return Rest()
    found, standard = _known(content, "rest", Rest), Rest()
    return Rest(
        begin=_time(found, "begin", inside="rest.") if "begin" in found else standard.begin,
        end=_time(found, "end", inside="rest.") if "end" in found else standard.end,
        days=_weekdays(found["days"], "rest.days") if "days" in found else standard.days,
    )


def _weekdays(found: object, place: str) -> frozenset[int]:
    if not isinstance(found, list) or not all(day in WEEKDAYS for day in found):
        raise _Wrong(place, f"must be a list of {', '.join(WEEKDAYS)}")
    return frozenset(WEEKDAYS.index(day) for day in found)


def _unasked(content: dict[str, object]) -> int:
    return _number({"unasked_a_week": UNASKED_A_WEEK, **content}, "unasked_a_week", 1, 14)


def _care(content: dict[str, object]) -> Care:
    if "care" not in content:
        return Care()
    found = _known(content, "care", Care)
    days = _number(
        {"answer_days": Care().answer_days, **found}, "answer_days", 1, 30, inside="care."
    )
    rows = found.get("emergency", [])
    if not isinstance(rows, list) or len(rows) > 6:
        raise _Wrong("care.emergency", "must be a list of up to 6 tables")
    return Care(days, tuple(_emergency(row, number) for number, row in enumerate(rows, 1)))


def _emergency(row: object, number: int) -> Emergency:
    place = f"care.emergency[{number}]"
    if not isinstance(row, dict):
        raise _Wrong(place, "must be a table with number and a name in every language")
    names = {key: value for key, value in row.items() if key != "number"}
    called = _words(row, "number", inside=f"{place}.", limit=24)
    return Emergency(called, _every_language(names, place, limit=80))


def _time(content: dict[str, object], key: str, *, inside: str = "") -> time:
    found = content.get(key)
    try:
        if isinstance(found, str) and len(found) == len("08:00"):
            return time.fromisoformat(found)
    except ValueError:
        pass
    raise _Wrong(f"{inside}{key}", 'must be a time such as "08:00"')


def _known(content: dict[str, object], key: str, kind: type[Any]) -> dict[str, object]:
    """The table of that key, in which there is nothing but what `kind` has."""
    found = _table(content, key)
    known = [field.name for field in fields(kind)]
    for name in found:
        if name not in known:
            raise _Wrong(f"{key}.{name}", f"is not known; known are {', '.join(known)}")
    return found


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
