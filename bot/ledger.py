"""The ledger: what became of letters, noted until a commit holds it."""

from dataclasses import dataclass
from datetime import datetime

from storage.letters import LetterTable, Mark
from storage.people import PeopleTable


@dataclass(frozen=True)
class Closed:
    """A person's chat was closed when something departed for it."""

    person_id: int
    departed: datetime


@dataclass(frozen=True)
class _Entry:
    mark: Mark
    closed: Closed | None


class Ledger:
    """Entries leave it when they are committed, and not when they are written."""

    def __init__(self, letters: LetterTable, people: PeopleTable) -> None:
        self._letters, self._people = letters, people
        self._entries: list[_Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def note(self, mark: Mark, closed: Closed | None = None) -> None:
        self._entries.append(_Entry(mark, closed))

    async def write(self) -> int:
        """Writes all, inside a transaction; returns how many, to be forgotten at its commit."""
        entries = self._entries.copy()
        await self._letters.mark([entry.mark for entry in entries])
        for entry in entries:
            if entry.closed is not None:
                who, departed = entry.closed.person_id, entry.closed.departed
                await self._people.unreach(who, departed=departed, now=self._letters.now())
        return len(entries)

    def forget(self, count: int) -> None:
        del self._entries[:count]
