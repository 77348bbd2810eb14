"""The desk: every service of the programme in one place, and the time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from mentoring.appointments import Appointments
from mentoring.cards import CardBook
from mentoring.invitations import Invitations, Tries
from mentoring.letters import LetterBook
from mentoring.meetings import Meetings
from mentoring.notes import Notes
from mentoring.people import People, Person
from mentoring.questions import Questions
from mentoring.tandems import Tandems
from mentoring.templates import Programme


@dataclass(frozen=True)
class Desk:
    """What a conversation, the clock, the command line and a test all call."""

    clock: Callable[[], datetime]
    programme: Programme
    people: People
    invitations: Invitations
    tandems: Tandems
    appointments: Appointments
    meetings: Meetings
    notes: Notes
    questions: Questions
    cards: CardBook
    letters: LetterBook
    tries: Tries

    async def move(self, person_id: int, zone: str) -> None:
        """Somebody lives in another zone now: what reminds them comes at its evening."""
        await self.people.move(person_id, zone)
        await self.appointments.replan(await self.people.get(person_id))

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self.clock()

    def today(self, person: Person) -> date:
        """The calendar day where the person lives."""
        return person.today(self.now())
