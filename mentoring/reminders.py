"""What reminds of a date, when it comes, and how long it is worth reading."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING = time(18)
"""When the day before is reminded of, in the reader's zone: before the quiet hours."""
SOON = timedelta(hours=2)
"""How long before the start the second reminder comes (product rules, J3)."""
OVER = "date_over"
"""The question "did you meet?"."""
ASKED_FOR = timedelta(days=7)
"""How long after the end "did you meet?" is still worth asking."""


@dataclass(frozen=True)
class Reminder:
    """`kind` is that of its letter; both instants are aware, in UTC."""

    kind: str
    due: datetime
    useful_until: datetime


def reminders(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[Reminder, ...]:
    """Of a date from `start` to `end` (aware), for a reader in `zone`.

    The first ends where the second begins: late by downtime, they never come in a burst.
    """
    eve = start.astimezone(zone).date() - timedelta(days=1)
    evening = datetime.combine(eve, EVENING, zone).astimezone(UTC)
    return (
        Reminder("date_tomorrow", evening, start - SOON),
        Reminder("date_soon", start - SOON, start),
        Reminder(OVER, end, end + ASKED_FOR),
    )
