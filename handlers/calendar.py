"""A month as a keyboard: Monday first, days that cannot be chosen as dots."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.buttons import Button, Tap
from locales import Speech


@dataclass(frozen=True)
class Nothing(Tap, tag="nop"):
    """A weekday's name, or a day that cannot be chosen: pressing it changes nothing."""


def month_rows(
    t: Speech,
    first: date,
    *,
    possible: tuple[date, date],
    pick: Callable[[date], Tap],
    turn: Callable[[date], Tap],
) -> list[list[Button]]:
    """Name of the month, weekdays, weeks, and the neighbouring months by name.

    `possible` are the first and last day that can be chosen. No arrows: they flip their meaning
    where the writing runs from right to left.
    """
    blank = Button("·", Nothing())
    rows = [
        [Button(t.month(first), Nothing())],
        [Button(name, Nothing()) for name in t.weekdays()],
    ]
    for week in calendar.Calendar(calendar.MONDAY).monthdatescalendar(first.year, first.month):
        rows.append(
            [
                Button(t.number(day.day), pick(day))
                if day.month == first.month and possible[0] <= day <= possible[1]
                else blank
                for day in week
            ]
        )
    return [*rows, _neighbours(t, first, possible, turn)]


def _neighbours(
    t: Speech, first: date, possible: tuple[date, date], turn: Callable[[date], Tap]
) -> list[Button]:
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    months = []
    if before >= possible[0].replace(day=1):
        months.append(before)
    if after <= possible[1]:
        months.append(after)
    return [Button(t.month(month), turn(month)) for month in months]
