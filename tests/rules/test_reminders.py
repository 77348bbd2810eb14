"""What reminds of a date: when it comes, in every zone and when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.plans import Plan
from mentoring.reminders import EVENING, SOON, reminders

MUNICH = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "Asia/Kabul", "America/New_York", "Africa/Cairo", "Pacific/Apia"]


def plan(day: date, start: time, minutes: int = 60) -> Plan:
    return Plan(day, start, minutes, "", ())


@pytest.mark.parametrize(
    ("day", "start", "evening", "soon", "over"),
    [
        # Forward on Sunday, March 29: the evening before is winter time, the date summer time.
        (date(2026, 3, 29), time(17), (28, 17), (29, 13), (29, 16)),
        # 02:30 does not exist that night: it is read as 03:30 summer time.
        (date(2026, 3, 29), time(2, 30), (28, 17), (28, 23, 30), (29, 2, 30)),
    ],
)
def test_in_the_night_that_has_one_hour_less(
    day: date,
    start: time,
    evening: tuple[int, ...],
    soon: tuple[int, ...],
    over: tuple[int, ...],
) -> None:
    it = plan(day, start)
    found = reminders(it.starts_at(MUNICH), it.ends_at(MUNICH), MUNICH)
    march = [datetime(2026, 3, *when, tzinfo=UTC) for when in (evening, soon, over)]  # type: ignore[arg-type,misc]
    assert [reminder.due for reminder in found] == march


def test_in_the_night_that_has_one_hour_twice_it_is_the_first_of_the_two() -> None:
    it = plan(date(2026, 10, 25), time(2, 30), 90)
    found = reminders(it.starts_at(MUNICH), it.ends_at(MUNICH), MUNICH)
    assert [reminder.due for reminder in found] == [
        datetime(2026, 10, 24, 16, 0, tzinfo=UTC),
        datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
    ]


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.times(),
    st.integers(5, 600),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
)
def test_reminders_come_in_order_and_never_in_a_burst(
    day: date, start: time, minutes: int, place: str, reader: str
) -> None:
    it, zone = plan(day, start.replace(second=0, microsecond=0), minutes), ZoneInfo(place)
    begin, end = it.starts_at(zone), it.ends_at(zone)
    assert end - begin == timedelta(minutes=minutes)
    tomorrow, soon, over = reminders(begin, end, ZoneInfo(reader))
    local = tomorrow.due.astimezone(ZoneInfo(reader))
    assert local.time() == EVENING
    assert local.date() == begin.astimezone(ZoneInfo(reader)).date() - timedelta(days=1)
    assert soon.due == begin - SOON == tomorrow.useful_until
    assert soon.due < soon.useful_until == begin < over.due == end < over.useful_until
