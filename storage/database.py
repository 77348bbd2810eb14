"""One SQLite file, one connection that writes, one transaction at a time."""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from enum import Enum, auto
from pathlib import Path
from typing import IO, Any, Self

import aiosqlite

from storage.trips import Row, Statement, Trip, TripConnection, Values, is_read

_BEGIN: Statement = ("begin immediate", {})
_COMMIT: Statement = ("commit", {})
_ROLLBACK: Statement = ("rollback", {})
_SAVEPOINT: Statement = ("savepoint attempt", {})
_UNDO: Statement = ("rollback to attempt", {})

_BUSY_TIMEOUT = "pragma busy_timeout = 5000"
_PRAGMAS = (
    "pragma journal_mode = wal",
    # FULL: with NORMAL a power cut lost rows that had been acknowledged.
    "pragma synchronous = full",
    "pragma foreign_keys = on",
    # Deleted text is overwritten: a stranger's id must not stay in the file.
    "pragma secure_delete = on",
    _BUSY_TIMEOUT,
)


class DatabaseError(Exception):
    """One line for the host: what is wrong with the database file, and the remedy."""


class _Attempt(Enum):
    """How far a part of a transaction has come."""

    READS = auto()  # has written nothing: there is nothing to undo
    WAITS = auto()  # its writes have not been sent
    SENT = auto()


class Database:
    """The connection. A trip to aiosqlite's thread costs more than most statements.

    So writes wait for the next statement whose rows somebody needs, or for the commit.
    """

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
        self._writer = asyncio.Lock()
        self._owner: asyncio.Task[object] | None = None
        self._waiting: list[Statement] = []
        self._attempt: _Attempt | None = None
        self._failure: Exception | None = None
        self.path = path

    async def execute(self, sql: str, values: Values | None = None) -> list[Row]:
        """One statement, its rows. It sees all that its own transaction has written before.

        Inside `attempt` a savepoint opens before the first write.
        """
        [rows] = await self.together((sql, values or {}))
        return rows

    async def together(self, *statements: Statement) -> list[list[Row]]:
        """Several statements in one trip, and the rows of each."""
        if not self._is_ours:
            return await self._send(*statements)
        for statement in statements:
            self._prepare(statement[0])
            self._waiting.append(statement)
        return (await self._send_waiting())[-len(statements) :]

    async def one(self, sql: str, values: Values | None = None) -> Row | None:
        rows = await self.execute(sql, values)
        return rows[0] if rows else None

    async def write(self, sql: str, values: Values | Sequence[Values] | None = None) -> None:
        """A statement without rows, or the same for many; nothing happens for an empty sequence.

        In a transaction it waits for the next trip, and that raises what it raises.
        """
        if isinstance(values, Sequence) and not values:
            return
        if self._is_ours:
            self._prepare(sql)
            self._waiting.append((sql, values or {}))
        else:
            await self._send((sql, values or {}))

    @asynccontextmanager
    async def transaction(
        self, committed: Callable[[], object] = lambda: None
    ) -> AsyncIterator[None]:
        """Commits at the end, rolls back on whatever is raised, a cancellation included.

        `committed` is called once all is on disk, before the next transaction begins. A
        cancellation within the commit comes too late: the thread carries it out all the same, and
        `committed` is called before that is raised.
        """
        async with self._writer:
            self._owner, self._waiting = asyncio.current_task(), [_BEGIN]
            last: Trip | None = None
            try:
                yield
                self._check()
                last = Trip([] if self._waiting == [_BEGIN] else [*self._waiting, _COMMIT])
                if last.statements:
                    await self._carry(last)
            except BaseException:
                await to_its_end(self._roll_back())
                raise
            finally:
                self._owner, self._waiting, self._failure = None, [], None
                if last is not None and last.is_done:
                    committed()

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part of a transaction that can fail alone: what it wrote is undone, the rest stays."""
        if self._waiting:
            await self._send_waiting()  # what fails of it is not the attempt's
        self._attempt = _Attempt.READS
        try:
            yield
            self._check()
            if self._attempt is _Attempt.WAITS:
                await self._send_waiting()
        except BaseException:
            await to_its_end(self._undo_attempt())
            raise
        finally:
            # The savepoint is not released: the commit does that, and a newer one hides it.
            self._attempt = None

    async def truncate_log(self) -> bool:
        """Moves the write-ahead log into the file and empties it: deleted bytes stay there else.

        False when another process was just reading: it is worth another try. It is not waited
        for: whoever looks into the file for a minute would hold up everybody.
        """
        async with self._writer:
            try:
                await self.execute("pragma busy_timeout = 0")
                row = await self.one("pragma wal_checkpoint(truncate)")
            finally:
                await to_its_end(self.execute(_BUSY_TIMEOUT))
            return row is not None and not row[0]

    async def close(self) -> None:
        await self._connection.close()

    @property
    def in_transaction(self) -> bool:
        """False inside `transaction` when SQLite took all of it back by itself (disk full)."""
        return self._connection.in_transaction

    @property
    def _is_ours(self) -> bool:
        """Whether a transaction is open, and whoever asks has opened it."""
        return self._owner is not None and self._owner is asyncio.current_task()

    def _prepare(self, sql: str) -> None:
        if self._attempt is _Attempt.READS and not is_read(sql):
            self._waiting.append(_SAVEPOINT)
            self._attempt = _Attempt.WAITS

    async def _send_waiting(self) -> list[list[Row]]:
        statements, self._waiting = self._waiting, []
        if _SAVEPOINT in statements:
            self._attempt = _Attempt.SENT
        trip = Trip(statements)
        try:
            return await self._carry(trip)
        except Exception as error:
            if trip.has_lost_writes:
                self._failure = error
            raise

    def _check(self) -> None:
        """Whoever caught the error of a trip may not know that others' writes were in it."""
        if self._failure is not None:
            raise self._failure

    async def _send(self, *statements: Statement) -> list[list[Row]]:
        """Now, without what waits."""
        return await self._carry(Trip(statements))

    async def _carry(self, trip: Trip) -> list[list[Row]]:
        """All in one trip to the thread; the first that fails ends it."""
        values: Any = trip
        rows: Any = await self._connection.execute_fetchall("", values)
        return list(rows)

    async def _undo_attempt(self) -> None:
        self._waiting, self._failure = [], None
        # Else SQLite took the whole transaction back: whoever opened it must stop.
        if self._attempt is _Attempt.SENT and self._connection.in_transaction:
            await self._send(_UNDO)

    async def _roll_back(self) -> None:
        # Behind whatever the thread still runs: a cancelled `begin` or `commit` takes effect yet.
        await self._send(("select 1", {}))
        if self._connection.in_transaction:
            await self._send(_ROLLBACK)


async def to_its_end(work: Coroutine[Any, Any, object]) -> None:
    """Waits for it, however often the caller is cancelled meanwhile, and raises that then."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    failure = task.exception()
    if cancelled is not None:
        raise cancelled from failure
    if failure is not None:
        raise failure


async def connect(path: Path, *, checkpoints: bool = True) -> Database:
    """Opens (and creates) the file. Raises DatabaseError. `checkpoints`: the running bot alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path, isolation_level=None, factory=TripConnection)
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
                f"DATABASE_URL: {self._path} cannot be written: {error.strerror}; "
                "look whose the folder is."
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
