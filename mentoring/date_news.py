"""What people hear of their tandem's date: the news of it, and what reminds of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mentoring.dates import Appointment
from mentoring.letters import Letter, LetterBook
from mentoring.people import People, Person
from mentoring.reminders import OVER, Reminder, reminders
from mentoring.tandems import Member, Tandem


@dataclass(frozen=True)
class DateNews:
    """Writes and withdraws letters; each version of a date has its own."""

    people: People
    letters: LetterBook

    def tell(
        self,
        readers: Iterable[Member],
        deed: str,
        appointment: Appointment,
        *,
        by: Person,
        now: datetime,
    ) -> None:
        """News, which are of no use once the date is over."""
        for reader in readers:
            self.letters.add(
                Letter(
                    to=reader.person_id,
                    kind=f"date_{deed}",
                    args={
                        "date": appointment.id,
                        "version": appointment.sequence,
                        "by": by.name,
                        "by_id": by.id,
                    },
                    due=now,
                    useful_until=appointment.ends_at,
                    key=f"date:{appointment.id}:{appointment.sequence}:{deed}:{reader.person_id}",
                    cancel=_news(appointment),
                )
            )

    async def remind(self, tandem: Tandem, appointment: Appointment, now: datetime) -> None:
        """Of a new version; what would be late already is not said."""
        for member in tandem.members:
            person = await self.people.get(member.person_id)
            for reminder in _of(appointment, person):
                if reminder.due > now:
                    self.letters.add(_letter(appointment, person, reminder))

    async def remind_anew(self, appointment: Appointment, person: Person) -> None:
        """In another zone: what waits is due by its evenings, and at once if that is over.

        Nothing is added: what was too late to be said at all stays unsaid.
        """
        for reminder in _of(appointment, person):
            await self.letters.postpone(_key(appointment, person, reminder), reminder.due)

    async def ask_again(
        self, tandem: Tandem, appointment: Appointment, *, after: int, now: datetime
    ) -> None:
        """Did you meet? once more, after the answer, meeting `after`, was taken back."""
        for member in tandem.members:
            person = await self.people.get(member.person_id)
            for reminder in _of(appointment, person):
                if reminder.kind == OVER and now < reminder.useful_until:
                    late = replace(reminder, due=max(now, reminder.due))
                    asked = _letter(appointment, person, late)
                    self.letters.add(replace(asked, key=f"{asked.key}:after:{after}"))

    async def withdraw_news(self, appointment: Appointment) -> None:
        await self.letters.cancel(_news(appointment))

    async def withdraw(self, tandem: Tandem, appointment: Appointment) -> None:
        """What waits to be said of an earlier version is not said any more."""
        await self.letters.cancel(_news(appointment))
        for member in tandem.members:
            await self.letters.cancel(_reminders(appointment, member.person_id))


def _of(appointment: Appointment, person: Person) -> tuple[Reminder, ...]:
    return reminders(appointment.starts_at, appointment.ends_at, person.time_zone)


def _letter(appointment: Appointment, person: Person, reminder: Reminder) -> Letter:
    return Letter(
        to=person.id,
        kind=reminder.kind,
        args={"date": appointment.id, "version": appointment.sequence},
        due=reminder.due,
        useful_until=reminder.useful_until,
        key=_key(appointment, person, reminder),
        cancel=_reminders(appointment, person.id),
    )


def _key(appointment: Appointment, person: Person, reminder: Reminder) -> str:
    return f"date:{appointment.id}:{appointment.sequence}:{reminder.kind}:{person.id}"


def _news(appointment: Appointment) -> str:
    return f"date:{appointment.id}:news"


def _reminders(appointment: Appointment, person_id: int) -> str:
    return f"date:{appointment.id}:reminders:{person_id}"
