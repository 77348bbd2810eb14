"""Messages to the coordination: what fits nothing else reaches a human, who answers in the bot."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mentoring.letters import Letter, LetterBook
from mentoring.people import People, Person, check_coordinator
from mentoring.refusals import NotYours
from mentoring.texts import clean

TEXT_LIMIT = 2000
"""UTF-16 units: question and answer fit into one Telegram message (4096) together."""


@dataclass(frozen=True)
class Question:
    """Something a participant wrote to the coordination."""

    id: int
    person_id: int
    text: str
    answered: bool


class QuestionBook(Protocol):
    async def add(self, *, person_id: int, text: str, key: str, now: datetime) -> int | None: ...
    async def is_sent(self, key: str, *, person_id: int) -> bool: ...
    async def by_id(self, question_id: int) -> Question | None: ...
    async def answer(self, question_id: int, *, text: str, by: int, now: datetime) -> bool: ...


@dataclass(frozen=True)
class Questions:
    """The service."""

    book: QuestionBook
    people: People
    letters: LetterBook

    def check(self, text: str) -> str:
        """The cleaned text. Raises Empty, TooLong."""
        return clean(text, limit=TEXT_LIMIT)

    async def is_sent(self, key: str, *, by: Person) -> bool:
        """Whether that card of theirs was sent already."""
        return await self.book.is_sent(key, person_id=by.id)

    async def send(self, *, by: Person, text: str, key: str, now: datetime) -> None:
        """Once per `key`, to every coordinator. Raises Empty, TooLong."""
        text = self.check(text)
        question_id = await self.book.add(person_id=by.id, text=text, key=key, now=now)
        if question_id is None:
            return
        for coordinator in await self.people.coordinators():
            self.letters.add(
                Letter(
                    to=coordinator.id,
                    kind="question",
                    args={"question": question_id, "by": by.name, "text": text},
                    due=now,
                )
            )

    async def get(self, question_id: int, *, by: Person) -> Question:
        """For the coordination. Raises NotYours."""
        check_coordinator(by)
        question = await self.book.by_id(question_id)
        if question is None:
            raise NotYours
        return question

    async def answer(self, question_id: int, *, by: Person, text: str, now: datetime) -> bool:
        """Sends the answer to who asked; False when a colleague was first. Raises NotYours."""
        question = await self.get(question_id, by=by)
        text = self.check(text)
        if not await self.book.answer(question_id, text=text, by=by.id, now=now):
            return False
        self.letters.add(
            Letter(
                to=question.person_id,
                kind="question_answered",
                args={"by": by.name, "text": text, "question": question.text},
                due=now,
            )
        )
        return True
