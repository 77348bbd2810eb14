"""Whose the files are, and who else may read or write them; looked at before each start."""

import os
import pwd
from pathlib import Path

from bot.settings import SettingError, Settings

_EVERYBODY_WRITES = 0o002
_OTHERS_WRITE = 0o022
_OTHERS = 0o077
ENV = Path(".env")


def check_owner(settings: Settings) -> None:
    """Raises SettingError for root on somebody else's database: its files would shut them out.

    Where there is none yet, whoever has the folder is to have it.
    """
    path = settings.database_path
    while not path.exists():
        path = path.parent
    owner = path.stat().st_uid
    if os.geteuid() == 0 != owner:
        raise SettingError(
            f"DATABASE_URL: {path} belongs to {_name(owner)}; run this as {_name(owner)}, "
            f"like: sudo -u {_name(owner)} …"
        )


def check_files(settings: Settings) -> list[str]:
    """The lines that warn of what others may read. Raises SettingError for what all may write."""
    path = settings.database_path
    folder = path.parent
    if folder.exists() and _mode(folder) & _EVERYBODY_WRITES:
        raise SettingError(
            f"DATABASE_URL: everybody may write to the folder {folder}; "
            f"run: chmod 700 {folder}, or choose a folder of its own."
        )
    log = path.with_name(f"{path.name}-wal")
    found = [("DATABASE_URL", path), ("DATABASE_URL", log), ("BOT_TOKEN", ENV)]
    lines = [line for name, file in found if file.exists() and (line := _line(name, file))]
    copies = settings.backup_folder
    # Its files are their owner's alone; who may write to it puts others in their place.
    if copies is not None and copies.exists() and _mode(copies) & _OTHERS_WRITE:
        lines.append(
            f"BACKUP_FOLDER: others may write to the folder {copies}; run: chmod 700 {copies}"
        )
    return lines


def _line(name: str, file: Path) -> str | None:
    """None when the file is its owner's alone."""
    mode, remedy = _mode(file), f"run: chmod 600 {file}"
    if mode & _EVERYBODY_WRITES:
        raise SettingError(f"{name}: everybody may write {file}; {remedy}")
    return f"{name}: others may read or write {file}; {remedy}" if mode & _OTHERS else None


def _mode(path: Path) -> int:
    return path.stat().st_mode


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"
