"""People of the programme: a person exists from the invitation on, and has roles over time."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from mentoring.refusals import NotYours
from mentoring.texts import clean_line

NAME_LIMIT = 60
"""UTF-16 units of a name: it has to fit on a button (Telegram shows about 64) and a certificate."""


class Role(StrEnum):
    """What somebody is in the programme; a person may have several, in turn or at once."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Person:
    """Somebody of the programme. `chat_id` is None until consent; `zone` is an IANA name."""

    id: int
    name: str
    language: str
    zone: str
    chat_id: int | None
    reachable: bool
    roles: frozenset[Role]

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def today(self, now: datetime) -> date:
        """The calendar day of `now` (aware) where the person lives."""
        return now.astimezone(self.time_zone).date()

    @property
    def takes_part(self) -> bool:
        """Whether the person is, or may be, in a tandem."""
        return not self.roles.isdisjoint({Role.MENTEE, Role.MENTOR})

    def is_(self, role: Role) -> bool:
        return role in self.roles


class PeopleBook(Protocol):
    """Where people are written down; every instant is aware."""

    async def add(
        self, *, name: str, language: str, zone: str, role: Role, now: datetime
    ) -> int: ...
    async def by_id(self, person_id: int) -> Person | None: ...
    async def with_role(self, role: Role, *, skip: int = 0, limit: int = 100) -> list[Person]: ...
    async def count_with_role(self, role: Role) -> int: ...
    async def rename(self, person_id: int, name: str) -> None: ...
    async def speak(self, person_id: int, language: str) -> None: ...
    async def move(self, person_id: int, zone: str) -> None: ...


@dataclass(frozen=True)
class People:
    """The service: looks people up and changes what is theirs."""

    book: PeopleBook

    async def get(self, person_id: int) -> Person:
        """The person; raises `NotYours` when there is none."""
        person = await self.book.by_id(person_id)
        if person is None:
            raise NotYours
        return person

    async def rename(self, person_id: int, name: str) -> str:
        """Stores the spelling that its owner gave; returns it cleaned. Raises Empty, TooLong."""
        name = clean_line(name, limit=NAME_LIMIT)
        await self.book.rename(person_id, name)
        return name

    async def speak(self, person_id: int, language: str) -> None:
        await self.book.speak(person_id, language)

    async def move(self, person_id: int, zone: str) -> None:
        """`zone` is an IANA name."""
        await self.book.move(person_id, zone)

    async def page(
        self, role: Role, *, by: Person, skip: int, limit: int
    ) -> tuple[list[Person], int]:
        """A page of those who have the role, and how many there are. Raises NotYours."""
        check_coordinator(by)
        people = await self.book.with_role(role, skip=skip, limit=limit)
        return people, await self.book.count_with_role(role)

    async def coordinators(self) -> list[Person]:
        return await self.book.with_role(Role.COORDINATOR)


def check_coordinator(person: Person) -> None:
    """Raises `NotYours` unless the person is a coordinator now."""
    if not person.is_(Role.COORDINATOR):
        raise NotYours
