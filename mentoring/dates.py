"""A tandem's date: the facts. What may be done with it says `appointments`."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mentoring.plans import Plan


class State(StrEnum):
    """Where an appointment stands; the first two are open."""

    PROPOSED = "p"
    AGREED = "a"
    CANCELLED = "c"
    OVER = "o"


@dataclass(frozen=True)
class Appointment:
    """A tandem's date: wall time of `plan` in `zone` (IANA). Every change raises `sequence`.

    `by` made the version that stands. `uid` names it in calendars, `in_calendars`: it was sent to
    them. `meeting_id`: what was logged of it, once that was. `instead_of`: when it was to begin
    before somebody proposed this version; what was agreed on counts, else what was proposed.
    """

    id: int
    tandem_id: int
    plan: Plan
    zone: str
    state: State
    sequence: int
    by: int
    uid: str
    in_calendars: bool
    meeting_id: int | None
    instead_of: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (State.PROPOSED, State.AGREED)

    @property
    def may_have_been(self) -> bool:
        """Whether "did you meet?" can be asked of it: nobody has said so yet, or called it off."""
        return self.meeting_id is None and self.state is not State.CANCELLED

    @property
    def to_replace(self) -> datetime:
        """What a newer version is said to replace: what was agreed on is in people's minds and
        calendars until something else is; aware, in UTC.
        """
        before = None if self.state is State.AGREED else self.instead_of
        return before or self.starts_at

    @property
    def starts_at(self) -> datetime:
        return self.plan.starts_at(ZoneInfo(self.zone))

    @property
    def ends_at(self) -> datetime:
        return self.plan.ends_at(ZoneInfo(self.zone))

    @property
    def mark(self) -> str:
        """Eight hex digits of the instant and the rest: a yes is a yes to what was seen."""
        values = (self.starts_at.isoformat(), self.plan.minutes, self.plan.place, *self.plan.topics)
        text = "\n".join(map(str, values))
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

    def plan_in(self, zone: ZoneInfo) -> Plan:
        """The plan in the wall time of where somebody lives."""
        local = self.starts_at.astimezone(zone)
        return replace(self.plan, day=local.date(), start=local.time())
