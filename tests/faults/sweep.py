"""The kill sweep: twenty people play all journeys while the process dies again and again."""

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import now
from bot.desk import Tables, open_desk
from bot.settings import Settings
from mentoring.desk import Desk
from mentoring.people import Person as Member
from mentoring.people import Role
from mentoring.plans import Plan
from mentoring.tandems import Tandem
from sandbox.people import Person
from sandbox.server import start as start_sandbox
from sandbox.world import World
from tests.faults.sweep_kills import Killer, Moment, start, strike_often
from tests.faults.sweep_people import (
    HOME,
    LANGUAGES,
    Coordination,
    Invite,
    Pair,
    Phone,
    Record,
    answer_partner,
    arrive,
    do_alone,
    log_meeting,
)

TOKEN = "4200000001:sandbox-token-of-the-kill-sweep"
TANDEMS = 9
SLEEPERS = 3
"""Tandems that do nothing but be reminded of their date while the process dies."""
COORDINATOR = 1001
RUN = ("-m", "bot", "run")
OPEN = "(state = 'sending' or state = 'pending' and due_at <= unixepoch())"
"""Letters that are on their way; reminders of what is to come are not."""


def cast() -> tuple[Person, ...]:
    """A coordinator, nine mentees (11..) and nine mentors (12..), three pairs who only wait."""
    people = [(COORDINATOR, "Paola", "de", "Coordinator")]
    for number in range(SLEEPERS):
        people.append((1021 + number, f"Sleeper{number}", LANGUAGES[number], "Mentee"))
        people.append((1031 + number, f"Waker{number}", LANGUAGES[number], "Mentor"))
    for number in range(TANDEMS):
        language = LANGUAGES[number % 3]
        people.append((1101 + number, f"Mentee{number}", language, "Mentee"))
        people.append((1201 + number, f"Mentor{number}", LANGUAGES[number % 2], "Mentor"))
    return tuple(
        Person(
            id=id_, first_name=name, last_name="X", language_code=language, role_hint=role,
            started=True,
        )
        for id_, name, language, role in people
    )  # fmt: skip


@dataclass
class Sweep:
    """Everything that a check may look at."""

    world: World
    path: Path
    log: Path
    record: Record
    killer: Killer
    first_update: int
    phones: list[Phone] = field(default_factory=list)
    kills: int = 0
    seconds: float = 0.0
    stuck: list[str] = field(default_factory=list)

    def rows(self, sql: str) -> list[Any]:
        """What the file says, read only."""
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5)) as file:
            return file.execute(sql).fetchall()

    @property
    def updates(self) -> int:
        """How many updates the people have caused."""
        return self.world.mailbox._next - self.first_update

    def is_quiet(self) -> bool:
        """No update waits and no letter is open."""
        mailbox = self.world.mailbox
        quiet = not mailbox.unconfirmed and mailbox.is_polled
        return quiet and self.rows(f"select count(*) from letter where {OPEN}") == [(0,)]


async def sweep(
    folder: Path,
    *,
    seed: int,
    kills: int,
    command: Sequence[str] = RUN,
    moments: Sequence[Moment] = tuple(Moment),
    enough: Callable[[Sweep], bool] = lambda _sweep: False,
) -> Sweep:
    """Plays it whole; what went wrong is for the checks to say."""
    began, rng = time.monotonic(), random.Random(seed)
    world = World(people=cast(), token=TOKEN)
    killer = Killer(rng, moments)
    path = folder / "tandem.sqlite3"
    await _plant(Settings(database_url=f"sqlite+aiosqlite:///{path}", timezone=HOME.key))
    it = Sweep(world, path, folder / "bot.log", Record(), killer, world.mailbox._next)
    sandbox = await start_sandbox(world=world, meddle=killer.meddle)
    environment = {
        **os.environ,
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": sandbox.url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{path}",
        "TIMEZONE": HOME.key,
        "LOG_LEVEL": "WARNING",
    }
    try:
        await _sweep(it, kills, command, environment, random.Random(seed + 1), enough)
    finally:
        await sandbox.stop()
    it.seconds = time.monotonic() - began
    return it


async def _sweep(
    it: Sweep,
    kills: int,
    command: Sequence[str],
    environment: dict[str, str],
    rng: random.Random,
    enough: Callable[[Sweep], bool],
) -> None:
    over = asyncio.Event()
    deadline = time.monotonic() + 90 + 6 * kills
    people = asyncio.ensure_future(_play_all(it, over, deadline, rng))
    try:
        it.kills = await strike_often(
            it.killer,
            command,
            environment,
            it.log,
            kills=kills,
            enough=lambda: people.done() or enough(it),
        )
        over.set()
        process = await start(command, environment, it.log)
        try:
            await _until_ended(it, people, deadline)
        finally:
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        people.cancel()
        await asyncio.gather(people, return_exceptions=True)


