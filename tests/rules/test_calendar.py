"""The calendar: the chosen day is marked, weeks without a choice are left out."""

from datetime import date

from handlers.calendar import Nothing, month_rows
from handlers.plan_card import Month, PickDay
from locales import speech


def september(first: date, last: date, chosen: date) -> list[list[str]]:
    rows = month_rows(
        speech("en"),
        date(2026, 9, 1),
        possible=(first, last),
        chosen=chosen,
        pick=lambda day: PickDay("k", day),
        turn=lambda month: Month("k", month),
    )
    return [[button.label for button in row] for row in rows]


def test_weeks_in_which_no_day_can_be_chosen_are_left_out() -> None:
    assert september(date(2026, 9, 10), date(2026, 9, 22), date(2026, 9, 12)) == [
        ["September 2026"],
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
        ["·", "·", "·", "10", "11", "•12", "13"],
        ["14", "15", "16", "17", "18", "19", "20"],
        ["21", "22", "·", "·", "·", "·", "·"],
        [],
    ]


def test_neighbouring_months_say_that_they_lead_there() -> None:
    rows = september(date(2026, 8, 31), date(2026, 10, 1), date(2026, 8, 31))
    assert rows[-1] == ["Go to August", "Go to October"]
    assert rows[2] == ["·", "1", "2", "3", "4", "5", "6"]


def test_a_day_of_another_month_cannot_be_chosen() -> None:
    rows = month_rows(
        speech("de"),
        date(2026, 2, 1),
        possible=(date(2026, 1, 1), date(2026, 12, 31)),
        chosen=date(2026, 3, 1),
        pick=lambda day: PickDay("k", day),
        turn=lambda month: Month("k", month),
    )
    taps = [button.tap for row in rows[2:-1] for button in row]
    days = [tap.day for tap in taps if isinstance(tap, PickDay)]
    assert days == [date(2026, 2, day) for day in range(1, 29)]
    assert taps.count(Nothing()) == 35 - 28
