"""Appointments: a tandem's next date, proposed by one side and settled by one yes of the other."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Protocol
from zoneinfo import ZoneInfo

from mentoring.date_news import DateNews
from mentoring.dates import Appointment, State
from mentoring.ladder import Ladder
from mentoring.people import People, Person
from mentoring.plans import Plan
from mentoring.refusals import HourPassed, NotAhead, NotYours, Overtaken
from mentoring.tandems import Tandem, Tandems

FORTNIGHT = timedelta(days=14)


class AppointmentBook(Protocol):
    async def add(self, appointment: Appointment, *, now: datetime) -> Appointment: ...
    async def change(self, appointment: Appointment) -> None: ...
    async def use_key(self, key: str, appointment: Appointment, *, person_id: int) -> None: ...
    async def by_id(self, appointment_id: int, *, viewer: int) -> Appointment | None: ...
    async def by_key(self, key: str, *, viewer: int) -> Appointment | None: ...
    async def by_meeting(self, meeting_id: int) -> Appointment | None: ...
    async def open_of(self, tandem_id: int) -> Appointment | None: ...
    async def unanswered(self, tandem_id: int) -> list[Appointment]: ...
    async def open_with(self, person_id: int) -> list[Appointment]: ...


@dataclass(frozen=True)
class Appointments:
    """The service. Every call names who acts; `NotYours` answers whoever may not."""

    book: AppointmentBook
    tandems: Tandems
    people: People
    news: DateNews
    ladder: Ladder

    async def get(self, appointment_id: int, *, viewer: int) -> Appointment:
        """The appointment, if it is the viewer's tandem's. Raises NotYours."""
        appointment = await self.book.by_id(appointment_id, viewer=viewer)
        if appointment is None:
            raise NotYours
        return appointment

    async def next_of(self, tandem: Tandem, *, now: datetime) -> Appointment | None:
        """The date that is proposed or agreed, and to come; a tandem has one at most."""
        appointment = await self.book.open_of(tandem.id)
        return appointment if appointment and appointment.starts_at > now else None

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

        A key that was used brings what became of that date since. It stands at once when nobody of
        the other role has an account. Raises NotYours, NotAhead, HourPassed.
        """
        tandem = await self.tandems.get(tandem_id, viewer=by.id)
        known = await self.book.by_key(key, viewer=by.id)
        if known is not None:
            return known
        self.check_day(tandem, plan.day, by=by, now=now)
        if plan.starts_at(by.time_zone) <= now:
            raise HourPassed
        standing = await self._standing(tandem, now)
        if standing is not None and standing.plan_in(by.time_zone) == plan:
            await self.book.use_key(key, standing, person_id=by.id)
            return await self._same(tandem, standing, by, now)
        proposed = await self._put(tandem, standing, plan, by, now)
        await self.book.use_key(key, proposed, person_id=by.id)
        await self.news.withdraw(tandem, proposed)
        await self.news.remind(tandem, proposed, now)
        await self.ladder.contact(tandem, now=now)
        if not await self._can_be_answered(tandem, proposed):
            return await self._agreed(tandem, proposed, by, now)
        self.news.tell(tandem.others(by.id), "proposed", proposed, by=by, now=now)
        return proposed

    async def _same(
        self, tandem: Tandem, standing: Appointment, by: Person, now: datetime
    ) -> Appointment:
        """Who proposes what the other side has proposed says yes to it."""
        if standing.state is State.AGREED or not self.may_answer(tandem, standing, by):
            return standing
        await self.news.withdraw_news(standing)
        return await self._agreed(tandem, standing, by, now)

    async def of_card(self, key: str, *, by: Person) -> Appointment:
        """What that card of theirs has become. Raises NotYours."""
        appointment = await self.book.by_key(key, viewer=by.id)
        if appointment is None:
            raise NotYours
        return appointment

    async def accept(
        self, appointment_id: int, *, seen: str, by: Person, now: datetime
    ) -> Appointment:
        """One yes of the other role settles it. `seen` is the mark of the date that was shown.

        Raises NotYours, HourPassed, and Overtaken when another date is proposed now.
        """
        appointment, tandem = await self._open(appointment_id, seen, by)
        if not self.may_answer(tandem, appointment, by):
            raise NotYours
        if appointment.state is State.AGREED:
            return appointment
        if appointment.starts_at <= now:
            raise HourPassed
        await self.news.withdraw_news(appointment)
        return await self._agreed(tandem, appointment, by, now)

    async def cancel(
        self, appointment_id: int, *, seen: str, by: Person, now: datetime
    ) -> Appointment:
        """Either side calls it off, and the others hear of it.

        Raises NotYours (also once it is over) and Overtaken.
        """
        known = await self.get(appointment_id, viewer=by.id)
        if known.state is State.CANCELLED:
            return known
        appointment, tandem = await self._open(appointment_id, seen, by)
        if appointment.ends_at <= now:
            raise NotYours
        gone = replace(appointment, state=State.CANCELLED, sequence=appointment.sequence + 1)
        await self.book.change(gone)
        await self.news.withdraw(tandem, gone)
        await self.ladder.lost(tandem, now=now)
        # Who has it in a calendar gets it out of there again, the one who cancels as well.
        readers = tandem.members if gone.in_calendars else tandem.others(by.id)
        self.news.tell(readers, "cancelled", gone, by=by, now=now)
        return gone

    async def settle(
        self, tandem: Tandem, day: date, zone: ZoneInfo, *, meeting_id: int, now: datetime
    ) -> None:
        """Of a meeting of that day in that zone: a date of that day that has come is over.

        Nobody is asked any more whether they met. A date that is still to come stays.
        """
        for appointment in await self.book.unanswered(tandem.id):
            if appointment.starts_at <= now and appointment.plan_in(zone).day == day:
                await self.close(tandem, appointment, meeting_id=meeting_id)
                return

    async def close(self, tandem: Tandem, appointment: Appointment, *, meeting_id: int) -> None:
        """That meeting is what became of the date."""
        await self.book.change(replace(appointment, state=State.OVER, meeting_id=meeting_id))
        await self.news.withdraw(tandem, appointment)

    async def ask_again(
        self, tandem: Tandem, *, meeting_id: int, held: int | None, now: datetime
    ) -> None:
        """The meeting was taken back: all are asked anew what became of its date.

        `held`: the other side's meeting of that day, if there is one: that is the answer, then.
        """
        appointment = await self.book.by_meeting(meeting_id)
        if appointment is None:
            return
        await self.book.change(replace(appointment, meeting_id=held))
        if held is None:
            await self.news.ask_again(tandem, appointment, after=meeting_id, now=now)

    async def replan(self, person: Person) -> None:
        """After a change of zone: this person's reminders come at the new place's evening."""
        for appointment in await self.book.open_with(person.id):
            await self.news.remind_anew(appointment, person)

    def may_answer(self, tandem: Tandem, appointment: Appointment, person: Person) -> bool:
        """Whether a yes of this person counts: it takes the other role's."""
        return tandem.is_other_side(person.id, of=appointment.by)

    async def _open(self, appointment_id: int, seen: str, by: Person) -> tuple[Appointment, Tandem]:
        """The date, open and as it was seen, and its tandem. Raises NotYours, Overtaken."""
        appointment = await self.get(appointment_id, viewer=by.id)
        if not appointment.is_open:
            raise NotYours
        if appointment.mark != seen:
            raise Overtaken
        return appointment, await self.tandems.get(appointment.tandem_id, viewer=by.id)

    async def _standing(self, tandem: Tandem, now: datetime) -> Appointment | None:
        """The date that is to come; one that has begun makes room, and is asked about later."""
        known = await self.book.open_of(tandem.id)
        if known is None or known.starts_at > now:
            return known
        await self.book.change(replace(known, state=State.OVER))
        return None

    async def _put(
        self, tandem: Tandem, known: Appointment | None, plan: Plan, by: Person, now: datetime
    ) -> Appointment:
        """The open one, `known`, changes; without one there is a new one."""
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
            instead_of=known.to_replace if known else None,
        )
        if known is None:
            return await self.book.add(proposed, now=now)
        await self.book.change(proposed)
        return proposed

    async def _can_be_answered(self, tandem: Tandem, appointment: Appointment) -> bool:
        """Whether there is anybody who could say yes or no in this bot."""
        role = tandem.role_of(appointment.by)
        others = [member for member in tandem.members if member.role is not role]
        people = [await self.people.get(member.person_id) for member in others]
        return any(person.chat_id is not None for person in people)

    async def _agreed(
        self, tandem: Tandem, appointment: Appointment, by: Person, now: datetime
    ) -> Appointment:
        agreed = replace(appointment, state=State.AGREED, in_calendars=True, instead_of=None)
        await self.book.change(agreed)
        self.news.tell(tandem.members, "agreed", agreed, by=by, now=now)
        return agreed
