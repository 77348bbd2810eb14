"""What the machine reads out of rows; when something is due is said anew from the rules."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mentoring.dates import Appointment, State
from mentoring.logbook import Total
from storage.instants import plan_from
from tests.faults.machine_world import Departure, Facts, Window

REMINDERS = ("date_tomorrow", "date_soon", "date_over")

Version = tuple[int, int]
"""An appointment's id and sequence."""


def reminders_in(window: Window) -> Iterator[tuple[Departure, dict[str, Any]]]:
    for each in window.departures:
        if each.kind in REMINDERS:
            yield each, window.after.appointments[each.args["date"]]


def chat_of(departure: Departure, facts: Facts) -> int | None:
    if departure.person_id is None:
        return departure.chat_id
    chat_id: int | None = facts.people[departure.person_id]["chat_id"]
    return chat_id


def totals_of(facts: Facts, owners: list[int]) -> Iterator[Total]:
    for tandem_id, members in facts.members.items():
        if set(members) & set(owners):
            minutes = [
                row["minutes"]
                for row in facts.meetings.values()
                if row["tandem_id"] == tandem_id and row["outcome"] == "h"
                if row["undone_at"] is None and row["contested_at"] is None
            ]
            yield Total(len(minutes), sum(minutes))


def due_of(date: dict[str, Any], zone: str) -> dict[str, tuple[datetime, datetime]]:
    """When each reminder may come to somebody in that zone, said anew from the product rules."""
    start = datetime.fromisoformat(f"{date['day']}T{date['start']}")
    begin = start.replace(tzinfo=ZoneInfo(date["zone"])).astimezone(UTC)
    end = begin + timedelta(minutes=date["minutes"])
    eve = begin.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    evening = datetime.combine(eve, time(18), ZoneInfo(zone)).astimezone(UTC)
    soon = begin - timedelta(hours=2)
    return {
        "date_tomorrow": (evening, soon),
        "date_soon": (soon, begin),
        "date_over": (end, end + timedelta(days=7)),
    }


def is_open(date: dict[str, Any]) -> bool:
    return date["state"] in ("p", "a")


def may_be_answered(date: dict[str, Any]) -> bool:
    """Whether it is open, or made room for a newer one before anybody said what became of it."""
    return is_open(date) or (date["state"] == "o" and date["meeting_id"] is None)


def version_of(date: dict[str, Any]) -> Version:
    return date["id"], date["sequence"]


def place_of(meeting: dict[str, Any]) -> tuple[int, str]:
    return meeting["tandem_id"], meeting["day"]


def stands(kind: str, date: dict[str, Any]) -> bool:
    """Whether it may be spoken of; "did you meet?" also when there is a newer date already."""
    return is_open(date) or (kind == "date_over" and may_be_answered(date))


def date_of(date: dict[str, Any]) -> Appointment:
    columns = ("day", "start", "minutes", "place", "topics")
    return Appointment(
        id=date["id"],
        tandem_id=date["tandem_id"],
        plan=plan_from(*(date[name] for name in columns)),
        zone=date["zone"],
        state=State(date["state"]),
        sequence=date["sequence"],
        by=date["made_by"],
        uid=date["uid"],
        in_calendars=bool(date["in_calendars"]),
        meeting_id=date["meeting_id"],
    )


def said(date: dict[str, Any]) -> str:
    return " ".join(str(date[name]) for name in ("id", "sequence", "state", "day", "start", "zone"))
