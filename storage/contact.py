"""When a tandem was, or will be, in contact."""

from datetime import date

from storage.books import statements
from storage.database import Database

_SQL = statements("contact")


class ContactTable:
    """Implements mentoring.ladder.ContactBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_contact(self, tandem_id: int) -> date | None:
        row = await self._database.one(_SQL["last_contact"], {"tandem_id": tandem_id})
        assert row is not None
        return date.fromisoformat(row["day"]) if row["day"] else None
