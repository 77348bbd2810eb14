"""What befalls a host: a full or failing disk, a locked file, a twin, an outage, a flood, a poison.

The table of all faults is docs/reliability.md. Each test is a real process that serves real phones
through the sandbox; where it ends, it ends with one line.
"""

import asyncio
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

import pytest

from sandbox.chats import Message
from sandbox.people import Person
from sandbox.shapes import chat, user
from tests.faults.served import (
    ANOTHER,
    MENTEE,
    MENTOR,
    ON_A_CLOCK,
    PATIENCE,
    Life,
    Served,
    serve,
    until,
)
from tests.faults.sweep_people import Phone, words

HOUR = 3600
FLOOD = 1000
MEGABYTE = 1024 * 1024


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serve(tmp_path, tmp_path) as served:
        yield served


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 4 MB, for its owner alone; only root may mount one."""
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", "size=4m,mode=700", "tandem-test", str(folder))
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, *options], capture_output=True).returncode:
        pytest.skip("a small disk is mounted here by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not a byte is free meanwhile."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    filler.unlink()


async def settled(served: Served, phone: Phone) -> None:
    """The bot serves, and has nothing to do any more: its log is in the file, and empty."""
    phone.say("/menu")
    await phone.text()
    await served.polled()
    log = served.path.with_name(served.path.name + "-wal")
    await until(lambda: log.stat().st_size == 0)


async def test_a_full_disk_ends_it_and_what_was_said_meanwhile_is_answered_once_there_is_room(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with serve(disk, tmp_path) as served:
            phone = served.phone(MENTEE)
            async with served.bot() as life:
                await settled(served, phone)
                with full(disk):
                    phone.say("/menu")
                    await ends_with(life, "SQLITE_FULL")
                    async with served.bot() as next_life:
                        await ends_with(next_life, "SQLITE_FULL")
                    assert len(phone.heard) == 1
                    assert served.world.mailbox.unconfirmed == 1
            await is_answered_once(served, phone, answers_before=1)


async def ends_with(life: Life, name: str) -> None:
    """One line, with SQLite's name for what is wrong."""
    code, said = await life.end()
    assert (code, len(said)) == (1, 1), said
    assert said[0].startswith(f"Stopped by an error ({name}): OperationalError at storage/")


async def is_answered_once(served: Served, phone: Phone, *, answers_before: int) -> None:
    """The next life hears what was not confirmed, and the file is whole."""
    async with served.bot() as life:
        await phone.text()
        await served.polled()
    assert len(phone.heard) == answers_before + 1
    assert life.said == []
    assert served.rows("pragma integrity_check") == [("ok",)]
    assert served.rows("select count(*) from seen") == [(answers_before + 1,)]
    states = "select distinct state, repeat from letter where kind = 'answer'"
    assert served.rows(states) == [("sent", 0)]


@asynccontextmanager
async def no_flush(life: Life) -> AsyncIterator[None]:
    """Whatever the process wants flushed to the disk fails with EIO meanwhile."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    calls = "fsync,fdatasync"
    tracer = await asyncio.create_subprocess_exec(
        *(str(strace), "-f", "-e", f"trace={calls}", "-e", f"inject={calls}:error=EIO"),
        *("-p", str(life.process.pid)), stderr=subprocess.PIPE,
    )  # fmt: skip
    assert tracer.stderr is not None
    try:
        if b"attached" not in (said := await tracer.stderr.readline()):
            pytest.skip(f"strace may not look at a process here: {said.decode()}")
        yield
        assert b"EIO" in await tracer.stderr.read()
    finally:
        with suppress(ProcessLookupError):
            tracer.terminate()
        await tracer.wait()


async def test_a_disk_that_does_not_take_a_commit_ends_it_and_the_update_is_answered_once(
    served: Served,
) -> None:
    phone = served.phone(MENTEE)
    async with served.bot() as life:
        await settled(served, phone)
        async with no_flush(life):
            phone.say("/menu")
            await ends_with(life, "SQLITE_IOERR_FSYNC")
    assert len(phone.heard) == 1
    assert served.world.mailbox.unconfirmed == 1
    await is_answered_once(served, phone, answers_before=1)


async def test_a_second_instance_on_the_same_database_ends_and_the_first_goes_on(
    served: Served,
) -> None:
    phone = served.phone(MENTEE)
    async with served.bot() as first:
        await served.polled()
        async with served.bot() as second:
            name = served.path.name
            line = f"DATABASE_URL: another bot is running on {name}; stop it first."
            assert await second.end() == (1, [line])
        phone.say("/menu")
        await phone.text()
        await served.polled()
    assert first.said == []
    assert len(phone.heard) == 1


async def test_of_two_with_one_token_the_one_that_telegram_refuses_ends_and_the_other_serves(
    served: Served, tmp_path: Path
) -> None:
    """With a database of its own the newcomer knows nobody; Telegram serves whoever asked last."""
    async with served.bot() as first:
        await served.polled()
        async with served.bot(path=tmp_path / "other.sqlite3"):
            line = "BOT_TOKEN: another process uses this token; stop it first."
            assert await first.end() == (1, [line])
            await served.polled()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process is about to write, and takes its time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


async def test_a_database_that_is_locked_for_a_moment_is_waited_for(served: Served) -> None:
    phone = served.phone(MENTEE)
    async with served.bot() as life:
        await settled(served, phone)
        phone.say("/meeting")
        message_id, _ = await phone.fresh("m.save")
        await served.polled()
        calls = served.world.calls
        with locked(served.path):
            phone.tap(message_id, "m.save")
            # The tap is acknowledged before its transaction.
            await served.world.wait_for(lambda: served.world.calls > calls, PATIENCE)
            assert served.rows("select count(*) from meeting") == [(0,)]
        await phone.edit(message_id, "undo")
    assert life.said == []
    assert served.rows("select count(*) from meeting") == [(1,)]


async def test_a_database_that_stays_locked_ends_it_and_the_update_is_answered_once(
    served: Served,
) -> None:
    phone = served.phone(MENTEE)
    async with served.bot() as life:
        await settled(served, phone)
        with locked(served.path):
            phone.say("/menu")
            await ends_with(life, "SQLITE_BUSY")
    assert served.world.mailbox.unconfirmed == 1
    await is_answered_once(served, phone, answers_before=1)


SLEEPER, WAKER = 1022, 1032
"""They read English, and one has proposed a date that begins in two hours."""
SOON, OVER = "Proposed for to", "did you meet?"
"""Of the day, which may be tomorrow's when the test begins late in the evening."""


