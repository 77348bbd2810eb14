"""Appointments: a tandem's next date, proposed by one side and settled by one yes of the other."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Protocol
from zoneinfo import ZoneInfo

from mentoring.letters import Letter, LetterBook, Priority
from mentoring.people import People, Person
from mentoring.plans import Plan
from mentoring.refusals import NotAhead, NotYours, Overtaken
from mentoring.reminders import Reminder, reminders
from mentoring.tandems import Member, Tandem, Tandems

FORTNIGHT = timedelta(days=14)


class State(StrEnum):
    """Where an appointment stands; the first two are open."""

    PROPOSED = "p"
    AGREED = "a"
    CANCELLED = "c"
    OVER = "o"


@dataclass(frozen=True)
class Appointment:
    """A tandem's date: wall time of `plan` in `zone` (IANA). Every change raises `sequence`.

    `by` made the version that stands. `uid` names it in calendars, `in_calendars`: it was sent to
    them. `meeting_id`: what was logged of it, once it is over.
    """

    id: int
    tandem_id: int
    plan: Plan
    zone: str
    state: State
    sequence: int
    by: int
    uid: str
    in_calendars: bool
    meeting_id: int | None

    @property
    def is_open(self) -> bool:
        return self.state in (State.PROPOSED, State.AGREED)

    @property
    def starts_at(self) -> datetime:
        return self.plan.starts_at(ZoneInfo(self.zone))

    @property
    def ends_at(self) -> datetime:
        return self.plan.ends_at(ZoneInfo(self.zone))


class AppointmentBook(Protocol):
    async def add(self, appointment: Appointment, *, key: str, now: datetime) -> Appointment: ...
    async def change(self, appointment: Appointment, *, key: str | None = None) -> None: ...
    async def settle(self, tandem_id: int, *, day: date, meeting_id: int) -> Appointment | None: ...
    async def by_id(self, appointment_id: int, *, viewer: int) -> Appointment | None: ...
    async def by_key(self, key: str) -> Appointment | None: ...
    async def open_of(self, tandem_id: int) -> Appointment | None: ...
    async def open_with(self, person_id: int) -> list[Appointment]: ...


@dataclass(frozen=True)
class Appointments:
    """The service. Every call names who acts; `NotYours` answers whoever may not."""

    book: AppointmentBook
    tandems: Tandems
    people: People
    letters: LetterBook

    async def get(self, appointment_id: int, *, viewer: int) -> Appointment:
        """The appointment, if it is the viewer's tandem's. Raises NotYours."""
        appointment = await self.book.by_id(appointment_id, viewer=viewer)
        if appointment is None:
            raise NotYours
        return appointment

    async def open_of(self, tandem: Tandem) -> Appointment | None:
        """The date that is proposed or agreed; a tandem has one at most."""
        return await self.book.open_of(tandem.id)

    def in_a_fortnight(self, plan: Plan, *, by: Person, now: datetime) -> Plan:
        """The same time and place, two weeks after `plan`, or later, as it has to be to come."""
        day = plan.day + FORTNIGHT
        while replace(plan, day=day).starts_at(by.time_zone) <= now:
            day += FORTNIGHT
        return replace(plan, day=day)

    def check_day(self, tandem: Tandem, day: date, *, by: Person, now: datetime) -> None:
        """Raises NotAhead unless it is today or later, and within the tandem's time."""
        first, last = self.days(tandem, by=by, now=now)
        if not first <= day <= last:
            raise NotAhead(first, last)

    def days(self, tandem: Tandem, *, by: Person, now: datetime) -> tuple[date, date]:
        """The first and the last day that can be proposed."""
        return max(by.today(now), tandem.first_day), tandem.last_day

    async def propose(
        self, *, by: Person, tandem_id: int, plan: Plan, key: str, now: datetime
    ) -> Appointment:
        """A new date, or another one in place of the open one; once per `key`.

        It stands at once when nobody of the other role has an account. Raises NotYours, NotAhead.
        """
        tandem = await self.tandems.get(tandem_id, viewer=by.id)
        known = await self.book.by_key(key)
        if known is not None:
            return known
        self.check_day(tandem, plan.day, by=by, now=now)
        if plan.starts_at(by.time_zone) <= now:
            raise NotAhead(*self.days(tandem, by=by, now=now))
        proposed = await self._put(tandem, plan, by, key, now)
        await self._withdraw(proposed)
        await self._plan_reminders(tandem, proposed, now)
        if not await self._is_answered(tandem, proposed):
            return await self._agreed(tandem, proposed, by, now)
        self._tell(tandem.others(by.id), "proposed", proposed, by, now)
        return proposed

    async def of_card(self, key: str, *, by: Person) -> Appointment:
        """What that card of theirs has become. Raises NotYours."""
        appointment = await self.book.by_key(key)
        if appointment is None or appointment.by != by.id:
            raise NotYours
        return appointment

    async def accept(
        self, appointment_id: int, *, seen: str, by: Person, now: datetime
    ) -> Appointment:
        """One yes of the other role settles it. `seen` is the mark of the plan that was shown.

        Raises NotYours, and Overtaken when another date is proposed now.
        """
        appointment = await self.get(appointment_id, viewer=by.id)
        tandem = await self.tandems.get(appointment.tandem_id, viewer=by.id)
        if not appointment.is_open or not self.may_answer(tandem, appointment, by):
            raise NotYours
        if appointment.plan.mark != seen:
            raise Overtaken
        if appointment.state is State.AGREED:
            return appointment
        await self.letters.cancel(_news(appointment))
        return await self._agreed(tandem, appointment, by, now)

    async def cancel(
        self, appointment_id: int, *, seen: str, by: Person, now: datetime
    ) -> Appointment:
        """Either side calls it off, and the others hear of it. Raises NotYours, Overtaken."""
        appointment = await self.get(appointment_id, viewer=by.id)
        tandem = await self.tandems.get(appointment.tandem_id, viewer=by.id)
        if appointment.state is State.CANCELLED:
            return appointment
        if not appointment.is_open:
            raise NotYours
        if appointment.plan.mark != seen:
            raise Overtaken
        gone = replace(appointment, state=State.CANCELLED, sequence=appointment.sequence + 1)
        await self.book.change(gone)
        await self._withdraw(gone)
        # Who has it in a calendar gets it out of there again, the one who cancels as well.
        readers = tandem.members if gone.in_calendars else tandem.others(by.id)
        self._tell(readers, "cancelled", gone, by, now)
        return gone

    async def settle(self, tandem_id: int, *, day: date, meeting_id: int) -> None:
        """A meeting of that day was logged, or that there was none: nobody is asked any more."""
        settled = await self.book.settle(tandem_id, day=day, meeting_id=meeting_id)
        if settled is not None:
            await self._withdraw(settled)

    async def replan(self, person: Person, now: datetime) -> None:
        """After a change of zone: the reminders that wait come at the new place's evening."""
        for appointment in await self.book.open_with(person.id):
            await self.letters.cancel(_reminders(appointment))
            tandem = await self.tandems.get(appointment.tandem_id, viewer=person.id)
            await self._plan_reminders(tandem, appointment, now)

    def may_answer(self, tandem: Tandem, appointment: Appointment, person: Person) -> bool:
        """Whether a yes of this person counts: it takes the other role's."""
        return tandem.role_of(person.id) not in (None, tandem.role_of(appointment.by))

    async def _put(
        self, tandem: Tandem, plan: Plan, by: Person, key: str, now: datetime
    ) -> Appointment:
        """The open one changes; without one there is a new one."""
        known = await self.book.open_of(tandem.id)
        proposed = Appointment(
            id=known.id if known else 0,
            tandem_id=tandem.id,
            plan=plan,
            zone=by.zone,
            state=State.PROPOSED,
            sequence=known.sequence + 1 if known else 0,
            by=by.id,
            uid=known.uid if known else token_hex(12),
            in_calendars=known is not None and known.in_calendars,
            meeting_id=None,
        )
        if known is None:
            return await self.book.add(proposed, key=key, now=now)
        await self.book.change(proposed, key=key)
        return proposed

    async def _is_answered(self, tandem: Tandem, appointment: Appointment) -> bool:
        """Whether there is anybody who could say yes or no in this bot."""
        role = tandem.role_of(appointment.by)
        others = [member for member in tandem.members if member.role is not role]
        people = [await self.people.get(member.person_id) for member in others]
        return any(person.chat_id is not None for person in people)

    async def _agreed(
        self, tandem: Tandem, appointment: Appointment, by: Person, now: datetime
    ) -> Appointment:
        agreed = replace(appointment, state=State.AGREED, in_calendars=True)
        await self.book.change(agreed)
        self._tell(tandem.members, "agreed", agreed, by, now)
        return agreed

    async def _withdraw(self, appointment: Appointment) -> None:
        """What waits to be said of an earlier version is not said any more."""
        await self.letters.cancel(_news(appointment))
        await self.letters.cancel(_reminders(appointment))

    def _tell(
        self,
        readers: tuple[Member, ...],
        deed: str,
        appointment: Appointment,
        by: Person,
        now: datetime,
    ) -> None:
        for reader in readers:
            self.letters.add(
                Letter(
                    to=reader.person_id,
                    kind=f"date_{deed}",
                    args={"date": appointment.id, "by": by.name},
                    due=now,
                    key=f"date:{appointment.id}:{appointment.sequence}:{deed}:{reader.person_id}",
                    cancel=_news(appointment),
                )
            )

    async def _plan_reminders(
        self, tandem: Tandem, appointment: Appointment, now: datetime
    ) -> None:
        for member in tandem.members:
            person = await self.people.get(member.person_id)
            for reminder in reminders(appointment.starts_at, appointment.ends_at, person.time_zone):
                if reminder.due > now:
                    self.letters.add(_letter(appointment, person, reminder))


def _letter(appointment: Appointment, person: Person, reminder: Reminder) -> Letter:
    return Letter(
        to=person.id,
        kind=reminder.kind,
        args={"date": appointment.id, "seen": appointment.plan.mark},
        priority=Priority.APPOINTMENT,
        due=reminder.due,
        useful_until=reminder.useful_until,
        key=f"date:{appointment.id}:{appointment.sequence}:{reminder.kind}:{person.id}",
        cancel=_reminders(appointment),
    )


def _news(appointment: Appointment) -> str:
    return f"date:{appointment.id}:news"


def _reminders(appointment: Appointment) -> str:
    return f"date:{appointment.id}:reminders"
