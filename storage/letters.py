"""Letters: written down by the services, claimed and marked by the post office."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mentoring.letters import Letter, Priority
from storage.books import statements
from storage.database import Database, Row
from storage.instants import pack, seconds

_SQL = statements("letters")


@dataclass(frozen=True)
class Waiting:
    """A letter as the post office takes it. `repeat`: it may have arrived already."""

    id: int
    person_id: int | None
    chat_id: int | None
    kind: str
    args: dict[str, object]
    priority: Priority
    tries: int
    repeat: bool


@dataclass(frozen=True)
class Mark:
    """What became of a letter; `retry_at` (UNIX seconds) puts it back among the waiting."""

    letter_id: int
    state: str
    error: str | None = None
    retry_at: int | None = None
    repeat: bool = False
    stranger: bool = False


class LetterTable:
    """Implements mentoring.letters.LetterBook: gathered, then written before the commit."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._gathered: list[dict[str, object]] = []

    # Written in the transaction of the fact they tell.

    def add(self, letter: Letter) -> None:
        self._gather(
            person_id=letter.to,
            kind=letter.kind,
            args=letter.args,
            priority=letter.priority,
            due=letter.due,
            key=letter.key,
            cancel=letter.cancel,
        )

    def answer(
        self,
        args: dict[str, object],
        *,
        person_id: int | None,
        chat_id: int | None,
        edits: str | None = None,
    ) -> None:
        """A finished answer (`method` and its parameters). Of a stranger only the chat is kept."""
        self._gather(
            person_id=person_id,
            chat_id=None if person_id is not None else chat_id,
            kind="answer",
            args=args,
            priority=Priority.ANSWER,
            due=self._clock(),
            edits=edits,
        )

    def gathered(self) -> int:
        """How many letters wait to be written: a mark to come back to."""
        return len(self._gathered)

    def forget_since(self, mark: int) -> None:
        """Drops what was gathered after the mark: its transaction part was undone."""
        del self._gathered[mark:]

    async def write(self) -> int:
        """Writes what was gathered; a newer edit of a card replaces one that still waits."""
        rows, self._gathered = self._gathered, []
        newest = {row["edits"]: row for row in rows if row["edits"]}
        rows = [row for row in rows if not row["edits"] or newest[row["edits"]] is row]
        await self._database.many(_SQL["overtake"], [{"edits": edits} for edits in newest])
        await self._database.many(_SQL["add"], rows)
        return len(rows)

    async def cancel(self, key: str) -> None:
        """The deed makes them needless: the gathered ones and those that wait."""
        self._gathered = [row for row in self._gathered if row["cancel"] != key]
        values = {"cancel": key, "now": seconds(self._clock())}
        await self._database.execute(_SQL["cancel"], values)

    # The post office's part; each call inside a transaction, but for `next_due`.

    async def due(self, *, limit: int) -> list[Waiting]:
        """What may leave now, the important first."""
        values = {"now": seconds(self._clock()), "limit": limit}
        return [_waiting(row) for row in await self._database.execute(_SQL["due"], values)]

    async def claim(self, ids: Iterable[int]) -> None:
        await self._database.among(_SQL["claim"], ids)

    async def mark(self, marks: Sequence[Mark]) -> None:
        """Writes what became of letters, many at once; final ones lose their text."""
        now = seconds(self._clock())
        sent = [m for m in marks if m.state == "sent" and not m.stranger]
        gone = [m for m in marks if m.state != "pending" and m.stranger]
        back = [m for m in marks if m.state == "pending"]
        rest = [m for m in marks if m.state not in ("sent", "pending") and not m.stranger]
        many = self._database.many
        await many(_SQL["sent"], [{"id": m.letter_id, "now": now} for m in sent])
        await many(_SQL["drop_sent"], [{"id": m.letter_id} for m in gone])
        await many(_SQL["again"], [_again(m) for m in back])
        await many(_SQL["final"], [_final(m, now) for m in rest])

    async def interrupted(self) -> None:
        """At start: what was being sent when the process died is in doubt and leaves once more."""
        await self._database.execute(_SQL["interrupted"])

    async def next_due(self) -> int | None:
        """When the next waiting letter is due, in UNIX seconds."""
        found = []
        for priority in Priority:
            row = await self._database.one(_SQL["next_due"], {"priority": priority})
            if row is not None and row["due_at"] is not None:
                found.append(int(row["due_at"]))
        return min(found, default=None)

    async def forget(self, before: datetime) -> None:
        """Deletes letters that were final before that instant."""
        await self._database.execute(_SQL["forget"], {"before": seconds(before)})

    def _gather(
        self,
        *,
        kind: str,
        args: dict[str, object],
        priority: Priority,
        due: datetime,
        person_id: int | None,
        chat_id: int | None = None,
        key: str | None = None,
        cancel: str | None = None,
        edits: str | None = None,
    ) -> None:
        self._gathered.append(
            {
                "person_id": person_id,
                "chat_id": chat_id,
                "kind": kind,
                "args": pack(args),
                "priority": int(priority),
                "due_at": seconds(due),
                "key": key,
                "cancel": cancel,
                "edits": edits,
                "created_at": seconds(self._clock()),
            }
        )


def _waiting(row: Row) -> Waiting:
    return Waiting(
        id=row["id"],
        person_id=row["person_id"],
        chat_id=row["chat_id"],
        kind=row["kind"],
        args=json.loads(row["args"]),
        priority=Priority(row["priority"]),
        tries=row["tries"],
        repeat=bool(row["repeat"]),
    )


def _again(mark: Mark) -> dict[str, object]:
    return {
        "id": mark.letter_id,
        "due_at": mark.retry_at,
        "repeat": int(mark.repeat),
        "error": mark.error,
    }


def _final(mark: Mark, now: int) -> dict[str, object]:
    return {"id": mark.letter_id, "state": mark.state, "error": mark.error, "now": now}
