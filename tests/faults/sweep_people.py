"""Phones of the sweep: people tap, type and wait for what they expect, however long it takes."""

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.clock import now
from sandbox.chats import Heard, Message
from sandbox.world import World

T = TypeVar("T")
LANGUAGES = ("de", "en", "ar")
MUNICH, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HOME = NEW_YORK if now().astimezone(MUNICH).hour in (23, 0) else MUNICH
"""Where it is not midnight: a card of the first hour is about yesterday, and the scenes are not."""
INVISIBLE = re.compile("[\u200e\u200f\u2066-\u2069]")


def buttons(message: Message) -> list[tuple[str, str]]:
    """Data and label of every button that says something."""
    found = (button for row in message.keyboard for button in row)
    return [(button.callback_data, button.text) for button in found if button.callback_data]


def data_of(message: Message, spec: str) -> str | None:
    """The first button's data that is `spec`, or begins with it and a colon."""
    datas = (data for data, _ in buttons(message))
    return next((data for data in datas if data == spec or data.startswith(f"{spec}:")), None)


def words(message: Message) -> str:
    """The text without the marks of direction."""
    return INVISIBLE.sub("", message.text or "")


@dataclass
class Record:
    """What the people have seen confirmed, and how often they asked."""

    saved: dict[str, int] = field(default_factory=dict)  # card -> meeting
    undone: set[int] = field(default_factory=set)
    contested: set[int] = field(default_factory=set)
    corrected: dict[int, str] = field(default_factory=dict)  # meeting -> start
    invited: dict[str, str] = field(default_factory=dict)  # code -> name
    arrived: dict[int, str] = field(default_factory=dict)  # chat -> name
    paired: set[tuple[str, str]] = field(default_factory=set)  # names: mentee, mentor
    asked: dict[str, str] = field(default_factory=dict)  # card -> text
    answered: dict[str, str] = field(default_factory=dict)  # question's text -> answer
    spoken: dict[int, str] = field(default_factory=dict)  # chat -> language
    cards: Counter[int] = field(default_factory=Counter)  # chat -> cards asked for
    scenes: int = 0


@dataclass
class Phone:
    """Somebody's phone, and what they are waiting for."""

    world: World
    id: int
    name: str
    deadline: Callable[[], float]
    """Seconds that are left for everybody."""
    waits_for: str = ""
    known: set[str] = field(default_factory=set)
    since: int = 0

    @property
    def heard(self) -> list[Heard]:
        return self.world.chats[self.id].heard

    def say(self, text: str) -> None:
        self.since = len(self.heard)
        self.world.send_text(self.id, text)

    def tap(self, message_id: int, spec: str) -> None:
        """Presses a button that is there now."""
        data = data_of(self.world.chats[self.id].messages[message_id], spec)
        assert data is not None, f"{self.name}: no button {spec}"
        self.since = len(self.heard)
        self.world.tap(self.id, message_id, data)

    async def hear(
        self, what: str, find: Callable[[Heard], T | None], *, since: int | None = None
    ) -> T:
        """Waits for something that the bot says after the last deed (or after `since`)."""
        at = self.since if since is None else since

        def look() -> list[T]:
            nonlocal at
            while at < len(self.heard):
                found = find(self.heard[at])
                at += 1
                if found is not None:
                    return [found]
            return []

        self.waits_for = what
        [found] = await self.world.wait_for(look, max(self.deadline(), 0.01))
        self.waits_for = ""
        return found

    async def message(self, spec: str, *, since: int | None = None, holds: str = "") -> Message:
        """A new message with such a button."""

        def find(heard: Heard) -> Message | None:
            message = heard.message
            fits = heard.kind == "message" and data_of(message, spec) and holds in words(message)
            return message if fits else None

        return await self.hear(f"a message with {spec} {holds}", find, since=since)

    async def edit(self, message_id: int, *specs: str, without: str = "") -> Message:
        """That message changed, and has one of the buttons now, and not another."""

        def find(heard: Heard) -> Message | None:
            message = heard.message
            if heard.kind != "edit" or message.message_id != message_id:
                return None
            if without and data_of(message, without):
                return None
            fits = not specs or any(data_of(message, spec) for spec in specs)
            return message if fits else None

        return await self.hear(f"an edit to {specs or without}", find)

    async def fresh(self, tag: str) -> tuple[int, str]:
        """A new card: message and the card's key, never seen before."""

        def find(heard: Heard) -> tuple[int, str] | None:
            data = data_of(heard.message, tag)
            key = data.split(":")[1] if data else ""
            if heard.kind != "message" or not key or key in self.known:
                return None
            return heard.message.message_id, key

        message_id, key = await self.hear(f"a new card with {tag}", find)
        self.known.add(key)
        return message_id, key

    async def text(self, holds: str = "", *, since: int | None = None) -> Message:
        """A new message that holds the text."""

        def find(heard: Heard) -> Message | None:
            fits = heard.kind == "message" and holds in words(heard.message)
            return heard.message if fits else None

        return await self.hear(f"a message {holds!r}", find, since=since)

    async def ask(self, times: int = 1) -> None:
        """So often something is said, and answered."""
        for _ in range(times):
            self.say("/menu")
            await self.text()


