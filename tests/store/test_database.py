"""The file: migrations, copies, newer schemas, second instances, and what a failure undoes."""

import asyncio
import logging
import resource
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, DatabaseError, Lock, connect
from storage.migrations import check_current, migrate
from storage.versions import numbered


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await connect(tmp_path / "tandem.sqlite3")
    yield database
    await database.close()


async def test_an_empty_file_becomes_the_newest_without_a_copy(database: Database) -> None:
    newest = numbered()[-1][0]
    assert await migrate(database) == newest
    assert list(database.path.parent.glob("*.before-*")) == []


async def test_a_migration_keeps_a_copy_of_the_file_before(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_a.sql").write_text(
        "create table a (x integer);\ninsert into a values (7);\n"
        "create table letter (person_id integer, chat_id integer);\n"
        "insert into letter values (1, null), (null, 778899001);\n"
    )
    await migrate(database, folder)
    (folder / "0002_b.sql").write_text("delete from a;\n")
    await migrate(database, folder)
    with sqlite3.connect(f"{database.path}.before-0002") as copy:
        assert copy.execute("select x from a").fetchall() == [(7,)]
        assert copy.execute("select person_id, chat_id from letter").fetchall() == [(1, None)]
    copy.close()
    files = [path.name for path in database.path.parent.glob("*.before-*")]
    assert files == [f"{database.path.name}.before-0002"], "no log of it stays behind"
    content = await asyncio.to_thread(Path(f"{database.path}.before-0002").read_bytes)
    assert (778899001).to_bytes(4, "big") not in content
    assert await database.execute("select x from a") == []


async def test_without_a_copy_nothing_is_migrated_and_the_copy_before_stays(
    database: Database,
) -> None:
    newest = await migrate(database)
    await database.execute(f"pragma user_version = {newest - 1}")
    copy = Path(f"{database.path}.before-{newest:04d}")
    await asyncio.to_thread(copy.write_bytes, b"older")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(DatabaseError, match="cannot be written"):
            await migrate(database)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await asyncio.to_thread(copy.read_bytes) == b"older"
    assert [tuple(row) for row in await database.execute("pragma user_version")] == [(newest - 1,)]


async def test_a_damaged_database_is_not_migrated(database: Database) -> None:
    newest = await migrate(database)
    await database.execute(f"pragma user_version = {newest - 1}")
    await database.execute("pragma foreign_keys = off")
    await database.execute("insert into role values (99, 'mentor', 0, null)")
    with pytest.raises(DatabaseError, match="is damaged: rows are missing"):
        await migrate(database)
    assert list(database.path.parent.glob("*before*")) == []


