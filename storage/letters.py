"""Letters: written down by the services, claimed and marked by the post office."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mentoring.letters import WEEK, Letter, Priority
from mentoring.people import Person
from storage.books import statements
from storage.database import Database
from storage.instants import instant, pack, seconds
from storage.people import reader_of
from storage.trips import Row, listed

_SQL = statements("letters")

Line = tuple[int | None, int | None]
"""Whose letters keep their order: a person (id, None), or a stranger's chat (None, id)."""

Gathered = tuple[dict[str, object], ...]
"""Letters that wait to be written."""

_KEPT = ("pending", "absent")
"""States of letters that may leave yet: now, or when their reader has come or returned."""

DEPARTURES = 5
"""How often a letter may leave without an answer before it is given up."""


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
    error: str | None
    due: datetime
    useful_until: datetime | None
    reader: Person | None

    @property
    def line(self) -> Line:
        return self.person_id, self.chat_id


@dataclass(frozen=True)
class Look:
    """What may leave now, and the seconds until more becomes due; None when nothing will."""

    due: list[Waiting]
    until_next: float | None


@dataclass(frozen=True)
class Mark:
    """What became of a letter. `pending` puts it back among the waiting, in its old place.

    `absent`: it waits for its reader, who has not come yet or has closed the chat. For
    both: `unsent`, as its departure does not count; `args`, finished ones in their stead.
    """

    letter_id: int
    state: str
    error: str | None = None
    repeat: bool = False
    stranger: bool = False
    unsent: bool = False
    args: dict[str, object] | None = None


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
            useful_until=letter.useful_until,
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

    def now(self) -> datetime:
        """The instant by which letters are due."""
        return self._clock()

    def gathered(self) -> Gathered:
        """What waits to be written now."""
        return tuple(self._gathered)

    def put_back(self, gathered: Gathered = ()) -> None:
        """As it was then: the part of the transaction since was undone. Nothing, if not said."""
        self._gathered = list(gathered)

    async def write(self) -> int:
        """Writes what was gathered; a newer edit of a card replaces one that still waits."""
        rows, self._gathered = self._gathered, []
        newest = {row["edits"]: row for row in rows if row["edits"]}
        rows = [row for row in rows if not row["edits"] or newest[row["edits"]] is row]
        await self._database.write(_SQL["overtake"], [{"edits": edits} for edits in newest])
        await self._database.write(_SQL["add"], rows)
        return len(rows)

    async def cancel(self, key: str) -> None:
        """The deed makes them needless: the gathered ones and those that wait."""
        self._gathered = [row for row in self._gathered if row["cancel"] != key]
        values = {"cancel": key, "now": seconds(self._clock())}
        await self._database.write(_SQL["cancel"], values)

    async def postpone(self, key: str, due: datetime) -> None:
        """The letter of that key, if it still waits, is due then; nothing else of it changes."""
        for row in self._gathered:
            if row["key"] == key:
                row["due_at"] = seconds(due)
        await self._database.write(_SQL["postpone"], {"key": key, "due": seconds(due)})

    # The post office's part; each call inside a transaction.

    async def look(
        self, *, limit: int, busy: Iterable[Line] = (), busy_for_bulk: Iterable[Line] = ()
    ) -> Look:
        """The important first, with their readers; nothing of the lines that are busy."""
        now, busy = self._clock(), list(busy)
        bulk = [*busy, *busy_for_bulk]
        sql, values = listed(
            _SQL["due"],
            people_busy=[person for person, _ in busy if person is not None],
            chats_busy=[chat for _, chat in busy if chat is not None],
            people_busy_for_bulk=[person for person, _ in bulk if person is not None],
            chats_busy_for_bulk=[chat for _, chat in bulk if chat is not None],
        )
        present = {"now": seconds(now)}
        due, later = await self._database.together(
            (sql, {**values, **present, "limit": limit}), (_SQL["next_due"], present)
        )
        instants = [row["due_at"] for row in later if row["due_at"] is not None]
        until_next = min(instants) - now.timestamp() if instants else None
        return Look([_waiting(row) for row in due], until_next)

    async def sent_within_a_week(self, letter: Waiting) -> tuple[datetime, ...]:
        """When this person got letters of the class within the last seven days."""
        values = {
            "person_id": letter.person_id,
            "priority": int(letter.priority),
            "since": seconds(self._clock() - WEEK),
        }
        rows = await self._database.execute(_SQL["sent_within_a_week"], values)
        return tuple(instant(row["done_at"]) for row in rows)

    async def put_off(self, letter: Waiting, until: datetime) -> None:
        """It waits on, until it is due anew."""
        values = {"id": letter.id, "due": seconds(until)}
        await self._database.write(_SQL["put_off"], values)

    async def claim(self, ids: Sequence[int]) -> None:
        if ids:
            await self._database.write(*listed(_SQL["claim"], ids=ids))

    async def mark(self, marks: Sequence[Mark]) -> None:
        """Writes what became of letters, many at once; final ones lose their text."""
        now = seconds(self._clock())
        sent = [m for m in marks if m.state == "sent" and not m.stranger]
        gone = [m for m in marks if m.state not in _KEPT and m.stranger]
        back = [m for m in marks if m.state in _KEPT]
        rest = [m for m in marks if m.state not in ("sent", *_KEPT) and not m.stranger]
        write = self._database.write
        await write(_SQL["sent"], [{"id": m.letter_id, "now": now} for m in sent])
        await write(_SQL["drop_sent"], [{"id": m.letter_id} for m in gone])
        await write(_SQL["again"], [_again(m) for m in back])
        await write(_SQL["final"], [_final(m, now) for m in rest])

    async def interrupted(self) -> None:
        """At start: what was being sent when the process died is in doubt and leaves once more."""
        values = {"departures": DEPARTURES, "now": seconds(self._clock())}
        await self._database.write(_SQL["given_up_strangers"], values)
        await self._database.write(_SQL["given_up"], values)
        await self._database.write(_SQL["interrupted"])

    async def forget(self, before: datetime) -> None:
        """Deletes letters that were final before that instant, or wait for somebody since then."""
        values = {"before": seconds(before)}
        await self._database.write(_SQL["forget"], values)
        await self._database.write(_SQL["forget_absent"], values)

    def _gather(
        self,
        *,
        kind: str,
        args: dict[str, object],
        priority: Priority,
        due: datetime,
        useful_until: datetime | None = None,
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
                "useful_until": seconds(useful_until) if useful_until else None,
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
        error=row["error"],
        due=instant(row["due_at"]),
        useful_until=instant(row["useful_until"]) if row["useful_until"] else None,
        reader=None if row["person_id"] is None else reader_of(row),
    )


def _again(mark: Mark) -> dict[str, object]:
    return {
        "id": mark.letter_id,
        "state": mark.state,
        "repeat": int(mark.repeat),
        "error": mark.error,
        "unsent": int(mark.unsent),
        "args": None if mark.args is None else pack(mark.args),
    }


def _final(mark: Mark, now: int) -> dict[str, object]:
    return {"id": mark.letter_id, "state": mark.state, "error": mark.error, "now": now}