async def log_meeting(
    me: Phone, record: Record, rng: random.Random, number: int
) -> tuple[int, int, bool] | None:
    """Logs one: message, meeting, and whether it counts; None when it was cancelled."""
    me.say("/meeting")
    record.cards[me.id] += 1
    message_id, key = await me.fresh("m.save")
    change = rng.choice(["", "", "day", "month", "place", "time", "length", "topic", "cancel"])
    if change == "cancel":
        await _view(me, message_id, key, "p", "m.noplace")
        me.say("/cancel")
        await me.message("lang")
        return None
    if change:
        message_id = await _change(me, message_id, key, change, rng, number)
    held = bool(change) or rng.random() < 0.8
    me.tap(message_id, "m.save" if held else rng.choice(["m.moved", "m.none"]))
    saved = await me.edit(message_id, "undo", "m.another")
    if data_of(saved, "m.another"):
        me.tap(message_id, "m.another")
        saved = await me.edit(message_id, "undo")
    meeting = int((data_of(saved, "undo") or "").split(":")[1])
    record.saved[key] = meeting
    return message_id, meeting, held


async def _view(me: Phone, message_id: int, key: str, part: str, shows: str) -> Message:
    me.tap(message_id, f"m.view:{key}:{part}")
    return await me.edit(message_id, shows)


async def _change(
    me: Phone, message_id: int, key: str, change: str, rng: random.Random, number: int
) -> int:
    """Changes the card; the message that shows it then."""
    match change:
        case "day":
            shown = await _view(me, message_id, key, "d", "m.day")
            await _pick(me, shown, "m.day", rng)
        case "month":
            await _view(me, message_id, key, "d", "m.month")
            me.tap(message_id, "m.month")
            shown = await me.hear(
                "the calendar",
                lambda heard: heard.message if data_of(heard.message, "nop") else None,
            )
            await _pick(me, shown, "m.day", rng)
        case "length":
            shown = await _view(me, message_id, key, "l", "m.len")
            await _pick(me, shown, "m.len", rng)
        case "topic":
            shown = await _view(me, message_id, key, "o", "m.topic")
            await _tick(me, shown, rng)
            me.tap(message_id, f"m.view:{key}:c")
            await me.edit(message_id, "m.save")
        case "place" | "time":
            part, shows = ("p", "m.noplace") if change == "place" else ("t", "m.time")
            await _view(me, message_id, key, part, shows)
            typed = f"Café {me.id}-{number}" if change == "place" else past_time(rng)
            me.say(typed)
            return (await me.message(f"m.save:{key}")).message_id
    return message_id


async def _pick(me: Phone, shown: Message, tag: str, rng: random.Random) -> None:
    choices = [data for data, _ in buttons(shown) if data.startswith(f"{tag}:")]
    me.tap(shown.message_id, rng.choice(choices))
    await me.edit(shown.message_id, "m.save")


async def _tick(me: Phone, shown: Message, rng: random.Random) -> None:
    data, label = rng.choice([b for b in buttons(shown) if b[0].startswith("m.topic:")])
    me.tap(shown.message_id, data)

    def find(heard: Heard) -> bool | None:
        there = dict(buttons(heard.message)).get(data)
        return True if there is not None and there != label else None

    await me.hear("a ticked topic", find)


