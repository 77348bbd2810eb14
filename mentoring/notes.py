"""Notes and promises: what somebody wants to remember of a meeting, alone or together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from mentoring.meetings import Meetings
from mentoring.people import Person
from mentoring.refusals import NotYours
from mentoring.texts import clean

TEXT_LIMIT = 500
"""UTF-16 units: several of them fit into one reminder (4096)."""


class Sight(StrEnum):
    """Who sees it (product rules, section 5)."""

    ME = "m"  # a private note: its writer, and nobody else, not even the coordination
    BOTH = "b"  # a promise until next time: the tandem


@dataclass(frozen=True)
class Note:
    """A note or promise of `person_id` on a meeting; one of each, the newer replaces the older."""

    person_id: int
    name: str
    sight: Sight
    text: str


class NoteBook(Protocol):
    async def put(
        self, *, person_id: int, meeting_id: int, sight: Sight, text: str, now: datetime
    ) -> None: ...
    async def until_next_time(self, tandem_id: int, *, viewer: int) -> list[Note]: ...


@dataclass(frozen=True)
class Notes:
    """The service."""

    book: NoteBook
    meetings: Meetings

    async def write(
        self, meeting_id: int, *, by: Person, sight: Sight, text: str, now: datetime
    ) -> None:
        """Raises NotYours, Empty, TooLong."""
        meeting = await self.meetings.get(meeting_id, viewer=by.id)
        if meeting.undone:
            raise NotYours
        text = clean(text, limit=TEXT_LIMIT)
        await self.book.put(person_id=by.id, meeting_id=meeting.id, sight=sight, text=text, now=now)

    async def agenda(self, tandem_id: int, *, viewer: int) -> list[Note]:
        """What was promised until next time, and the viewer's own notes."""
        return await self.book.until_next_time(tandem_id, viewer=viewer)
