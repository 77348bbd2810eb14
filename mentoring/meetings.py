"""Meetings of a tandem: logged by either side, seen by both, counted only when nobody objects."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from mentoring.appointments import Appointments
from mentoring.dates import Appointment
from mentoring.ladder import Ladder
from mentoring.letters import Letter, LetterBook
from mentoring.logbook import Meeting, MeetingBook, Outcome, Total
from mentoring.people import Person
from mentoring.plans import Plan
from mentoring.refusals import (
    DayTaken,
    NotADay,
    NotAhead,
    NotBegun,
    NotYours,
    Overtaken,
    SameMeeting,
    TooLate,
    Unchanged,
)
from mentoring.tandems import Tandem, Tandems
from mentoring.templates import Programme
from mentoring.texts import clean_line

PLACE_LIMIT = 100
"""UTF-16 units of a place: one line of a card."""


@dataclass(frozen=True)
class Meetings:
    """The service. Every call names who acts; `NotYours` answers whoever may not."""

    book: MeetingBook
    tandems: Tandems
    letters: LetterBook
    programme: Programme
    appointments: Appointments
    ladder: Ladder

    async def defaults(self, tandem: Tandem, *, by: Person, now: datetime) -> Plan:
        """A card's first values: today; time, length, place and topics as last time."""
        today = min(max(by.today(now), tandem.first_day), tandem.last_day)
        minutes = self.programme.duration
        last = await self._last(tandem, by) or Plan(today, time(23, 59), minutes, "", ())
        plan = replace(last, day=today)
        if plan.starts_at(by.time_zone) <= now:
            return plan
        # The usual hour is still to come: it has just ended, then.
        begun = (now - timedelta(minutes=plan.minutes)).astimezone(by.time_zone)
        day = max(begun.date(), tandem.first_day)
        start = time(begun.hour, begun.minute // 30 * 30) if day == begun.date() else time()
        return replace(plan, day=day, start=start)

    async def next_plan(self, tandem: Tandem, *, by: Person, now: datetime) -> Plan:
        """A date card's first values: the open date, else two weeks after the last meeting.

        Raises NotAhead when the tandem's time is over.
        """
        first, end = self.appointments.days(tandem, by=by, now=now)
        if end < first:
            raise NotAhead(first, end)
        appointment = await self.appointments.next_of(tandem, now=now)
        if appointment is not None:
            return appointment.plan_in(by.time_zone)
        last = await self._last(tandem, by) or await self.defaults(tandem, by=by, now=now)
        plan = self.appointments.in_a_fortnight(last, by=by, now=now)
        return replace(plan, day=max(first, min(plan.day, end)))

    def check_day(self, tandem: Tandem, day: date, *, by: Person, now: datetime) -> None:
        """Raises NotADay unless the tandem was running and the day has come."""
        last = min(tandem.last_day, by.today(now))
        if not tandem.first_day <= day <= last:
            raise NotADay(tandem.first_day, last)

    def place(self, text: str) -> str:
        """A typed place, cleaned. Raises Empty, TooLong."""
        return clean_line(text, limit=PLACE_LIMIT)

    async def log(
        self,
        *,
        by: Person,
        tandem_id: int,
        outcome: Outcome,
        plan: Plan,
        key: str,
        now: datetime,
        another: bool = False,
        of_date: Appointment | None = None,
    ) -> Meeting:
        """Logs it once per `key` and tells the others; `of_date` is the date that it was.

        Raises NotYours, NotADay, NotBegun, SameMeeting.
        """
        tandem = await self.tandems.get(tandem_id, viewer=by.id)
        self.check_day(tandem, plan.day, by=by, now=now)
        if outcome is Outcome.HELD and plan.starts_at(by.time_zone) > now:
            raise NotBegun
        same = await self.book.on(tandem_id, plan.day)
        if same is not None and outcome is Outcome.HELD and not another:
            known = await self.book.by_key(key)
            if known is not None:
                return known
            raise SameMeeting(same.id)
        meeting = await self.book.add(
            tandem_id=tandem_id, by=by.id, outcome=outcome, plan=plan, key=key, now=now
        )
        if meeting is None:
            known = await self.book.by_key(key)
            assert known is not None
            return known
        await self._settle(tandem, meeting, by, of_date, now)
        if outcome is Outcome.HELD:
            await self.ladder.contact(tandem, now=now)
        else:
            await self.ladder.lost(tandem, now=now)
        self._tell(tandem, by, "logged", meeting.id, now)
        return meeting

    async def _settle(
        self,
        tandem: Tandem,
        meeting: Meeting,
        by: Person,
        of_date: Appointment | None,
        now: datetime,
    ) -> None:
        """Nobody is asked any more about the date that it was."""
        if of_date is not None:
            await self.appointments.close(tandem, of_date, meeting_id=meeting.id)
            return
        day, zone = meeting.plan.day, by.time_zone
        await self.appointments.settle(tandem, day, zone, meeting_id=meeting.id, now=now)

    async def same(self, meeting_id: int, *, of_date: Appointment | None, by: Person) -> Meeting:
        """It is that meeting, which the other side has logged; the date that was asked about is
        settled by it. Raises NotYours.
        """
        meeting = await self.get(meeting_id, viewer=by.id)
        if of_date is not None and of_date.meeting_id is None:
            tandem = await self.tandems.get(meeting.tandem_id, viewer=by.id)
            await self.appointments.close(tandem, of_date, meeting_id=meeting.id)
        return meeting

    async def get(self, meeting_id: int, *, viewer: int) -> Meeting:
        """The meeting, if it is the viewer's tandem's. Raises NotYours."""
        meeting = await self.book.by_id(meeting_id, viewer=viewer)
        if meeting is None:
            raise NotYours
        return meeting

    async def of_card(self, key: str, *, by: Person) -> Meeting:
        """What that card of theirs has become. Raises NotYours."""
        meeting = await self.book.by_key(key)
        if meeting is None or meeting.by != by.id:
            raise NotYours
        return meeting

    async def of_partner(self, meeting_id: int, *, by: Person) -> Meeting:
        """What `by` may object to: the other side's, held, not undone. Raises NotYours."""
        meeting = await self.get(meeting_id, viewer=by.id)
        tandem = await self.tandems.get(meeting.tandem_id, viewer=by.id)
        if not tandem.is_other_side(by.id, of=meeting.by):
            raise NotYours
        if meeting.undone or meeting.outcome is not Outcome.HELD:
            raise NotYours
        return meeting

    async def undo(self, meeting_id: int, *, by: Person, now: datetime) -> Meeting:
        """Its author takes it back: within the template's hours, a contested one at any time.

        Raises NotYours, TooLate.
        """
        meeting = await self._own(meeting_id, by)
        if meeting.undone:
            return meeting
        late = now - meeting.logged_at > timedelta(hours=self.programme.undo_hours)
        if late and not meeting.contested:
            raise TooLate(self.programme.undo_hours)
        if await self.book.undo(meeting_id, now):
            await self._retell(meeting, by, "undone", now)
            tandem = await self.tandems.get(meeting.tandem_id, viewer=by.id)
            held = await self.book.on(tandem.id, meeting.plan.day)
            await self.appointments.ask_again(
                tandem, meeting_id=meeting_id, held=held.id if held else None, now=now
            )
            await self.ladder.lost(tandem, now=now)
        return replace(meeting, undone=True)

    async def object(self, meeting_id: int, *, by: Person, now: datetime) -> Meeting:
        """The other side says it was not so: it counts nowhere from now on. Raises NotYours."""
        meeting = await self.of_partner(meeting_id, by=by)
        if await self.book.contest(meeting_id, by=by.id, now=now):
            await self._recount(meeting, by, "contested", now)
        return await self.get(meeting_id, viewer=by.id)

    async def concede(self, meeting_id: int, *, by: Person, now: datetime) -> Meeting:
        """Who objected takes it back: it was as logged. Raises NotYours."""
        meeting = await self.of_partner(meeting_id, by=by)
        if not {meeting.contested_by, meeting.corrected_by} <= {None, by.id}:
            raise NotYours  # in a tandem of three: somebody else's objection or correction
        if await self.book.concede(meeting_id, by=by.id):
            await self._recount(meeting, by, "conceded", now)
        return await self.get(meeting_id, viewer=by.id)

    async def correct(self, meeting_id: int, plan: Plan, *, by: Person, now: datetime) -> Meeting:
        """The other side says how it was; both values stand until the author answers.

        Raises NotYours, NotADay, NotBegun, DayTaken, Unchanged. Proposed twice, it is told once.
        """
        meeting = await self.of_partner(meeting_id, by=by)
        if plan == meeting.plan:
            raise Unchanged
        if plan == meeting.correction:
            return meeting
        await self._check_alone(meeting, plan.day)
        if plan.starts_at(by.time_zone) > now:
            raise NotBegun
        self.check_day(
            await self.tandems.get(meeting.tandem_id, viewer=by.id), plan.day, by=by, now=now
        )
        await self.book.propose(meeting_id, plan, by=by.id)
        await self._retell(meeting, by, "corrected", now)
        return replace(meeting, correction=plan, corrected_by=by.id)

    async def answer_correction(
        self, meeting_id: int, *, seen: str, accept: bool, by: Person, now: datetime
    ) -> Meeting:
        """The author agrees, and it counts as corrected, or not, and it counts nowhere.

        `seen` is the mark of the correction that was shown. Raises NotYours, Overtaken when
        there is another one now, DayTaken. Answered already: the meeting as it stands.
        """
        meeting = await self._own(meeting_id, by)
        plan = meeting.correction
        if meeting.undone:
            raise NotYours
        if plan is None:
            return meeting
        if plan.mark != seen:
            raise Overtaken
        if accept:
            await self._check_alone(meeting, plan.day)
            await self.book.apply(meeting_id, plan)
        else:
            await self.book.decline(meeting_id, now)
        await self._recount(meeting, by, "agreed" if accept else "contested", now)
        return await self.get(meeting_id, viewer=by.id)

    async def total(self, tandem_id: int) -> Total:
        return await self.book.total(tandem_id)

    async def recent(self, tandem: Tandem, *, viewer: int, limit: int) -> list[Meeting]:
        """The tandem's last meetings, newest first, without those taken back."""
        return await self.book.recent(tandem.id, viewer=viewer, limit=limit)

    async def _last(self, tandem: Tandem, by: Person) -> Plan | None:
        recent = await self.book.recent(tandem.id, viewer=by.id, limit=1)
        return recent[0].plan if recent else None

    async def _check_alone(self, meeting: Meeting, day: date) -> None:
        """A correction moves no meeting to a day that has another: that would count it twice."""
        other = await self.book.on(meeting.tandem_id, day)
        if other is not None and other.id != meeting.id and day != meeting.plan.day:
            raise DayTaken

    async def _own(self, meeting_id: int, by: Person) -> Meeting:
        meeting = await self.get(meeting_id, viewer=by.id)
        if meeting.by != by.id:
            raise NotYours
        return meeting

    async def _retell(self, meeting: Meeting, by: Person, deed: str, now: datetime) -> None:
        """What waits to be told of this meeting is overtaken by the new deed."""
        await self.letters.cancel(f"meeting:{meeting.id}")
        tandem = await self.tandems.get(meeting.tandem_id, viewer=by.id)
        self._tell(tandem, by, deed, meeting.id, now)

    async def _recount(self, meeting: Meeting, by: Person, deed: str, now: datetime) -> None:
        """It counts now, counts no more, or counts for another day: so does the ladder."""
        await self._retell(meeting, by, deed, now)
        tandem = await self.tandems.get(meeting.tandem_id, viewer=by.id)
        await self.ladder.lost(tandem, now=now)

    def _tell(self, tandem: Tandem, by: Person, deed: str, meeting_id: int, now: datetime) -> None:
        for other in tandem.others(by.id):
            self.letters.add(
                Letter(
                    to=other.person_id,
                    kind=f"meeting_{deed}",
                    args={"meeting": meeting_id, "by": by.name},
                    due=now,
                    cancel=f"meeting:{meeting_id}",
                )
            )