async def answer_partner(
    author: Phone,
    partner: Phone,
    logged: tuple[int, int],
    record: Record,
    rng: random.Random,
    *,
    since: int,
) -> None:
    """The partner hears of it and agrees in silence, objects or corrects; or it is taken back."""
    message_id, meeting = logged
    letter = (await partner.message(f"object:{meeting}", since=since)).message_id
    match rng.choice(["", "undo", "object", "correct", "correct"]):
        case "undo":
            await _undo(author, partner, message_id, meeting, record)
        case "object":
            mark = len(author.heard)
            partner.tap(letter, f"object:{meeting}")
            await partner.edit(letter, without="object")
            record.contested.add(meeting)
            told = await author.message(f"undo:{meeting}", since=mark)
            if rng.random() < 0.5:
                await _undo(author, partner, told.message_id, meeting, record)
        case "correct":
            await _correct(author, partner, letter, meeting, record, rng)


async def _undo(
    author: Phone, partner: Phone, message_id: int, meeting: int, record: Record
) -> None:
    mark = len(partner.heard)
    author.tap(message_id, f"undo:{meeting}")
    await author.edit(message_id, without="undo")
    record.undone.add(meeting)
    await partner.message("menu", since=mark, holds=author.name)


async def _correct(
    author: Phone,
    partner: Phone,
    letter: int,
    meeting: int,
    record: Record,
    rng: random.Random,
) -> None:
    partner.tap(letter, f"fix:{meeting}")
    shown = await partner.edit(letter, "m.save")
    key = (data_of(shown, "m.save") or "").split(":")[1]
    partner.known.add(key)
    await _view(partner, letter, key, "t", "m.time")
    start = past_time(rng)
    record.cards[partner.id] += 1  # the card comes anew below what was typed
    partner.say(start)
    card = (await partner.message(f"m.save:{key}")).message_id
    mark = len(author.heard)
    partner.tap(card, "m.save")
    await partner.edit(card, without="m.save")
    asked = (await author.message(f"agree:{meeting}", since=mark)).message_id
    mark, accept = len(partner.heard), rng.random() < 0.6
    author.tap(asked, f"agree:{meeting}:{int(accept)}")
    await author.edit(asked, without="agree")
    if accept:
        record.corrected[meeting] = start
    else:
        record.contested.add(meeting)
    await partner.message("menu", since=mark, holds=author.name)


def past_time(rng: random.Random) -> str:
    """A time of today that is over, and none of those that a card begins with."""
    local = now().astimezone(HOME)
    latest = max(local.hour * 60 + local.minute - 1, 1)
    minute = rng.randint(1, latest)
    minute -= minute % 30 == 0
    return f"{minute // 60:02}:{minute % 60:02}"


async def do_alone(me: Phone, record: Record, rng: random.Random, number: int) -> None:
    """Something that needs no partner: another language, a question, a look around."""
    match rng.choice(["language", "question", "tandem", "help", "sticker"]):
        case "language":
            language = rng.choice(LANGUAGES)
            me.say("/language")
            shown = await me.message(f"speak:{language}")
            me.tap(shown.message_id, f"speak:{language}")
            await me.edit(shown.message_id, without="speak")
            record.spoken[me.id] = language
        case "question":
            await _ask(me, record, number)
        case "tandem":
            me.say("/tandem")
            await me.message("meet")
        case "help":
            me.say("/help")
            await me.message("menu", holds="/meeting")
        case "sticker":
            me.since = len(me.heard)
            me.world.send_sticker(me.id)
            await me.message("menu")


async def _ask(me: Phone, record: Record, number: int) -> None:
    text, mark = f"Frage {me.id}-{number}?", len(me.heard)
    me.say(text)
    message_id, key = await me.fresh("ask")
    me.tap(message_id, "ask")
    await me.edit(message_id, without="ask")
    record.asked[key] = text
    await me.text(f"Antwort auf {text}", since=mark)


