"""A day, as people type it: 12.12., 12/12/2026, 2026-12-12, 12 December, Thursday."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from locales import Speech


def typed_day(text: str, t: Speech, *, possible: tuple[date, date], today: date) -> date | None:
    """The day that is meant, the nearest to `today` of several; None for anything else.

    `possible` are the first and the last that can be chosen. A day beyond them is only returned
    when it was typed with its year, or is in no year a possible one.
    """
    words = text.strip().lower().rstrip(".,")
    near = _near(words, t)
    if near is not None:
        return today + near
    weekday = t.weekday_named(words.split()[-1]) if words else None  # also "next Thursday"
    if weekday is not None:
        return _nearest((day for day in _days(possible) if day.weekday() == weekday), today)
    found = _numbers(words, t)
    if found is None:
        return None
    year, month, number = found
    years = [year] if year else [today.year, today.year + 1, today.year - 1]
    days = [day for each in years if (day := _day(each, month, number))]
    within = [day for day in days if possible[0] <= day <= possible[1]]
    return _nearest(within, today) or next(iter(days), None)


def _near(words: str, t: Speech) -> timedelta | None:
    """Today and its neighbours."""
    names = {
        # Translators: as somebody types it, in small letters
        t.label("typed", "yesterday"): -1,
        t.label("typed", "today"): 0,
        t.label("typed", "tomorrow"): 1,
        t.label("typed", "the day after tomorrow"): 2,
    }
    return timedelta(days=names[words]) if words in names else None


def _numbers(words: str, t: Speech) -> tuple[int | None, int, int] | None:
    """Year, if there is one, month and day."""
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        return int(found[1]), int(found[2]), int(found[3])
    if found := re.fullmatch(r"(\d{1,2})\s*([./])\s*(\d{1,2})(?:\s*[./]\s*(\d{4}|\d{2}))?", words):
        month_first = found[2] == "/" and t.month_first and int(found[1]) <= 12
        month, day = (1, 3) if month_first else (3, 1)
        return _year(found[4]), int(found[month]), int(found[day])
    return _named(words, t)


def _named(words: str, t: Speech) -> tuple[int | None, int, int] | None:
    """12 December, or December 12, with or without a year."""
    found = re.fullmatch(
        r"(?P<day>\d{1,2})\.?\s*(?P<month>[^\W\d]+)\.?,?\s*(?P<year>\d{4})?", words
    )
    found = found or re.fullmatch(
        r"(?P<month>[^\W\d]+)\.?\s*(?P<day>\d{1,2})(?:,?\s+(?P<year>\d{4}))?", words
    )
    month = t.month_named(found["month"]) if found else None
    return (_year(found["year"]), month, int(found["day"])) if found and month else None


def _year(digits: str | None) -> int | None:
    if digits is None:
        return None
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days(possible: tuple[date, date]) -> Iterable[date]:
    first, last = possible
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _nearest(days: Iterable[date], today: date) -> date | None:
    return min(days, key=lambda day: abs(day - today), default=None)
