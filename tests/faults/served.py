"""A real bot process that serves real phones, on a disk that a test can spoil."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.settings import Settings
from sandbox.pace import GATE_OPEN
from sandbox.server import Running
from sandbox.server import start as start_sandbox
from sandbox.world import World
from tests.faults.sweep import RUN, TOKEN, _plant, cast
from tests.faults.sweep_people import Phone
from tests.faults.test_process import ROOT

ON_A_CLOCK = ("-m", "bot.demo_bot")
"""The same bot; how many seconds its clock is ahead comes by `Life.set_clock`."""
PLANTED = ("-m", "tests.faults.served_defects")
"""The same bot with defects, whose names come next, a + between them."""
PATIENCE = 60
MENTEE, MENTOR, ANOTHER = 1102, 1204, 1105
"""People of the cast, of different tandems, who read English."""


async def until(condition: Callable[[], bool]) -> None:
    """Of files nobody is told when they change: it looks again and again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if condition():
                return
            await asyncio.sleep(0.05)


async def first_of(*awaited: Awaitable[object]) -> int:
    """Which of them ends first, from 0; the others are given up. Raises what that one raises."""
    tasks = [asyncio.ensure_future(each) for each in awaited]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    number = next(number for number, task in enumerate(tasks) if task in done)
    tasks[number].result()
    return number


@dataclass(frozen=True)
class Life:
    """One process. Below WARNING it says nothing, so what it said is what went wrong."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def said(self) -> list[str]:
        return self.log.read_text("utf-8", "replace").splitlines()

    async def says(self, *texts: str) -> None:
        """Waits until it has said each of them."""
        await until(lambda: all(any(text in line for line in self.said) for text in texts))

    async def end(self) -> tuple[int, list[str]]:
        """Waits until it ends by itself: its exit code, and all that it said."""
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
        return code, self.said

    async def while_it_lives(self, awaited: Awaitable[object]) -> None:
        """Waits for that, and fails at once when the process ends before."""
        first = await first_of(awaited, self.process.wait())
        assert first == 0, f"it has ended: {self.said}"

    def set_clock(self, ahead: float) -> None:
        """Seconds from real time; a smaller number than before sets the clock back."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"%.3f\n" % ahead)

    def naps(self) -> int:
        """How often its threads have fallen asleep, but for the main one: 0 when it has ended.

        The database's thread sleeps until it is called, and between two tries to take a lock.
        """
        tasks, naps = Path(f"/proc/{self.process.pid}/task"), 0
        with suppress(OSError):
            for task in tasks.iterdir():
                if task.name != tasks.parent.name:
                    status = (task / "status").read_text("ascii")
                    naps += int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])
        return naps

    def peak(self) -> int:
        """The most memory that it has ever held, in bytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines()
        [line] = [line for line in lines if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024


@dataclass
class Served:
    """The programme of the kill sweep: its phones, and the file that the bot writes."""

    sandbox: Running
    path: Path
    logs: Path
    planted: tuple[str, ...] = ()
    """Defects that its bots have, for a proof that a test can fail."""
    _lives: list[Life] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.sandbox.world

    @asynccontextmanager
    async def no_network(self) -> AsyncIterator[None]:
        """Nobody listens where Telegram was; people go on writing to it."""
        await self.sandbox.stop()
        yield
        self.sandbox = await start_sandbox(port=self.sandbox.port, world=self.world)

    def phone(self, person: int) -> Phone:
        return Phone(self.world, person, str(person), lambda: PATIENCE)

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5)) as file:
            return file.execute(sql).fetchall()

    async def polled(self) -> None:
        """The bot listens, and everything that came is confirmed."""
        mailbox = self.world.mailbox
        await self.world.wait_for(lambda: mailbox.is_polled and not mailbox.unconfirmed, PATIENCE)

    async def settled(self, phone: Phone) -> None:
        """The bot serves, and has nothing to do any more: its log is in the file, and empty."""
        await self._lives[-1].while_it_lives(phone.ask())
        await self.polled()
        log = self.path.with_name(self.path.name + "-wal")
        await until(lambda: log.stat().st_size == 0)

    async def quiet(self, ahead: float = 0) -> None:
        """All that came is confirmed, and nothing that is due waits any more."""
        await self.polled()
        await self.none_due(ahead)

    async def none_due(self, ahead: float = 0) -> None:
        """Every letter that is due has left, or never will. `ahead`: the bot's clock, seconds."""
        due = f"state = 'sending' or state = 'pending' and due_at <= unixepoch() + {ahead:.0f}"
        await until(lambda: self.rows(f"select count(*) from letter where {due}") == [(0,)])

    @asynccontextmanager
    async def bot(
        self,
        command: Sequence[str] = RUN,
        *,
        path: Path | None = None,
        planted: Sequence[str] | None = None,
    ) -> AsyncIterator[Life]:
        """One life of the bot; whoever lives at the end of it is told to stop.

        `planted`: other than the defects that all of them have.
        """
        names = "+".join(self.planted if planted is None else planted)
        command = (*PLANTED, names, *command[1:]) if names else command
        """One life of the bot; whoever lives at the end of it is told to stop."""
        log = self.logs / f"bot-{len(self._lives)}.log"
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, *command), env=self._environment(path or self.path), cwd=ROOT,
                stdin=asyncio.subprocess.PIPE, stdout=file, stderr=file,
            )  # fmt: skip
        life = Life(process, log)
        self._lives.append(life)
        try:
            yield life
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                assert await life.end() == (0, life.said)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def _environment(self, path: Path) -> dict[str, str]:
        return {
            **os.environ,
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.sandbox.url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{path}",
            "LOG_LEVEL": "WARNING",
        }


@asynccontextmanager
async def serve(folder: Path, logs: Path) -> AsyncIterator[Served]:
    """The database is in the first folder, and what the bot says in the other."""
    path = folder / "tandem.sqlite3"
    await _plant(Settings(database_url=f"sqlite+aiosqlite:///{path}"))
    path.chmod(0o600)
    world = World(people=cast(), token=TOKEN, limits=GATE_OPEN)
    served = Served(await start_sandbox(world=world), path, logs)
    try:
        yield served
    finally:
        await served.sandbox.stop()