@pytest.mark.parametrize(("hours", "letter"), [(1, SOON), (25, OVER)])
async def test_after_an_outage_what_is_still_useful_comes_once_and_what_is_gone_is_not_invented(
    served: Served, hours: int, letter: str
) -> None:
    """Telegram keeps an update for a day: after 25 hours it is gone, and nobody makes one up."""
    world, phone = served.world, served.phone(MENTEE)
    async with served.bot(ON_A_CLOCK) as life:
        life.set_clock(0)
        await served.phone(SLEEPER).text("Proposed by")
        await served.polled()
        async with served.no_network():
            life.set_clock(hours * HOUR)
            phone.say("/menu")
            await life.says("no way to Telegram", "no updates")
            if hours > 24:
                world.mailbox.clear()
        for person in (SLEEPER, WAKER):
            await served.phone(person).text(letter)
        await served.polled()
        phone.say("/help")
        await phone.text("/cancel")
    assert len(phone.heard) == (1 if hours > 24 else 2)
    heard = [[first_line(each.message) for each in world.heard(p)] for p in (SLEEPER, WAKER)]
    assert [len(lines) for lines in heard] == [2, 1]
    assert all(letter in lines[-1] for lines in heard), "a mark, or another letter, came first"


def first_line(message: Message) -> str:
    return words(message).splitlines()[0]


async def test_a_clock_that_is_set_back_two_hours_keeps_nobody_waiting(served: Served) -> None:
    phone = served.phone(MENTEE)
    async with served.bot(ON_A_CLOCK) as life:
        life.set_clock(2 * HOUR)
        await settled(served, phone)
        life.set_clock(0)
        for _ in range(2):
            phone.say("/menu")
            await phone.text()
        await served.polled()
    assert len(phone.heard) == 3
    assert life.said == []


async def test_who_writes_a_thousand_messages_at_once_keeps_nobody_else_waiting(
    served: Served,
) -> None:
    flooder, other = served.phone(MENTEE), served.phone(MENTOR)
    async with served.bot() as life:
        await settled(served, other)
        before = life.peak()
        for _ in range(FLOOD):
            flooder.say("/menu")
        other.say("/menu")
        await other.text()
        heard = len(flooder.heard)
        await served.polled()
        grown = life.peak() - before
    assert heard < FLOOD / 10, "the flooder's answers came first"
    assert len(other.heard) == 2
    answers = "select count(*) from letter where kind = 'answer'"
    assert served.rows(answers) == [(FLOOD + 2,)]
    assert grown < 16 * MEGABYTE
    assert life.said == []


async def test_poison_is_set_aside_and_whoever_wrote_beside_it_is_answered(
    served: Served,
) -> None:
    """One update that nobody can read, one whose handler raises, and two good ones around them."""
    first, broken, last = (served.phone(person) for person in (MENTEE, MENTOR, ANOTHER))
    with closing(sqlite3.connect(served.path)) as file:
        file.execute(
            "create trigger breaks before insert on card when new.person_id = (select id from "
            f"person where chat_id = {MENTOR}) begin select raise(abort, 'broken'); end"
        )
    first.say("/menu")
    unreadable(served, first.id)
    broken.say("/meeting")
    last.say("/menu")
    async with served.bot() as life:
        for phone, text in ((first, ""), (broken, "something went wrong on our side"), (last, "")):
            await phone.text(text)
        await served.polled()
    [unread, aside] = life.said
    assert "cannot be read: KeyError" in unread
    assert "update set aside reference=" in aside
    assert served.rows("select count(*) from seen") == [(4,)]
    assert served.rows("select count(*) from aside") == [(1,)]


def unreadable(served: Served, person: int) -> None:
    """A message without the date that every message has."""
    who: Person = served.world.chats[person].person
    message = {"message_id": 1, "chat": chat(who), "from": user(who), "text": "/menu"}
    served.world.mailbox.put("message", message)
