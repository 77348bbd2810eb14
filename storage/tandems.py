"""Tandems and who is in them."""

from datetime import date, datetime

from mentoring.people import Role
from mentoring.tandems import Member, Tandem, TandemLine
from storage.books import statements
from storage.database import Database, Row
from storage.instants import seconds

_SQL = statements("tandems")


class TandemTable:
    """Implements mentoring.tandems.TandemBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, *, template_id: int, first_day: date, last_day: date, by: int, now: datetime
    ) -> int:
        row = await self._database.one(
            _SQL["add"],
            {
                "template_id": template_id,
                "first_day": first_day.isoformat(),
                "last_day": last_day.isoformat(),
                "by": by,
                "now": seconds(now),
            },
        )
        assert row is not None
        tandem_id: int = row["id"]
        return tandem_id

    async def join(self, tandem_id: int, person_id: int, role: Role) -> None:
        await self._database.execute(
            _SQL["join"], {"tandem_id": tandem_id, "person_id": person_id, "role": role}
        )

    async def are_paired(self, first: int, second: int) -> bool:
        row = await self._database.one(_SQL["are_paired"], {"first": first, "second": second})
        return row is not None

    async def of(self, person_id: int) -> list[Tandem]:
        return await self._whole(await self._database.execute(_SQL["of"], {"person_id": person_id}))

    async def by_id(self, tandem_id: int, *, viewer: int) -> Tandem | None:
        rows = await self._database.execute(_SQL["by_id"], {"id": tandem_id, "viewer": viewer})
        return next(iter(await self._whole(rows)), None)

    async def lines(self, *, skip: int, limit: int) -> list[TandemLine]:
        rows = await self._database.execute(_SQL["lines"], {"skip": skip, "limit": limit})
        tandems = await self._whole(rows)
        return [
            TandemLine(
                tandem,
                row["meetings"],
                date.fromisoformat(row["last_meeting"]) if row["last_meeting"] else None,
            )
            for tandem, row in zip(tandems, rows, strict=True)
        ]

    async def count(self) -> int:
        row = await self._database.one(_SQL["count"])
        assert row is not None
        number: int = row["number"]
        return number

    async def _whole(self, rows: list[Row]) -> list[Tandem]:
        members: dict[int, list[Member]] = {row["id"]: [] for row in rows}
        for row in await self._database.among(_SQL["members"], members):
            member = Member(row["person_id"], row["name"], Role(row["role"]))
            members[row["tandem_id"]].append(member)
        return [
            Tandem(
                id=row["id"],
                template_id=row["template_id"],
                first_day=date.fromisoformat(row["first_day"]),
                last_day=date.fromisoformat(row["last_day"]),
                members=tuple(members[row["id"]]),
            )
            for row in rows
        ]
