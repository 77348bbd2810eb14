"""Numbered, forward-only changes of the tables, each applied in one transaction."""

import asyncio
import logging
import sqlite3
from datetime import datetime
from glob import escape
from pathlib import Path

from storage.copies import back_up
from storage.database import Database, DatabaseError
from storage.instants import seconds
from storage.versions import MIGRATIONS, numbered

_log = logging.getLogger(__name__)


async def migrate(database: Database, folder: Path = MIGRATIONS) -> int:
    """Brings the tables up to date, a copy beside the file first; returns their number.

    Raises DatabaseError when the file is newer than the program, or a migration fails; each
    migration happens whole or not at all.
    """
    known = numbered(folder)
    found, newest = await _number(database), known[-1][0]
    if found > newest:
        raise DatabaseError(
            f"DATABASE_URL: {database.path} was written by a newer version (tables {found}, "
            f"this program knows {newest}); install the newer version or restore an older copy."
        )
    if found == 0:
        await _greet(database)
    elif found < newest:
        await _copy(database, found)
    for number, path in known:
        if number > found:
            await _apply(database, number, path)
    return newest


def forget_copies(path: Path, before: datetime) -> None:
    """Deletes the copies that migrations of this file have made before then.

    A failure is one line in the log, and no reason not to serve.
    """
    try:
        for copy in path.parent.glob(f"{escape(path.name)}.before-[0-9][0-9][0-9][0-9]"):
            if copy.stat().st_mtime < seconds(before):
                copy.unlink()
    except OSError as error:
        _log.warning("an old copy cannot be deleted: %s", error)


async def check_current(database: Database, folder: Path = MIGRATIONS) -> None:
    """Raises DatabaseError unless the tables are this program's: a running bot may be older."""
    found, newest = await _number(database), numbered(folder)[-1][0]
    if found != newest:
        raise DatabaseError(
            f"DATABASE_URL: a bot is running on {database.path} with tables {found}, this program "
            f"has {newest}; restart the bot with this version first."
        )


async def _greet(database: Database) -> None:
    """A programme begins here: said, as a mistyped name begins one, too. Raises DatabaseError."""
    if await database.one("select 1 from sqlite_master"):
        raise DatabaseError(
            f"DATABASE_URL: {database.path} holds the tables of another program; "
            "name a file of its own."
        )
    _log.info("DATABASE_URL: a new database begins at %s", database.path)


async def _number(database: Database) -> int:
    row = await database.one("pragma user_version")
    assert row is not None
    number: int = row[0]
    return number


async def _apply(database: Database, number: int, path: Path) -> None:
    try:
        async with database.transaction():
            if await _number(database) >= number:
                return  # another process was faster
            for statement in _statements(path):
                await database.write(statement)
            await database.write(f"pragma user_version = {number:d}")
    except sqlite3.Error as error:
        raise DatabaseError(f"DATABASE_URL: migration {path.name} failed: {error}.") from None


async def _copy(database: Database, number: int) -> None:
    copy = database.path.with_name(f"{database.path.name}.before-{number + 1:04d}")
    await asyncio.to_thread(back_up, database.path, copy, replace=True)


def _statements(path: Path) -> list[str]:
    found, part = [], ""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part.strip())
            part = ""
    return found
