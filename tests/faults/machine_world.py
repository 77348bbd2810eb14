"""The world of the machine: the real house on a real file, phones, a clock, and a witness.

The witness is a trigger in the database: whatever the post office claims is written down as it
leaves, beside what the wire hears. Every deed is a `Window`: what it is, and all that follows.
"""

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from telegram.request import RequestData

from bot.gate import Gate
from bot.house import open_house
from bot.settings import Secret, Settings
from mentoring.people import Role
from tests.dialogues.people import MovableClock, Programme, Someone
from tests.dialogues.telegram_wire import TelegramWire

SPEAKING = frozenset({"sendmessage", "sendphoto", "senddocument", "editmessagetext"})
_FORBIDDEN = {
    "ok": False,
    "error_code": 403,
    "description": "Forbidden: bot was blocked by the user",
}
_WITNESS = (
    "create table witness (id integer primary key, letter_id integer, person_id integer, "
    "chat_id integer, kind text, args text, priority integer, due_at integer, "
    "useful_until integer, repeat integer)",
    "create trigger witness_departure after update of state on letter "
    "when new.state = 'sending' and old.state <> 'sending' begin "
    "insert into witness (letter_id, person_id, chat_id, kind, args, priority, due_at, "
    "useful_until, repeat) values (new.id, new.person_id, new.chat_id, new.kind, new.args, "
    "new.priority, new.due_at, new.useful_until, new.repeat); end",
)


_ENOUGH = 200
"""More calls than ever follow from one deed."""


class Broken(AssertionError):
    """A promise is broken: its name in brackets, and how."""


class Crash(BaseException):
    """The process dies; nobody may catch it."""


class Endless(BaseException):
    """The same is sent again and again."""


@dataclass(frozen=True)
class Heard:
    """A call of the Bot API that makes or changes a message. `arrived`: not into a closed chat."""

    chat_id: int
    message_id: int
    text: str
    buttons: tuple[str, ...]
    arrived: bool


@dataclass(frozen=True)
class Departure:
    """A letter as it left. `state`: what had become of it when its window was over."""

    letter_id: int
    person_id: int | None
    chat_id: int | None
    kind: str
    args: dict[str, Any]
    priority: int
    due_at: int
    useful_until: int | None
    repeat: bool
    at: datetime
    state: str

    @property
    def speaks(self) -> bool:
        method = self.args.get("method") if self.kind == "answer" else "send_message"
        return str(method).replace("_", "") in SPEAKING

    @property
    def has_arrived(self) -> bool:
        """Not so into a closed chat: it waits, and has not been said."""
        return self.state != "absent"


class FaultyWire(TelegramWire):
    """Knows closed chats, keeps every button there ever was, and can be the end of the process."""

    def __init__(self) -> None:
        super().__init__()
        self.blocked: set[int] = set()
        self.heard: list[Heard] = []
        self.buttons: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        self.dies: str | None = None
        self.enough = 0

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: object,
        **named: object,
    ) -> tuple[int, bytes]:
        name = url.rsplit("/", 1)[-1].lower()
        given: Mapping[str, Any] = request_data.parameters if request_data else {}
        if name not in SPEAKING:
            return await super().do_request(url, method, request_data, *timeouts, **named)
        if len(self.heard) >= self.enough:
            raise Endless
        dies, self.dies = self.dies, None
        if dies == "before":
            raise Crash
        if given["chat_id"] in self.blocked:
            self._hear(given, 0, arrived=False)
            return 403, json.dumps(_FORBIDDEN).encode()
        answer = await super().do_request(url, method, request_data, *timeouts, **named)
        self._hear(given, json.loads(answer[1])["result"]["message_id"], arrived=True)
        if dies == "after":
            raise Crash
        return answer

    def _hear(self, given: Mapping[str, Any], message_id: int, *, arrived: bool) -> None:
        rows = (given.get("reply_markup") or {}).get("inline_keyboard", [])
        data = tuple(b["callback_data"] for row in rows for b in row if "callback_data" in b)
        text = str(given.get("text", given.get("caption", "")))
        chat_id: int = given["chat_id"]
        self.heard.append(Heard(chat_id, message_id, text, data, arrived))
        if arrived:
            # The first button of a message is the newest.
            self.buttons[chat_id] += [(message_id, each) for each in reversed(data)]


@dataclass
class Facts:
    """What stands in the database between two windows."""

    meetings: dict[int, dict[str, Any]]
    appointments: dict[int, dict[str, Any]]
    people: dict[int, dict[str, Any]]
    members: dict[int, list[int]]


@dataclass
class Window:
    """One deed and what followed of it; the clock stands still meanwhile."""

    before: Facts
    after: Facts
    by: Someone | None
    updates: list[dict[str, Any]]
    is_new: bool
    is_clean: bool
    heard: list[Heard]
    departures: list[Departure]

    @property
    def new_meetings(self) -> list[dict[str, Any]]:
        known = self.before.meetings
        return [row for key, row in self.after.meetings.items() if key not in known]


