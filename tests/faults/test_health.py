"""Health and watchdog: what a host and a supervisor are told, while the bot runs and after it."""

import asyncio
import os
import signal
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import now
from bot.health import Finding, backups, intake, letters
from bot.heartbeat import INTERVAL, Beat, Heartbeat, last_beat
from bot.watchdog import notify
from mentoring.letters import Priority
from mentoring.people import Role
from storage.database import Database, Lock
from storage.letters import LetterTable
from storage.people import PeopleTable
from tests.faults.branch import Classed
from tests.faults.hosted import Host, Poll
from tests.faults.telegram_server import Telegram


async def test_health_follows_a_bot_from_its_start_to_its_death(
    tmp_path: Path, telegram: Telegram
) -> None:
    host = Host(tmp_path, f"http://127.0.0.1:{telegram.port}")
    first, second = Poll(telegram), Poll(telegram)
    async with asyncio.timeout(120), host.process("bot", "run") as process:
        await first.heard.wait()
        started = await host.command("health")
        first.go.set()
        await second.heard.wait()
        heard = await host.command("health")
        process.kill()
        await process.wait()
    dead = await host.command("health")
    assert started.code == 0, "Telegram has said who we are"
    assert heard.code == 0, heard
    assert heard.said[0].startswith("ok: intake: Telegram answered ")
    assert heard.said[1] == "ok: letters: none is due."
    assert (dead.code, dead.said[0]) == (
        1,
        f"BAD: intake: no bot runs on {host.database}; start it (python -m bot run).",
    )
    assert started.wrong == heard.wrong == dead.wrong == []


async def test_a_bot_that_has_ended_in_order_is_no_process(
    tmp_path: Path, telegram: Telegram
) -> None:
    host, poll = Host(tmp_path, f"http://127.0.0.1:{telegram.port}"), Poll(telegram)
    async with asyncio.timeout(60), host.process("bot", "run") as process:
        await poll.heard.wait()
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    beat = last_beat(host.database)
    assert beat is not None
    assert beat.pid == 0
    assert not beat.is_of_a_process


def test_intake_is_unwell_once_telegram_has_been_silent_too_long(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Heartbeat(host.database) as heartbeat:
        heartbeat.beat()
        fresh = intake(host.settings, now() + timedelta(seconds=170))
        silent = intake(host.settings, now() + timedelta(seconds=190))
    assert fresh.is_well
    assert not silent.is_well
    assert "more than INTAKE_LIMIT (180 s); look at the network and at the log." in silent.line


def test_an_answer_from_the_future_is_unwell(tmp_path: Path) -> None:
    """A clock that was set back would call a dead bot well until it has caught up."""
    host = Host(tmp_path)
    with Heartbeat(host.database) as heartbeat:
        heartbeat.beat()
        fine = intake(host.settings, now() - timedelta(seconds=50))
        ahead = intake(host.settings, now() - timedelta(seconds=3600))
    assert fine.line == "intake: Telegram answered 0 s ago (INTAKE_LIMIT 180 s)."
    assert (fine.is_well, ahead.is_well) == (True, False)
    assert "from now, says the clock: it was set back; correct it" in ahead.line


def test_a_heartbeat_of_an_elder_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "tandem.sqlite3.heartbeat").write_bytes(b"%10d %12d\n" % (7, 1_770_000_000))
    assert last_beat(tmp_path / "tandem.sqlite3") == Beat(7, 1_770_000_000)


@pytest.mark.parametrize("trouble", ["", "a b", "502 " * 100, "ü\ud800 \x1b[31m\nred\0"])
def test_the_words_of_telegram_are_one_short_line(tmp_path: Path, trouble: str) -> None:
    with Heartbeat(tmp_path / "tandem.sqlite3") as heartbeat:
        heartbeat.beat()
        heartbeat.deaf("something longer that was there before")
        heartbeat.deaf(trouble)
        found = last_beat(tmp_path / "tandem.sqlite3")
    assert found is not None
    assert (found.pid, found.heard > 0) == (os.getpid(), True)
    assert found.trouble == {
        "": "",
        "a b": "a b",
        "502 " * 100: ("502 " * 40).rstrip(),
    }.get(trouble, "? [31m red")


def test_the_heartbeat_spares_the_disk_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    path, hand = tmp_path / "tandem.sqlite3", [0.0]
    file = tmp_path / "tandem.sqlite3.heartbeat"
    with Heartbeat(path, seconds=lambda: hand[0]) as heartbeat:
        heartbeat.beat()
        os.utime(file, (0, 0))
        hand[0] += INTERVAL - 1
        heartbeat.beat()
        assert file.stat().st_mtime == 0
        hand[0] += 1
        heartbeat.beat()
        assert file.stat().st_mtime > 0
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("priority", Priority)
async def test_the_oldest_letter_that_is_due_makes_it_unwell(
    database: Database, tmp_path: Path, priority: Priority
) -> None:
    host, at = Host(tmp_path), now()
    table = LetterTable(database, lambda: at)
    await _write(database, table, priority, timedelta(), timedelta(seconds=-5), timedelta(hours=1))
    on_its_way = letters(host.settings, at)
    late = letters(host.settings, at + timedelta(seconds=700))
    assert (on_its_way.is_well, late.is_well) == (True, False)
    assert on_its_way.line == "letters: letter 2 (note) has been due for 5 s (LETTER_LIMIT 600 s)."
    assert late.line == (
        "letters: letter 2 (note) has been due for 705 s, more than LETTER_LIMIT (600 s); "
        "look for its number in the log."
    )


