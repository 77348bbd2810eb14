"""A tandem's date in words, as its reader lives through it, and the buttons that answer it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from handlers.buttons import Button, Tap
from handlers.meeting_text import plan_lines
from locales import Html, Speech
from mentoring.appointments import Appointment, State
from mentoring.people import Person
from mentoring.plans import Plan
from mentoring.templates import Programme


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
    seen: str


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


def as_seen_by(appointment: Appointment, reader: Person) -> Plan:
    """The plan in the wall time of where the reader lives."""
    local = appointment.starts_at.astimezone(reader.time_zone)
    return replace(appointment.plan, day=local.date(), start=local.time())


def date_lines(
    t: Speech, programme: Programme, appointment: Appointment, reader: Person, *, today: date
) -> list[Html]:
    """Day, time, place and topics, and whether it is not yet confirmed."""
    lines = plan_lines(t, programme, as_seen_by(appointment, reader), today=today)
    if appointment.state is State.PROPOSED:
        lines.append(t("⏳ Not yet confirmed"))
    return lines


def answers(t: Speech, appointment: Appointment) -> list[Button]:
    """For those whose yes counts."""
    return [
        Button(t.label("button", "That fits"), Fits(appointment.id, appointment.plan.mark)),
        Button(t.label("button", "Another date"), ToDate(appointment.tandem_id)),
    ]


def calendar_entry(
    t: Speech, appointment: Appointment, names: Html, *, now: datetime
) -> dict[str, object]:
    """What a calendar file says, as plain values; instants are whole seconds since 1970 UTC."""
    return {
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "state": appointment.state.value,
        "start": int(appointment.starts_at.timestamp()),
        "end": int(appointment.ends_at.timestamp()),
        "now": int(now.timestamp()),
        # Translators: the name of an entry in a calendar
        "title": t.label("calendar", "Tandem meeting with {names}", names=names),
        "place": appointment.plan.place,
    }
