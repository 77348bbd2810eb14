"""Tandems and who is in them."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from mentoring.people import Role
from mentoring.tandems import LATE, Member, Tandem, TandemLine
from storage.books import statements
from storage.database import Database
from storage.instants import seconds
from storage.trips import Row

_SQL = statements("tandems")


class TandemTable:
    """Implements mentoring.tandems.TandemBook."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    @property
    def _since(self) -> str:
        """The last day of the tandems that are as good as over."""
        return (self._clock() - LATE).date().isoformat()

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
        await self._database.write(
            _SQL["join"], {"tandem_id": tandem_id, "person_id": person_id, "role": role}
        )

    async def are_paired(self, first: int, second: int) -> bool:
        row = await self._database.one(
            _SQL["are_paired"], {"first": first, "second": second, "since": self._since}
        )
        return row is not None

    async def of(self, person_id: int) -> list[Tandem]:
        values = {"person_id": person_id, "since": self._since}
        rows = await self._database.execute(_SQL["of"], values)
        return [_tandem(own) for own in _by_tandem(rows)]

    async def by_id(self, tandem_id: int, *, viewer: int) -> Tandem | None:
        rows = await self._database.execute(_SQL["by_id"], {"id": tandem_id, "viewer": viewer})
        return _tandem(rows) if rows else None

    async def lines(self, *, skip: int, limit: int) -> list[TandemLine]:
        values = {"skip": skip, "limit": limit, "since": self._since}
        rows = await self._database.execute(_SQL["lines"], values)
        return [_line(own) for own in _by_tandem(rows)]

    async def count(self) -> int:
        row = await self._database.one(_SQL["count"], {"since": self._since})
        assert row is not None
        number: int = row["number"]
        return number


def _by_tandem(rows: list[Row]) -> Iterator[list[Row]]:
    """The rows of each tandem: one a member."""
    for _, own in groupby(rows, key=itemgetter("id")):
        yield list(own)


def _tandem(rows: list[Row]) -> Tandem:
    first = rows[0]
    return Tandem(
        id=first["id"],
        template_id=first["template_id"],
        first_day=date.fromisoformat(first["first_day"]),
        last_day=date.fromisoformat(first["last_day"]),
        members=tuple(
            Member(row["person_id"], row["name"], Role(row["role"]), row["zone"]) for row in rows
        ),
    )


def _line(rows: list[Row]) -> TandemLine:
    last = rows[0]["last_meeting"]
    last_meeting = date.fromisoformat(last) if last else None
    first = rows[0]
    return TandemLine(_tandem(rows), first["meetings"], last_meeting, first["contested"])
