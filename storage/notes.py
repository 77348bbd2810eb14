"""Notes and promises in the tables; a private note is read by its writer alone."""

from datetime import datetime

from mentoring.notes import Note, Sight
from storage.books import statements
from storage.database import Database
from storage.instants import seconds

_SQL = statements("notes")


class NoteTable:
    """Implements mentoring.notes.NoteBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, *, person_id: int, meeting_id: int, sight: Sight, text: str, now: datetime
    ) -> None:
        values = {
            "person_id": person_id,
            "meeting_id": meeting_id,
            "sight": sight,
            "text": text,
            "now": seconds(now),
        }
        await self._database.write(_SQL["put"], values)

    async def until_next_time(self, tandem_id: int, *, viewer: int) -> list[Note]:
        values = {"tandem_id": tandem_id, "viewer": viewer}
        rows = await self._database.execute(_SQL["until_next_time"], values)
        return [
            Note(row["person_id"], row["name"], Sight(row["sight"]), row["text"]) for row in rows
        ]