async def arrive(me: Phone, code: str, language: str, record: Record, *, rename: bool) -> None:
    """Comes as a stranger first, then with the link, consents, and is there."""
    me.world.start(me.id)
    await me.text("/privacy", since=0)
    me.since = len(me.heard)
    me.world.start(me.id, code)
    message_id = (await me.message(f"read:{code}")).message_id
    me.tap(message_id, f"read:{code}:{language}")
    await me.edit(message_id, "yes")
    me.tap(message_id, "yes")
    await me.edit(message_id, "name")
    if rename:
        me.name += " B"
        me.tap(message_id, "rename")
        await me.edit(message_id, without="rename")
        me.say(me.name)
        message_id = (await me.message("name", holds=me.name)).message_id
    me.tap(message_id, "name")
    await me.edit(message_id, "meet")
    record.arrived[me.id] = me.name
    record.spoken[me.id] = language


def code_in(text: str) -> str:
    found = re.search(r"start=([A-Za-z0-9_-]{22})", text)
    return found[1] if found else ""


@dataclass(frozen=True)
class Invite:
    role: str
    name: str


@dataclass(frozen=True)
class Pair:
    mentee: str
    mentor: str


class Coordination:
    """The coordinator: answers questions first, then invites and pairs as asked."""

    def __init__(self, me: Phone, record: Record) -> None:
        self.me = me
        self.todo: list[Invite | Pair] = []
        self.codes: dict[str, str] = {}
        self.ended = False
        self._record = record
        self._open: list[tuple[int, str, str]] = []  # message, question, text
        self._at = 0

    def wants(self, job: Invite | Pair) -> None:
        self.todo.append(job)
        self.me.world.stir()

    async def play(self) -> None:
        """Until everybody else has ended."""
        world = self.me.world
        while True:
            await world.wait_for(
                lambda: self._look() or self.todo or self.ended, max(self.me.deadline(), 0.01)
            )
            if self._open:
                await self._answer(*self._open.pop(0))
            elif self.todo:
                match self.todo.pop(0):
                    case Invite(role, name):
                        await self._invite(role, name)
                    case Pair(mentee, mentor):
                        await self._pair(mentee, mentor)
            else:
                return

    def _look(self) -> bool:
        for heard in self.me.heard[self._at :]:
            question = data_of(heard.message, "answer")
            if question and question not in self.me.known:
                self.me.known.add(question)
                text = re.search(r"Frage \S+", words(heard.message))
                assert text is not None
                self._open.append((heard.message.message_id, question, text[0]))
        self._at = len(self.me.heard)
        return bool(self._open)

    async def _answer(self, message_id: int, question: str, text: str) -> None:
        me = self.me
        me.tap(message_id, question)
        await me.message("answer.menu")
        answer = f"Antwort auf {text}"
        me.say(answer)
        await me.message("menu")
        self._record.answered[text] = answer

    async def _invite(self, role: str, name: str) -> None:
        me = self.me
        me.say("/invite")
        shown = await me.message("role")
        me.tap(shown.message_id, f"role:{role}")
        await me.edit(shown.message_id, without="role")
        me.say(name)
        code = code_in(words(await me.text(name)))
        self._record.invited[code] = name
        self.codes[name] = code
        me.world.stir()

    async def _pair(self, mentee: str, mentor: str) -> None:
        me = self.me
        me.say("/menu")
        message_id = (await me.message("pair")).message_id
        me.tap(message_id, "pair")
        await self._pick(message_id, "mentee", mentee, "pair")
        await self._pick(message_id, "mentor", mentor, "mentee")
        await me.edit(message_id, "make")
        me.tap(message_id, "make")
        await me.edit(message_id, without="make")
        self._record.paired.add((mentee, mentor))

    async def _pick(self, message_id: int, tag: str, name: str, turn: str) -> None:
        """Turns the pages until the name is there, and taps it."""
        me, page = self.me, 0
        while True:
            shown = await me.edit(message_id, tag)
            rows = buttons(shown)
            found = [
                d for d, label in rows if INVISIBLE.sub("", label) == name and d.startswith(tag)
            ]
            if found:
                me.tap(message_id, found[0])
                return
            page += 1
            turns = [
                data for data, _ in rows if data.startswith(turn) and data.endswith(f":{page}")
            ]
            assert turns, f"nobody is called {name}"
            me.tap(message_id, turns[-1])
