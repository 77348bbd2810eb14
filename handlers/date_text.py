"""A tandem's date in words, as its reader lives through it, and the buttons that answer it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from handlers.buttons import Button, Tap
from handlers.meeting_text import plan_lines
from locales import Html, Speech
from mentoring.dates import Appointment, State
from mentoring.people import Person
from mentoring.templates import Programme
from mentoring.texts import clean_line


@dataclass(frozen=True)
class Fits(Tap, tag="d.yes"):
    """Yes to the date that was seen."""

    appointment_id: int
    seen: str


@dataclass(frozen=True)
class ToDate(Tap, tag="d.new"):
    """A card for another day and time; `tandem_id` 0 asks which where there are several."""

    tandem_id: int


@dataclass(frozen=True)
class ToCallOff(Tap, tag="d.stop"):
    """Asks whether the date is really to be called off."""

    appointment_id: int


@dataclass(frozen=True)
class ToFile(Tap, tag="d.file"):
    """Sends the calendar file."""

    appointment_id: int


@dataclass(frozen=True)
class Met(Tap, tag="met"):
    """It took place and lasted so long (0: to be chosen): a card with its values, to be saved."""

    appointment_id: int
    seen: str
    minutes: int


@dataclass(frozen=True)
class NotMet(Tap, tag="notmet"):
    """It was moved, or did not take place."""

    appointment_id: int
    seen: str
    moved: bool


def date_lines(
    t: Speech,
    programme: Programme,
    appointment: Appointment,
    reader: Person,
    *,
    today: date,
    topics: bool = True,
) -> list[Html]:
    """Day, time, place and topics; while it is not confirmed, that, and what it replaces."""
    plan = appointment.plan_in(reader.time_zone)
    if not topics:
        plan = replace(plan, topics=())
    lines = plan_lines(t, programme, plan, today=today)
    if appointment.state is State.PROPOSED:
        lines.append(t("⏳ Not yet confirmed"))
    return [*lines, *_instead_of(t, appointment, reader)]


def _instead_of(t: Speech, appointment: Appointment, reader: Person) -> list[Html]:
    """What it is to replace, where that is another time."""
    before = appointment.instead_of
    return [] if before in (None, appointment.starts_at) else [replaced(t, before, reader)]


def replaced(t: Speech, before: datetime, reader: Person) -> Html:
    local = before.astimezone(reader.time_zone)
    # Translators: under a proposed date, names the one that it is to replace
    return t("Instead of {day}, {time}", day=t.day(local.date()), time=t.time(local.time()))


def answers(t: Speech, appointment: Appointment) -> list[Button]:
    """For those whose yes counts."""
    return [
        Button(t.label("button", "That fits"), Fits(appointment.id, appointment.mark)),
        Button(t.label("button", "Another date"), ToDate(appointment.tandem_id)),
    ]


def changes(t: Speech, appointment: Appointment) -> list[Button]:
    """What either side may do about a date that is open."""
    return [
        Button(t.label("button", "Move"), ToDate(appointment.tandem_id)),
        call_off(t, appointment),
    ]


def call_off(t: Speech, appointment: Appointment) -> Button:
    return Button(t.label("button", "Call off"), ToCallOff(appointment.id))


def calendar_entry(
    t: Speech, appointment: Appointment, names: Html, *, now: datetime
) -> dict[str, object]:
    """What a calendar file says, as plain values; instants are whole seconds since 1970 UTC.

    Marks of direction are for a chat's lines: a calendar sets its own.
    """
    # Translators: the name of an entry in a calendar
    title = t.label("calendar", "Tandem meeting with {names}", names=names)
    return {
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "state": appointment.state.value,
        "start": int(appointment.starts_at.timestamp()),
        "end": int(appointment.ends_at.timestamp()),
        "now": int(now.timestamp()),
        "name": f"tandem-{appointment.plan.day}",
        "title": clean_line(title, limit=1000),
        "place": appointment.plan.place,
    }
