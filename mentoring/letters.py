"""Letters: what anybody is to hear, written in the transaction of the fact it tells."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import IntEnum
from typing import Protocol
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = time(20, 30), time(8)
"""Quiet hours (product rules, section 4), local wall time of whoever reads."""
WEEK = timedelta(days=7)
SUNDAY = 6


class Priority(IntEnum):
    """The class of a letter (product rules, section 5a); the lower number leaves first."""

    ANSWER = 0
    APPOINTMENT = 1
    PARTNER = 2
    PROGRAMME = 3
    ANNOUNCEMENT = 4


class Quiet(IntEnum):
    """What quiet hours do to a letter."""

    NOTHING = 0
    SILENT = 1  # it leaves, and no phone makes a sound
    WAITS = 2


@dataclass(frozen=True)
class Manner:
    """How a class behaves. `a_week`: how many a person may get in seven days; None: any number."""

    hours: Quiet
    sundays: Quiet
    a_week: int | None = None


MANNERS = {
    Priority.ANSWER: Manner(Quiet.NOTHING, Quiet.NOTHING),
    Priority.APPOINTMENT: Manner(Quiet.NOTHING, Quiet.NOTHING),
    # Two people who arrange something are not held up for a night; nobody is woken by it.
    Priority.PARTNER: Manner(Quiet.SILENT, Quiet.SILENT),
    Priority.PROGRAMME: Manner(Quiet.WAITS, Quiet.WAITS, a_week=2),
    Priority.ANNOUNCEMENT: Manner(Quiet.WAITS, Quiet.NOTHING),
}
"""The classes in one table; whatever leaves asks here."""


CLASSES = {
    "welcome": Priority.PARTNER,
    # A person's deed, of two people who now meet: late in the evening, too, and without a sound.
    "matched": Priority.PARTNER,
    "meeting_logged": Priority.PARTNER,
    "meeting_undone": Priority.PARTNER,
    "meeting_contested": Priority.PARTNER,
    "meeting_corrected": Priority.PARTNER,
    "meeting_agreed": Priority.PARTNER,
    "meeting_conceded": Priority.PARTNER,
    "question": Priority.PARTNER,
    "question_answered": Priority.PARTNER,
    "date_proposed": Priority.PARTNER,
    "date_agreed": Priority.PARTNER,
    "date_cancelled": Priority.PARTNER,
    "date_tomorrow": Priority.APPOINTMENT,
    "date_soon": Priority.APPOINTMENT,
    # It is worth asking for a week: caught up at night, it rings nobody awake.
    "date_over": Priority.PARTNER,
    "no_date_yet": Priority.PROGRAMME,
    "not_met_yet": Priority.PROGRAMME,
    "silence": Priority.PROGRAMME,
}
"""The class of every kind of letter."""


def leaves_at(
    priority: Priority, now: datetime, zone: ZoneInfo, sent: tuple[datetime, ...] = ()
) -> datetime:
    """When a letter that is due `now` (aware) may leave: now, or later.

    `sent` are the instants at which this person got letters of the class in the last seven days.
    """
    manner = MANNERS[priority]
    instant = now
    if manner.a_week is not None and len(sent) >= manner.a_week:
        instant = max(instant, sorted(sent)[-manner.a_week] + WEEK)
    while _quiet(manner, instant, zone) is Quiet.WAITS:
        instant = _next_morning(instant, zone)
    return instant


def is_silent(priority: Priority, now: datetime, zone: ZoneInfo) -> bool:
    """Whether it leaves without a sound."""
    return _quiet(MANNERS[priority], now, zone) is Quiet.SILENT


def _quiet(manner: Manner, instant: datetime, zone: ZoneInfo) -> Quiet:
    local = instant.astimezone(zone)
    is_night = local.time() >= QUIET_FROM or local.time() < QUIET_UNTIL
    found = [manner.hours] if is_night else []
    found += [manner.sundays] if local.weekday() == SUNDAY else []
    return max(found, default=Quiet.NOTHING)


def _next_morning(instant: datetime, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(instant.tzinfo)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One thing one reader is to hear.

    `kind` and `args` (JSON values) are rendered when it leaves, in the reader's language then.
    `key` makes it exist once; `cancel` names the deed that makes it needless. After `useful_until`
    it is not worth reading any more: what was late by downtime is caught up once, or never.
    """

    to: int
    kind: str
    args: dict[str, object] = field(default_factory=dict)
    due: datetime
    useful_until: datetime | None = None
    key: str | None = None
    cancel: str | None = None

    @property
    def priority(self) -> Priority:
        """Its class. Raises KeyError for a kind that has none."""
        return CLASSES[self.kind]


class LetterBook(Protocol):
    """Where letters are written; they leave after the commit."""

    def add(self, letter: Letter) -> None: ...
    async def cancel(self, key: str) -> None: ...
    async def postpone(self, key: str, due: datetime) -> None: ...
