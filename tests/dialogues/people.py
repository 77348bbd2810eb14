"""People of a transcript: they type, press what they can see, and read what came."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from telegram import Update

from bot.house import House
from mentoring.letters import Letter
from mentoring.people import Role
from tests.dialogues.pseudo import read_back
from tests.dialogues.telegram_wire import ME, Shown, TelegramWire

_INVISIBLE = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
_SPACES = str.maketrans("\u00a0\u202f", "  ")
_update_ids = itertools.count(70_000)


def plain(text: str) -> str:
    """The words without direction marks, all spaces alike: what a person reads.

    Of a pseudo-locale it is the English behind it.
    """
    return read_back(text.translate(_INVISIBLE).translate(_SPACES))


class MovableClock:
    """The desk's time in a test; aware, moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Programme:
    """The house under test, its wire and its clock."""

    house: House
    wire: TelegramWire
    clock: MovableClock
    updates: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, *updates: dict[str, Any]) -> None:
        """Updates as Telegram sends them; returns when everything they caused has left."""
        self.updates += updates
        bot = self.house.application.bot
        parsed = [Update.de_json(update, bot) for update in updates]
        await self.house.intake.take([update for update in parsed if update])
        await self.house.post.drain()

    async def arrive(self, chat_id: int, name: str, language: str, role: Role) -> "Someone":
        """Somebody who has consented already."""
        tables, now = self.house.tables, self.clock()
        async with self.house.database.transaction():
            person_id = await tables.people.add(
                name=name, language=language, zone="Europe/Berlin", role=role, now=now
            )
            await self.house.desk.invitations.book.consent(
                person_id, chat_id=chat_id, language=language, version=1, now=now
            )
        return Someone(self, chat_id, name, language, person_id)

    async def pair(self, by: "Someone", mentee: "Someone", mentor: "Someone") -> int:
        """A tandem without the news of it."""
        desk, tables = self.house.desk, self.house.tables
        async with self.house.database.transaction():
            coordinator = await desk.people.get(by.person_id)
            tandem = await desk.tandems.pair(
                by=coordinator,
                mentee=mentee.person_id,
                mentor=mentor.person_id,
                now=self.clock(),
            )
            tables.letters.put_back()
        return tandem.id

    async def send(self, letter: Letter) -> None:
        async with self.house.database.transaction():
            self.house.desk.letters.add(letter)
            await self.house.tables.letters.write()
        await self.house.post.drain()

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.house.database.execute(sql)]


@dataclass
class Someone:
    """A person with a phone. `taps` and `typed` count what a journey costs."""

    programme: Programme
    chat_id: int
    name: str
    telegram_language: str
    person_id: int = 0
    taps: int = 0
    typed: int = 0

    async def say(self, text: str) -> str:
        """Types a message; returns the newest message after it."""
        self.typed += 1
        await self.programme.take(self.message(text=text))
        return self.sees

    async def reply(self, text: str, *, to: Shown) -> str:
        """Types a reply to a message of the bot; Telegram brings that along, with its buttons."""
        replied = {
            "message_id": to.message_id,
            "date": 1_770_000_000,
            "chat": self._chat,
            "from": ME,
            "text": to.text,
            **({"reply_markup": {"inline_keyboard": to.keyboard}} if to.keyboard else {}),
        }
        self.typed += 1
        await self.programme.take(self.message(text=text, reply_to_message=replied))
        return self.sees

    async def start(self, code: str) -> str:
        """Opens the link and presses Start: two taps."""
        self.taps += 2
        await self.programme.take(self.message(text=f"/start {code}"))
        return self.sees

    async def tap(self, label: str, *, in_message: int = -1) -> str:
        """Presses a button that can be seen in the newest message; returns what is there then."""
        self.taps += 1
        await self.programme.take(self.press(label, in_message=in_message))
        return self.sees

    @property
    def sees(self) -> str:
        """The newest message, or the one that changed last."""
        messages = self.programme.wire.chat(self.chat_id).messages
        return plain(messages[-1].text) if messages else ""

    @property
    def labels(self) -> list[str]:
        """The buttons under it."""
        messages = self.programme.wire.chat(self.chat_id).messages
        return [plain(b["text"]) for row in messages[-1].keyboard for b in row]

    def press(self, label: str, *, in_message: int = -1) -> dict[str, Any]:
        shown = self.programme.wire.chat(self.chat_id).messages[in_message]
        found = [b for row in shown.keyboard for b in row if plain(b["text"]) == label]
        assert found, f"no button {label!r}; there are {self.labels}"
        return self.press_data(found[0]["callback_data"], shown.message_id)

    def press_data(self, data: str, message_id: int = 100) -> dict[str, Any]:
        """A button's data as it comes, even a forged one."""
        message = {
            "message_id": message_id,
            "date": 1_770_000_000,
            "chat": self._chat,
            "from": ME,
            "text": "…",
        }
        query = {
            "id": "7",
            "from": self._user,
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return {"update_id": next(_update_ids), "callback_query": query}

    def message(self, kind: str = "message", **content: object) -> dict[str, Any]:
        message = {
            "message_id": 5,
            "date": 1_770_000_000,
            "chat": self._chat,
            "from": self._user,
            **content,
        }
        return {"update_id": next(_update_ids), kind: message}

    def status(self, status: str) -> dict[str, Any]:
        """The bot is blocked ("kicked") or comes back ("member")."""
        change = {
            "chat": self._chat,
            "from": self._user,
            "date": 1_770_000_000,
            "old_chat_member": {"user": ME, "status": "member"},
            "new_chat_member": {"user": ME, "status": status, "until_date": 0},
        }
        return {"update_id": next(_update_ids), "my_chat_member": change}

    @property
    def _user(self) -> dict[str, Any]:
        return {
            "id": self.chat_id,
            "is_bot": False,
            "first_name": self.name.split()[0],
            "language_code": self.telegram_language,
        }

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat_id, "type": "private", "first_name": self.name.split()[0]}
