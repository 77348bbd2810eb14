"""The facts of a chat: messages, files, taps, and the phone that shows them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sandbox.keyboard import Keyboard
from sandbox.people import Person
from sandbox.profile import Command
from sandbox.text import Entity

Line = asyncio.Queue[dict[str, Any] | None]
"""What one open page is to hear, of all its phones; None hangs up."""


@dataclass(frozen=True)
class File:
    file_id: str
    unique_id: str
    data: bytes
    name: str
    mime: str
    size: tuple[int, int] | None = None  # pixels, for pictures

    @property
    def path(self) -> str:
        """Where the Bot API serves it, below /file/bot<token>/."""
        return f"files/{self.unique_id}"


@dataclass(frozen=True, kw_only=True)
class Message:
    """`text` is the caption where there is a picture or a document; `payload` follows a
    /start for the bot's eyes only: a phone shows /start."""

    message_id: int
    person: Person
    from_bot: bool
    date: int
    edit_date: int | None = None
    text: str | None = None
    payload: str = ""
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = ()
    photo: File | None = None
    document: File | None = None
    voice: File | None = None
    sticker: str | None = None
    reply_to: int | None = None

    @property
    def is_text(self) -> bool:
        return self.photo is None and self.document is None and self.text is not None

    @property
    def labels(self) -> list[list[str]]:
        """The keyboard as a person reads it."""
        return [[button.text for button in row] for row in self.keyboard]


@dataclass(frozen=True)
class Heard:
    """A message ("message") or a later state of it ("edit") that the bot was told is accepted."""

    kind: str
    message: Message


@dataclass
class Callback:
    """A tap that waits for answerCallbackQuery; `at` is monotonic."""

    user_id: int
    at: float
    answers: int = 0
    text: str | None = None


@dataclass
class Group:
    title: str
    by: int
    is_member: bool = True


@dataclass
class Chat:
    """One person's phone with its one chat."""

    person: Person
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    menu: tuple[Command, ...] = ()
    known: bool = False  # has a menu of its own
    lines: set[Line] = field(default_factory=set)
