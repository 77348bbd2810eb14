"""The file: migrations, copies, newer schemas, second instances, and what a failure undoes."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, DatabaseError, Lock, connect
from storage.migrations import migrate, numbered


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
    (folder / "0001_a.sql").write_text("create table a (x integer);\ninsert into a values (7);\n")
    await migrate(database, folder)
    (folder / "0002_b.sql").write_text("delete from a;\n")
    await migrate(database, folder)
    with sqlite3.connect(f"{database.path}.before-0002") as copy:
        assert copy.execute("select x from a").fetchall() == [(7,)]
    copy.close()
    assert await database.execute("select x from a") == []


async def test_a_migration_that_fails_leaves_nothing_of_itself(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_a.sql").write_text("create table a (x integer);\ncreate nonsense;\n")
    with pytest.raises(DatabaseError, match=r"migration 0001_a\.sql failed"):
        await migrate(database, folder)
    assert await database.execute("select name from sqlite_master") == []


async def test_a_newer_schema_is_refused_politely(database: Database) -> None:
    await migrate(database)
    await database.execute("pragma user_version = 9999")
    with pytest.raises(DatabaseError, match="written by a newer version"):
        await migrate(database)


def test_a_second_instance_on_the_same_file_is_refused(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "t.sqlite3"), Lock(tmp_path / "t.sqlite3")
    first.take()
    with pytest.raises(DatabaseError, match="another bot is running"):
        second.take()
    first.free()
    second.take()
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
