"""A post office for tests: real bot, wire and file; time is in the test's hand."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from telegram import Bot

from bot.gate import Gate
from bot.post_office import PostOffice
from bot.wire import AiohttpRequest
from handlers.outgoing import Outgoing, marked
from mentoring.letters import Letter, Priority
from mentoring.people import Person, Role
from storage.database import Database, connect
from storage.letters import LetterTable, Waiting
from storage.migrations import migrate
from storage.people import PeopleTable
from tests.faults.telegram_server import TOKEN, Telegram

MORNING = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Classed(Letter):
    """A letter of a kind that the programme does not know, in the class `of`."""

    of: Priority

    @property
    def priority(self) -> Priority:
        return self.of


@dataclass
class Hand:
    """Monotonic seconds that pass when nothing is in flight that could end the waiting."""

    seconds: float = 5000.0
    office: PostOffice | None = None
    on_wait: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        assert self.office is not None
        if event.is_set():
            return
        if self.office.in_flight:
            await event.wait()
            return
        if self.on_wait:
            await self.on_wait.pop(0)()
        if not event.is_set():
            self.seconds += seconds


@dataclass
class Branch:
    """The office with its tables; `open_again` is another process on the same file."""

    database: Database
    telegram: Telegram
    bot: Bot
    hand: Hand
    letters: LetterTable
    people: PeopleTable
    office: PostOffice = field(init=False)

    def __post_init__(self) -> None:
        self.open_again()

    def open_again(self, **options: Any) -> PostOffice:
        given: dict[str, Any] = {
            "gate": Gate.open(self.hand.now),
            "now": self.hand.now,
            "wait": self.hand.wait,
            **options,
        }
        self.office = PostOffice(
            database=self.database,
            letters=self.letters,
            people=self.people,
            bot=self.bot,
            render=render,
            mark_repeat=marked,
            default_language="de",
            **given,
        )
        self.hand.office = self.office
        return self.office

    async def person(self, chat_id: int | None, *, language: str = "de") -> int:
        async with self.database.transaction():
            person_id = await self.people.add(
                name="Olena Kovalenko",
                language=language,
                zone="Europe/Berlin",
                role=Role.MENTEE,
                now=MORNING,
            )
            values = {"id": person_id, "chat": chat_id}
            await self.database.execute("update person set chat_id = :chat where id = :id", values)
        return person_id

    async def write(
        self,
        to: int,
        *texts: str,
        kind: str = "note",
        priority: Priority = Priority.ANNOUNCEMENT,
        due: timedelta = timedelta(),
    ) -> None:
        """Letters to a person, in one transaction."""
        async with self.database.transaction():
            for text in texts:
                args: dict[str, object] = {"text": text}
                due_at = MORNING + due
                self.letters.add(Classed(to=to, kind=kind, args=args, of=priority, due=due_at))
            await self.letters.write()

    async def answer(
        self,
        *texts: str,
        to: int | None = None,
        chat_id: int | None = None,
        method: str = "send_message",
        edits: str | None = None,
        **params: object,
    ) -> None:
        """Direct answers, in one transaction."""
        async with self.database.transaction():
            for text in texts or (None,):
                own = params if text is None else {"text": text, **params}
                args: dict[str, object] = {"method": method, "params": own}
                self.letters.answer(args, person_id=to, chat_id=chat_id, edits=edits)
            await self.letters.write()

    async def states(self) -> list[tuple[str, str | None]]:
        rows = await self.database.execute("select state, error from letter order by id")
        return [(row["state"], row["error"]) for row in rows]

    def committed(self, sql: str) -> list[Any]:
        """What another process reads now."""
        other = sqlite3.connect(f"file:{self.database.path}?mode=ro", uri=True)
        try:
            return other.execute(sql).fetchall()
        finally:
            other.close()

    def bytes_on_disk(self) -> bytes:
        """Every file of the database, the write-ahead log included."""
        folder, name = self.database.path.parent, self.database.path.name
        return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{name}*")))


async def render(letter: Waiting, reader: Person | None) -> Outgoing | None:
    """Kinds of the tests: `answer` is finished, `note` is a message, `needless` is nothing."""
    if letter.kind == "answer":
        params: Any = letter.args["params"]
        return Outgoing(str(letter.args["method"]), params)
    assert reader is not None
    if letter.kind == "broken":
        raise KeyError(letter.kind)
    text = f"{reader.language} {letter.args['text']}"
    return None if letter.kind == "needless" else Outgoing("send_message", {"text": text})


@asynccontextmanager
async def open_branch(folder: Path, telegram: Telegram) -> AsyncIterator[Branch]:
    database = await connect(folder / "tandem.sqlite3")
    await migrate(database)
    url = f"http://127.0.0.1:{telegram.port}/bot"
    wires = AiohttpRequest(read_timeout=10.0), AiohttpRequest()
    bot = Bot(TOKEN, base_url=url, request=wires[0], get_updates_request=wires[1])
    async with bot:
        letters = LetterTable(database, lambda: MORNING)
        yield Branch(database, telegram, bot, Hand(), letters, PeopleTable(database))
    await database.close()
