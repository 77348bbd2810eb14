"""Invitations and consent in the tables; of a code only its hash is there."""

from datetime import datetime

from mentoring.invitations import Invitation
from mentoring.people import Role
from storage.books import statements
from storage.database import Database
from storage.instants import instant, seconds

_SQL = statements("invitations")
_LETTERS = statements("letters")


class InvitationTable:
    """Implements mentoring.invitations.InvitationBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, *, person_id: int, code_hash: str, by: int | None, now: datetime, expires_at: datetime
    ) -> int:
        row = await self._database.one(
            _SQL["add"],
            {
                "person_id": person_id,
                "code_hash": code_hash,
                "by": by,
                "now": seconds(now),
                "expires_at": seconds(expires_at),
            },
        )
        assert row is not None
        invitation_id: int = row["id"]
        return invitation_id

    async def open_by_hash(self, code_hash: str, now: datetime) -> Invitation | None:
        row = await self._database.one(
            _SQL["open_by_hash"], {"code_hash": code_hash, "now": seconds(now)}
        )
        if row is None:
            return None
        return Invitation(
            id=row["id"],
            person_id=row["person_id"],
            name=row["name"],
            role=Role(row["role"]),
            expires_at=instant(row["expires_at"]),
        )

    async def use(self, invitation_id: int, now: datetime) -> bool:
        row = await self._database.one(_SQL["use"], {"id": invitation_id, "now": seconds(now)})
        return row is not None

    async def consent(
        self, person_id: int, *, chat_id: int, language: str, version: int, now: datetime
    ) -> bool:
        values = {"person_id": person_id, "chat_id": chat_id, "language": language}
        if await self._database.one(_SQL["take_chat"], values) is None:
            return False
        await self._database.write(
            _SQL["consent"],
            {
                "person_id": person_id,
                "version": version,
                "language": language,
                "now": seconds(now),
            },
        )
        # Whatever was written to the person before can leave now.
        await self._database.write(_LETTERS["arrived"], {"chat_id": chat_id})
        return True
