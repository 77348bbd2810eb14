"""The classes of letters: who waits for the morning, who is silent, who is counted."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.letters import MANNERS, Priority, Quiet, is_silent, leaves_at

MUNICH = ZoneInfo("Europe/Berlin")
HASTY = (Priority.ANSWER, Priority.APPOINTMENT, Priority.PARTNER)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026: the 8th is a Sunday, and on the 29th the clocks go forward."""
    return datetime(2026, 3, day, hour, minute, tzinfo=MUNICH)


def test_every_class_has_its_manners() -> None:
    assert set(MANNERS) == set(Priority)


@pytest.mark.parametrize("priority", HASTY)
@pytest.mark.parametrize("now", [local(7, 23), local(8, 12), local(9, 3)])
def test_answers_appointments_and_a_partners_deeds_never_wait(
    priority: Priority, now: datetime
) -> None:
    assert leaves_at(priority, now, MUNICH) == now


def test_a_partners_deed_makes_no_sound_at_night_and_on_sundays() -> None:
    nights = [is_silent(Priority.PARTNER, local(9, hour), MUNICH) for hour in (7, 8, 20, 21)]
    assert nights == [True, False, False, True]
    assert is_silent(Priority.PARTNER, local(8, 12), MUNICH)
    assert not is_silent(Priority.APPOINTMENT, local(8, 23), MUNICH)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (local(9, 8), local(9, 8)),
        (local(9, 20, 29), local(9, 20, 29)),
        (local(9, 20, 30), local(10, 8)),
        (local(10, 7, 59), local(10, 8)),
        (local(7, 21), local(9, 8)),  # Saturday night: not on Sunday either
        (local(8, 0), local(9, 8)),
        (local(28, 23), local(30, 8)),  # over the night that has one hour less, and its Sunday
    ],
)
def test_the_programme_waits_for_the_morning_of_a_working_day(
    now: datetime, leaves: datetime
) -> None:
    assert leaves_at(Priority.PROGRAMME, now, MUNICH) == leaves


def test_an_announcement_keeps_quiet_hours_and_may_come_on_a_sunday() -> None:
    assert leaves_at(Priority.ANNOUNCEMENT, local(8, 12), MUNICH) == local(8, 12)
    assert leaves_at(Priority.ANNOUNCEMENT, local(7, 22), MUNICH) == local(8, 8)


def test_two_a_week_and_the_third_when_the_first_is_a_week_old() -> None:
    now = local(13, 10)
    assert leaves_at(Priority.PROGRAMME, now, MUNICH, (local(12, 9),)) == now
    third = leaves_at(Priority.PROGRAMME, now, MUNICH, (local(12, 9), local(10, 9)))
    assert third == local(17, 9)
    sunday = leaves_at(Priority.PROGRAMME, now, MUNICH, (local(8, 9), local(12, 9)))
    assert sunday == local(16, 8), "and that is a Sunday"


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
ZONES = st.sampled_from(["Europe/Berlin", "Asia/Kabul", "America/New_York", "Africa/Cairo", "UTC"])


@given(st.sampled_from(list(Priority)), INSTANTS, ZONES, st.lists(st.integers(0, 10_000)))
def test_what_leaves_leaves_within_days_and_never_where_it_has_to_wait(
    priority: Priority, now: datetime, name: str, minutes: list[int]
) -> None:
    zone = ZoneInfo(name)
    sent = tuple(now - timedelta(minutes=ago) for ago in minutes)
    instant = leaves_at(priority, now, zone, sent)
    assert now <= instant <= now + timedelta(days=10)
    assert leaves_at(priority, instant, zone) == instant
    manner = MANNERS[priority]
    if manner.a_week is not None:
        recent = [at for at in sent if instant - at < timedelta(days=7)]
        assert len(recent) < manner.a_week
    if Quiet.WAITS not in (manner.hours, manner.sundays) and manner.a_week is None:
        assert instant == now
