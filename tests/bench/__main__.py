"""`make bench`: this bot, a bare PTB conversation and an aiogram one, loaded in turn in one run.

All are alive at once, against a lean local Telegram in a process of its own; what is counted is the
processor time of the bots' own processes (user and system, from /proc), per update, and how long
one person who types waits. A ratio is taken inside a round; its median over the rounds counts.
"""

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.settings import Settings
from tests.bench import letters
from tests.bench.plant import FIRST, plant

PEOPLE = 100
ROUNDS = 7
TYPISTS = 40
"""They type one after another."""
TALKERS = 10_000
MANY = 100_000
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Racer:
    """A bot under load; `rows` are the rows of the buttons that log a meeting."""

    name: str
    token: str
    rows: list[int]
    process: asyncio.subprocess.Process
    wall: float
    cpu_of_start: float
    met: int = 0
    """People who have talked to it. Nobody does twice: a second meeting of a day is asked about."""

    @property
    def cpu(self) -> float:
        return _cpu(self.process.pid)

    @property
    def memory(self) -> float:
        """Megabytes that it holds."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * _PAGE / 1e6


@dataclass
class Course:
    """The server and whoever races on it."""

    url: str
    session: aiohttp.ClientSession
    folder: Path

    async def enter(
        self, name: str, number: int, module: str, rows: list[int], database: str
    ) -> Racer:
        """Starts a bot; its start ends with its first poll."""
        token = f"{4200000000 + number}:no-secret-the-bench-is-its-only-user"
        environment = {
            **os.environ,
            "BOT_TOKEN": token,
            "TELEGRAM_API_URL": self.url,
            "DATABASE_URL": f"sqlite+aiosqlite:////{self.folder / database}",
            "AIOGRAM_DATABASE": str(self.folder / "aiogram.sqlite3"),
            "LOG_LEVEL": "ERROR",
        }
        begin = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"tests.bench.{module}", env=environment
        )
        async with self.session.get(f"{self.url}/polled/{token}") as answer:
            await answer.read()
        wall = time.monotonic() - begin
        return Racer(name, token, rows, process, wall, _cpu(process.pid))

    async def play(self, racer: Racer, people: int, *, at_once: int) -> list[float]:
        """Each logs a meeting; seconds that each update waited for its answer."""
        asked = {
            "token": racer.token,
            "people": people,
            "rows": racer.rows,
            "first": FIRST + racer.met,
            "at_once": at_once,
        }
        racer.met += people
        async with self.session.post(f"{self.url}/bench", json=asked) as answer:
            waited: list[float] = await answer.json()
        return waited


def _cpu(pid: int) -> float:
    """Seconds of processor time, user and system."""
    values = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / _TICK


@asynccontextmanager
async def course(folder: Path) -> AsyncIterator[Course]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.telegram", str(port), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        assert await server.stdout.readline() == b"up\n"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=600)) as session:
            yield Course(f"http://127.0.0.1:{port}", session, folder)
    finally:
        server.kill()
        await server.wait()


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        everybody = (1 + ROUNDS) * PEOPLE + ROUNDS * TYPISTS
        await plant(_settings(folder, "bench.sqlite3"), people=everybody, letters=0)
        await plant(_settings(folder, "many.sqlite3"), people=MANY, letters=MANY)
        async with course(folder) as on:
            ours = await on.enter("this bot", 1, "open_gate", [1, 0, 0], "bench.sqlite3")
            bare = await on.enter("bare PTB", 2, "bare_ptb", [0, 0, 0], "")
            other = await on.enter("aiogram", 3, "aiogram_bot", [0, 0, 0], "")
            racers = (ours, bare, other)
            _say("start to first poll, s", [[racer.wall for racer in racers]])
            _say("start, CPU, s", [[racer.cpu_of_start for racer in racers]])
            _say("memory after the start, MB", [[racer.memory for racer in racers]])
            try:
                await _race(on, racers)
                await _grow(on)
            finally:
                await _stop(racers)
        await letters.race(folder)


def _settings(folder: Path, name: str) -> Settings:
    return Settings(database_url=f"sqlite+aiosqlite:////{folder / name}")


async def _stop(racers: Sequence[Racer]) -> None:
    for racer in racers:
        racer.process.kill()
        await racer.process.wait()


async def _race(on: Course, racers: Sequence[Racer]) -> None:
    for racer in racers:
        await on.play(racer, PEOPLE, at_once=PEOPLE)
    cpu, waits = list[list[float]](), list[list[list[float]]]()
    for _ in range(ROUNDS):
        cpu.append([await _load(on, racer) for racer in racers])
        waits.append([await on.play(racer, TYPISTS, at_once=1) for racer in racers])
    _say("CPU per update, ms", [[seconds * 1000 for seconds in each] for each in cpu])
    for part in (50, 99):
        _say(f"one types, p{part}, ms", [[_part(w, part) * 1000 for w in each] for each in waits])


async def _load(on: Course, racer: Racer) -> float:
    """Everybody logs a meeting at once; seconds of processor time per update."""
    before = racer.cpu
    updates = len(await on.play(racer, PEOPLE, at_once=PEOPLE))
    return (racer.cpu - before) / updates


async def _grow(on: Course) -> None:
    """With 100,000 people and letters on disk: the start, and memory while people talk once."""
    racer = await on.enter("many", 4, "open_gate", [1], "many.sqlite3")
    try:
        print(f"with {MANY:,} people and letters: start {racer.wall:.3f} s")  # noqa: T201
        memory = [racer.memory]
        for _ in range(3):
            await on.play(racer, TALKERS, at_once=50)
            memory.append(racer.memory)
        # The first ones fill the caches; what the last ones add is what grows on.
        grown = (memory[3] - memory[2]) * 100_000 / TALKERS
        told = ", ".join(f"{each:.1f}" for each in memory)
        print(  # noqa: T201
            f"memory at the start and after each {TALKERS:,} people, MB: {told}; "
            f"at the end {grown:.0f} MB per 100,000"
        )
    finally:
        await _stop([racer])


def _part(waited: list[float], percent: int) -> float:
    return statistics.quantiles(waited, n=100)[percent - 1]


def _say(what: str, rounds: list[list[float]]) -> None:
    """Medians of each, and of this bot's ratio to the two others."""
    mine, bare, other = (statistics.median(each[n] for each in rounds) for n in range(3))
    to_bare, to_other = (statistics.median(each[0] / each[n] for each in rounds) for n in (1, 2))
    print(  # noqa: T201
        f"{what:<27} this bot {mine:8.3f}   bare PTB {bare:8.3f} ({to_bare:.2f})   "
        f"aiogram {other:8.3f} ({to_other:.2f})"
    )


if __name__ == "__main__":
    asyncio.run(main())
