"""How values stand in the tables: instants as whole seconds UTC, plans as JSON."""

import json
from datetime import UTC, date, datetime, time

from mentoring.plans import Plan


def seconds(instant: datetime) -> int:
    """Whole seconds since 1970 UTC; `instant` is aware."""
    return int(instant.timestamp())


def instant(stored: int) -> datetime:
    """The aware instant, in UTC."""
    return datetime.fromtimestamp(stored, UTC)


def pack(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plan_columns(plan: Plan) -> dict[str, object]:
    """A plan's five columns."""
    return {
        "day": plan.day.isoformat(),
        "start": plan.start.strftime("%H:%M"),
        "minutes": plan.minutes,
        "place": plan.place,
        "topics": pack(plan.topics),
    }


def plan_from(day: str, start: str, minutes: int, place: str, topics: str) -> Plan:
    return Plan(
        date.fromisoformat(day),
        time.fromisoformat(start),
        minutes,
        place,
        tuple(json.loads(topics)),
    )
