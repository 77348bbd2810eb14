"""Tandems: mentors and mentees who meet for some months."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from mentoring.ladder import Ladder
from mentoring.letters import Letter, LetterBook
from mentoring.people import People, Person, Role, check_coordinator
from mentoring.refusals import AlreadyPaired, NotYours
from mentoring.templates import Programme

LATE = timedelta(days=30)
"""How long after its last day a tandem stands in every list: meetings are logged late."""


@dataclass(frozen=True)
class Member:
    """Somebody's place in a tandem."""

    person_id: int
    name: str
    role: Role
    zone: str


@dataclass(frozen=True)
class Tandem:
    """A running tandem; days are calendar days in the programme's zone, both inclusive."""

    id: int
    template_id: int
    first_day: date
    last_day: date
    members: tuple[Member, ...]

    def others(self, person_id: int) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.person_id != person_id)

    def goes_on(self, today: date) -> bool:
        """Whether a next date is possible, on that calendar day or later."""
        return today <= self.last_day

    def is_other_side(self, person_id: int, *, of: int) -> bool:
        """Whether the person is a member in the other role: a mentor's other side are mentees."""
        return self.role_of(person_id) not in (None, self.role_of(of))

    def role_of(self, person_id: int) -> Role | None:
        return next((m.role for m in self.members if m.person_id == person_id), None)


@dataclass(frozen=True)
class TandemLine:
    """A row of the coordinator's list: counts and dates, never what was said."""

    tandem: Tandem
    meetings: int
    last_meeting: date | None
    contested: int


class TandemBook(Protocol):
    async def add(
        self, *, template_id: int, first_day: date, last_day: date, by: int, now: datetime
    ) -> int: ...
    async def join(self, tandem_id: int, person_id: int, role: Role) -> None: ...
    async def are_paired(self, first: int, second: int) -> bool: ...
    async def of(self, person_id: int) -> list[Tandem]: ...
    async def by_id(self, tandem_id: int, *, viewer: int) -> Tandem | None: ...
    async def lines(self, *, skip: int, limit: int) -> list[TandemLine]: ...
    async def count(self) -> int: ...


@dataclass(frozen=True)
class Tandems:
    """The service."""

    book: TandemBook
    people: People
    letters: LetterBook
    programme: Programme
    ladder: Ladder

    async def pair(self, *, by: Person, mentee: int, mentor: int, now: datetime) -> Tandem:
        """Makes a tandem of two people, from today on. Raises NotYours, AlreadyPaired."""
        check_coordinator(by)
        two = [await self.people.get(mentee), await self.people.get(mentor)]
        if not (two[0].is_(Role.MENTEE) and two[1].is_(Role.MENTOR)) or mentee == mentor:
            raise NotYours
        if await self.book.are_paired(mentee, mentor):
            raise AlreadyPaired
        tandem = await self._begin(by, now)
        await self.book.join(tandem, mentee, Role.MENTEE)
        await self.book.join(tandem, mentor, Role.MENTOR)
        for reader, other in (two, two[::-1]):
            args = {"partner": other.name, "tandem": tandem}
            self.letters.add(Letter(to=reader.id, kind="matched", args=args, due=now))
        paired = await self.get(tandem, viewer=mentee)
        self.ladder.begin(paired, now=now)
        return paired

    async def get(self, tandem_id: int, *, viewer: int) -> Tandem:
        """The tandem, if the viewer is in it. Raises NotYours."""
        tandem = await self.book.by_id(tandem_id, viewer=viewer)
        if tandem is None:
            raise NotYours
        return tandem

    async def of(self, person_id: int) -> list[Tandem]:
        """The running tandems of a person, oldest first."""
        return await self.book.of(person_id)

    async def lines(self, *, by: Person, skip: int, limit: int) -> tuple[list[TandemLine], int]:
        """A page of the running tandems, and how many there are. Raises NotYours."""
        check_coordinator(by)
        return await self.book.lines(skip=skip, limit=limit), await self.book.count()

    async def _begin(self, by: Person, now: datetime) -> int:
        first_day = by.today(now)
        last_day = first_day + timedelta(days=self.programme.length_days)
        return await self.book.add(
            template_id=self.programme.id, first_day=first_day, last_day=last_day, by=by.id, now=now
        )
