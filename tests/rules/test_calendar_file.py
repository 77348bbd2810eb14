"""Calendar files, read back by two parsers that know nothing of each other or of ours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from bot.calendar_file import calendar_file
from handlers.date_text import calendar_entry
from locales import Html, speech
from mentoring.dates import Appointment, State
from mentoring.plans import Plan

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MUNICH = ZoneInfo("Europe/Berlin")


def appointment(
    day: date, *, start: time = time(17), state: State = State.AGREED, sequence: int = 0
) -> Appointment:
    return Appointment(
        id=5,
        tandem_id=1,
        plan=Plan(day, start, 90, "Café; «Glück», Straße 5\nHinterhof", ("cv",)),
        zone="Europe/Berlin",
        state=state,
        sequence=sequence,
        by=1,
        uid="0123456789abcdef",
        in_calendars=True,
        meeting_id=None,
    )


async def file_of(it: Appointment, language: str = "de") -> bytes:
    t = speech(language)
    return await calendar_file(calendar_entry(t, it, Html("Olena &amp; Ali رنا"), now=NOW))


@pytest.mark.parametrize("language", ["de", "ar", "uk"])
@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2026, 3, 28), 16), (date(2026, 3, 30), 15), (date(2026, 10, 26), 16)],
    ids=["before the clocks change", "after it", "after they changed back"],
)
async def test_two_parsers_read_the_instant_that_was_agreed(
    day: date, utc_hour: int, language: str
) -> None:
    content = (await file_of(appointment(day), language)).decode()
    start = datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert start.astimezone(MUNICH).time() == time(17)

    [event] = IcsCalendarStream.calendar_from_ics(content).events
    assert (event.dtstart, event.dtend) == (start, start.replace(hour=utc_hour + 1, minute=30))
    assert event.uid == "0123456789abcdef@tandem"
    assert event.location == "Café; «Glück», Straße 5\nHinterhof"
    assert event.summary is not None
    assert "Olena & Ali رنا" in event.summary.translate(dict.fromkeys(range(0x2066, 0x206A)))

    other = vobject.readOne(content)
    assert other.method.value == "PUBLISH"
    assert other.vevent.dtstart.value == start
    assert other.vevent.dtend.value == event.dtend
    assert other.vevent.location.value == event.location
    assert other.vevent.status.value == "CONFIRMED"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.AGREED, "CONFIRMED"),
        (State.CANCELLED, "CANCELLED"),
    ],
)
async def test_a_change_has_the_same_uid_and_a_higher_sequence(state: State, status: str) -> None:
    first = vobject.readOne((await file_of(appointment(date(2026, 3, 28)))).decode())
    changed = appointment(date(2026, 3, 30), state=state, sequence=3)
    later = vobject.readOne((await file_of(changed)).decode())
    assert later.vevent.uid.value == first.vevent.uid.value
    assert (first.vevent.sequence.value, later.vevent.sequence.value) == ("0", "3")
    assert later.vevent.status.value == status


async def test_an_hour_is_an_hour_in_the_night_of_the_changing_clocks() -> None:
    """From 02:30, which exists twice in October, for ninety minutes."""
    content = (await file_of(appointment(date(2026, 10, 25), start=time(2, 30)))).decode()
    [event] = IcsCalendarStream.calendar_from_ics(content).events
    assert event.dtstart == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert event.dtend == event.dtstart + timedelta(minutes=90)


async def test_a_calendar_that_has_it_is_told_that_it_is_cancelled_and_lines_are_short() -> None:
    content = await file_of(appointment(date(2026, 3, 28), state=State.CANCELLED, sequence=1))
    assert b"\r\n" in content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
