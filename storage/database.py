"""One SQLite file, one connection that writes, one transaction at a time."""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Self

import aiosqlite

Row = sqlite3.Row

_PRAGMAS = (
    "pragma journal_mode = wal",
    # FULL: with NORMAL a power cut lost rows that had been acknowledged.
    "pragma synchronous = full",
    "pragma foreign_keys = on",
    # Deleted text is overwritten: a stranger's id must not stay in the file.
    "pragma secure_delete = on",
    "pragma busy_timeout = 5000",
)


class DatabaseError(Exception):
    """One line for the host: what is wrong with the database file, and the remedy."""


class Database:
    """The connection. A statement outside `transaction` sees what an open one has written."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
        self._writer = asyncio.Lock()
        self._savepoint: bool | None = None
        self.path = path

    async def execute(self, sql: str, values: Mapping[str, object] | None = None) -> list[Row]:
        """One statement, its rows. Inside `attempt` a savepoint opens before the first write."""
        if self._savepoint is False and not sql.startswith("select"):
            await self._connection.execute_fetchall("savepoint attempt")
            self._savepoint = True
        return list(await self._connection.execute_fetchall(sql, values or {}))

    async def one(self, sql: str, values: Mapping[str, object] | None = None) -> Row | None:
        rows = await self.execute(sql, values)
        return rows[0] if rows else None

    async def many(self, sql: str, rows: Sequence[Mapping[str, object]]) -> None:
        """One statement for many rows; nothing happens for none."""
        if rows:
            await self._connection.executemany(sql, rows)

    async def among(self, sql: str, ids: Iterable[int]) -> list[Row]:
        """A statement with `(:ids)` where a list belongs: placeholders are all SQL is given."""
        values = {f"id{number}": value for number, value in enumerate(ids)}
        if not values:
            return []
        places = ", ".join(f":{name}" for name in values)
        return await self.execute(sql.replace(":ids", places), values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Commits at the end, rolls back on whatever is raised, a cancellation included."""
        async with self._writer:
            try:
                await self._connection.execute_fetchall("begin immediate")
                yield
                await self._connection.execute_fetchall("commit")
            except BaseException:
                await asyncio.shield(self._roll_back())
                raise

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part of a transaction that can fail alone: what it wrote is undone, the rest stays."""
        self._savepoint = False
        try:
            yield
        except BaseException:
            if self._savepoint:
                await asyncio.shield(self._undo_attempt())
            raise
        finally:
            # The savepoint is not released: the commit does that, and a newer one hides it.
            self._savepoint = None

    async def truncate_log(self) -> bool:
        """Moves the write-ahead log into the file and empties it: deleted bytes stay there else.

        False when another process was just reading: it is worth another try.
        """
        async with self._writer:
            [row] = await self._connection.execute_fetchall("pragma wal_checkpoint(truncate)")
            return not row[0]

    async def close(self) -> None:
        await self._connection.close()

    @property
    def in_transaction(self) -> bool:
        """False inside `transaction` when SQLite took all of it back by itself (disk full)."""
        return self._connection.in_transaction

    async def _undo_attempt(self) -> None:
        if not self._connection.in_transaction:
            return  # SQLite took the whole transaction back: whoever opened it must stop
        await self._connection.execute_fetchall("rollback to attempt")

    async def _roll_back(self) -> None:
        # Behind whatever the thread still runs: a cancelled `begin` or `commit` takes effect yet.
        await self._connection.execute_fetchall("select 1")
        if self._connection.in_transaction:
            await self._connection.execute_fetchall("rollback")


async def connect(path: Path, *, checkpoints: bool = True) -> Database:
    """Opens (and creates) the file. Raises DatabaseError. `checkpoints`: the running bot alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(f"DATABASE_URL: {path} cannot be opened: {error}.") from None
    connection.row_factory = sqlite3.Row
    try:
        for pragma in _PRAGMAS:
            await connection.execute_fetchall(pragma)
        if not checkpoints:
            await connection.execute_fetchall("pragma wal_autocheckpoint = 0")
    except sqlite3.Error as error:
        await connection.close()
        raise DatabaseError(f"DATABASE_URL: {path} cannot be used: {error}.") from None
    return Database(connection, path)


class Lock:
    """Held by the one process that runs on a database; freed by the system when it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """False when another process holds it. Raises DatabaseError when there can be none."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("w", encoding="ascii")
        except OSError as error:
            raise DatabaseError(
                f"DATABASE_URL: {self._path} cannot be written: {error.strerror}."
            ) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def free(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """For whoever needs it. Raises DatabaseError when another process holds it."""
        if not self.take():
            raise DatabaseError(
                f"DATABASE_URL: another bot is running on {self._path.stem}; stop it first."
            )
        return self

    def __exit__(self, *_error: object) -> None:
        self.free()
