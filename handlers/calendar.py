"""A month as a keyboard: Monday first, days that cannot be chosen as dots, no week of dots."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.buttons import Button, Tap
from locales import Speech

CHOSEN = "•{}"
"""Round the day that is chosen: narrower than a tick, and seven stand in a row."""


@dataclass(frozen=True)
class Nothing(Tap, tag="nop"):
    """A weekday's name, or a day that cannot be chosen: pressing it changes nothing."""


def month_rows(
    t: Speech,
    first: date,
    *,
    possible: tuple[date, date],
    chosen: date,
    pick: Callable[[date], Tap],
    turn: Callable[[date], Tap],
) -> list[list[Button]]:
    """Name of the month, weekdays, weeks, and the neighbouring months by name.

    `possible` are the first and last day that can be chosen. No arrows: they flip their meaning
    where the writing runs from right to left.
    """

    def button(day: date) -> Button:
        if not is_possible(day):
            return Button("·", Nothing())
        number = t.number(day.day)
        return Button(CHOSEN.format(number) if day == chosen else number, pick(day))

    def is_possible(day: date) -> bool:
        return day.month == first.month and possible[0] <= day <= possible[1]

    weeks = calendar.Calendar(calendar.MONDAY).monthdatescalendar(first.year, first.month)
    return [
        [Button(t.month(first), Nothing())],
        [Button(name, Nothing()) for name in t.weekdays()],
        *([button(day) for day in week] for week in weeks if any(map(is_possible, week))),
        _neighbours(t, first, possible, turn),
    ]


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
    return [
        # Translators: leads to another month of the calendar, e.g. "Go to October"
        Button(t.label("button", "Go to {month}", month=t.month_alone(month)), turn(month))
        for month in months
    ]
