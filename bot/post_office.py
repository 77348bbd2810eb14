"""The post office: the only sender. pending -> sending (committed) -> sent | failed | in doubt."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import Bot, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.gate import Gate
from bot.pictures import qr_code
from bot.tasks import Tasks
from bot.wire import is_in_doubt, is_unsent
from handlers.outgoing import Outgoing
from mentoring.letters import Priority
from mentoring.people import Person
from storage.database import Database
from storage.letters import LetterTable, Mark, Waiting
from storage.people import PeopleTable

_log = logging.getLogger(__name__)

TRIES = 5
"""Departures in doubt (a crash each time) before a letter is given up."""
LOOK_AHEAD = 100
"""Due letters looked at in a round: those of a resting chat must not hide the others."""
NEW_MESSAGES = frozenset({"send_message", "send_photo", "send_document"})
"""What counts at the gate; edits, commands and the like do not."""

Render = Callable[[Waiting, Person | None], Awaitable[Outgoing | None]]


@dataclass(frozen=True)
class _Parcel:
    """A claimed letter, written out and addressed."""

    letter: Waiting
    outgoing: Outgoing
    chat_id: int

    @property
    def counts(self) -> bool:
        return self.outgoing.method in NEW_MESSAGES


class PostOffice:
    """Sends what is due, at the pace of the gate, one letter a chat at a time."""

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
        clock: Callable[[], datetime],
        in_flight: int = 8,
    ) -> None:
        self._database = database
        self._letters = letters
        self._people = people
        self._bot = bot
        self._render = render
        self._mark_repeat = mark_repeat
        self._default_language = default_language
        self._gate = gate
        self._clock = clock
        self._places = in_flight
        self._tasks = Tasks()
        self._sending: dict[int, asyncio.Task[Any]] = {}
        self._marks: list[Mark] = []
        self._unreachable: list[int] = []
        self._news = asyncio.Event()
        self._stopping = False
        self._log_is_full = True

    async def recover(self) -> None:
        """At start: what was being sent when the process died leaves once more, marked."""
        async with self._database.transaction():
            await self._letters.interrupted()

    def wake(self) -> None:
        """Something was written, or something has ended."""
        self._news.set()

    def stop(self) -> None:
        """Nothing new leaves; `run` returns when what is in flight is marked."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping:
            self._news.clear()
            pause = await self._round()
            await self._wait(pause)
        await self._finish()

    async def drain(self) -> None:
        """Sends all that is due now; returns when nothing is in flight and all is marked."""
        while True:
            self._news.clear()
            pause = await self._round()
            if not self._sending and not self._marks and pause is None:
                return
            await self._wait(pause)

    async def _finish(self) -> None:
        await self._tasks.close()
        if self._marks:
            async with self._database.transaction():
                await self._write_marks()

    async def _wait(self, pause: float | None) -> None:
        try:
            async with asyncio.timeout(pause if pause is not None else await self._until_due()):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _until_due(self) -> float | None:
        if self._sending:
            return None
        due = await self._letters.next_due()
        return None if due is None else max(due - self._clock().timestamp(), 0.0) + 0.05

    async def _round(self) -> float | None:
        """Writes marks, claims and sends; returns seconds to the next try, None for no hurry."""
        async with self._database.transaction():
            await self._write_marks()
            waiting = await self._letters.due(limit=LOOK_AHEAD)
            parcels, pause = await self._choose(waiting)
            await self._letters.claim([parcel.letter.id for parcel in parcels])
        for parcel in parcels:
            task = self._tasks.start(self._deliver(parcel), name="letter")
            self._sending[parcel.chat_id] = task
            self._log_is_full = True
        if not waiting and not self._sending and self._log_is_full and not self._marks:
            # A stranger's id stays in the write-ahead log until it is emptied.
            await self._database.truncate_log()
            self._log_is_full = False
        return pause

    async def _write_marks(self) -> None:
        marks, self._marks = self._marks, []
        await self._letters.mark(marks)
        gone, self._unreachable = self._unreachable, []
        for person_id in gone:
            await self._people.unreach(person_id)

    async def _choose(self, waiting: list[Waiting]) -> tuple[list[_Parcel], float | None]:
        """The letters that may leave now; the important first, one a chat."""
        parcels: list[_Parcel] = []
        busy, pauses = {*self._sending}, []
        for letter in waiting:
            if len(busy) >= self._places:
                break
            parcel = await self._address(letter, busy)
            if parcel is None:
                continue
            answer = letter.priority is Priority.ANSWER
            pause = self._gate.wait(parcel.chat_id, answer=answer, counts=parcel.counts)
            busy.add(parcel.chat_id)
            if pause > 0:
                pauses.append(pause)
            else:
                self._gate.depart(parcel.chat_id, counts=parcel.counts)
                parcels.append(parcel)
        return parcels, min(pauses, default=None)

    async def _address(self, letter: Waiting, busy: set[int]) -> _Parcel | None:
        """Chat and words of a letter; one that cannot or need not leave is marked at once."""
        reader = await self._people.by_id(letter.person_id) if letter.person_id else None
        chat_id = reader.chat_id if reader else letter.chat_id
        if chat_id is None or (
            reader and not reader.reachable and letter.priority is not Priority.ANSWER
        ):
            await self._end(letter, "failed", "unreachable")
            return None
        if chat_id in busy:
            return None
        if letter.tries >= TRIES and letter.repeat:
            await self._end(letter, "doubt", "interrupted too often")
            return None
        try:
            outgoing = await self._render(letter, reader)
        except Exception as error:
            _log.error("letter %d of kind %s: %s", letter.id, letter.kind, type(error).__name__)
            await self._end(letter, "failed", type(error).__name__)
            return None
        if outgoing is None:
            await self._end(letter, "cancelled", None)
            return None
        if letter.repeat:
            language = reader.language if reader else self._default_language
            outgoing = self._mark_repeat(outgoing, language)
        return _Parcel(letter, outgoing, chat_id)

    async def _end(self, letter: Waiting, state: str, error: str | None) -> None:
        await self._letters.mark(
            [Mark(letter.id, state, error, stranger=letter.person_id is None)]
        )

    async def _deliver(self, parcel: _Parcel) -> None:
        try:
            mark = await self._send(parcel)
        finally:
            self._gate.answered(counts=parcel.counts)
            self._sending.pop(parcel.chat_id, None)
            self.wake()
        self._marks.append(mark)
        if mark.state != "sent":
            _log.warning("letter %d: %s (%s)", mark.letter_id, mark.state, mark.error)

    async def _send(self, parcel: _Parcel) -> Mark:
        try:
            await self._call(parcel.outgoing, parcel.chat_id)
        except TelegramError as error:
            return await self._judge(parcel, error)
        return self._mark(parcel, "sent")

    async def _judge(self, parcel: _Parcel, error: TelegramError) -> Mark:
        """What an error says of the letter: surely unsent, refused, or in doubt."""
        if isinstance(error, RetryAfter):
            seconds = _seconds(error.retry_after)
            self._gate.stop(parcel.chat_id, seconds)
            return self._later(parcel, seconds, repeat=parcel.letter.repeat)
        if is_unsent(error) or isinstance(error, InvalidToken):
            return self._later(
                parcel, min(2.0**parcel.letter.tries, 60.0), repeat=parcel.letter.repeat
            )
        if isinstance(error, Forbidden):
            if parcel.letter.person_id is not None:
                self._unreachable.append(parcel.letter.person_id)
            return self._mark(parcel, "failed", "Forbidden")
        if isinstance(error, BadRequest):
            return await self._refused(parcel, error)
        if is_in_doubt(error) and not parcel.letter.repeat:
            return self._later(parcel, 1.0, repeat=True)
        return self._mark(parcel, "doubt", type(error).__name__)

    async def _refused(self, parcel: _Parcel, error: BadRequest) -> Mark:
        reason = error.message.lower()
        if "message is not modified" in reason:
            return self._mark(parcel, "sent")
        if parcel.outgoing.method == "edit_message_text":
            params = {k: v for k, v in parcel.outgoing.params.items() if k != "message_id"}
            return await self._send(
                _Parcel(parcel.letter, Outgoing("send_message", params), parcel.chat_id)
            )
        return self._mark(parcel, "failed", "BadRequest")

    async def _call(self, outgoing: Outgoing, chat_id: int) -> None:
        params: dict[str, Any] = dict(outgoing.params)
        if "qr" in params:
            params["photo"] = await qr_code(params.pop("qr"))
        if outgoing.method == "set_my_commands":
            params["scope"] = BotCommandScopeChat(chat_id)
            params["commands"] = [(c["command"], c["description"]) for c in params["commands"]]
        else:
            params["chat_id"] = chat_id
        await getattr(self._bot, outgoing.method)(**params)

    def _mark(self, parcel: _Parcel, state: str, error: str | None = None) -> Mark:
        stranger = parcel.letter.person_id is None
        return Mark(parcel.letter.id, state, error, stranger=stranger)

    def _later(self, parcel: _Parcel, seconds: float, *, repeat: bool) -> Mark:
        retry_at = int(self._clock().timestamp() + seconds + 0.999)
        return Mark(parcel.letter.id, "pending", "later", retry_at=retry_at, repeat=repeat)


def _seconds(after: Any) -> float:
    return float(after.total_seconds() if hasattr(after, "total_seconds") else after)
