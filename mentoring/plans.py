"""A plan: when, how long, where and what about. Meetings were so, appointments are to be so."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Plan:
    """Local wall time; `minutes` long; `topics` are keys of the programme template."""

    day: date
    start: time
    minutes: int
    place: str
    topics: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Eight hex digits that tell it from another: a yes is a yes to what was seen."""
        values = (self.day, self.start, self.minutes, self.place, *self.topics)
        text = "\n".join(map(str, values))
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """The aware instant, in UTC. An hour that exists twice is the first of the two."""
        return datetime.combine(self.day, self.start, zone).astimezone(UTC)

    def ends_at(self, zone: ZoneInfo) -> datetime:
        """In UTC: an hour of talking is an hour, also in a night in which the clocks change."""
        return self.starts_at(zone) + timedelta(minutes=self.minutes)
