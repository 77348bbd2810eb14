"""A month of a tandem by clicks alone: a meeting, two dates, their reminders and calendar files.

Kristina (English) is the mentor, Rana (Arabic) the mentee. What each is to read is said by the
catalogue and looked for on her phone; the clock is moved by its buttons.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Event
from playwright.async_api import Locator, Page, expect

from locales import Html, speech
from tests.browser.test_clock import (
    KRISTINA,
    MUNICH,
    RANA,
    ClockBar,
    bar,
    instant_of,
    kristina,
    played,
)
from tests.browser.test_journey import PATIENCE, Demo, Phone, as_read, demo, total

__all__ = ["bar", "demo", "kristina", "played"]

pytestmark = pytest.mark.browser

MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069"))
"""Marks of direction, which a calendar sets itself."""
HOUR, DAY, FORTNIGHT = timedelta(hours=1), timedelta(days=1), timedelta(days=14)
NAMES = {KRISTINA: "Kristina Alam", RANA: "Rana Haddad"}
PLACE = "Stadtbibliothek"
"""Where the demo's two met last, at five for an hour: the card takes it over."""


@dataclass(frozen=True)
class Meeting:
    """When they meet, by Munich's walls."""

    start: datetime
    minutes: int

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    def line(self, phone: Phone, today: date) -> Html:
        """As cards and letters of today say it."""
        t = phone.t
        return t(
            "📅 {day}, {time} · {length}",
            day=t.full_day(self.start.date(), today=today),
            time=t.time(self.start.time()),
            length=t.minutes(self.minutes),
        )

    def timeline(self, phone: Phone) -> Html:
        t = phone.t
        return t("• {day}, {length}", day=t.day(self.start.date()), length=t.minutes(self.minutes))

    def button(self, phone: Phone) -> str:
        """As it is offered in one tap."""
        t = phone.t
        day, start = t.day(self.start.date()), t.time(self.start.time())
        return "🗓 " + t.label("button", "{day}, {time}", day=day, time=start)


@dataclass(frozen=True)
class Tandem:
    """The two and their time."""

    kristina: Phone
    rana: Phone
    bar: ClockBar

    @property
    def phones(self) -> tuple[Phone, Phone]:
        return self.kristina, self.rana

    async def today(self) -> date:
        return (await self.bar.time()).date()


Heading = Callable[[Phone], Html]
"""The first line of a letter, as this phone's owner reads it."""


@pytest.fixture
def tandem(bar: ClockBar, kristina: Phone, played: Page) -> Tandem:
    return Tandem(kristina, Phone(played, RANA, speech("ar")), bar)


def partner(phone: Phone) -> Html:
    return phone.t.all_of(name for person, name in NAMES.items() if person != phone.person)


def proposed_by(person: int) -> Heading:
    return lambda phone: phone.t("Proposed by {by}:", by=NAMES[person])


def agreed(phone: Phone) -> Html:
    return phone.t("✅ The date with {names} stands:", names=partner(phone))


def called_off(phone: Phone) -> Html:
    return phone.t("❌ Called off by {by}:", by=NAMES[RANA])


def tomorrow(phone: Phone) -> Html:
    return phone.t("⏰ Tomorrow you meet {names}:", names=partner(phone))


def soon(phone: Phone) -> Html:
    return phone.t("⏰ Today you meet {names}:", names=partner(phone))


def silence_since(meeting: Meeting) -> Heading:
    """What the mentor is asked three weeks after it."""
    return lambda phone: phone.t(
        "Since {day}, no meeting with {names} has been noted down or planned. Have you met, or "
        "is there a date?",
        day=phone.t.full_day(meeting.start.date(), today=meeting.start.date()),
        names=partner(phone),
    )


async def hears(phone: Phone, *lines: Html) -> Locator:
    """The newest of the bot's messages in which all these lines stand."""
    heard = phone.root.locator("article.from-bot")
    for line in lines:
        heard = heard.filter(has=phone.page.get_by_text(as_read(line), exact=True))
    await expect(heard.last).to_be_visible(timeout=PATIENCE)
    return heard.last


async def ask(phone: Phone, command: str) -> Locator:
    """What the bot answers to a command: the next of its messages."""
    messages = phone.root.locator("article.from-bot")
    before = await messages.count()
    await phone.write(command)
    await expect(messages).to_have_count(before + 1, timeout=PATIENCE)
    return messages.last


async def evening(bar: ClockBar) -> date:
    """Hour by hour until it is after six; which day that is."""
    while (now := await bar.time()).hour != 18:
        later = now.astimezone(UTC) + HOUR
        hours = (f"{(later + more).astimezone(MUNICH):%H}" for more in (timedelta(), HOUR))
        await bar.press("+1 hour")
        told = re.compile(f", ({'|'.join(hours)}):")  # the second where a slow click took longer
        await expect(bar.root.locator("time")).to_have_text(told, timeout=PATIENCE)
    return now.date()


