"""What intake keeps: which updates were seen, where each person stands, what was set aside."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from storage.books import statements
from storage.database import Database
from storage.instants import seconds

_SQL = statements("intake")


class IntakeTable:
    """Read once and written once for a batch of updates."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self, update_ids: Iterable[int]) -> set[int]:
        rows = await self._database.among(_SQL["seen"], update_ids)
        return {row["update_id"] for row in rows}

    async def see(self, update_ids: Sequence[int], now: datetime) -> None:
        at = seconds(now)
        await self._database.many(
            _SQL["see"], [{"update_id": update_id, "at": at} for update_id in update_ids]
        )

    async def steps(self, person_ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
        """Step and card key, by person."""
        rows = await self._database.among(_SQL["steps"], person_ids)
        return {row["person_id"]: (row["step"], row["card_key"]) for row in rows}

    async def stand(self, places: dict[int, tuple[str, str | None] | None]) -> None:
        """Where each person's conversation stands now; None ends it."""
        await self._database.many(
            _SQL["stand"],
            [
                {"person_id": person_id, "step": place[0], "card_key": place[1]}
                for person_id, place in places.items()
                if place
            ],
        )
        await self._database.many(
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
        await self._database.execute(_SQL["set_aside"], values)

    async def forget(self, before: datetime) -> None:
        """Deletes marks of updates that Telegram cannot send any more (it keeps them 24 hours)."""
        await self._database.execute(_SQL["forget"], {"before": seconds(before)})


class TemplateTable:
    """Programme templates: every text that ran is kept as a version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def version_of(self, text: str, now: datetime) -> int:
        row = await self._database.one(_SQL["template"], {"text": text, "now": seconds(now)})
        assert row is not None
        version: int = row["id"]
        return version
