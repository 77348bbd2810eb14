"""Sorting: which letters may leave now, each written out, and when to look again."""

import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.calls import is_message, pace_of
from bot.gate import Gate, Pace
from bot.lines import Lines
from bot.logs import describe
from bot.marks import Parcel, absent, final
from handlers.outgoing import Outgoing
from mentoring.letters import MANNERS, Priority, is_silent, leaves_at
from mentoring.people import Person
from storage.letters import LetterTable, Line, Mark, Waiting

_log = logging.getLogger(__name__)

LOOK = 16
"""Letters looked at in a round; the lines among them that must wait are left out of the next."""

Render = Callable[[Waiting, Person | None], Awaitable[Outgoing | None]]


class Sorting:
    """The important first, each chat's in its order, at the gate's pace.

    `lines`: which are busy. Of the last look: `next_look`, when to look again at the latest
    (monotonic seconds); `until_next`, seconds until more becomes due; `settled`, how many were
    marked or put off; `is_clear`, nothing was due; `is_behind`, something may wait for what is in
    flight.
    """

    def __init__(
        self,
        *,
        letters: LetterTable,
        render: Render,
        mark_repeat: Callable[[Outgoing, str], Outgoing],
        default_language: str,
        gate: Gate,
        now: Callable[[], float],
    ) -> None:
        self._letters = letters
        self._render = render
        self._mark_repeat = mark_repeat
        self._default_language = default_language
        self._gate = gate
        self.lines = Lines()
        self._now = now
        self.next_look = math.inf
        self.settled = 0
        self.until_next: float | None = None
        self.is_clear = False
        self.is_behind = False

    async def choose(self, places: int) -> AsyncIterator[Parcel]:
        """What may leave now, and only that: a crash would make claimed ones that wait repeats.

        Called inside the transaction that claims them; from here on they count as in flight.
        """
        was_out, busy = self.lines.in_flight, self.lines.busy_lines
        self.settled, self.next_look = 0, self.lines.go_on(self._now())
        look = await self._letters.look(
            limit=LOOK if places > 0 else 1,
            busy=self.lines.busy(),
            busy_for_bulk=self.lines.busy_for_bulk(),
        )
        chosen = 0
        async for parcel in self._choose_from(look.due, places):
            chosen += 1
            yield parcel
        waiting = len(look.due) - chosen - self.settled
        self.until_next = look.until_next
        self.is_clear = not look.due and not self.lines.busy_lines
        self.is_behind = was_out > 0 or waiting > 0 or len(look.due) == LOOK
        self._look_at(self.lines.go_on(self._now()))
        if self.settled or (len(look.due) == LOOK and self.lines.busy_lines > busy):
            # What was found is left out of the next look, which sees others.
            self._look_at(self._now())

    def come_back(self, parcel: Parcel) -> None:
        """It is in flight no more: it was answered, or has not left."""
        self._gate.answered(parcel.chat_id, parcel.pace)
        self.lines.come_back(parcel.letter)

    async def _choose_from(self, due: list[Waiting], places: int) -> AsyncIterator[Parcel]:
        kept: set[Line] = set()
        for letter in due:
            if places <= 0:
                return
            if letter.line in kept:
                continue
            if pace_of(letter) is Pace.BULK and self._must_wait_for_all(Pace.BULK):
                # So must all that follow, which are as little urgent.
                return
            parcel = await self._prepare(letter, kept)
            if parcel is not None:
                places -= 1
                kept.add(letter.line)
                self.lines.depart(letter, parcel.chat_id)
                self._gate.leave(parcel.chat_id, parcel.pace)
                yield parcel

    async def _prepare(self, letter: Waiting, kept: set[Line]) -> Parcel | None:
        """The letter as it leaves; None when it waits (its line is kept) or was marked at once."""
        reader = letter.reader
        chat_id = reader.chat_id if reader else letter.chat_id
        if chat_id is None or (reader and not reader.reachable and _is_unasked(letter)):
            await self._settle(letter, absent(letter))
            return None
        pace = pace_of(letter)
        if self._must_wait(letter, chat_id, pace):
            kept.add(letter.line)
            return None
        if reader and await self._has_to_wait(letter, reader):
            return None
        outgoing = await self._write_out(letter, reader)
        return Parcel(letter, outgoing, chat_id, pace) if outgoing else None

    async def _has_to_wait(self, letter: Waiting, reader: Person) -> bool:
        """By the manners of its class: it leaves later, or never when it is of no use by then."""
        now, sent = self._letters.now(), tuple[datetime, ...]()
        if MANNERS[letter.priority].a_week is not None:
            sent = await self._letters.sent_within_a_week(letter)
        at = leaves_at(letter.priority, now, reader.time_zone, sent)
        if letter.useful_until is not None and at >= letter.useful_until:
            await self._settle(letter, final(letter, "cancelled", "too late"))
        elif at > now:
            self.settled += 1
            await self._letters.put_off(letter, at)
        else:
            return False
        return True

    def _must_wait(self, letter: Waiting, chat_id: int, pace: Pace) -> bool:
        now = self._now()
        if self.lines.is_out(chat_id):
            return True
        wait = self._gate.chat_wait(chat_id, pace)
        if wait > 0:
            self.lines.rest(letter, pace, now + wait)
            return True
        return self._must_wait_for_all(pace)

    def _must_wait_for_all(self, pace: Pace) -> bool:
        wait = self._gate.wait(pace)
        self._look_at(self._now() + (wait or math.inf))
        return wait > 0

    async def _write_out(self, letter: Waiting, reader: Person | None) -> Outgoing | None:
        try:
            outgoing = await self._render(letter, reader)
        except Exception as error:
            _log.error("letter %d cannot be written: %s", letter.id, describe(error))
            await self._settle(letter, final(letter, "failed", type(error).__name__))
            return None
        if outgoing is None:
            await self._settle(letter, final(letter, "cancelled"))
            return None
        if reader and is_message(outgoing.method) and self._is_silent(letter, reader):
            outgoing = replace(outgoing, params={**outgoing.params, "disable_notification": True})
        if not letter.repeat:
            return outgoing
        # An answer names the language it was given in: a stranger's is nowhere else.
        language = letter.args.get("language") or (reader and reader.language)
        return self._mark_repeat(outgoing, str(language or self._default_language))

    def _is_silent(self, letter: Waiting, reader: Person) -> bool:
        return is_silent(letter.priority, self._letters.now(), reader.time_zone)

    async def _settle(self, letter: Waiting, mark: Mark) -> None:
        """Marks what need not or cannot leave."""
        self.settled += 1
        level = logging.WARNING if mark.state == "failed" else logging.INFO
        what = (letter.id, letter.kind, mark.state, mark.error)
        _log.log(level, "letter %d of kind %s: %s (%s)", *what)
        await self._letters.mark([mark])

    def _look_at(self, instant: float) -> None:
        self.next_look = min(self.next_look, instant)


def _is_unasked(letter: Waiting) -> bool:
    """Who has just written to us is there, whatever we thought."""
    return letter.priority is not Priority.ANSWER