async def days_pass(bar: ClockBar, days: int) -> None:
    began = (await bar.time()).date()
    for each in range(1, days + 1):
        await bar.press("+1 day")
        await bar.shows(began + each * DAY)


async def next_letter(tandem: Tandem, due: datetime, heading: Heading, *lines: Html) -> None:
    """It comes to both when it is due, and the clock goes just there."""
    await tandem.bar.press("to the next letter")
    await tandem.bar.shows(due.date())
    for phone in tandem.phones:
        heard = await hears(phone, heading(phone), *lines)
        assert due <= await instant_of(heard.locator("time")) < due + HOUR


async def log(tandem: Tandem, meeting: Meeting) -> None:
    """Kristina: /meeting -> Save; Rana is told."""
    kristina, rana = tandem.phones
    today = await tandem.today()
    heading = kristina.t("<b>Meeting with {names}</b>", names=partner(kristina))
    await kristina.write("/meeting")
    await hears(kristina, heading, meeting.line(kristina, today))
    await kristina.tap_button("Save")
    await hears(
        kristina, kristina.t("✅ Saved"), heading, total(kristina.t, meetings=4, minutes=270)
    )
    told = rana.t("Newly logged by {by}:", by=NAMES[KRISTINA])
    await hears(rana, told, meeting.line(rana, today), total(rana.t, meetings=4, minutes=270))


async def offer(tandem: Tandem, by: Phone, meeting: Meeting) -> None:
    """One tap below what was saved."""
    today = await tandem.today()
    await by.tap(meeting.button(by))
    heading = by.t("Proposed to {names}:", names=partner(by))
    await hears(by, heading, meeting.line(by, today), by.t("⏳ Not yet confirmed"))


async def accept(tandem: Tandem, by: Phone, meeting: Meeting) -> None:
    [other] = {*NAMES} - {by.person}
    line = meeting.line(by, await tandem.today())
    await hears(by, proposed_by(other)(by), line, by.t("⏳ Not yet confirmed"))
    await by.tap_button("That fits")


async def take_files(tandem: Tandem, number: int) -> list[Event]:
    """Both press the file of that number in their chat, for one entry."""
    events = []
    for phone in tandem.phones:
        file = phone.root.locator("article.from-bot a.file").nth(number)
        events.append(await take_file(file))
        title = phone.t.label("calendar", "Tandem meeting with {names}", names=partner(phone))
        assert events[-1]["SUMMARY"] == title.translate(MARKS)
    kristinas, ranas = events
    assert kristinas["UID"] == ranas["UID"]
    return events


async def take_file(file: Locator) -> Event:
    """A click saves it, as it does for everybody; what a calendar reads of it."""
    async with file.page.expect_download(timeout=PATIENCE) as saving:
        await file.click(timeout=PATIENCE)
    saved = await (await saving.value).path()
    calendar = Calendar.from_ical(await asyncio.to_thread(Path(saved).read_bytes))
    assert calendar["METHOD"] == "PUBLISH"
    [event] = calendar.events
    return event


async def both_get_a_file(
    tandem: Tandem,
    heading: Heading,
    meeting: Meeting,
    *,
    reader: Phone,
    number: int,
    sequence: int,
    status: str = "CONFIRMED",
) -> str:
    """A calendar reads the instants in UTC, and which change it is; the entry's UID.

    `reader` is told what happened as well; the other has just done it.
    """
    await hears(reader, heading(reader), meeting.line(reader, await tandem.today()))
    events = await take_files(tandem, number)
    for event in events:
        start, end = event.DTSTART, event.DTEND
        assert (start, end) == (meeting.start, meeting.end)
        assert [instant.strftime("%Z") for instant in (start, end) if instant] == ["UTC", "UTC"]
        assert (event["SEQUENCE"], event["STATUS"], event["LOCATION"]) == (sequence, status, PLACE)
    return str(events[0]["UID"])


async def both_are_asked(tandem: Tandem, meeting: Meeting) -> None:
    """Did you meet? When it is over."""

    def did_you_meet(phone: Phone) -> Html:
        return phone.t(
            "{names} and you, {day}, {time}: did you meet?",
            names=partner(phone),
            day=phone.t.day(meeting.start.date()),
            time=phone.t.time(meeting.start.time()),
        )

    await next_letter(tandem, meeting.end, did_you_meet)


