"""Backups: by hand, by the day, and back again."""

import asyncio
import logging
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import now
from bot.settings import Settings
from storage.copies import BESIDE, PART, Contents, back_up, restore
from storage.database import DatabaseError, Lock
from storage.instants import instant

_NAME = r"tandem-\d{4}-\d\d-\d\d\.sqlite3"
_DAILY = re.compile(_NAME)
_LEFT = re.compile(rf"\.{_NAME}\.\w+{re.escape(PART)}({'|'.join(BESIDE)})?")
"""What a kill leaves of a daily copy: its draft, and what SQLite keeps beside that."""

_log = logging.getLogger(__name__)


async def back_up_to(settings: Settings, file: Path, *, force: bool) -> None:
    """Writes a copy, whether the bot runs or not. Raises DatabaseError."""
    contents = back_up(settings.database_path, file, replace=force)
    print(f"{file}: backed up and checked ({_said(contents)}).")


async def restore_from(settings: Settings, file: Path) -> None:
    """Puts a copy in the database's place; not while a bot runs. Raises DatabaseError."""
    path, zone = settings.database_path, ZoneInfo(settings.timezone)
    with Lock(path):
        done = restore(file, path, now=now().astimezone(zone))
    before = f" The database before is {done.kept}." if done.kept else ""
    print(
        f"{path}: restored from {file} ({_said(done.contents)}); letters that were due and may "
        f"have left since: {done.cancelled} cancelled; still to come: {done.to_come}.{before}"
    )


async def back_up_daily(settings: Settings, at: datetime) -> None:
    """The day's copy in BACKUP_FOLDER, unless there is one; the newest BACKUP_KEEP stay.

    `at` is aware. A failure is one line in the log, and tomorrow is another day.
    """
    if settings.backup_folder is None:
        return
    day = at.astimezone(ZoneInfo(settings.timezone)).date()
    file = settings.backup_folder / f"tandem-{day.isoformat()}.sqlite3"
    try:
        await asyncio.to_thread(_back_up_once, settings, file)
    except (DatabaseError, OSError) as error:
        _log.error("BACKUP_FOLDER: no copy was made today: %s", error)


def newest_copy(folder: Path) -> datetime | None:
    """When the newest daily copy in it was made; None when there is none."""
    copies = _named(_DAILY, folder)
    return instant(int(copies[-1].stat().st_mtime)) if copies else None


def _back_up_once(settings: Settings, file: Path) -> None:
    _clear(file.parent, settings.backup_keep)  # first: it may be what fills the disk
    if not file.exists():
        contents = back_up(settings.database_path, file)
        _log.info("%s: backed up and checked (%s)", file, _said(contents))
        _clear(file.parent, settings.backup_keep)


def _clear(folder: Path, keep: int) -> None:
    for path in _named(_LEFT, folder):
        path.unlink()
    # By number and not by age: a bot that was switched off for a month has no newer ones.
    for path in _named(_DAILY, folder)[:-keep]:
        path.unlink()


def _named(pattern: re.Pattern[str], folder: Path) -> list[Path]:
    """By name, which for copies is by day; none where there is no folder yet."""
    return sorted(path for path in folder.glob("*") if pattern.fullmatch(path.name))


def _said(contents: Contents) -> str:
    size = contents.size / 1e6
    return f"tables {contents.tables}, {contents.rows} rows, {size:.1f} MB"
