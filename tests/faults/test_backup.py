"""Backup and restore: whole copies of a living database, and nothing old is sent again."""

import asyncio
import os
import resource
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.backup import back_up_daily
from bot.clock import now
from bot.demo_programme import plant
from bot.desk import open_desk
from mentoring.plans import Plan
from storage.copies import BESIDE, _writing, back_up, check, restore
from storage.database import Database, DatabaseError, Lock, connect
from storage.migrations import migrate
from storage.versions import numbered
from tests.faults.hosted import Host, Poll
from tests.faults.telegram_server import TOKEN, Call, Held, Telegram

BERLIN = ZoneInfo("Europe/Berlin")
MENTOR, MENTEE = 1005, 1004
NEWEST = numbered()[-1][0]


@pytest.fixture
async def database_file(tmp_path: Path) -> Path:
    """Nobody has it open."""
    database = await connect(tmp_path / "tandem.sqlite3")
    await migrate(database)
    await database.close()
    return database.path


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def found(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(folder.glob(pattern))


def _tables(copy: Path) -> int:
    return check(copy, copy).tables


# The drill.

DUE = "state = 'sending' or state = 'pending' and due_at <= unixepoch()"
TO_COME = "select count(*) from letter where state = 'pending' and due_at > unixepoch()"


async def test_the_drill(tmp_path: Path, telegram: Telegram) -> None:
    """Copy beside a running bot, letters sent since, kill -9, restore, start."""
    host, copy = Host(tmp_path, f"http://127.0.0.1:{telegram.port}"), tmp_path / "copy.sqlite3"
    await plant(host.settings)
    await _agree_on_a_date(host)
    async with asyncio.timeout(180):
        cancelled, to_come = await _back_up_and_die(host, telegram, copy)
        restored = await host.command("restore", str(copy))
        assert restored.code == 0, restored
        [line] = restored.said
        assert line.startswith(f"{host.database}: restored from {copy} (")
        assert f"since: {cancelled} cancelled; still to come: {to_come}." in line
        [kept] = found(tmp_path, "tandem.sqlite3.until-*")
        assert line.endswith(f"The database before is {kept}.")
        assert await _sent_after_restore(host, telegram) == {MENTOR, MENTEE}
    silent = "select count(*), sum(length(args)) from letter where error = 'restored'"
    assert rows(host.database, silent) == [(cancelled, 0)]


async def _agree_on_a_date(host: Host) -> None:
    """The news are due now, the reminders the day after tomorrow."""
    async with open_desk(host.settings) as (database, desk, tables), database.transaction():
        mentor = (await tables.intake.known([], [MENTOR])).people[MENTOR]
        [tandem] = await desk.tandems.of(mentor.id)
        day = now().astimezone(BERLIN).date() + timedelta(days=3)
        plan = Plan(day, time(17), 60, "", ())
        await desk.appointments.propose(
            by=mentor, tandem_id=tandem.id, plan=plan, key="drill", now=now()
        )
        await tables.letters.write()


async def _back_up_and_die(host: Host, telegram: Telegram, copy: Path) -> tuple[int, int]:
    """Nothing is answered before the copy is made, all of it after that."""
    held, _poll = Held(), Poll(telegram)
    telegram.will("sendmessage", *[held] * 50)
    async with host.process("bot", "run") as process:
        await held.heard.wait()
        made = await host.command("backup", str(copy))
        assert made.code == 0, made
        [(cancelled,)] = rows(copy, f"select count(*) from letter where {DUE}")
        [(to_come,)] = rows(copy, TO_COME)
        assert cancelled >= 6  # five greetings and the news of the date
        assert to_come == rows(host.database, TO_COME)[0][0] > 0
        refused = await host.command("restore", str(copy))
        assert refused.code == 1
        assert refused.wrong == [
            "DATABASE_URL: another bot is running on tandem.sqlite3; stop it first."
        ]
        sent = _when(telegram, 6, "sendmessage")
        held.go.set()
        await sent.wait()
        process.kill()
        await process.wait()
    return cancelled, to_come


async def _sent_after_restore(host: Host, telegram: Telegram) -> set[int]:
    """The bot on a clock that then stands at the first reminder; whom it sends what."""
    [(due,)] = rows(host.database, "select min(due_at) from letter where state = 'pending'")
    telegram.calls.clear()
    telegram.plays.clear()
    poll, sent = Poll(telegram), _when(telegram, 2, "sendmessage")
    async with host.process("bot.demo_bot") as process:
        assert process.stdin is not None
        process.stdin.write(b"0\n")
        await poll.heard.wait()
        process.stdin.write(f"{due - now().timestamp() + 5}\n".encode())
        await sent.wait()
        process.terminate()
        await process.wait()
    messages = [call for call in telegram.calls if call.method.startswith("send")]
    assert len(messages) == 2, messages
    assert all("17:00" in call.text for call in messages)
    return {call.chat_id for call in messages}


def _when(telegram: Telegram, number: int, method: str) -> asyncio.Event:
    """Set by the call that makes it so many in all."""
    event = asyncio.Event()

    def count(_call: Call) -> None:
        if sum(call.method == method for call in telegram.calls) >= number:
            event.set()

    telegram.on_call = count
    return event


# Copies.


async def test_a_copy_of_a_database_that_is_written_meanwhile_is_of_one_instant(
    database: Database, tmp_path: Path
) -> None:
    done = asyncio.Event()

    async def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            async with database.transaction():
                values = {"number": number}
                await database.execute("insert into seen values (:number, 0)", values)
                await database.execute("insert into aside values (:number, :number, '', 0)", values)

    writing = asyncio.ensure_future(write())
    written = 0
    for number in range(10):
        copy = tmp_path / f"{number}.sqlite3"
        await asyncio.to_thread(back_up, database.path, copy)
        [(seen,)] = rows(copy, "select count(*) from seen")
        assert rows(copy, "select count(*) from aside") == [(seen,)]
        assert seen >= written
        written = seen
    done.set()
    await writing
    assert written > 0
    assert found(tmp_path, ".*") == []


async def test_a_copy_is_one_file_for_its_owner_and_holds_no_token_and_no_stranger(
    database: Database, tmp_path: Path
) -> None:
    host = Host(tmp_path / "more", more={"DATABASE_URL": f"sqlite+aiosqlite:///{database.path}"})
    host.folder.mkdir()
    stranger = 778899001
    await database.execute(
        "insert into letter (chat_id, kind, args, priority, due_at, created_at) "
        "values (:chat, 'answer', '{}', 0, 0, 0)",
        {"chat": stranger},
    )
    copy = host.folder / "copy.sqlite3"
    done = await host.command("backup", str(copy))
    assert done.code == 0, done
    assert done.said[0].startswith(f"{copy}: backed up and checked (tables {NEWEST}, ")
    assert [path.name for path in host.folder.iterdir()] == ["copy.sqlite3"]
    assert copy.stat().st_mode & 0o777 == 0o600
    content = await asyncio.to_thread(copy.read_bytes)
    assert stranger.to_bytes(4, "big") not in content
    assert TOKEN.encode() not in content
    assert rows(copy, "pragma journal_mode") == [("delete",)]


async def test_a_file_that_exists_is_replaced_only_when_that_is_said(
    database: Database, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.write_text("somebody's letter")
    with pytest.raises(DatabaseError, match="exists; choose another name, or add --force"):
        back_up(database.path, copy)
    assert copy.read_text() == "somebody's letter"
    back_up(database.path, copy, replace=True)
    assert _tables(copy) == NEWEST


def _cut(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-8192])


def _scribble(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[8192:12288] = os.urandom(4096)
    copy.write_bytes(content)


def _orphan(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("insert into role values (99, 'mentor', 0, null)")


def _lift(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("pragma user_version = 9999")


def _rename_table(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("alter table letter rename to photograph")


def _lift_and_rename_table(copy: Path) -> None:
    _lift(copy)
    _rename_table(copy)


def _empty(copy: Path) -> None:
    copy.write_bytes(b"")


def _write_words(copy: Path) -> None:
    copy.write_text("not a database at all\n" * 500)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut, "copy.sqlite3"),
        (_scribble, "copy.sqlite3"),
        (_orphan, "is damaged: rows are missing"),
        (_lift, "newer version"),
        (_empty, "holds no tables of this program"),
        (_rename_table, "holds no tables of this program"),
        (_lift_and_rename_table, "holds no tables of this program"),
        (_write_words, "copy.sqlite3 cannot be read as a database"),
        (Path.unlink, "copy.sqlite3 cannot be read as a database"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_spoilt_copy_is_refused_and_the_present_database_stays(
    tmp_path: Path, spoil: Any, said: str
) -> None:
    host, copy = Host(tmp_path), tmp_path / "copy.sqlite3"
    await plant(host.settings)
    back_up(host.database, copy)
    spoil(copy)
    names = found(tmp_path)
    before = host.database.read_bytes()
    with pytest.raises(DatabaseError, match=said) as caught:
        restore(copy, host.database, now=now())
    assert len(str(caught.value).splitlines()) == 1
    assert host.database.read_bytes() == before
    assert found(tmp_path) == names


async def test_a_damaged_database_is_kept_as_it_is_with_its_log(tmp_path: Path) -> None:
    host, copy = Host(tmp_path), tmp_path / "copy.sqlite3"
    await plant(host.settings)
    back_up(host.database, copy)
    host.database.write_bytes(b"rubbish" * 4096)
    (tmp_path / "tandem.sqlite3-wal").write_bytes(b"log")
    (tmp_path / "tandem.sqlite3-shm").write_bytes(b"index")
    kept = restore(copy, host.database, now=datetime(2026, 3, 9, 10, 0, tzinfo=BERLIN)).kept
    assert kept == tmp_path / "tandem.sqlite3.until-2026-03-09-100000"
    assert kept.read_bytes() == b"rubbish" * 4096
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"log"
    assert found(tmp_path, "tandem.sqlite3-*") == []
    assert check(host.database, copy) == check(copy, copy)


async def test_the_database_before_is_whole_although_much_of_it_was_in_its_log(
    database: Database, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite3"
    back_up(database.path, copy)
    async with database.transaction():
        await database.execute("insert into seen values (7, 0)")
    kept = restore(copy, database.path, now=now()).kept
    assert kept is not None
    assert rows(kept, "select update_id from seen") == [(7,)]
    assert rows(database.path, "select update_id from seen") == []


async def test_a_link_stays_and_the_lock_is_that_of_the_file_it_leads_to(tmp_path: Path) -> None:
    host, file = Host(tmp_path), tmp_path / "volume" / "real.sqlite3"
    file.parent.mkdir()
    host.database.symlink_to(file)
    await plant(host.settings)
    back_up(file, tmp_path / "copy")
    with Lock(file):
        refused = await host.command("restore", str(tmp_path / "copy"))
    assert refused.wrong == ["DATABASE_URL: another bot is running on real.sqlite3; stop it first."]
    assert (await host.command("restore", str(tmp_path / "copy"))).code == 0
    assert host.database.is_symlink()
    assert len(found(file.parent, "real.sqlite3.until-*")) == 1
    assert rows(file, "select count(*) from person") == [(5,)]


async def test_a_copy_is_restored_where_no_database_is(tmp_path: Path) -> None:
    host, copy = Host(tmp_path), tmp_path / "copy.sqlite3"
    await plant(host.settings)
    back_up(host.database, copy)
    target = tmp_path / "new" / "tandem.sqlite3"
    assert restore(copy, target, now=now()).kept is None
    assert rows(target, "select count(*) from person") == [(5,)]
    assert target.stat().st_mode & 0o777 == 0o600


async def test_the_present_database_is_no_copy_of_itself(tmp_path: Path) -> None:
    host = Host(tmp_path)
    await plant(host.settings)
    with pytest.raises(DatabaseError, match="is the present database; name a copy of it"):
        restore(host.database, host.database, now=now())


@pytest.mark.parametrize("name", ["tandem.sqlite3", "soft", "hard"])
async def test_no_copy_takes_the_place_of_the_database_that_a_bot_writes(
    database: Database, tmp_path: Path, name: str
) -> None:
    (tmp_path / "soft").symlink_to(database.path)
    (tmp_path / "hard").hardlink_to(database.path)
    names = found(tmp_path)
    file = database.path.stat().st_ino
    with Lock(database.path):
        done = await Host(tmp_path).command("backup", "--force", str(tmp_path / name))
    assert (done.code, done.wrong) == (
        1,
        [f"{tmp_path / name} is the present database; choose another name."],
    )
    assert database.path.stat().st_ino == file
    assert [path for path in found(tmp_path) if path.suffix != ".lock"] == names
    await database.execute("insert into seen values (7, 0)")
    assert rows(database.path, "select update_id from seen") == [(7,)]


async def test_the_log_of_a_database_that_was_moved_away_is_not_played_on_its_copy(
    tmp_path: Path,
) -> None:
    host, copy = Host(tmp_path), tmp_path / "copy.sqlite3"
    await plant(host.settings)
    back_up(host.database, copy)
    await _write_and_die(host.database)
    host.database.rename(tmp_path / "damaged")
    at = datetime(2026, 3, 9, 10, 0, tzinfo=BERLIN)
    assert restore(copy, host.database, now=at).kept is None
    assert rows(host.database, "select count(*) from seen") == [(0,)]
    assert rows(host.database, "select count(*) from person") == [(5,)]
    kept = tmp_path / "tandem.sqlite3.until-2026-03-09-100000-wal"
    assert found(tmp_path, "tandem.sqlite3*-*") == [kept]
    # Nor is it lost: beside the file that was moved away it says what came last.
    kept.rename(tmp_path / "damaged-wal")
    assert rows(tmp_path / "damaged", "select count(*) from seen") == [(1,)]


async def _write_and_die(path: Path) -> None:
    """A process that is killed leaves its log, and the index of that."""
    writing = (
        "import os, sqlite3, sys\n"
        "file = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "file.execute('insert into seen values (7, 0)')\n"
        "file.execute('delete from person')\n"
        "os._exit(9)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", writing, str(path))
    assert await process.wait() == 9


def test_a_rollback_journal_goes_with_the_database_it_belongs_to(
    database_file: Path, tmp_path: Path
) -> None:
    back_up(database_file, tmp_path / "copy")
    journal = tmp_path / "tandem.sqlite3-journal"
    journal.write_bytes(b"journal")
    kept = restore(tmp_path / "copy", database_file, now=now()).kept
    assert kept is not None
    assert not journal.exists()
    assert kept.with_name(f"{kept.name}-journal").read_bytes() == b"journal"


@pytest.mark.parametrize(
    ("state", "priority", "hours", "after"),
    [
        ("pending", 2, -1, "cancelled"),
        ("pending", 1, 1, "pending"),
        ("absent", 2, -1, "cancelled"),
        ("absent", 2, 1, "absent"),
        ("sending", 2, -1, "cancelled"),
        ("pending", 0, 1, "cancelled"),  # an answer is always due: a clock was set back
        ("sent", 2, -1, "sent"),
    ],
)
async def test_what_may_have_left_since_is_cancelled_and_its_key_stays(
    database: Database, tmp_path: Path, state: str, priority: int, hours: int, after: str
) -> None:
    at = now()
    await database.execute(
        "insert into person (id, name, language, zone, chat_id, reachable, created_at) "
        "values (1, 'O', 'de', 'UTC', 1, 1, 0)"
    )
    await database.execute(
        "insert into letter (person_id, kind, args, priority, due_at, state, key, created_at) "
        "values (1, 'note', '{}', :priority, :due, :state, 'k', 0)",
        {"priority": priority, "due": int(at.timestamp()) + hours * 3600, "state": state},
    )
    back_up(database.path, tmp_path / "copy")
    target = tmp_path / "restored"
    done = restore(tmp_path / "copy", target, now=at)
    gone = after == "cancelled"
    assert (done.cancelled, done.to_come) == (gone, after in ("pending", "absent"))
    assert rows(target, "select state, key, args, error from letter") == [
        (after, "k", "" if gone else "{}", "restored" if gone else None)
    ]


# A disk that refuses.


def test_a_full_disk_asks_for_room_and_another_failure_does_not(database_file: Path) -> None:
    with pytest.raises(DatabaseError) as full, _writing(database_file) as file:
        file.execute("pragma max_page_count = 1")
        file.execute("create table x as select zeroblob(100000)")
    assert str(full.value) == (
        f"{database_file.parent} cannot be written: database or disk is full; make room."
    )
    with pytest.raises(DatabaseError) as failed, _writing(database_file.parent):
        pass
    assert str(failed.value) == (
        f"{database_file.parent.parent} cannot be written: unable to open database file."
    )


def test_a_file_that_may_not_grow_leaves_nothing_and_is_not_called_a_full_disk(
    database_file: Path,
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(DatabaseError, match=r"cannot be written: disk I/O error\.$"):
            back_up(database_file, database_file.with_name("copy"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found(database_file.parent, "*copy*") == []


# By the day.


async def test_the_daily_copies_are_kept_by_number_and_nobody_elses_file_goes(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    settings = replace(Host(tmp_path).settings, backup_folder=folder, backup_keep=2)
    await back_up_daily(settings, datetime(2026, 3, 9, 4, tzinfo=BERLIN))
    (folder / "tandem-before-the-move.sqlite3").touch()
    for day in (9, 10, 30):
        await back_up_daily(settings, datetime(2026, 3, day, 4, tzinfo=BERLIN))
    assert sorted(path.name for path in folder.iterdir()) == [
        "tandem-2026-03-10.sqlite3",
        "tandem-2026-03-30.sqlite3",
        "tandem-before-the-move.sqlite3",
    ]
    assert _tables(folder / "tandem-2026-03-30.sqlite3") == NEWEST


async def test_what_a_kill_left_goes_before_the_copy_is_made(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be what fills the disk; a copy that somebody makes by hand meanwhile is theirs."""
    left = ".tandem-2026-03-09.sqlite3.x1y2z3_9.part"
    theirs = [".tandem-before-the-move.sqlite3.x1y2z3_9.part", "tandem-2026-03-09.sqlite3.part"]
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in (left, *(f"{left}{beside}" for beside in BESIDE), *theirs):
        (folder / name).touch()
    settings = replace(Host(tmp_path).settings, backup_folder=folder, backup_keep=1)
    for day in (7, 8):
        (folder / f"tandem-2026-03-0{day}.sqlite3").touch()
    # No copy can be made: this one is called a database, and is none.
    spoilt = replace(settings, database_url=f"sqlite+aiosqlite:///{folder}")
    await back_up_daily(spoilt, datetime(2026, 3, 10, 4, tzinfo=BERLIN))
    assert len(caplog.records) == 1
    assert {path.name for path in folder.iterdir()} == {*theirs, "tandem-2026-03-08.sqlite3"}


async def test_a_day_without_a_copy_is_one_line_in_the_log(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "file"
    folder.touch()
    settings = replace(Host(tmp_path).settings, backup_folder=folder)
    await back_up_daily(settings, now())
    [record] = caplog.records
    assert record.getMessage().startswith("BACKUP_FOLDER: no copy was made today: ")


async def test_a_bot_that_starts_makes_the_copy_of_the_day(
    tmp_path: Path, telegram: Telegram
) -> None:
    more = {"BACKUP_FOLDER": str(tmp_path / "backups"), "TIMEZONE": "UTC"}
    host = Host(tmp_path, f"http://127.0.0.1:{telegram.port}", more)
    poll = Poll(telegram)
    async with asyncio.timeout(60), host.process("bot", "run") as process:
        await poll.heard.wait()
        process.terminate()
        assert await process.wait() == 0
    [copy] = (tmp_path / "backups").iterdir()
    day = date.fromisoformat(copy.name.removeprefix("tandem-").removesuffix(".sqlite3"))
    assert abs(day - now().date()) <= timedelta(days=1)
    assert _tables(copy) == NEWEST
