"""What intake keeps: which updates were seen, where each person stands, what was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mentoring.people import Person
from storage.books import statements
from storage.database import Database
from storage.instants import seconds
from storage.people import person_of
from storage.trips import listed

_SQL = statements("intake")
_PEOPLE = statements("people")

Place = tuple[str, str | None]
"""Where a conversation stands: its step, and the card that typed text belongs to."""


@dataclass(frozen=True)
class Known:
    """Updates that were taken before, people by chat, and their places by person."""

    seen: set[int]
    people: dict[int, Person]
    places: dict[int, Place]


class IntakeTable:
    """Read once and written once for a batch of updates."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, update_ids: Sequence[int], chat_ids: Sequence[int]) -> Known:
        """What is known of these updates and of whoever wrote them, in one trip."""
        seen, people, steps = await self._database.together(
            listed(_SQL["seen"], ids=update_ids),
            listed(_PEOPLE["by_chats"], ids=chat_ids),
            listed(_SQL["steps"], ids=chat_ids),
        )
        return Known(
            seen={row["update_id"] for row in seen},
            people={row["chat_id"]: person_of(row) for row in people},
            places={row["person_id"]: (row["step"], row["card_key"]) for row in steps},
        )

    async def see(self, update_ids: Sequence[int], now: datetime) -> None:
        at = seconds(now)
        await self._database.write(
            _SQL["see"], [{"update_id": update_id, "at": at} for update_id in update_ids]
        )

    async def stand(self, places: dict[int, Place | None]) -> None:
        """Where each person's conversation stands now; None ends it."""
        await self._database.write(
            _SQL["stand"],
            [
                {"person_id": person_id, "step": place[0], "card_key": place[1]}
                for person_id, place in places.items()
                if place
            ],
        )
        await self._database.write(
            _SQL["leave"], [{"person_id": i} for i, place in places.items() if not place]
        )

    async def set_aside(self, *, reference: str, update_id: int, error: str, now: datetime) -> None:
        """An update whose handler raised: the kind of error and its place, never a text."""
        values = {
            "reference": reference,
            "update_id": update_id,
            "error": error,
            "at": seconds(now),
        }
        await self._database.write(_SQL["set_aside"], values)

    async def forget(self, before: datetime) -> None:
        """Deletes marks of updates that Telegram cannot send any more (it keeps them 24 hours)."""
        await self._database.write(_SQL["forget"], {"before": seconds(before)})

    async def forget_aside(self, before: datetime) -> None:
        """Deletes what is said of errors from before then: by now they are mended, or unknown."""
        await self._database.write(_SQL["forget_aside"], {"before": seconds(before)})


class TemplateTable:
    """Programme templates: every text that ran is kept as a version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[int, str]:
        """The text of each version."""
        rows = await self._database.execute(_SQL["templates"])
        return {row["id"]: row["text"] for row in rows}

    async def version_of(self, text: str, now: datetime) -> int:
        row = await self._database.one(_SQL["template"], {"text": text, "now": seconds(now)})
        assert row is not None
        version: int = row["id"]
        return version
