"""The contact ladder: who is asked, and when, while a tandem does not meet (product rules, 4)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from mentoring.letters import Letter, LetterBook
from mentoring.templates import Rungs, Templates

if TYPE_CHECKING:
    from mentoring.tandems import Member, Tandem

HOUR = time(10)
"""When somebody is asked, in their zone: outside of every quiet hour."""
USEFUL = timedelta(days=6)
"""How long the question is worth reading; the next rung comes after that."""


class ContactBook(Protocol):
    async def last_contact(self, tandem_id: int) -> date | None:
        """The day of the open date, or of the last meeting that was held; the later one."""


@dataclass(frozen=True)
class Ladder:
    """Its letters are planned at each deed, and cancelled by the next one."""

    book: ContactBook
    letters: LetterBook
    templates: Templates

    def begin(self, tandem: "Tandem", *, now: datetime) -> None:
        """Two have become a tandem: have they a date, have they met?"""
        self._before_the_first(tandem, self.templates.of(tandem.template_id).ladder, now)

    async def contact(self, tandem: "Tandem", *, now: datetime) -> None:
        """A meeting was logged or planned: all is well for some time from now on, or from then."""
        await self.letters.cancel(_cancel(tandem))
        day = await self.book.last_contact(tandem.id)
        today = now.date()
        self._after(tandem, max(day or today, today), now)

    async def lost(self, tandem: "Tandem", *, now: datetime) -> None:
        """A meeting or a date is none any more: all is as if it had never been."""
        await self.letters.cancel(_cancel(tandem))
        day = await self.book.last_contact(tandem.id)
        if day is None:
            self._before_the_first(tandem, self.templates.of(tandem.template_id).ladder, now)
        else:
            self._after(tandem, day, now)

    def _before_the_first(self, tandem: "Tandem", rungs: Rungs, now: datetime) -> None:
        day = tandem.first_day
        for member in tandem.members:
            self._add(tandem, member, "no_date_yet", day, rungs.first_date, now)
            days = rungs.first_meeting.get(member.role)
            if days is not None:
                self._add(tandem, member, "not_met_yet", day, days, now)

    def _after(self, tandem: "Tandem", day: date, now: datetime) -> None:
        rungs = self.templates.of(tandem.template_id).ladder
        for member in tandem.members:
            days = rungs.silence.get(member.role)
            if days is not None:
                self._add(tandem, member, "silence", day, days, now)

    def _add(
        self, tandem: "Tandem", member: "Member", kind: str, since: date, days: int, now: datetime
    ) -> None:
        """A rung that has passed stays behind: whoever has just acted is not asked why not."""
        day = since + timedelta(days=days)
        due = datetime.combine(day, HOUR, ZoneInfo(member.zone)).astimezone(UTC)
        if due <= now or day > tandem.last_day:
            return
        self.letters.add(
            Letter(
                to=member.person_id,
                kind=kind,
                args={"tandem": tandem.id, "since": since.isoformat()},
                due=due,
                useful_until=due + USEFUL,
                key=f"{kind}:{tandem.id}:{member.person_id}:{since}",
                cancel=_cancel(tandem),
            )
        )


def _cancel(tandem: "Tandem") -> str:
    return f"ladder:{tandem.id}"
