"""The facts of a chat: messages, files, taps, and the phone that shows them."""

import asyncio
from dataclasses import dataclass, field, replace
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
    size: tuple[int, int] | None = None  # pixels, for pictures and films
    kind: str = "document"  # or photo, video, voice, audio
    seconds: int = 0  # of sound or film
    title: str = ""  # of music

    @property
    def path(self) -> str:
        """Where the Bot API serves it, below /file/bot<token>/."""
        return f"files/{self.unique_id}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point in degrees, with a title and an address where it is a venue."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """`text` is the caption where there is a file; `payload` follows a /start for the bot's
    eyes only: a phone shows /start. `reply_to` is the message as it was when it was answered;
    `liked` is the emoji by which the person reacted, `bot_liked` the bot's. Messages of one
    `album` (media_group_id) were sent together and are shown as one."""

    message_id: int
    person: Person
    from_bot: bool
    date: int
    edit_date: int | None = None
    text: str | None = None
    payload: str = ""
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = ()
    album: str = ""
    photo: File | None = None
    video: File | None = None
    document: File | None = None
    voice: File | None = None
    audio: File | None = None
    sticker: str | None = None
    place: Place | None = None
    reply_to: "Message | None" = None
    liked: str = ""
    bot_liked: str = ""

    @property
    def answered(self) -> "Message":
        """As it stands above an answer: "will not contain further reply_to_message fields"."""
        return replace(self, reply_to=None)

    @property
    def file(self) -> File | None:
        return self.photo or self.video or self.document or self.voice or self.audio

    @property
    def is_text(self) -> bool:
        return self.file is None and self.text is not None

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
