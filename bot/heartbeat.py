"""The heartbeat: who runs on the database, when Telegram was heard last, and its troubles.

A small file beside the database and not a row of it: a row would cost the disk a transaction
every half minute, and could not be written while the database is held up.
"""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.clock import now
from bot.watchdog import feed
from storage.database import DatabaseError

INTERVAL = 30.0
"""Seconds between two beats, at least: disks and memory cards wear out."""
WIDTH = 160
"""Characters of Telegram's own words."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Beat:
    """`pid` 0: nobody runs. `heard`: whole seconds since 1970 UTC; 0: not yet since the start.

    `trouble`: why Telegram cannot bring updates, in its words; empty when it can.
    """

    pid: int
    heard: int
    trouble: str = ""

    @property
    def is_of_a_process(self) -> bool:
        """Whether it still runs; another user's counts, too."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return self.pid > 0


def last_beat(database: Path) -> Beat | None:
    """The last one on this database; None when no bot has ever run there."""
    try:
        pid, heard, *trouble = _file(database).read_text("ascii").split(maxsplit=2)
        return Beat(int(pid), int(heard), "".join(trouble).rstrip())
    except (OSError, ValueError):
        return None


class Heartbeat:
    """Held by the running process. Only Telegram's answers make it beat, and never a timer.

    To be alive is less than to be heard: a bot that waits for the network does not hang.
    """

    def __init__(
        self,
        database: Path,
        *,
        seconds: Callable[[], float] = time.monotonic,
        feed: Callable[[], object] = feed,
    ) -> None:
        """`feed`: whoever watches us is told that we are alive."""
        self._path = _file(database)
        self._seconds = seconds
        self._feed = feed
        self._next = self._next_meal = -INTERVAL
        self._heard = 0
        self._trouble = ""
        self._descriptor = -1

    @property
    def heard(self) -> int:
        """When it beat last: whole seconds since 1970 UTC, 0 for not yet."""
        return self._heard

    def beat(self) -> None:
        """Telegram was heard: an answered poll, or an update taken. Cheap; call it each time."""
        if self._seconds() < self._next:
            return
        self._next = self._seconds() + INTERVAL
        self._heard = int(now().timestamp())
        self._show()

    def alive(self) -> None:
        """The way in has made a turn, whether Telegram was heard or not. Cheap, as well."""
        if self._seconds() >= self._next_meal:
            self._next_meal = self._seconds() + INTERVAL
            self._feed()

    def deaf(self, trouble: str) -> None:
        """Telegram says why it cannot bring updates, or that it can: an empty text."""
        trouble = "".join(filter(str.isprintable, " ".join(trouble.split())))[:WIDTH]
        if trouble != self._trouble:
            self._trouble = trouble
            self._show()

    def __enter__(self) -> Self:
        """Raises DatabaseError when the file cannot be written."""
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._write(os.getpid())
        except OSError as error:
            raise DatabaseError(
                f"DATABASE_URL: {self._path} cannot be written: {error.strerror}."
            ) from None
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self._write(0)
        finally:
            os.close(self._descriptor)

    def _show(self) -> None:
        try:
            self._write(os.getpid())
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._path, error.strerror)

    def _write(self, pid: int) -> None:
        # Of one width and in one call: whoever reads it never sees half of it.
        line = f"{pid:10d} {self._heard:12d} {self._trouble:{WIDTH}}\n"
        os.pwrite(self._descriptor, line.encode("ascii", "replace"), 0)


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".heartbeat")
