"""Cards: what somebody is filling in, under a key that the card's buttons carry."""

import secrets
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Card:
    """An open card. `kind` is the conversation's name for it, `content` its JSON values."""

    key: str
    person_id: int
    kind: str
    content: dict[str, object]


class CardBook(Protocol):
    async def put(self, card: Card) -> None: ...
    async def get(self, key: str, *, person_id: int) -> Card | None: ...
    async def drop(self, key: str, *, person_id: int) -> None: ...


def new_key() -> str:
    """48 random bits as 8 characters: enough to be nobody else's, short enough for a button."""
    return secrets.token_urlsafe(6)