async def test_a_migration_that_fails_leaves_nothing_of_itself(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_a.sql").write_text("create table a (x integer);\ncreate nonsense;\n")
    with pytest.raises(DatabaseError, match=r"migration 0001_a\.sql failed"):
        await migrate(database, folder)
    assert await database.execute("select name from sqlite_master") == []


async def test_another_programs_file_is_refused_and_left_as_it_is(database: Database) -> None:
    await database.execute("create table notes (x integer)")
    with pytest.raises(DatabaseError, match="holds the tables of another program"):
        await migrate(database)
    names = await database.execute("select name from sqlite_master")
    assert [row["name"] for row in names] == ["notes"]


async def test_a_new_database_is_told_of(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "storage"):
        await migrate(database)
        await migrate(database)
    assert caplog.messages == [f"DATABASE_URL: a new database begins at {database.path}"]


async def test_a_newer_schema_is_refused_politely(database: Database) -> None:
    await migrate(database)
    await database.execute("pragma user_version = 9999")
    with pytest.raises(DatabaseError, match="written by a newer version"):
        await migrate(database)


def test_a_second_instance_on_the_same_file_is_refused(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "t.sqlite3"), Lock(tmp_path / "t.sqlite3")
    with first:
        assert not second.take()
        with pytest.raises(DatabaseError, match="another bot is running"), second:
            raise AssertionError
    assert second.take()
    second.free()


async def test_an_error_undoes_the_transaction(database: Database) -> None:
    await database.execute("create table a (x integer)")
    with pytest.raises(ZeroDivisionError):
        async with database.transaction():
            await database.execute("insert into a values (1)")
            raise ZeroDivisionError
    assert await database.execute("select x from a") == []


async def test_a_failed_attempt_costs_itself_and_nothing_else(database: Database) -> None:
    await database.execute("create table a (x integer)")
    async with database.transaction():
        await database.execute("insert into a values (1)")
        with pytest.raises(ZeroDivisionError):
            async with database.attempt():
                await database.execute("insert into a values (2)")
                raise ZeroDivisionError
        async with database.attempt():
            await database.execute("insert into a values (3)")
    assert [row["x"] for row in await database.execute("select x from a")] == [1, 3]


async def test_the_pragmas_are_in_force(database: Database) -> None:
    async def value(name: str) -> object:
        row = await database.one(f"pragma {name}")
        assert row is not None
        return row[0]

    found = [await value(n) for n in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]
    assert await value("secure_delete") == 1


@pytest.mark.parametrize("trip", [1, 2])
async def test_a_transaction_cancelled_at_its_begin_or_end_leaves_the_next_one_free(
    database: Database, trip: int
) -> None:
    """The thread carries a trip out although whoever waited for it was cancelled."""
    await database.execute("create table a (x integer)")
    connection, arrived = database._connection, asyncio.Event()
    execute, trips = connection.execute_fetchall, count(1)

    async def slow(sql: str, values: Any = None) -> Any:
        if next(trips) == trip:
            work = asyncio.ensure_future(execute(sql, values))
            arrived.set()
            await asyncio.shield(work)
        return await execute(sql, values)

    connection.execute_fetchall = slow  # type: ignore[method-assign,assignment]

    async def write() -> None:
        async with database.transaction():
            await database.execute("insert into a values (1)")  # takes the begin along

    writing = asyncio.ensure_future(write())
    await arrived.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert not database.in_transaction
    async with database.transaction():
        await database.execute("insert into a values (2)")
    written = [row["x"] for row in await database.execute("select x from a")]
    assert written == ([2] if trip == 1 else [1, 2])


@pytest.mark.parametrize("times", [1, 3])
async def test_whoever_is_cancelled_in_the_commit_hears_of_it_once_it_is_on_disk(
    database: Database, times: int
) -> None:
    """The next transaction waits for all of it, however often somebody is impatient."""
    await database.execute("create table a (x integer)")
    execute, sent, told = database._connection.execute_fetchall, asyncio.Event(), list[bool]()

    async def noticed(sql: str, values: Any = None) -> Any:
        sent.set()
        return await execute(sql, values)

    database._connection.execute_fetchall = noticed  # type: ignore[method-assign,assignment]

    async def write() -> None:
        async with database.transaction(lambda: told.append(database.in_transaction)):
            await database.write("insert into a values (1)")

    async def write_on() -> None:
        async with database.transaction():
            await database.write("insert into a values (2)")

    writing = asyncio.ensure_future(write())
    following = asyncio.ensure_future(write_on())
    await sent.wait()
    for _ in range(times):
        writing.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await writing
    await following
    assert told == [False]
    assert [row["x"] for row in await database.execute("select x from a")] == [1, 2]


async def test_of_a_commit_that_fails_or_never_leaves_nobody_hears(database: Database) -> None:
    await database.execute("create table a (x integer primary key)")
    told: list[str] = []
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction(lambda: told.append("failed")):
            await database.write("insert into a values (1)", [{}, {}])
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(lambda: told.append("raised")):
            await database.execute("insert into a values (1)")
            raise ZeroDivisionError
    async with database.transaction(lambda: told.append("nothing written")):
        pass
    assert told == ["nothing written"]


async def test_writes_go_with_what_waits_for_its_rows(database: Database) -> None:
    await database.execute("create table a (x integer primary key)")
    trips = trips_of(database)
    async with database.transaction():
        await database.write("insert into a values (:x)", [{"x": 1}, {"x": 2}])
        await database.write("insert into a values (3)")
        assert trips == []
        assert len(await database.execute("select x from a")) == 3
        await database.write("delete from a where x = 1")
    assert [len(trip) for trip in trips] == [4, 2], "begin, writes and read; the last and commit"
    assert [row["x"] for row in await database.execute("select x from a")] == [2, 3]


async def test_a_transaction_without_a_statement_costs_nothing(database: Database) -> None:
    trips = trips_of(database)
    async with database.transaction():
        await database.write("insert into nowhere values (:x)", [])
    assert trips == []


async def test_whoever_reads_meanwhile_takes_nothing_of_a_transaction_along(
    database: Database,
) -> None:
    await database.execute("create table a (x integer)")
    async with database.transaction():
        await database.write("insert into a values (1)")
        reading = asyncio.ensure_future(database.execute("select x from a"))
        assert await reading == []
    assert len(await database.execute("select x from a")) == 1


async def test_a_write_that_fails_fails_its_own_attempt(database: Database) -> None:
    await database.execute("create table a (x integer primary key)")
    async with database.transaction():
        await database.write("insert into a values (1)")
        async with database.attempt():
            await database.write("insert into a values (2)")
        with pytest.raises(sqlite3.IntegrityError):
            async with database.attempt():
                await database.write("insert into a values (3)")
                await database.write("insert into a values (1)")
        async with database.attempt():
            await database.write("insert into a values (4)")
    assert [row["x"] for row in await database.execute("select x from a")] == [1, 2, 4]


async def test_what_fails_before_an_attempt_is_not_the_attempts(database: Database) -> None:
    await database.execute("create table a (x integer primary key)")
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction():
            await database.write("insert into a values (1)", [{}, {}])
            try:
                async with database.attempt():
                    raise AssertionError("too late")
            except AssertionError:
                pass
    assert await database.execute("select x from a") == []


async def test_writes_lost_with_an_error_that_somebody_caught_are_not_committed(
    database: Database,
) -> None:
    await database.execute("create table a (x integer primary key)")
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction():
            await database.write("insert into a values (:x)", [{"x": 1}, {"x": 1}])
            await database.write("insert into a values (2)")
            with suppress(sqlite3.Error):
                await database.execute("select x from a")
    assert await database.execute("select x from a") == []


async def test_a_read_that_fails_costs_no_write(database: Database) -> None:
    await database.execute("create table a (x integer primary key)")
    async with database.transaction():
        await database.write("insert into a values (1)")
        with suppress(sqlite3.Error):
            await database.execute("select y from a")
    assert len(await database.execute("select x from a")) == 1


async def test_an_attempt_that_fails_before_its_writes_were_sent_costs_no_trip(
    database: Database,
) -> None:
    await database.execute("create table a (x integer)")
    async with database.transaction():
        await database.execute("select x from a")
        trips = trips_of(database)
        with pytest.raises(ZeroDivisionError):
            async with database.attempt():
                await database.write("insert into a values (1)")
                raise ZeroDivisionError
        assert trips == []
    assert await database.execute("select x from a") == []


def trips_of(database: Database) -> list[Sequence[Any]]:
    """The statements of each trip to the thread from now on."""
    execute, trips = database._connection.execute_fetchall, list[Sequence[Any]]()

    async def counted(sql: str, values: Any = None) -> Any:
        trips.append(values.statements)
        return await execute(sql, values)

    database._connection.execute_fetchall = counted  # type: ignore[method-assign,assignment]
    return trips


async def test_a_log_that_somebody_reads_is_not_emptied_yet(database: Database) -> None:
    await database.execute("create table a (x integer)")
    reader = await connect(database.path, checkpoints=False)
    await reader.execute("begin")
    await reader.execute("select * from a")
    async with database.transaction():
        await database.execute("insert into a values (1)")
    async with asyncio.timeout(2):
        assert not await database.truncate_log(), "the reader is not waited for"
    assert (await database.one("pragma busy_timeout"))[0] == 5000  # type: ignore[index]
    await reader.execute("commit")
    assert await database.truncate_log()
    await reader.close()


async def test_beside_a_running_bot_other_tables_are_refused(
    database: Database, tmp_path: Path
) -> None:
    await migrate(database)
    await check_current(database)
    (tmp_path / "0001_a.sql").write_text("create table b (x integer);\n")
    (tmp_path / "9999_b.sql").write_text("drop table letter;\n")
    with pytest.raises(DatabaseError, match="restart the bot"):
        await check_current(database, tmp_path)
