"""The real process is killed while people log meetings: nothing acknowledged is lost or doubled."""

import asyncio
import os
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.clock import now
from bot.desk import open_desk
from bot.settings import Settings
from mentoring.people import Role
from sandbox.bot_api import Mischief
from sandbox.chats import Message
from sandbox.pace import GATE_OPEN
from sandbox.people import Person
from sandbox.server import Running, start
from sandbox.world import World

MENTORS = range(5000, 5020)
KILLS = int(os.environ.get("TANDEM_KILLS", "100"))
TOKEN = "4200000001:no-secret-the-sweep-is-its-only-user"
MARK = "↻"
PATIENCE = 60
"""Seconds until somebody who waits for an answer is taken to have been forgotten."""


class Sweep:
    """People who play, and a bot that is killed under their hands."""

    def __init__(self, running: Running, database: Path, program: Sequence[str], seed: int) -> None:
        self.program = program
        self.running = running
        self.world = running.world
        self.database = database
        self.random = random.Random(seed)
        self.kills = 0
        self.process: asyncio.subprocess.Process | None = None
        self.saved = dict.fromkeys(MENTORS, 0)
        self.sends = 0
        self.kill_at = self.random.randrange(3, 40)

    async def keep_running(self) -> None:
        """Starts the bot, and again whenever it was killed."""
        environment = {
            **os.environ,
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.running.url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "LOG_LEVEL": "CRITICAL",
        }
        while True:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.program, env=environment
            )
            await self.process.wait()

    def meddle(self, method: str, _body: object) -> Mischief | None:
        """Kills at a random call: before it is carried out, or after it and before the answer."""
        self.sends += 1
        if self.kills >= KILLS or self.sends < self.kill_at or method == "getMe":
            return None
        if self.process is None or self.process.returncode is not None:
            return None
        self.kills += 1
        self.kill_at = self.sends + self.random.randrange(3, 60)
        self.process.kill()
        return self.random.choice([None, Mischief.LOSE_REQUEST, Mischief.LOSE_ANSWER])

    async def play(self, who: int) -> None:
        """Logs one meeting after another until enough kills have fallen."""
        while self.kills < KILLS:
            heard = len(self.world.heard(who))
            self.world.send_text(who, "/meeting")
            card = await self.hears(who, heard, lambda m: m.labels[:1] == [["Save"]])
            await self.press_save(who, card)
            self.saved[who] += 1

    async def press_save(self, who: int, card: Message) -> None:
        heard = len(self.world.heard(who))
        self.world.press(who, card.message_id, 0, 0)
        said = await self.hears(who, heard, lambda m: m.message_id == card.message_id)
        if "already" in (said.text or ""):
            heard = len(self.world.heard(who))
            self.world.press(who, card.message_id, 1, 0)  # another one
            said = await self.hears(
                who,
                heard,
                lambda m: m.message_id == card.message_id and "already" not in (m.text or ""),
            )
        assert (said.text or "").startswith("✅ Saved"), said.text

    async def hears(self, who: int, after: int, is_it: Callable[[Message], bool]) -> Message:
        """The newest thing heard after that many which is what the person waits for."""

        def found() -> Message | None:
            news = [h.message for h in self.world.heard(who)[after:]]
            return next((m for m in reversed(news) if is_it(m)), None)

        message = await self.world.wait_for(found, seconds=PATIENCE)
        assert message is not None
        return message

    async def settle(self) -> None:
        """Until no letter waits or is under way."""
        for _ in range(PATIENCE * 20):
            if not self.rows("select 1 from letter where state in ('pending', 'sending')"):
                return
            await asyncio.sleep(0.05)  # the database tells nobody
        raise TimeoutError

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def check(self) -> None:
        """Nothing acknowledged is lost, nothing is there twice, repeats say so."""
        rows = self.rows(
            "select p.chat_id, count(*) from meeting g join person p on p.id = g.logged_by"
            " group by p.chat_id"
        )
        assert dict(rows) == {who: count for who, count in self.saved.items() if count}
        for who in MENTORS:
            cards = Counter(
                h.message.keyboard[0][0].callback_data
                for h in self.world.heard(who)
                if h.kind == "message"
                and h.message.labels[:1] == [["Save"]]
                and MARK not in (h.message.text or "")
            )
            assert [key for key, times in cards.items() if times > 1] == [], "a repeat unmarked"


async def plant(settings: Settings) -> None:
    """A mentor with a tandem behind each phone; the mentees have no account."""
    async with open_desk(settings) as (database, desk, tables), database.transaction():
        add, zone = tables.people.add, "Europe/Berlin"
        paola = await add(name="P", language="en", zone=zone, role=Role.COORDINATOR, now=now())
        for who in MENTORS:
            mentee = await add(name="M", language="en", zone=zone, role=Role.MENTEE, now=now())
            mentor = await add(name="N", language="en", zone=zone, role=Role.MENTOR, now=now())
            await desk.invitations.book.consent(
                mentor, chat_id=who, language="en", version=1, now=now()
            )
            coordinator = await desk.people.get(paola)
            await desk.tandems.pair(by=coordinator, mentee=mentee, mentor=mentor, now=now())
        tables.letters.forget_since(0)


async def sweep(folder: Path, *program: str, seed: int = 1) -> Sweep:
    """Plays until KILLS have fallen and all is quiet; the caller checks."""
    database = folder / "sweep.sqlite3"
    await plant(Settings(database_url=f"sqlite+aiosqlite:///{database}"))
    people = [
        Person(
            id=who,
            first_name=f"N{who}",
            last_name="",
            language_code="en",
            role_hint="Mentor",
            started=True,
        )
        for who in MENTORS
    ]
    played: list[Sweep] = []
    running = await start(
        world=World(people=people, token=TOKEN, limits=GATE_OPEN),
        meddle=lambda method, body: played[0].meddle(method, body) if played else None,
    )
    played.append(Sweep(running, database, program, seed))
    bot = asyncio.ensure_future(played[0].keep_running())
    try:
        await asyncio.gather(*(played[0].play(who) for who in MENTORS))
        await played[0].settle()
    finally:
        bot.cancel()
        process = played[0].process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        await running.stop()
    return played[0]


async def test_nothing_acknowledged_is_lost_or_doubled_and_repeats_are_marked(
    tmp_path: Path,
) -> None:
    played = await sweep(tmp_path, "-m", "bot", "run")
    assert played.kills == KILLS
    played.check()


CONFIRM_FIRST = """
from bot.polling import Polling
hand_over = Polling._hand_over
async def confirm_first(self, updates):
    if updates:
        await self._bot.get_updates(offset=updates[-1].update_id + 1, limit=1, timeout=0)
    await hand_over(self, updates)
Polling._hand_over = confirm_first
"""
NO_MARK = """
import bot.house
bot.house.marked = lambda outgoing, language: outgoing
"""
RUN = "import sys; sys.argv = ['bot', 'run']; from bot.__main__ import app; app()"


@pytest.mark.parametrize("defect", [CONFIRM_FIRST, NO_MARK], ids=["confirm first", "no mark"])
async def test_the_sweep_finds_a_planted_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, defect: str
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 15)
    monkeypatch.setattr(sys.modules[__name__], "KILLS", 25)
    with pytest.raises((AssertionError, TimeoutError)):
        (await sweep(tmp_path, "-c", defect + RUN)).check()