async def test_a_letter_whose_answer_never_came_counts_and_one_that_was_sent_does_not(
    database: Database, tmp_path: Path
) -> None:
    host, at = Host(tmp_path), now() + timedelta(hours=1)
    table = LetterTable(database, now)
    await _write(database, table, Priority.PARTNER, timedelta())
    await database.execute("update letter set state = 'sending'")
    assert not letters(host.settings, at).is_well
    await database.execute("update letter set state = 'sent'")
    assert letters(host.settings, at).line == "letters: none is due."


async def _write(
    database: Database, table: LetterTable, priority: Priority, *due: timedelta
) -> None:
    async with database.transaction():
        person_id = await PeopleTable(database).add(
            name="Olena", language="de", zone="Europe/Berlin", role=Role.MENTEE, now=now()
        )
        await database.execute("update person set chat_id = 11")
        for ahead in due:
            at = table.now() + ahead
            table.add(Classed(to=person_id, kind="note", of=priority, due=at))
        await table.write()


def test_the_newest_copy_must_be_younger_than_two_days(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert backups(folder, now()) == Finding(
        False, f"backup: there is no copy in {folder} yet; look at the log."
    )
    folder.mkdir()
    at = now()
    for day, hours in ((8, 1), (9, 47), (10, 49)):
        file = folder / f"tandem-2026-03-{day:02d}.sqlite3"
        file.touch()
        os.utime(file, (0, at.timestamp() - hours * 3600))
    (folder / "somebody's.sqlite3").touch()
    assert backups(folder, at) == Finding(
        False,
        "backup: newest copy 49 h old, more than 48 h; look for BACKUP_FOLDER in the log.",
    )
    file.unlink()
    assert backups(folder, at) == Finding(True, "backup: newest copy 47 h old.")


async def test_health_says_a_third_line_where_copies_are_made(tmp_path: Path) -> None:
    host = Host(tmp_path, more={"BACKUP_FOLDER": str(tmp_path / "backups")})
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "tandem-2026-03-09.sqlite3").touch()
    done = await host.command("health")
    assert done.said[2:] == ["ok: backup: newest copy 0 h old."]


async def test_health_changes_nothing_and_takes_no_lock(database: Database, tmp_path: Path) -> None:
    host = Host(tmp_path)
    await database.execute("pragma user_version = 1")
    await database.truncate_log()
    before = host.database.read_bytes()
    with Lock(host.database):
        assert (await host.command("health")).said[1] == "ok: letters: none is due."
    assert host.database.read_bytes() == before
    assert (await database.execute("pragma user_version"))[0][0] == 1


async def test_health_without_a_database_makes_none(tmp_path: Path) -> None:
    host = Host(tmp_path)
    done = await host.command("health")
    assert done.code == 1
    assert done.said[1].startswith("BAD: letters: DATABASE_URL: ")
    assert len(done.said) == 2
    assert list(host.folder.iterdir()) == []


async def test_without_a_network_it_is_ready_and_alive_and_not_well(tmp_path: Path) -> None:
    """A machine that starts without a network has to come up, and a wait is no hang."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.setblocking(False)
        host = Host(tmp_path, more={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        async with asyncio.timeout(60), host.process("bot", "run") as process:
            assert await loop.sock_recv(ear, 100) == b"READY=1"
            assert await loop.sock_recv(ear, 100) == b"WATCHDOG=1"
            assert process.stderr is not None
            assert b"a new database begins" in await process.stderr.readline()
            assert (
                b"no Telegram yet: ClientConnectorError ECONNREFUSED"
                in await process.stderr.readline()
            )
            told = intake(host.settings, now())
    assert not told.is_well
    assert told.line.endswith("Telegram has not answered yet; wait, then look at its log.")


def test_each_turn_feeds_the_watchdog_now_and_then_and_only_an_answer_is_heard(
    tmp_path: Path,
) -> None:
    hand, meals = [0.0], list[float]()
    with Heartbeat(
        tmp_path / "file", seconds=lambda: hand[0], feed=lambda: meals.append(hand[0])
    ) as heartbeat:
        for second in (0.0, 1.0, INTERVAL, INTERVAL + 1):
            hand[0] = second
            heartbeat.alive()
        assert heartbeat.heard == 0
        heartbeat.beat()
        assert heartbeat.heard > 0
    assert meals == [0.0, INTERVAL]


def test_a_supervisor_that_hears_nothing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")
    [record] = caplog.records
    assert record.getMessage().startswith("NOTIFY_SOCKET: the supervisor did not hear READY=1: ")


def test_a_socket_outside_the_file_system_is_heard(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0tandem" + str(tmp_path))
        monkeypatch.setenv("NOTIFY_SOCKET", "@tandem" + str(tmp_path))
        notify("READY=1")
        assert ear.recv(100) == b"READY=1"
