"""Weeks and months as keyboards: Monday first, days that cannot be chosen as dots."""

import calendar
from collections.abc import Callable, Iterable
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

    `possible` are the first and last day that can be chosen; a week without any is left out. No
    arrows: they flip their meaning where the writing runs from right to left.
    """

    def pick_one(day: date) -> Tap:
        is_possible = day.month == first.month and possible[0] <= day <= possible[1]
        return pick(day) if is_possible else Nothing()

    weeks = calendar.Calendar(calendar.MONDAY).monthdatescalendar(first.year, first.month)
    return [
        [Button(t.month(first), Nothing())],
        *_grid(t, weeks, chosen, pick_one),
        _neighbours(t, first, possible, turn),
    ]


def weeks_rows(
    t: Speech, *, possible: tuple[date, date], chosen: date, pick: Callable[[date], Tap]
) -> list[list[Button]]:
    """Four weeks from the first possible day on: no number of a day stands in them twice."""

    def pick_one(day: date) -> Tap:
        return pick(day) if possible[0] <= day <= possible[1] else Nothing()

    monday = possible[0] - timedelta(days=possible[0].weekday())
    weeks = [[monday + timedelta(days=7 * week + day) for day in range(7)] for week in range(4)]
    shown = min(possible[1], weeks[-1][-1])
    return [
        [Button(_months(t, possible[0], shown), Nothing())],
        *_grid(t, weeks, chosen, pick_one),
    ]


def _grid(
    t: Speech, weeks: Iterable[Iterable[date]], chosen: date, pick: Callable[[date], Tap]
) -> list[list[Button]]:
    """Weekdays and weeks; a day that cannot be picked is a dot, a week of dots is left out."""

    def button(day: date) -> Button:
        tap = pick(day)
        if isinstance(tap, Nothing):
            return Button("·", tap)
        number = t.number(day.day)
        return Button(CHOSEN.format(number) if day == chosen else number, tap)

    rows = [[button(day) for day in week] for week in weeks]
    return [
        [Button(name, Nothing()) for name in t.weekdays()],
        *(row for row in rows if not all(isinstance(each.tap, Nothing) for each in row)),
    ]


def _months(t: Speech, first: date, last: date) -> str:
    """ "November – December"; one month alone with its year."""
    if first.replace(day=1) == last.replace(day=1):
        return t.month(first)
    # Translators: the head of a calendar that shows the weeks of two months
    return t.label(
        "calendar", "{first} – {last}", first=t.month_alone(first), last=t.month_alone(last)
    )


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
