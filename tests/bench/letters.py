"""How long the post office looks for what is due, beside many letters that wait for another day.

The statements of storage/books/letters.sql on a real file, as SQLite carries them out; medians.
"""

import sqlite3
import statistics
import sys
import time
from pathlib import Path

from storage.books import statements
from storage.database import connect
from storage.migrations import migrate

SQL = statements("letters")
SIZES = (10_000, 1_000_000)
LONGEST_LOOK, LONGEST_CLAIM = 0.0001, 0.001
"""Seconds, as promised."""
LATER = 2_000_000_000
LOOK = {
    "now": 1_000_000_000,
    "people_busy": 0,
    "chats_busy": 0,
    "people_busy_for_bulk": 0,
    "chats_busy_for_bulk": 0,
}
CLAIM = SQL["claim"].replace("(:ids)", "(" + ", ".join("?" * 100) + ")")


async def race(folder: Path) -> None:
    for size in SIZES:
        path = folder / f"letters{size}.sqlite3"
        database = await connect(path)
        await migrate(database)
        await database.close()
        file = sqlite3.connect(path, isolation_level=None)
        _fill(file, size)
        _say(size, "nothing due", [_look(file) for _ in range(200)], LONGEST_LOOK)
        _say(size, "claim of 100", [_claim(file) for _ in range(20)], LONGEST_CLAIM)
        file.close()


def _fill(file: sqlite3.Connection, size: int) -> None:
    add = (
        "insert into letter (person_id, kind, args, priority, due_at, created_at) "
        "values (?, 'date_soon', '{}', ?, ?, 0)"
    )
    file.execute("begin")
    file.execute(
        "insert into person (id, name, language, zone, created_at) values (1,'','de','',0)"
    )
    rows = ((1, 1 + number % 4, LATER + number) for number in range(size))
    file.executemany(add, rows)
    file.execute("commit")


def _look(file: sqlite3.Connection) -> float:
    """Seconds of a look that finds nothing."""
    begin = time.perf_counter()
    found = file.execute(SQL["due"], {**LOOK, "limit": 100}).fetchall()
    seconds = time.perf_counter() - begin
    assert found == []
    return seconds


def _claim(file: sqlite3.Connection) -> float:
    """Seconds of the look and the claim; afterwards nothing is due again."""
    file.execute("update letter set due_at = 1 where id in (select id from letter limit 100)")
    file.execute("begin immediate")
    begin = time.perf_counter()
    ids = [row[0] for row in file.execute(SQL["due"], {**LOOK, "limit": 100})]
    file.execute(CLAIM, ids).fetchall()
    seconds = time.perf_counter() - begin
    file.execute("rollback")
    file.execute("update letter set due_at = ? where due_at = 1", (LATER,))
    assert len(ids) == 100
    return seconds


def _say(size: int, what: str, measured: list[float], longest: float) -> None:
    """The median; the bench fails when it is above what was promised."""
    seconds = statistics.median(measured)
    print(f"{size:>9,} letters wait, {what:<13} {seconds * 1000:7.3f} ms")  # noqa: T201
    if seconds > longest:
        sys.exit(f"{what}: more than {longest * 1000} ms")
