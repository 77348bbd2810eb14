"""Meetings of a tandem: logged by either side, seen by both, counted only when nobody objects."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from mentoring.letters import Letter, LetterBook
from mentoring.people import Person
from mentoring.refusals import NotADay, NotYours, Overtaken, SameMeeting, TooLate
from mentoring.tandems import Tandem, Tandems
from mentoring.templates import Programme
from mentoring.texts import clean_line

PLACE_LIMIT = 100
"""UTF-16 units of a place: one line of a card."""


class Outcome(StrEnum):
    """What became of a meeting. Only `held` counts as hours."""

    HELD = "h"
    MOVED = "m"
    NOT_HELD = "n"


@dataclass(frozen=True)
class Plan:
    """When, how long, where and what about: what a card fills in. Local wall time."""

    day: date
    start: time
    minutes: int
    place: str
    topics: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Eight hex digits that tell it from another: a yes is a yes to what was seen."""
        values = (self.day, self.start, self.minutes, self.place, *self.topics)
        text = "\n".join(map(str, values))
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


@dataclass(frozen=True)
class Meeting:
    """A logged meeting. `correction`: what the other side says it was, until its author agrees."""

    id: int
    tandem_id: int
    by: int
    outcome: Outcome
    plan: Plan
    logged_at: datetime
    undone: bool
    contested: bool
    correction: Plan | None
    corrected_by: int | None


@dataclass(frozen=True)
class Total:
    """What a tandem's uncontested, held meetings add up to."""

    meetings: int
    minutes: int


class MeetingBook(Protocol):
    async def add(
        self, *, tandem_id: int, by: int, outcome: Outcome, plan: Plan, key: str, now: datetime
    ) -> Meeting: ...
    async def by_key(self, key: str) -> Meeting | None: ...
    async def by_id(self, meeting_id: int, *, viewer: int) -> Meeting | None: ...
    async def on(self, tandem_id: int, day: date) -> Meeting | None: ...
    async def recent(self, tandem_id: int, *, viewer: int, limit: int) -> list[Meeting]: ...
    async def total(self, tandem_id: int) -> Total: ...
    async def undo(self, meeting_id: int, now: datetime) -> bool: ...
    async def contest(self, meeting_id: int, now: datetime) -> bool: ...
    async def propose(self, meeting_id: int, plan: Plan, *, by: int) -> None: ...
    async def apply(self, meeting_id: int, plan: Plan) -> None: ...
    async def decline(self, meeting_id: int, now: datetime) -> None: ...


@dataclass(frozen=True)
class Meetings:
    """The service. Every call names who acts; `NotYours` answers whoever may not."""

    book: MeetingBook
    tandems: Tandems
    letters: LetterBook
    programme: Programme

    async def defaults(self, tandem: Tandem, *, by: Person, now: datetime) -> Plan:
        """A card's first values: today; time, length, place and topics as last time."""
        today = min(max(by.today(now), tandem.first_day), tandem.last_day)
        last = await self._last(tandem, by)
        if last is not None:
            return replace(last, day=today)
        begun = (now - timedelta(minutes=self.programme.duration)).astimezone(by.time_zone)
        start = time(begun.hour, begun.minute // 30 * 30)
        return Plan(today, start, self.programme.duration, "", ())

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
    ) -> Meeting:
        """Logs it once per `key` and tells the others. Raises NotYours, NotADay, SameMeeting."""
        tandem = await self.tandems.get(tandem_id, viewer=by.id)
        known = await self.book.by_key(key)
        if known is not None:
            return known
        self.check_day(tandem, plan.day, by=by, now=now)
        same = await self.book.on(tandem_id, plan.day)
        if same is not None and outcome is Outcome.HELD and not another:
            raise SameMeeting(same.id)
        meeting = await self.book.add(
            tandem_id=tandem_id, by=by.id, outcome=outcome, plan=plan, key=key, now=now
        )
        self._tell(tandem, by, "logged", meeting.id, now)
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
        if meeting.by == by.id or meeting.undone or meeting.outcome is not Outcome.HELD:
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
        return replace(meeting, undone=True)

    async def object(self, meeting_id: int, *, by: Person, now: datetime) -> Meeting:
        """The other side says it was not so: it counts nowhere from now on. Raises NotYours."""
        meeting = await self.of_partner(meeting_id, by=by)
        if await self.book.contest(meeting_id, now):
            await self._retell(meeting, by, "contested", now)
        return replace(meeting, contested=True)

    async def correct(self, meeting_id: int, plan: Plan, *, by: Person, now: datetime) -> Meeting:
        """The other side says how it was; both values stand until the author answers.

        Raises NotYours, NotADay.
        """
        meeting = await self.of_partner(meeting_id, by=by)
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

        `seen` is the mark of the correction that was shown. Raises NotYours, and Overtaken when
        there is another one now. Answered already: the meeting as it stands.
        """
        meeting = await self._own(meeting_id, by)
        plan = meeting.correction
        if plan is None or meeting.undone:
            return meeting
        if plan.mark != seen:
            raise Overtaken
        if accept:
            await self.book.apply(meeting_id, plan)
        else:
            await self.book.decline(meeting_id, now)
        await self._retell(meeting, by, "agreed" if accept else "contested", now)
        return await self.get(meeting_id, viewer=by.id)

    async def total(self, tandem_id: int) -> Total:
        return await self.book.total(tandem_id)

    async def recent(self, tandem: Tandem, *, viewer: int, limit: int = 5) -> list[Meeting]:
        """The tandem's last meetings, newest first, without those taken back."""
        return await self.book.recent(tandem.id, viewer=viewer, limit=limit)

    async def _last(self, tandem: Tandem, by: Person) -> Plan | None:
        recent = await self.book.recent(tandem.id, viewer=by.id, limit=1)
        return recent[0].plan if recent else None

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