async def answer(tandem: Tandem, held: Meeting) -> None:
    """Rana: how long -> Save; Kristina, who was asked as well, is too late."""
    kristina, rana = tandem.phones
    today = await tandem.today()
    rana.taps = 0
    await rana.tap(rana.t.minutes(held.minutes))
    heading = rana.t("<b>Meeting with {names}</b>", names=partner(rana))
    await hears(rana, heading, held.line(rana, today))
    await rana.tap_button("Save")
    await hears(rana, rana.t("✅ Saved"), held.line(rana, today))
    assert rana.taps == 2
    told = kristina.t("Newly logged by {by}:", by=NAMES[RANA])
    await hears(kristina, told, held.line(kristina, today))
    await kristina.tap(kristina.t.minutes(60))
    late = kristina.t("This has been answered already:")
    await hears(kristina, late, held.line(kristina, today))


async def open_date(phone: Phone) -> None:
    """/tandem, where the next date stands."""
    shown = await ask(phone, "/tandem")
    heading = as_read(phone.t("<b>Next date</b>"))
    await expect(shown.get_by_text(heading, exact=True)).to_be_visible(timeout=PATIENCE)


async def move(tandem: Tandem, by: Phone, meeting: Meeting) -> None:
    """/tandem -> Move -> the day -> the time -> Propose."""
    t = by.t
    await open_date(by)
    await by.tap_button("Move")
    await by.tap(t.number(meeting.start.day))
    await by.tap(t.time(meeting.start.time()))
    await by.tap_button("Propose")
    heading = t("Proposed to {names}:", names=partner(by))
    await hears(by, heading, meeting.line(by, await tandem.today()))


async def call_off(tandem: Tandem, by: Phone, meeting: Meeting) -> None:
    """/tandem -> Call off -> Yes."""
    t = by.t
    await open_date(by)
    await by.tap_button("Call off")
    await hears(by, t("Shall this date be called off?"), meeting.line(by, await tandem.today()))
    await by.tap_button("Yes, call it off")
    await hears(by, t("The date of {day} is called off.", day=t.day(meeting.start.date())))


async def timeline(phone: Phone, *meetings: Meeting) -> None:
    """/tandem: what they add up to, the newest meetings first, and no date any more."""
    shown = await ask(phone, "/tandem")
    lines = await shown.locator(".line").all_inner_texts()
    summed = total(
        phone.t, meetings=3 + len(meetings), minutes=210 + sum(m.minutes for m in meetings)
    )
    newest = [meeting.timeline(phone) for meeting in reversed(meetings)]
    assert lines[2] == as_read(summed)
    assert [line for line in lines if line in map(as_read, newest)] == [*map(as_read, newest)]
    assert lines[-1] == as_read(phone.t("There is no next date yet."))


async def test_a_month_of_a_tandem(tandem: Tandem, demo: Demo) -> None:
    kristina, rana = tandem.phones
    first_day = await evening(tandem.bar)
    first = Meeting(datetime.combine(first_day, time(17), MUNICH), 60)
    await log(tandem, first)

    second = replace(first, start=first.start + FORTNIGHT)
    await offer(tandem, kristina, second)
    await accept(tandem, rana, second)
    entry = await both_get_a_file(tandem, agreed, second, reader=kristina, number=0, sequence=0)

    await days_pass(tandem.bar, 12)
    eve = datetime.combine(second.start.date() - DAY, time(18), MUNICH)
    await next_letter(tandem, eve, tomorrow)
    await next_letter(tandem, second.start - 2 * HOUR, soon)
    await both_are_asked(tandem, second)
    second = replace(second, minutes=90)
    await answer(tandem, second)

    planned = replace(second, start=second.start + FORTNIGHT)
    await offer(tandem, rana, planned)
    await accept(tandem, kristina, planned)
    next_entry = await both_get_a_file(tandem, agreed, planned, reader=rana, number=1, sequence=0)
    assert next_entry != entry

    moved = replace(planned, start=planned.start + timedelta(days=7, hours=1, minutes=30))
    await move(tandem, kristina, moved)
    await accept(tandem, rana, moved)
    same = await both_get_a_file(tandem, agreed, moved, reader=kristina, number=2, sequence=1)
    assert same == next_entry

    await days_pass(tandem.bar, 15)
    await call_off(tandem, rana, moved)
    gone = await both_get_a_file(
        tandem, called_off, moved, reader=kristina, number=3, sequence=2, status="CANCELLED"
    )
    assert gone == next_entry
    await tandem.bar.press("to the next letter")
    # The mentee's turn, two weeks after the second meeting, has passed while a date stood.
    await hears(kristina, silence_since(second)(kristina))
    await days_pass(tandem.bar, 7)

    for phone in tandem.phones:
        await timeline(phone, first, second)
        reminders = phone.root.locator("article.from-bot .line:first-child").filter(has_text="⏰")
        assert await reminders.all_inner_texts() == [
            as_read(heading(phone)) for heading in (tomorrow, soon)
        ]
        await expect(phone.root.locator("a.file")).to_have_count(4)
    assert [call for call in await demo.calls() if not call["ok"]] == []
    assert demo.said.read_text() == ""
