"""`make bench`: this bot and a bare PTB conversation of as many steps, loaded in turn in one run.

Both are alive at once, each with a local Telegram of its own in this process; what is counted is
the processor time of the bots' own processes (user and system, from /proc), per update. A ratio is
taken inside a round; its median over the rounds is what counts.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.clock import now
from bot.desk import open_desk
from bot.settings import Settings
from mentoring.people import Role
from sandbox.pace import GATE_OPEN
from sandbox.people import Person
from sandbox.server import Running, start
from sandbox.world import World
from tests.bench import letters

PEOPLE = 100
ROUNDS = 7
TOKEN = "4200000001:no-secret-the-bench-is-its-only-user"
STEPS = 4
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Racer:
    """A bot under load."""

    name: str
    running: Running
    process: asyncio.subprocess.Process
    start_cpu: float
    start_wall: float

    def cpu(self) -> float:
        return _cpu(self.process.pid)


def _cpu(pid: int) -> float:
    """Seconds of processor time, user and system."""
    values = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / _TICK


def _world() -> World:
    people = [
        Person(
            id=5000 + number,
            first_name=f"Mentor{number}",
            last_name="",
            language_code="en",
            role_hint="Mentor",
            started=True,
        )
        for number in range(PEOPLE)
    ]
    return World(people=people, token=TOKEN, limits=GATE_OPEN)


async def plant(settings: Settings) -> None:
    """A tandem for everybody."""
    async with open_desk(settings) as (database, desk, tables), database.transaction():
        begin = now()
        add = tables.people.add
        paola = await add(
            name="P", language="en", zone="Europe/Berlin", role=Role.COORDINATOR, now=begin
        )
        coordinator = await desk.people.get(paola)
        for number in range(PEOPLE):
            mentor, mentee = [
                await add(
                    name=f"N{number}", language="en", zone="Europe/Berlin", role=role, now=begin
                )
                for role in (Role.MENTOR, Role.MENTEE)
            ]
            await desk.invitations.book.consent(
                mentor, chat_id=5000 + number, language="en", version=1, now=begin
            )
            await desk.tandems.pair(by=coordinator, mentee=mentee, mentor=mentor, now=begin)
        tables.letters.put_back()


async def enter(name: str, arguments: Sequence[str], folder: Path) -> Racer:
    """Starts a bot; its start ends with its first poll."""
    running = await start(world=_world())
    environment = {
        **os.environ,
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": running.url,
        "DATABASE_URL": f"sqlite+aiosqlite:////{folder / 'bench.sqlite3'}",
        "LOG_LEVEL": "ERROR",
    }
    begin = time.monotonic()
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    while not running.world.mailbox.is_polled:
        assert process.returncode is None, f"{name} did not start"
        await asyncio.sleep(0.002)
    wall = time.monotonic() - begin
    return Racer(name, running, process, _cpu(process.pid), wall)


async def load(racer: Racer) -> float:
    """Everybody logs a meeting: /meeting, Day, a day, Save. Seconds of CPU per update."""
    world, before = racer.running.world, racer.cpu()
    await asyncio.gather(*(_log_meeting(world, 5000 + number) for number in range(PEOPLE)))
    return (racer.cpu() - before) / (PEOPLE * STEPS)


async def _log_meeting(world: World, who: int) -> None:
    heard = len(world.heard(who))
    world.send_text(who, "/meeting")
    await _answered(world, who, heard + 1)
    for step, position in enumerate(((1, 0), (0, 0), (0, 0)), 2):
        message = [m for m in world.messages(who) if m.from_bot][-1]
        row, column = position if len(message.keyboard) > 1 or position == (0, 0) else (0, 0)
        world.press(who, message.message_id, row, column)
        await _answered(world, who, heard + step)


async def _answered(world: World, who: int, count: int) -> None:
    await world.wait_for(lambda: len(world.heard(who)) >= count, seconds=60)


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(database_url=f"sqlite+aiosqlite:////{folder / 'bench.sqlite3'}")
        await plant(settings)
        ours = await enter("this bot", ["-m", "tests.bench.open_gate"], folder)
        bare = await enter("bare PTB", ["-m", "tests.bench.bare_ptb"], folder)
        try:
            await _race(ours, bare)
            await letters.race(folder)
        finally:
            for racer in (ours, bare):
                racer.process.kill()
                await racer.process.wait()
                await racer.running.stop()


async def _race(ours: Racer, bare: Racer) -> None:
    await load(ours), await load(bare)
    rounds = [(await load(ours), await load(bare)) for _ in range(ROUNDS)]
    _say("CPU per update, ms", rounds, lambda seconds: seconds * 1000)
    _say("start, CPU, s", [(ours.start_cpu, bare.start_cpu)], float)
    _say("start to first poll, s", [(ours.start_wall, bare.start_wall)], float)


def _say(what: str, rounds: list[tuple[float, float]], unit: Callable[[float], float]) -> None:
    ratio = statistics.median(a / b for a, b in rounds)
    mine, theirs = (statistics.median(unit(r[i]) for r in rounds) for i in (0, 1))
    print(f"{what:<24} this bot {mine:7.3f}   bare PTB {theirs:7.3f}   ratio {ratio:.2f}")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
