"""Invitations: a link that makes a person of the programme out of whoever opens it, once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mentoring.people import NAME_LIMIT, PeopleBook, Person, Role, check_coordinator
from mentoring.refusals import AlreadyHere, CodeNotValid
from mentoring.texts import clean_line, shorten

VALID = timedelta(days=14)
"""How long an invitation may be opened."""
VALID_FOR_COORDINATORS = timedelta(minutes=15)
"""How long the command line's code may be opened: it is typed at once, and gives much."""


@dataclass(frozen=True)
class Invitation:
    """An invitation that can still be opened, and whom it is for."""

    id: int
    person_id: int
    name: str
    role: Role
    expires_at: datetime


class InvitationBook(Protocol):
    async def add(
        self, *, person_id: int, code_hash: str, by: int | None, now: datetime, expires_at: datetime
    ) -> int: ...
    async def open_by_hash(self, code_hash: str, now: datetime) -> Invitation | None: ...
    async def use(self, invitation_id: int, now: datetime) -> bool: ...
    async def consent(
        self, person_id: int, *, chat_id: int, language: str, version: int, now: datetime
    ) -> bool: ...


def new_code() -> str:
    """128 random bits, as 22 characters that fit into a deep link (A-Z a-z 0-9 _ -)."""
    return secrets.token_urlsafe(16)


def hash_of(code: str) -> str:
    """What is stored of a code; 128 random bits need no slow hash."""
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Invitations:
    """The service. Codes are returned once and stored only as a hash."""

    book: InvitationBook
    people: PeopleBook
    language: str
    zone: str

    async def invite(self, *, by: Person, name: str, role: Role, now: datetime) -> tuple[int, str]:
        """The person and a code of 14 days: (person id, code). Raises Empty, TooLong, NotYours."""
        check_coordinator(by)
        name = clean_line(name, limit=NAME_LIMIT)
        return await self._issue(name=name, role=role, by=by.id, now=now, valid=VALID)

    async def first_coordinator(self, *, name: str, now: datetime) -> tuple[int, str]:
        """For the host's command line: a code of 15 minutes that makes a coordinator."""
        return await self._issue(
            name=shorten(name, limit=NAME_LIMIT),
            role=Role.COORDINATOR,
            by=None,
            now=now,
            valid=VALID_FOR_COORDINATORS,
        )

    async def peek(self, code: str, *, now: datetime) -> Invitation:
        """The invitation behind a code, unused. Raises CodeNotValid, whatever is wrong with it."""
        invitation = await self.book.open_by_hash(hash_of(code), now)
        if invitation is None:
            raise CodeNotValid
        return invitation

    async def accept(
        self, code: str, *, chat_id: int, language: str, version: int, now: datetime
    ) -> Person:
        """Consent given: the chat is the person's from now on. Raises CodeNotValid, AlreadyHere."""
        invitation = await self.peek(code, now=now)
        if not await self.book.use(invitation.id, now):
            raise CodeNotValid
        if not await self.book.consent(
            invitation.person_id, chat_id=chat_id, language=language, version=version, now=now
        ):
            raise AlreadyHere
        person = await self.people.by_id(invitation.person_id)
        assert person is not None
        return person

    async def _issue(
        self, *, name: str, role: Role, by: int | None, now: datetime, valid: timedelta
    ) -> tuple[int, str]:
        person_id = await self.people.add(
            name=name, language=self.language, zone=self.zone, role=role, now=now
        )
        code = new_code()
        await self.book.add(
            person_id=person_id, code_hash=hash_of(code), by=by, now=now, expires_at=now + valid
        )
        return person_id, code


class Tries:
    """Codes tried per chat within the last hour, counted in memory: a stranger leaves no row."""

    def __init__(self, limit: int = 5, within: timedelta = timedelta(hours=1)) -> None:
        self._limit = limit
        self._within = within
        self._tries: dict[int, list[datetime]] = {}

    def is_allowed(self, chat_id: int, now: datetime) -> bool:
        """Whether one more wrong code may be tried now; forgets what is older than an hour."""
        recent = [at for at in self._tries.get(chat_id, ()) if now - at < self._within]
        if recent:
            self._tries[chat_id] = recent
        else:
            self._tries.pop(chat_id, None)
        return len(recent) < self._limit

    def failed(self, chat_id: int, now: datetime) -> None:
        self._tries.setdefault(chat_id, []).append(now)
