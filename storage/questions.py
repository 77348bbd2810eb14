"""What participants wrote to the coordination."""

from datetime import datetime

from mentoring.questions import Question
from storage.books import statements
from storage.database import Database
from storage.instants import seconds

_SQL = statements("questions")


class QuestionTable:
    """Implements mentoring.questions.QuestionBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, person_id: int, text: str, key: str, now: datetime) -> int | None:
        values = {"person_id": person_id, "text": text, "key": key, "now": seconds(now)}
        row = await self._database.one(_SQL["add"], values)
        return row["id"] if row else None

    async def by_id(self, question_id: int) -> Question | None:
        row = await self._database.one(_SQL["by_id"], {"id": question_id})
        if row is None:
            return None
        return Question(row["id"], row["person_id"], row["text"], row["answered_at"] is not None)

    async def is_sent(self, key: str, *, person_id: int) -> bool:
        values = {"key": key, "person_id": person_id}
        return await self._database.one(_SQL["is_sent"], values) is not None

    async def answer(self, question_id: int, *, text: str, by: int, now: datetime) -> bool:
        values = {"id": question_id, "text": text, "by": by, "now": seconds(now)}
        return await self._database.one(_SQL["answer"], values) is not None
