"""Meetings in the tables; whoever reads one is in its tandem."""

import json
from datetime import date, datetime

from mentoring.logbook import Meeting, Outcome, Total
from mentoring.plans import Plan
from storage.books import statements
from storage.database import Database
from storage.instants import instant, pack, plan_columns, plan_from, seconds
from storage.trips import Row

_SQL = statements("meetings")


class MeetingTable:
    """Implements mentoring.meetings.MeetingBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, *, tandem_id: int, by: int, outcome: Outcome, plan: Plan, key: str, now: datetime
    ) -> Meeting | None:
        """The meeting; None when there is one of that key already."""
        row = await self._database.one(
            _SQL["add"],
            {
                "tandem_id": tandem_id,
                "by": by,
                "outcome": outcome,
                "key": key,
                "now": seconds(now),
                **plan_columns(plan),
            },
        )
        return _meeting(row)

    async def by_key(self, key: str) -> Meeting | None:
        return _meeting(await self._database.one(_SQL["by_key"], {"key": key}))

    async def by_id(self, meeting_id: int, *, viewer: int) -> Meeting | None:
        values = {"id": meeting_id, "viewer": viewer}
        return _meeting(await self._database.one(_SQL["by_id"], values))

    async def on(self, tandem_id: int, day: date) -> Meeting | None:
        values = {"tandem_id": tandem_id, "day": day.isoformat()}
        return _meeting(await self._database.one(_SQL["on_day"], values))

    async def recent(self, tandem_id: int, *, viewer: int, limit: int) -> list[Meeting]:
        values = {"tandem_id": tandem_id, "viewer": viewer, "limit": limit}
        rows = await self._database.execute(_SQL["recent"], values)
        return [meeting for row in rows if (meeting := _meeting(row))]

    async def total(self, tandem_id: int) -> Total:
        row = await self._database.one(_SQL["total"], {"tandem_id": tandem_id})
        assert row is not None
        return Total(row["meetings"], row["minutes"])

    async def undo(self, meeting_id: int, now: datetime) -> bool:
        values = {"id": meeting_id, "now": seconds(now)}
        return await self._database.one(_SQL["undo"], values) is not None

    async def contest(self, meeting_id: int, *, by: int, now: datetime) -> bool:
        values = {"id": meeting_id, "by": by, "now": seconds(now)}
        return await self._database.one(_SQL["contest"], values) is not None

    async def propose(self, meeting_id: int, plan: Plan, *, by: int) -> None:
        values = {"id": meeting_id, "plan": pack(plan_columns(plan)), "by": by}
        await self._database.write(_SQL["propose"], values)

    async def apply(self, meeting_id: int, plan: Plan) -> None:
        await self._database.write(_SQL["apply"], {"id": meeting_id, **plan_columns(plan)})

    async def concede(self, meeting_id: int, *, by: int) -> bool:
        """False when `by` contested and proposed nothing."""
        values = {"id": meeting_id, "by": by}
        return await self._database.one(_SQL["concede"], values) is not None

    async def decline(self, meeting_id: int, now: datetime) -> None:
        values = {"id": meeting_id, "now": seconds(now)}
        await self._database.write(_SQL["decline"], values)


def _meeting(row: Row | None) -> Meeting | None:
    if row is None:
        return None
    correction = json.loads(row["correction"]) if row["correction"] else None
    return Meeting(
        id=row["id"],
        tandem_id=row["tandem_id"],
        by=row["logged_by"],
        outcome=Outcome(row["outcome"]),
        plan=plan_from(row["day"], row["start"], row["minutes"], row["place"], row["topics"]),
        logged_at=instant(row["logged_at"]),
        undone=row["undone_at"] is not None,
        contested=row["contested_at"] is not None,
        contested_by=row["contested_by"],
        correction=plan_from(**correction) if correction else None,
        corrected_by=row["corrected_by"],
    )