@dataclass
class World:
    """The programme, and how it is played with."""

    programme: Programme
    wire: FaultyWire
    clock: MovableClock
    settings: Settings
    folder: Path
    people: dict[str, Someone] = field(default_factory=dict)
    code: str = ""
    facts: Facts = field(default_factory=lambda: Facts({}, {}, {}, {}))
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @classmethod
    async def begin(cls, at: datetime, sql: tuple[str, ...] = ()) -> "World":
        """Four people here, one invited only, two tandems of one mentor and one of another."""
        folder = Path(tempfile.mkdtemp(prefix="machine-"))
        settings = Settings(
            bot_token=Secret("1234567:TEST-token-of-the-machine-0000000000000000"),
            database_url=f"sqlite+aiosqlite:///{folder / 'tandem.sqlite3'}",
            default_language="de",
        )
        clock, wire = MovableClock(at - timedelta(weeks=4)), FaultyWire()
        unopened: Any = None
        world = cls(Programme(unopened, wire, clock), wire, clock, settings, folder)
        await world._open()
        await world._settle_in()
        for statement in (*_WITNESS, *sql):
            await world.programme.house.database.execute(statement)
        clock.at = at
        world.facts = await world.read()
        return world

    async def _settle_in(self) -> None:
        arrive, house = self.programme.arrive, self.programme.house
        paola = await arrive(10, "Paola Stenger", "de", Role.COORDINATOR)
        kristina = await arrive(20, "Kristina Alam", "en", Role.MENTOR)
        rana = await arrive(30, "Rana Haddad", "ar", Role.MENTEE)
        jonas = await arrive(40, "Jonas Weber", "uk", Role.MENTOR)
        self.clock.move(weeks=4)
        async with house.database.transaction():
            amir_id, self.code = await house.desk.invitations.invite(
                by=await house.desk.people.get(paola.person_id),
                name="Amir Karimi",
                role=Role.MENTEE,
                now=self.clock(),
            )
        self.clock.move(weeks=-4)
        amir = Someone(self.programme, 50, "Amir Karimi", "en", amir_id)
        await self.programme.pair(paola, rana, kristina)
        await self.programme.pair(paola, amir, kristina)
        await self.programme.pair(paola, rana, jonas)
        names = ("coordinator", "mentor", "mentee", "other mentor", "invited")
        self.people = dict(zip(names, (paola, kristina, rana, jonas, amir), strict=True))

    async def _open(self) -> None:
        house = open_house(self.settings, clock=self.clock, gate=Gate.open(), request=self.wire)
        self.programme.house = await self._stack.enter_async_context(house)
        # A process dies here, and no power is cut: the file system keeps what it was given.
        await self.programme.house.database.execute("pragma synchronous = off")
        await self.programme.house.post.recover()

    async def restart(self) -> None:
        """The house is closed and opened on the same file; what is due leaves."""
        await self._reopen()
        await self.programme.house.post.drain()

    async def _reopen(self) -> None:
        await self._stack.aclose()
        await self._open()

    async def end(self) -> None:
        await self._stack.aclose()
        shutil.rmtree(self.folder)

    async def window(
        self,
        deed: Callable[[], Awaitable[None]],
        *,
        by: Someone | None = None,
        updates: list[dict[str, Any]] | None = None,
        is_new: bool = True,
    ) -> Window:
        """Does it, sends what is due, and tells all that happened; a crash ends in a restart."""
        [(seen,)] = await self.programme.rows("select coalesce(max(id), 0) from witness")
        heard, before = len(self.wire.heard), self.facts
        self.wire.enough = heard + _ENOUGH
        try:
            is_clean = await self._survive(deed, sends_later=by is None)
        except BaseExceptionGroup as group:
            if group.subgroup(Endless):
                raise Broken(f"[end] {_ENOUGH} messages follow of one deed") from None
            raise
        self.facts = await self.read()
        departures = await self._departures(seen)
        news = self.wire.heard[heard:]
        return Window(before, self.facts, by, updates or [], is_new, is_clean, news, departures)

    async def _survive(self, deed: Callable[[], Awaitable[None]], *, sends_later: bool) -> bool:
        """Whether the process has; if not, it sends at once what is in doubt, or later."""
        try:
            await deed()
            await self.programme.house.post.drain()
        except BaseExceptionGroup as group:
            crash, rest = group.split(Crash)
            if crash is None or rest is not None:
                raise
            await self._reopen()
            if not sends_later:
                await self.programme.house.post.drain()
            return False
        return True

    async def _departures(self, seen: int) -> list[Departure]:
        sql = (
            "select w.letter_id, w.person_id, w.chat_id, w.kind, w.args, w.priority, w.due_at, "
            "w.useful_until, w.repeat, coalesce(l.state, 'sent') as state from witness w "
            f"left join letter l on l.id = w.letter_id where w.id > {seen} order by w.id"
        )
        return [
            Departure(
                **{**row, "args": json.loads(row["args"]), "repeat": bool(row["repeat"])},
                at=self.clock(),
            )
            for row in await self._all(sql)
        ]

    async def read(self) -> Facts:
        members = defaultdict(list)
        for row in await self._all("select * from member"):
            members[row["tandem_id"]].append(row["person_id"])
        return Facts(
            meetings=_by_id(await self._all("select * from meeting")),
            appointments=_by_id(await self._all("select * from appointment")),
            people=_by_id(await self._all("select * from person")),
            members=dict(members),
        )

    async def _all(self, sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.programme.house.database.execute(sql)]


def _by_id(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in rows}
