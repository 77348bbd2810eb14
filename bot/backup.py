"""Backups: by hand, by the day, and back again."""

import asyncio
import logging
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import now
from bot.settings import Settings
from storage.copies import PART, Contents, back_up, restore
from storage.database import DatabaseError, Lock

_DAILY = re.compile(r"tandem-\d{4}-\d\d-\d\d\.sqlite3")

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


def _back_up_once(settings: Settings, file: Path) -> None:
    if not file.exists():
        contents = back_up(settings.database_path, file)
        _log.info("%s: backed up and checked (%s)", file, _said(contents))
    # By number and not by age: a bot that was switched off for a month has no newer ones.
    copies = sorted(path for path in file.parent.iterdir() if _DAILY.fullmatch(path.name))
    for path in copies[: -settings.backup_keep]:
        path.unlink()
    for path in file.parent.glob(f".tandem-*{PART}"):  # a kill left them
        path.unlink()


def _said(contents: Contents) -> str:
    size = contents.size / 1e6
    return f"tables {contents.tables}, {contents.rows} rows, {size:.1f} MB"
