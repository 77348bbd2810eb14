"""What the machine remembers between windows, to hold the promises against."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.machine_rows import (
    REMINDERS,
    Version,
    date_of,
    due_of,
    is_open,
    may_be_answered,
    place_of,
    version_of,
)
from tests.faults.machine_world import Departure, Facts, Window

Reminded = tuple[int | None, int, int, str]
"""A person, a version of a date, and the kind of the reminder."""


@dataclass
class Life:
    """A version of a date while it was open. `zones`: its people's when it was made."""

    made: datetime
    latest: datetime
    zones: dict[int, str]

    def plans(self, kind: str, date: dict[str, Any], person_id: int | None) -> bool:
        """Whether that reminder was still to come when this was made; a move adds none."""
        return person_id in self.zones and due_of(date, self.zones[person_id])[kind][0] > self.made


@dataclass
class TakenBack:
    """An answer that was: when, the latest instant since, and who was asked anew since."""

    at: datetime
    latest: datetime
    asked: set[int | None] = field(default_factory=set)


@dataclass
class Memory:
    """`confirmed`: the meeting of each confirmation. `answered`: of each date, also one undone.

    `asked_again`: how often an answer was taken back; `taken_back`: of dates that have none since.
    `programme`: when class 3 left, by person and letter. `latest`: the clock may be set back.
    """

    latest: datetime
    confirmed: dict[object, int] = field(default_factory=dict)
    answered: dict[Version, int] = field(default_factory=dict)
    asked_again: defaultdict[Version, int] = field(default_factory=lambda: defaultdict(int))
    taken_back: dict[Version, TakenBack] = field(default_factory=dict)
    lives: dict[Version, Life] = field(default_factory=dict)
    reminded: defaultdict[Reminded, list[Departure]] = field(
        default_factory=lambda: defaultdict(list)
    )
    programme: defaultdict[int, dict[int, datetime]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def take_in(self, window: Window, now: datetime) -> None:
        self.latest = max(self.latest, now)
        self._remember_answers(window, now)
        self._remember_lives(window.after, now)
        self._remember_departures(window)

    def _remember_answers(self, window: Window, now: datetime) -> None:
        """A meeting of its day answers a date that has come, unless it was another's."""
        before, after = window.before, window.after
        of_dates = {date["meeting_id"] for date in after.appointments.values()}
        for row in window.new_meetings:
            zone = ZoneInfo(after.people[row["logged_by"]]["zone"])
            for date in before.appointments.values():
                place = date["tandem_id"], date_of(date).plan_in(zone).day.isoformat()
                has_come = date_of(date).starts_at <= now
                is_meant = row["id"] not in of_dates and place == place_of(row)
                if may_be_answered(date) and has_come and is_meant:
                    self.answered[version_of(date)] = row["id"]
        for key, date in after.appointments.items():
            was_answered = key in before.appointments and before.appointments[key]["meeting_id"]
            if date["meeting_id"] is not None:
                self.answered[version_of(date)] = date["meeting_id"]
                self.taken_back.pop(version_of(date), None)
            elif was_answered:
                self.asked_again[version_of(date)] += 1
                self.taken_back[version_of(date)] = TakenBack(now, now)
        for taken in self.taken_back.values():
            taken.latest = max(taken.latest, now)

    def _remember_lives(self, facts: Facts, now: datetime) -> None:
        for date in facts.appointments.values():
            if not is_open(date):
                continue
            version, members = version_of(date), facts.members[date["tandem_id"]]
            if version not in self.lives:
                zones = {each: facts.people[each]["zone"] for each in members}
                self.lives[version] = Life(now, now, zones)
            self.lives[version].latest = max(self.lives[version].latest, now)

    def _remember_departures(self, window: Window) -> None:
        for each in window.departures:
            if each.kind in REMINDERS and each.has_arrived:
                version = version_of(window.after.appointments[each.args["date"]])
                self.reminded[(each.person_id, *version, each.kind)].append(each)
                if each.kind == "date_over" and version in self.taken_back:
                    self.taken_back[version].asked.add(each.person_id)
            if each.priority == 3 and each.person_id is not None:
                self.programme[each.person_id].pop(each.letter_id, None)
                if each.has_arrived:
                    self.programme[each.person_id][each.letter_id] = each.at