async def _until_ended(it: Sweep, people: asyncio.Future[None], deadline: float) -> None:
    """The people have ended and all is quiet; or nobody stirs any more, and some still wait."""
    still, calls = 0, -1
    while time.monotonic() < deadline:
        await asyncio.wait({people}, timeout=0.5)
        if not people.done():
            still = still + 1 if it.is_quiet() and it.world.calls == calls else 0
            calls = it.world.calls
            if still < 10:
                continue
        elif not it.is_quiet():
            await asyncio.sleep(0.2)
            continue
        break
    if people.done() and (error := people.exception()):
        it.stuck.append(repr(_first(error)))
    it.stuck += [f"{phone.name} waits for {p}" for phone in it.phones if (p := phone.waits_for)]


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def _play_all(it: Sweep, over: asyncio.Event, deadline: float, rng: random.Random) -> None:
    def left() -> float:
        return deadline - time.monotonic()

    def phone(person: Person) -> Phone:
        name = f"{person.first_name} {person.last_name}".strip()
        it.phones.append(Phone(it.world, person.id, name, left))
        return it.phones[-1]

    phones = {person.id: phone(person) for person in cast()}
    coordination = Coordination(phones[COORDINATOR], it.record)
    async with asyncio.TaskGroup() as group:
        office = group.create_task(coordination.play())
        async with asyncio.TaskGroup() as scenes:
            for number in range(TANDEMS):
                own = random.Random(rng.random())
                mentee, mentor = phones[1101 + number], phones[1201 + number]
                scenes.create_task(_repeat(_tandem(it, mentee, mentor, own), over))
            scenes.create_task(_repeat(_arrivals(it, coordination, phone, rng), over))
        coordination.ended = True
        it.world.stir()
        await office


async def _repeat(scene: Callable[[int], Coroutine[Any, Any, None]], over: asyncio.Event) -> None:
    number = 0
    while not over.is_set():
        await scene(number)
        number += 1


def _tandem(
    it: Sweep, mentee: Phone, mentor: Phone, rng: random.Random
) -> Callable[[int], Coroutine[Any, Any, None]]:
    async def scene(number: int) -> None:
        author, partner = (mentee, mentor) if rng.random() < 0.5 else (mentor, mentee)
        await play_meeting(it, author, partner, rng, number)

    return scene


async def play_meeting(
    it: Sweep, author: Phone, partner: Phone, rng: random.Random, number: int
) -> None:
    """One logs a meeting while the other is busy with something else; then they talk about it."""
    since = len(partner.heard)
    logged, _ = await asyncio.gather(
        log_meeting(author, it.record, rng, number),
        do_alone(partner, it.record, rng, number),
    )
    if logged is not None and logged[2]:
        await answer_partner(author, partner, logged[:2], it.record, rng, since=since)
    it.record.scenes += 1


def _arrivals(
    it: Sweep, coordination: Coordination, phone: Callable[[Person], Phone], rng: random.Random
) -> Callable[[int], Coroutine[Any, Any, None]]:
    """Two are invited, arrive, are made a tandem and log their first meeting."""

    async def newcomer(number: int, role: str) -> Phone:
        me = phone(it.world.add_person(f"Neu {number:02} {role}", rng.choice(LANGUAGES)))
        coordination.wants(Invite(role, me.name))
        code = await it.world.wait_for(
            lambda: coordination.codes.get(me.name), max(me.deadline(), 0.01)
        )
        assert code
        await arrive(me, code, rng.choice(LANGUAGES), it.record, rename=rng.random() < 0.5)
        return me

    async def scene(number: int) -> None:
        mentee, mentor = await asyncio.gather(
            newcomer(number, "mentee"), newcomer(number, "mentor")
        )
        coordination.wants(Pair(mentee.name, mentor.name))
        await asyncio.gather(
            mentee.message("meet", since=0, holds=mentor.name),
            mentor.message("meet", since=0, holds=mentee.name),
        )
        await play_meeting(it, mentor, mentee, rng, number)

    return scene


async def _plant(settings: Settings) -> None:
    """The programme before the first kill, through the same services that the bot uses."""
    async with open_desk(settings) as (database, desk, tables), database.transaction():
        people = {person.id: await _member(desk, tables, person) for person in cast()}
        pairs = [(1101 + number, 1201 + number) for number in range(TANDEMS)]
        sleepers = [(1021 + number, 1031 + number) for number in range(SLEEPERS)]
        made = {
            mentor: await desk.tandems.pair(
                by=people[COORDINATOR],
                mentee=people[mentee].id,
                mentor=people[mentor].id,
                now=now() - timedelta(weeks=6),
            )
            for mentee, mentor in pairs + sleepers
        }
        tables.letters.put_back()
        for _, mentor in sleepers:
            await _date(desk, people[mentor], made[mentor])
        await tables.letters.write()


async def _date(desk: Desk, mentor: Member, tandem: Tandem) -> None:
    """Of which both are reminded within the next two minutes, whatever happens to the process."""
    start = (now() + timedelta(hours=2, minutes=2)).astimezone(mentor.time_zone)
    plan = Plan(start.date(), start.time().replace(second=0, microsecond=0), 60, "", ())
    await desk.appointments.propose(
        by=mentor, tandem_id=tandem.id, plan=plan, key=f"sweep{mentor.id}", now=now()
    )


async def _member(desk: Desk, tables: Tables, person: Person) -> Member:
    begin, language = now() - timedelta(weeks=7), person.language_code
    person_id = await tables.people.add(
        name=f"{person.first_name} {person.last_name}",
        language=language,
        zone=desk.invitations.zone,
        role=Role(person.role_hint.lower()),
        now=begin,
    )
    await desk.invitations.book.consent(
        person_id,
        chat_id=person.id,
        language=language,
        version=desk.programme.notice_version,
        now=begin,
    )
    return await desk.people.get(person_id)
