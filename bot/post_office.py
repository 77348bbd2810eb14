"""The post office: the only sender. pending -> sending (committed) -> sent | failed | in doubt."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from telegram import Bot
from telegram.error import InvalidToken

from bot.calls import as_new_message, call, is_message, pace_of
from bot.gate import Gate, Pace
from bot.lines import Lines
from bot.outage import Outage
from bot.polling import Stopped
from bot.verdicts import Verdict, seconds_to_wait, verdict_on
from handlers.outgoing import Outgoing
from mentoring.letters import Priority
from mentoring.people import Person
from storage.database import Database
from storage.letters import DEPARTURES, LetterTable, Line, Mark, Waiting
from storage.people import PeopleTable

_log = logging.getLogger(__name__)

LOOK = 32
"""Letters looked at in a round; the lines among them that must wait are left out of the next."""
LONGEST = 10.0
"""Seconds without a look: the command line writes letters too, and clocks are set."""
IDLE = 0.5
"""Seconds of rest that are time to empty the log; within a broadcast there are none such."""
DOUBT_REST = 1.0
"""Seconds until something in doubt leaves once more."""

Render = Callable[[Waiting, Person | None], Awaitable[Outgoing | None]]
Wait = Callable[[asyncio.Event, float], Awaitable[None]]


@dataclass(frozen=True)
class _Parcel:
    """A claimed letter, written out and addressed."""

    letter: Waiting
    outgoing: Outgoing
    chat_id: int
    pace: Pace


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Returns when the event is set, or after so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class PostOffice:
    """Sends what is due at the gate's pace: the important first, each chat's in its order."""

    def __init__(
        self,
        *,
        database: Database,
        letters: LetterTable,
        people: PeopleTable,
        bot: Bot,
        render: Render,
        mark_repeat: Callable[[Outgoing, str], Outgoing],
        default_language: str,
        gate: Gate,
        now: Callable[[], float] = time.monotonic,
        wait: Wait = wait_for,
        in_flight: int = 8,
    ) -> None:
        """`now` (monotonic) and `wait` are the time of the pace; what is due says `letters`."""
        self._database = database
        self._letters = letters
        self._people = people
        self._bot = bot
        self._render = render
        self._mark_repeat = mark_repeat
        self._default_language = default_language
        self._gate = gate
        self._now = now
        self._wait = wait
        self._places = in_flight
        self._lines = Lines()
        self._outage = Outage(now)
        self._news = asyncio.Event()
        self._next_look = math.inf
        self._is_idle = False
        self._settled = 0
        self._stopping = False
        self._shut_out: Stopped | None = None
        self._marks: list[Mark] = []
        self._unreachable: list[int] = []
        # Whoever ran before may have left a stranger's id in the log.
        self._log_is_full = True
        self.sent = 0
        self.repeats = 0

    async def recover(self) -> None:
        """At start: what was being sent when the process died leaves once more, marked."""
        async with self._database.transaction():
            await self._letters.interrupted()

    def wake(self) -> None:
        """Something was written or has ended, and may be what we wait for."""
        self._news.set()

    def stop(self) -> None:
        """Nothing new leaves; `run` returns when what is in flight is marked."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Until `stop`. Raises Stopped when the token is refused, and what a commit raised."""
        await self._work(until_idle=False)

    async def drain(self) -> None:
        """Sends all that is due now; returns when nothing is due or in flight and all is marked.

        Not beside `run`. What has to wait (a 429, no network) is waited for.
        """
        await self._work(until_idle=True)

    async def _work(self, *, until_idle: bool) -> None:
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._news.clear()
                for parcel in await self._round():
                    group.create_task(self._deliver(parcel))
                if self._is_idle and until_idle:
                    break
                await self._rest()
        await self._close()

    async def _close(self) -> None:
        if self._marks:
            async with self._database.transaction():
                await self._write_marks()
        await self._empty_log()
        if self._shut_out is not None:
            raise self._shut_out

    async def _rest(self) -> None:
        seconds = max(self._next_look - self._now(), 0.001)
        if seconds > IDLE and not self._lines.in_flight and not self._news.is_set():
            await self._empty_log()
        await self._wait(self._news, seconds)

    async def _empty_log(self) -> None:
        """A stranger's id goes with the letter, but stays in the log until that is emptied."""
        if self._log_is_full:
            self._log_is_full = False
            await self._database.truncate_log()

    async def _round(self) -> list[_Parcel]:
        """One transaction: marks of what has ended, and claims of what leaves after the commit."""
        self._next_look = self._now() + LONGEST
        async with self._database.transaction():
            await self._write_marks()
            parcels = await self._choose()
            await self._letters.claim(parcel.letter.id for parcel in parcels)
            busy = self._lines.in_flight or self._marks
            self._is_idle = not busy and not await self._letters.due(limit=1)
            until_next = await self._letters.until_next()
        self._look_at(self._now() + (until_next or LONGEST))
        self._log_is_full |= bool(parcels)
        return parcels

    async def _write_marks(self) -> None:
        marks, self._marks = self._marks, []
        gone, self._unreachable = self._unreachable, []
        await self._letters.mark(marks)
        for person_id in gone:
            await self._people.unreach(person_id)

    def _look_at(self, instant: float) -> None:
        self._next_look = min(self._next_look, instant)

    async def _choose(self) -> list[_Parcel]:
        """What may leave now, and only that: a crash would make claimed ones that wait repeats."""
        self._look_at(self._lines.go_on(self._now()))
        self._look_at(self._now() + (self._outage.wait() or LONGEST))
        places = (1 if self._outage.is_on else self._places) - self._lines.in_flight
        if places <= 0 or self._outage.wait() > 0:
            return []
        due = await self._letters.due(
            limit=LOOK, busy=self._lines.busy(), busy_for_bulk=self._lines.busy_for_bulk()
        )
        found, self._settled = self._lines.busy_lines, 0
        parcels = await self._choose_from(due, places)
        self._look_at(self._lines.go_on(self._now()))
        if len(due) == LOOK and (self._settled or self._lines.busy_lines > found):
            # What was found is left out of the next look, which sees others.
            self._look_at(self._now())
        return parcels

    async def _choose_from(self, due: list[Waiting], places: int) -> list[_Parcel]:
        parcels: list[_Parcel] = []
        kept: set[Line] = set()
        for letter in due:
            if len(parcels) == places:
                return parcels
            if letter.line in kept:
                continue
            parcel = await self._prepare(letter, kept)
            if parcel is not None:
                kept.add(letter.line)
                self._lines.depart(letter, parcel.chat_id)
                self._gate.leave(parcel.chat_id, parcel.pace)
                parcels.append(parcel)
        return parcels

    async def _prepare(self, letter: Waiting, kept: set[Line]) -> _Parcel | None:
        """The letter as it leaves; None when it waits (its line is kept) or was marked at once."""
        reader = await self._people.by_id(letter.person_id) if letter.person_id else None
        chat_id = reader.chat_id if reader else letter.chat_id
        if chat_id is None or (reader and not reader.reachable and _is_unasked(letter)):
            await self._settle(letter, "failed", "unreachable")
            return None
        pace = pace_of(letter)
        if self._must_wait(letter, chat_id, pace):
            kept.add(letter.line)
            return None
        outgoing = await self._write_out(letter, reader)
        return _Parcel(letter, outgoing, chat_id, pace) if outgoing else None

    def _must_wait(self, letter: Waiting, chat_id: int, pace: Pace) -> bool:
        now = self._now()
        if self._lines.is_out(chat_id):
            return True
        wait = self._gate.chat_wait(chat_id, pace)
        if wait > 0:
            self._lines.rest(letter, pace, now + wait)
            return True
        wait = self._gate.wait(pace)
        self._look_at(now + (wait or LONGEST))
        return wait > 0

    async def _write_out(self, letter: Waiting, reader: Person | None) -> Outgoing | None:
        try:
            outgoing = await self._render(letter, reader)
        except Exception as error:
            await self._settle(letter, "failed", type(error).__name__)
            return None
        if outgoing is None:
            await self._settle(letter, "cancelled", None)
            return None
        if not letter.repeat:
            return outgoing
        return self._mark_repeat(outgoing, reader.language if reader else self._default_language)

    async def _settle(self, letter: Waiting, state: str, error: str | None) -> None:
        """Marks what need not or cannot leave."""
        self._settled += 1
        level = logging.WARNING if state == "failed" else logging.INFO
        _log.log(level, "letter %d of kind %s: %s (%s)", letter.id, letter.kind, state, error)
        await self._letters.mark([_final(letter, state, error)])

    async def _deliver(self, parcel: _Parcel) -> None:
        """Sends it; whatever happens it is marked, unless the process is being killed."""
        error: Exception | None = None
        try:
            await call(self._bot, parcel.outgoing, parcel.chat_id)
        except Exception as caught:
            error = caught
        finally:
            self._gate.answered(parcel.chat_id, parcel.pace)
        self._lines.come_back(parcel.letter)
        self._hear(parcel, error)
        self.wake()

    def _hear(self, parcel: _Parcel, error: Exception | None) -> None:
        letter, verdict = parcel.letter, verdict_on(error)
        if verdict in (Verdict.UNSENT, Verdict.DOUBT):
            self._outage.hear_failure(unsent=verdict is Verdict.UNSENT)
        else:
            self._outage.hear_answer()
        level = logging.INFO if verdict is Verdict.SENT else logging.WARNING
        what = type(error).__name__ if error else "ok"
        _log.log(level, "letter %d of kind %s: %s (%s)", letter.id, letter.kind, verdict.name, what)
        self._marks.append(self._mark(parcel, verdict, error))

    def _mark(self, parcel: _Parcel, verdict: Verdict, error: Exception | None) -> Mark:
        letter = parcel.letter
        match verdict:
            case Verdict.SENT:
                self.sent += 1
                self.repeats += letter.repeat
                return _final(letter, "sent")
            case Verdict.TOO_FAST:
                self._gate.hold(parcel.chat_id, seconds_to_wait(error))
            case Verdict.SHUT_OUT:
                self._shut_out = Stopped(_reason(error))
                self.stop()
            case Verdict.DOUBT:
                return self._doubt(parcel)
            case Verdict.EDIT_REFUSED:
                return self._send_anew(parcel)
            case Verdict.UNREACHABLE:
                if letter.person_id is not None:
                    self._unreachable.append(letter.person_id)
                return _final(letter, "failed", "unreachable")
            case Verdict.REFUSED:
                return _final(letter, "failed", type(error).__name__)
        return Mark(letter.id, "pending", letter.error, repeat=letter.repeat, unsent=True)

    def _doubt(self, parcel: _Parcel) -> Mark:
        """Once more, as a possible repeat; what may happen twice unnoticed, a few times more."""
        letter = parcel.letter
        is_second = letter.error == "doubt" and is_message(parcel.outgoing.method)
        if is_second or letter.tries + 1 >= DEPARTURES:
            return _final(letter, "doubt", "doubt")
        self._lines.rest(letter, parcel.pace, self._now() + DOUBT_REST)
        return Mark(letter.id, "pending", "doubt", repeat=True)

    def _send_anew(self, parcel: _Parcel) -> Mark:
        """The card is gone: what it was to show becomes a message, at the pace of messages."""
        letter, message = parcel.letter, as_new_message(parcel.outgoing)
        if message is None or letter.kind != "answer":
            return _final(letter, "failed", "BadRequest")
        args: dict[str, object] = {"method": message.method, "params": message.params}
        return Mark(letter.id, "pending", unsent=True, args=args)


def _is_unasked(letter: Waiting) -> bool:
    """Who has just written to us is there, whatever we thought."""
    return letter.priority is not Priority.ANSWER


def _final(letter: Waiting, state: str, error: str | None = None) -> Mark:
    return Mark(letter.id, state, error, stranger=letter.person_id is None)


def _reason(error: Exception | None) -> str:
    if isinstance(error, InvalidToken):
        return "BOT_TOKEN: Telegram does not accept it; ask @BotFather for the current one."
    return "BOT_TOKEN: another process uses this token; stop it first."
