"""People and their roles in the tables."""

from datetime import datetime

from mentoring.people import Person, Role
from storage.books import statements
from storage.database import Database
from storage.instants import seconds
from storage.trips import Row

_SQL = statements("people")
_LETTERS = statements("letters")


class PeopleTable:
    """Implements mentoring.people.PeopleBook, and what intake and post office ask of people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, name: str, language: str, zone: str, role: Role, now: datetime) -> int:
        row = await self._database.one(
            _SQL["add"], {"name": name, "language": language, "zone": zone, "now": seconds(now)}
        )
        assert row is not None
        person_id: int = row["id"]
        await self._database.write(
            _SQL["add_role"], {"person_id": person_id, "role": role, "now": seconds(now)}
        )
        return person_id

    async def by_id(self, person_id: int) -> Person | None:
        row = await self._database.one(_SQL["by_id"], {"id": person_id})
        return person_of(row) if row else None

    async def with_role(self, role: Role, *, skip: int = 0, limit: int = 100) -> list[Person]:
        rows = await self._database.execute(
            _SQL["with_role"], {"role": role, "skip": skip, "limit": limit}
        )
        return [person_of(row) for row in rows]

    async def count_with_role(self, role: Role) -> int:
        row = await self._database.one(_SQL["count_with_role"], {"role": role})
        assert row is not None
        number: int = row["number"]
        return number

    async def rename(self, person_id: int, name: str) -> None:
        await self._database.write(_SQL["rename"], {"id": person_id, "name": name})

    async def speak(self, person_id: int, language: str) -> None:
        await self._database.write(_SQL["speak"], {"id": person_id, "language": language})

    async def move(self, person_id: int, zone: str) -> None:
        await self._database.write(_SQL["move"], {"id": person_id, "zone": zone})

    async def reach(self, chat_id: int, *, reachable: bool, now: datetime) -> None:
        """The chat is open to the bot again, and what has waited leaves; or not any more."""
        await self._database.write(
            _SQL["reach"], {"chat_id": chat_id, "reachable": int(reachable), "now": seconds(now)}
        )
        if reachable:
            await self._database.write(_LETTERS["arrived"], {"chat_id": chat_id})

    async def unreach(self, person_id: int, *, departed: datetime, now: datetime) -> None:
        """What departed then was refused. Who has opened the chat since gets it once more."""
        values = {"id": person_id, "departed": seconds(departed), "now": seconds(now)}
        if await self._database.one(_SQL["unreach"], values) is None:
            await self._database.write(_LETTERS["returned"], {"person_id": person_id})


def person_of(row: Row) -> Person:
    return _person(row, row["id"], row["chat_id"])


def reader_of(row: Row) -> Person:
    """The one a letter is for, where its row has both."""
    return _person(row, row["person_id"], row["reader_chat_id"])


def _person(row: Row, person_id: int, chat_id: int | None) -> Person:
    return Person(
        id=person_id,
        name=row["name"],
        language=row["language"],
        zone=row["zone"],
        chat_id=chat_id,
        reachable=bool(row["reachable"]),
        roles=frozenset(Role(role) for role in (row["roles"] or "").split(",") if role),
    )
