"""Copies of the database: made beside the bot that writes it, checked, and put in its place."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.books import statements
from storage.database import DatabaseError
from storage.instants import seconds
from storage.reading import reading
from storage.versions import numbered

_SQL = statements("hosting")

PART = ".part"
"""How the name of an unfinished copy ends."""
BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite adds to a file's name for those that it keeps beside it."""


@dataclass(frozen=True)
class Contents:
    """What a checked copy holds: the number of its tables' last migration, rows, bytes."""

    tables: int
    rows: int
    size: int


@dataclass(frozen=True)
class Restored:
    """`cancelled`: letters that may have left since; `to_come`: letters that are still to leave.

    `kept` is the database that was there before.
    """

    contents: Contents
    cancelled: int
    to_come: int
    kept: Path | None


def back_up(source: Path, target: Path, *, replace: bool = False) -> Contents:
    """A checked copy as it stands at one instant, readable for its owner alone.

    Works while a bot writes. Raises DatabaseError; then there is no new file.
    """
    if _is_same(source, target):
        raise DatabaseError(f"{target} is the present database; choose another name.")
    if target.exists() and not replace:
        raise DatabaseError(f"{target} exists; choose another name, or add --force.")
    with _draft(target) as draft:
        _pour(source, draft)
        contents = check(draft, source)
        _flush(draft)
        _put(draft, target)
    return contents


def restore(source: Path, target: Path, *, now: datetime) -> Restored:
    """Puts a copy in the database's place. Only under the lock. Raises DatabaseError.

    What was due before `now` never leaves again. The database before is kept beside it, under a
    name with the date in the zone of `now`.
    """
    if _is_same(source, target):
        raise DatabaseError(f"{source} is the present database; name a copy of it.")
    with _draft(target) as draft:
        _pour(source, draft)
        cancelled, to_come = _silence(draft, now)
        contents = check(draft, source)
        _flush(draft)  # all that a disk may refuse comes before the present one is touched
        kept = _set_aside(target, now)
        _put(draft, target)
    return Restored(contents, cancelled, to_come, kept)


def _is_same(source: Path, target: Path) -> bool:
    return source.exists() and target.exists() and source.samefile(target)


def check(path: Path, source: Path) -> Contents:
    """Reads all of it. Raises DatabaseError, naming `source`, when it is damaged or too new."""
    with reading(path) as copy:
        [found] = copy.execute("pragma integrity_check(1)").fetchone()
        if found != "ok":
            line = found.splitlines()[-1]
            raise DatabaseError(f"{source} is damaged: {line}; take another copy.")
        if copy.execute("pragma foreign_key_check").fetchone():
            raise DatabaseError(f"{source} is damaged: rows are missing; take another copy.")
        return Contents(_number(copy, source), _rows(copy), path.stat().st_size)


def _number(connection: sqlite3.Connection, path: Path) -> int:
    """Of the tables' last migration. Raises DatabaseError when it is none that we know."""
    number: int
    [number] = connection.execute("pragma user_version").fetchone()
    newest = numbered()[-1][0]
    if number == 0 or "letter" not in _tables(connection):  # other programs count theirs, too
        raise DatabaseError(f"{path} holds no tables of this program; name a copy of its database.")
    if number > newest:
        raise DatabaseError(
            f"{path} was written by a newer version (tables {number}, this program knows "
            f"{newest}); install the newer version or take an older copy."
        )
    return number


def _rows(connection: sqlite3.Connection) -> int:
    rows = 0
    for name in _tables(connection):
        quoted = name.replace('"', '""')  # a name takes no parameter, and it is the file's
        counting = f'select count(*) from "{quoted}"'
        rows += connection.execute(counting).fetchone()[0]
    return rows


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [name for [name] in connection.execute(_SQL["table_names"]).fetchall()]


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """An empty file of ours alone beside the target; gone at the end, unless it was renamed."""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(PART, f".{target.name}.", target.parent)
    except OSError as error:
        raise DatabaseError(f"{target} cannot be written: {error.strerror}.") from None
    os.close(descriptor)
    try:
        yield Path(name)
    except OSError as error:
        raise DatabaseError(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        for beside in ("", *BESIDE):
            Path(f"{name}{beside}").unlink(missing_ok=True)


def _pour(source: Path, draft: Path) -> None:
    """All pages of one snapshot; strangers' letters stay behind."""
    with reading(source) as whole, _writing(draft) as copy:
        whole.execute("begin")
        _number(whole, source)
        rows = _rows(whole)
        whole.backup(copy)
        # One file, readable anywhere: no log beside it.
        copy.execute("pragma journal_mode = delete")
        if (copied := _rows(copy)) != rows:
            raise DatabaseError(f"{source}: {copied} of {rows} rows were copied; try again.")
        copy.execute(_SQL["strangers"])


@contextmanager
def _writing(draft: Path) -> Iterator[sqlite3.Connection]:
    """Without care for a power cut: the whole file is flushed before it gets its name."""
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute("pragma synchronous = off")
            connection.execute("pragma secure_delete = on")
            yield connection
    except sqlite3.OperationalError as error:
        remedy = "; make room" if error.sqlite_errorcode == sqlite3.SQLITE_FULL else ""
        raise DatabaseError(f"{draft.parent} cannot be written: {error}{remedy}.") from None


def _silence(draft: Path, now: datetime) -> tuple[int, int]:
    """Returns how many letters will not leave any more, and how many will."""
    with _writing(draft) as copy:
        cancelled = copy.execute(_SQL["restored"], {"now": seconds(now)}).rowcount
        [to_come] = copy.execute(_SQL["to_come"]).fetchone()
    return cancelled, to_come


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Another name for the present database, which keeps its own until the copy takes that.

    None when there is none. What lies beside it goes in any case: the copy would be read with it.
    """
    kept = path.with_name(f"{path.name}.until-{now:%Y-%m-%d-%H%M%S}")
    if kept.exists():
        raise DatabaseError(f"{kept} exists; wait a second and try again.")
    if is_there := path.exists():
        if _is_whole(path):  # a damaged one is kept as it is
            with suppress(sqlite3.Error):
                _close_book(path)
        kept.hardlink_to(path)
    for log in ("-wal", "-journal"):
        if (beside := path.with_name(f"{path.name}{log}")).exists():
            beside.rename(f"{kept}{log}")
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    return kept if is_there else None


def _is_whole(path: Path) -> bool:
    with suppress(DatabaseError), reading(path) as connection:
        [found] = connection.execute("pragma quick_check(1)").fetchone()
        return bool(found == "ok")
    return False


def _close_book(path: Path) -> None:
    """Moves the log into the file; what strangers wrote does not stay in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma secure_delete = on")
        connection.execute(_SQL["strangers"])
        connection.execute("pragma wal_checkpoint(truncate)")


def _put(draft: Path, target: Path) -> None:
    """A flushed file gets its name: a power cut leaves the whole file or none."""
    draft.replace(target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
