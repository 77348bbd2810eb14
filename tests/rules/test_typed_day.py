"""Days as people type them, in their language."""

from datetime import date

import pytest

from handlers.typed_day import typed_day
from locales import speech

TODAY = date(2026, 12, 22)
"""A Tuesday."""
AHEAD = (TODAY, date(2027, 3, 31))
BEHIND = (date(2026, 11, 2), TODAY)


@pytest.mark.parametrize(
    ("language", "typed", "day"),
    [
        ("de", "24.12.", date(2026, 12, 24)),
        ("de", " 24.12 ", date(2026, 12, 24)),
        ("de", "3.1.", date(2027, 1, 3)),
        ("de", "3. Januar", date(2027, 1, 3)),
        ("de", "3. Jan. 2027", date(2027, 1, 3)),
        ("de", "Donnerstag", date(2026, 12, 24)),
        ("de", "do", date(2026, 12, 24)),
        ("de", "03/01", date(2027, 1, 3)),
        ("en", "1/3", date(2027, 1, 3)),
        ("en", "24/12", date(2026, 12, 24)),
        ("en", "24.12.26", date(2026, 12, 24)),
        ("en", "January 3", date(2027, 1, 3)),
        ("en", "3 Jan", date(2027, 1, 3)),
        ("en", "Jan 3, 2027", date(2027, 1, 3)),
        ("en", "2027-01-03", date(2027, 1, 3)),
        ("en", "thursday", date(2026, 12, 24)),
        ("uk", "3 січня", date(2027, 1, 3)),
        ("uk", "четвер", date(2026, 12, 24)),
        ("ar", "3 يناير", date(2027, 1, 3)),
        ("ar", "الخميس", date(2026, 12, 24)),
        ("ar", "٢٤.١٢", date(2026, 12, 24)),
        # Beyond what can be chosen, and still a day: the rules say why not.
        ("de", "24.12.2025", date(2025, 12, 24)),
        ("de", "1.6.", date(2026, 6, 1)),
        ("de", "heute", TODAY),
        ("de", "Übermorgen", date(2026, 12, 24)),
        ("de", "nächsten Donnerstag", date(2026, 12, 24)),
        ("en", "tomorrow", date(2026, 12, 23)),
        ("uk", "завтра", date(2026, 12, 23)),
        ("ar", "غدا", date(2026, 12, 23)),
        ("de", "bald", None),
        ("de", "31.2.", None),
        ("de", "24", None),
        ("de", "", None),
        ("de", "17:15", None),
    ],
)
def test_a_day_ahead(language: str, typed: str, day: date | None) -> None:
    assert typed_day(typed, speech(language), possible=AHEAD, today=TODAY) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("thursday", date(2026, 12, 17)),
        ("tue", TODAY),
        ("3 December", date(2026, 12, 3)),
    ],
)
def test_a_day_that_has_been(typed: str, day: date) -> None:
    assert typed_day(typed, speech("en"), possible=BEHIND, today=TODAY) == day
