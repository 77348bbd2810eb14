"""Letters: what anybody is to hear, written in the transaction of the fact it tells."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Protocol


class Priority(IntEnum):
    """The class of a letter (product rules, section 5a); the lower number leaves first."""

    ANSWER = 0
    APPOINTMENT = 1
    PARTNER = 2
    PROGRAMME = 3
    ANNOUNCEMENT = 4


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One thing one reader is to hear.

    `kind` and `args` (JSON values) are rendered when it leaves, in the reader's language then.
    `key` makes it exist once; `cancel` names the deed that makes it needless.
    """

    to: int
    kind: str
    args: dict[str, object] = field(default_factory=dict)
    priority: Priority = Priority.PARTNER
    due: datetime
    key: str | None = None
    cancel: str | None = None


class LetterBook(Protocol):
    """Where letters are written; they leave after the commit."""

    def add(self, letter: Letter) -> None: ...
    async def cancel(self, key: str) -> None: ...
