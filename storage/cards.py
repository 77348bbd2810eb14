"""Open cards; each belongs to one person."""

import json
from collections.abc import Callable
from datetime import datetime

from mentoring.cards import Card
from storage.books import statements
from storage.database import Database
from storage.instants import pack, seconds

_SQL = statements("cards")


class CardTable:
    """Implements mentoring.cards.CardBook."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def put(self, card: Card) -> None:
        values = {
            "key": card.key,
            "person_id": card.person_id,
            "kind": card.kind,
            "content": pack(card.content),
            "now": seconds(self._clock()),
        }
        await self._database.write(_SQL["put"], values)

    async def get(self, key: str, *, person_id: int) -> Card | None:
        values = {"key": key, "person_id": person_id}
        row = await self._database.one(_SQL["get"], values)
        if row is None:
            return None
        return Card(row["key"], row["person_id"], row["kind"], json.loads(row["content"]))

    async def drop(self, key: str, *, person_id: int) -> None:
        await self._database.write(_SQL["drop"], {"key": key, "person_id": person_id})

    async def forget(self, before: datetime, *, kind: str | None = None) -> None:
        """Deletes cards opened before that instant, of one kind or of all."""
        values = {"before": seconds(before), "kind": kind}
        await self._database.write(_SQL["forget"], values)
        await self._database.write(_SQL["leave"])
