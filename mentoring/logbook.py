"""Logged meetings: the facts, and the book that they stand in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from mentoring.plans import Plan


class Outcome(StrEnum):
    """What became of a meeting. Only `held` counts as hours."""

    HELD = "h"
    MOVED = "m"
    NOT_HELD = "n"


@dataclass(frozen=True)
class Meeting:
    """A logged meeting. `correction`: what the other side says it was, until its author agrees."""

    id: int
    tandem_id: int
    by: int
    outcome: Outcome
    plan: Plan
    logged_at: datetime
    undone: bool
    contested: bool
    contested_by: int | None
    correction: Plan | None
    corrected_by: int | None


@dataclass(frozen=True)
class Total:
    """What a tandem's uncontested, held meetings add up to."""

    meetings: int
    minutes: int


class MeetingBook(Protocol):
    async def add(
        self, *, tandem_id: int, by: int, outcome: Outcome, plan: Plan, key: str, now: datetime
    ) -> Meeting | None: ...
    async def by_key(self, key: str) -> Meeting | None: ...
    async def by_id(self, meeting_id: int, *, viewer: int) -> Meeting | None: ...
    async def on(self, tandem_id: int, day: date) -> Meeting | None: ...
    async def recent(self, tandem_id: int, *, viewer: int, limit: int) -> list[Meeting]: ...
    async def total(self, tandem_id: int) -> Total: ...
    async def undo(self, meeting_id: int, now: datetime) -> bool: ...
    async def contest(self, meeting_id: int, *, by: int, now: datetime) -> bool: ...
    async def propose(self, meeting_id: int, plan: Plan, *, by: int) -> None: ...
    async def apply(self, meeting_id: int, plan: Plan) -> None: ...
    async def concede(self, meeting_id: int, *, by: int) -> bool: ...
    async def decline(self, meeting_id: int, now: datetime) -> None: ...
