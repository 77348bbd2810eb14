"""Reading beside the bot that runs: no lock, no migration, no checkpoint."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.books import statements
from storage.database import DatabaseError
from storage.instants import instant, seconds

_SQL = statements("hosting")


@dataclass(frozen=True)
class DueLetter:
    """A letter that should have left; `due` is aware."""

    id: int
    kind: str
    due: datetime


@dataclass(frozen=True)
class Counts:
    """Letters that are not final, by state, and updates that were set aside."""

    pending: int
    sending: int
    absent: int
    aside: int


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, read-only. Raises DatabaseError, also for what fails inside."""
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("pragma busy_timeout = 5000")
            yield connection
    except sqlite3.Error as error:
        raise DatabaseError(
            f"{path} cannot be read as a database of this program: {error}; "
            "look whether it is the right file, and whose it is."
        ) from None


def oldest_due(path: Path, now: datetime) -> DueLetter | None:
    """The undelivered letter that has been due the longest. Raises DatabaseError."""
    with reading(path) as connection:
        row = connection.execute(_SQL["oldest_due"], {"now": seconds(now)}).fetchone()
    return DueLetter(row["id"], row["kind"], instant(row["due_at"])) if row else None


def counts(path: Path) -> Counts:
    """What stands in the tables now. Raises DatabaseError."""
    with reading(path) as connection:
        return Counts(*connection.execute(_SQL["counts"]).fetchone())
