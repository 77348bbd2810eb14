"""What there is: people, their chats, messages, files, the bot.

Everything is in memory and outlives the bot, not the sandbox. Instants are Unix seconds.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sandbox import shapes
from sandbox.chats import Callback, Chat, File, Group, Heard, Line, Message
from sandbox.clock import MovableClock
from sandbox.faults import Fault, Faults, Trouble
from sandbox.hook import Courier
from sandbox.mailbox import Mailbox
from sandbox.pace import Limits, Pace
from sandbox.people import PEOPLE, Person
from sandbox.profile import Profile
from sandbox.refusal import Impossible, bad, forbidden, stricter

T = TypeVar("T")
TOKEN = "4200000001:sandbox-token"
LOG_LENGTH = 200
Control = Callable[[], Awaitable[str]]
"""What a button of the page does to the world behind it; the sentence that is said then."""


@dataclass(frozen=True)
class Call:
    """One line of the wire log: a Bot API call, how it ended and how many milliseconds it took."""

    n: int
    method: str
    chat: int | str | None
    ok: bool
    error: str | None
    ms: float
    at: float


@dataclass(eq=False, repr=False)
class State:
    """The state behind the Bot API and the phones.

    `clock` tells Unix seconds; a MovableClock is shown on the page and moved from there. `limits`
    are where the gate begins; `pace.limits` can be changed at any time. `controls` are further
    buttons of the page by their labels. `courier` brings updates to a webhook.
    """

    people: Iterable[Person] = PEOPLE
    username: str = "tandem_demo_bot"
    name: str = "Tandem"
    token: str = TOKEN
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    controls: Mapping[str, Control] = field(default_factory=dict)
    courier: Courier = field(default_factory=Courier)

    def __post_init__(self) -> None:
        prefix = self.token.partition(":")[0]
        self.bot = Profile(int(prefix) if prefix.isdigit() else 1, self.username, self.name)
        self._turn = asyncio.Event()
        self.chats = {person.id: Chat(person, started=person.started) for person in self.people}
        self.groups: dict[int, Group] = {}
        self.files: dict[str, File] = {}
        self.private: set[int] = set()  # whose settings forbid tg://user buttons
        self.callbacks: dict[str, Callback] = {}
        self.faults = Faults(self.ticks)
        self.mailbox = Mailbox(self.stir, faults=self.faults)
        self.pace = Pace(self.limits, self.ticks)
        self.log: deque[Call] = deque(maxlen=LOG_LENGTH)
        self.calls = 0
        self._message_id = 0

    def now(self) -> int:
        return int(self.clock())

    async def move_clock(self, to: str) -> None:
        """Move it for everybody, as MovableClock does; the pages hear of it. Raises Impossible."""
        if not isinstance(self.clock, MovableClock):
            raise Impossible("This clock cannot be moved.")
        await self.clock.move(to)
        for line in self.lines():
            line.put_nowait(self.shown_clock())
        self.stir()

    async def control(self, label: str) -> str:
        """Press one of the further buttons; what is said then. Raises Impossible."""
        if label not in self.controls:
            raise Impossible("There is no such button.")
        return await self.controls[label]()

    def plant(self, trouble: Trouble) -> None:
        """Let a fault befall what comes; an outage ends waiting polls as well."""
        self.faults.plant(trouble)
        if trouble.fault is Fault.OUTAGE:
            self.mailbox.wake()
        self.stir()

    def shown_clock(self) -> dict[str, Any] | None:
        """The page's event; None where the clock is not shown."""
        if not isinstance(self.clock, MovableClock):
            return None
        return {"type": "clock", "now": self.clock(), "ahead": self.clock.ahead}

    async def wait_for(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """Wait until the predicate is true after some change here, and return what it gave.

        Raises TimeoutError. Changes are: anything a phone hears or does, a Bot API call's end,
        a poll that begins, a confirmation of updates.
        """
        async with asyncio.timeout(seconds):
            while not (found := predicate()):
                await self._turn.wait()
        return found

    def stir(self) -> None:
        """Something changed: let everybody who waits look."""
        self._turn.set()
        self._turn = asyncio.Event()

    def heard(self, user_id: int) -> tuple[Heard, ...]:
        """Every accepted message and edit of this chat by the bot, in order, never forgotten."""
        return tuple(self.chats[user_id].heard)

    def messages(self, user_id: int) -> list[Message]:
        """What the phone shows now, oldest first."""
        return list(self.chats[user_id].messages.values())

    def note(self, method: str, chat: int | str | None, error: str | None, ms: float) -> None:
        self.calls += 1
        at = self.clock()
        self.log.append(Call(self.calls, method, chat, error is None, error, round(ms, 2), at))
        self.stir()

    def lines(self) -> set[Line]:
        """Every open page's."""
        return {line for chat in self.chats.values() for line in chat.lines}

    def tell(self, chat: Chat, event: dict[str, Any]) -> None:
        """Show an event on every page that has this phone open."""
        for line in chat.lines:
            line.put_nowait({"phone": chat.person.id, **event})
        self.stir()

    def next_message_id(self) -> int:
        """Private chats share the bot's one sequence, as at Telegram."""
        self._message_id += 1
        return self._message_id

    def reach(self, chat_id: int | str) -> Chat:
        """The private chat that the bot may write to, or Telegram's refusal."""
        if isinstance(chat_id, int) and chat_id in self.groups:
            raise stricter("messages into groups are not known here")
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad("chat not found")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def show(self, chat: Chat, message: Message, kind: str = "message") -> Message:
        """Put a new or edited message into a chat."""
        self._put(chat, message, kind)
        self.tell(chat, {"type": kind, "message": shapes.for_page(message)})
        return message

    def show_album(self, chat: Chat, messages: Sequence[Message]) -> None:
        """Put messages into a chat that belong together; a page hears of all of them at once."""
        for message in messages:
            self._put(chat, message, "message")
        self.tell(chat, {"type": "album", "messages": list(map(shapes.for_page, messages))})

    def _put(self, chat: Chat, message: Message, kind: str) -> None:
        chat.messages[message.message_id] = message
        if message.from_bot:
            chat.heard.append(Heard(kind, message))

    def change_reaction(self, chat: Chat, message: Message) -> Message:
        """Put a message back with other reactions: that is no edit."""
        chat.messages[message.message_id] = message
        self.tell(chat, {"type": "reaction", "message": shapes.for_page(message)})
        return message

    def remove(self, chat: Chat, message_id: int) -> None:
        del chat.messages[message_id]
        self.tell(chat, {"type": "delete", "message_id": message_id})

    def keep(self, data: bytes, name: str, mime: str, kind: str = "document", **more: Any) -> File:
        """Store a file under a new identifier."""
        key = secrets.token_urlsafe(12)
        file = File(f"file-{key}", key, data, name, mime, kind=kind, **more)
        self.files[file.file_id] = file
        return file

    def show_menus(self) -> None:
        """Tell the phones whose command menu has changed, and whose person is known by it."""
        known = self.bot.known()
        for chat in self.chats.values():
            menu = self.bot.menu(chat.person.id, chat.person.language_code)
            if menu != chat.menu:
                chat.menu = menu
                self.tell(chat, {"type": "commands", "commands": shapes.commands(menu)})
            if chat.known != (chat.person.id in known):
                chat.known = not chat.known
                self.tell(chat, {"type": "person", "person": shapes.for_plate(chat)})

    def add_person(self, first_name: str, language_code: str) -> Person:
        """Give a guest a phone."""
        person = Person(
            id=max(self.chats, default=1000) + 1,
            first_name=first_name,
            last_name="",
            language_code=language_code,
            role_hint="Guest",
        )
        self.chats[person.id] = Chat(person)
        self.stir()
        return person

    def speak(self, user_id: int, language_code: str) -> None:
        """Set a person's Telegram to another language."""
        chat = self.chats[user_id]
        chat.person = replace(chat.person, language_code=language_code)
        self.show_menus()
        self.stir()
