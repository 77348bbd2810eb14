"""Health: is Telegram heard, and does everything leave? Reads only, and takes no lock."""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import now
from bot.heartbeat import last_beat
from bot.settings import Settings
from bot.spelling import check_names
from storage.database import DatabaseError
from storage.reading import oldest_due

NO_PROCESS = "no bot runs on {path}; start it (python -m bot run)."
NOT_YET = "the bot has started, and Telegram has not answered yet; wait, then look at its log."
HEARD = "Telegram answered {age} s ago (INTAKE_LIMIT {limit} s)."
SILENT = (
    "Telegram answered {age} s ago, more than INTAKE_LIMIT ({limit} s); "
    "look at the network and at the log."
)
AHEAD = (
    "Telegram answered {age} s from now, says the clock: it was set back; "
    "correct it, then wait for a minute."
)
DEAF = "Telegram cannot bring updates: {trouble}; look at proxy, certificate and DNS."
TOLERANCE = 60
"""Seconds by which a clock may be set back and nobody need know."""
NONE_DUE = "none is due."
DUE = "letter {id} ({kind}) has been due for {age} s (LETTER_LIMIT {limit} s)."
LATE = (
    "letter {id} ({kind}) has been due for {age} s, more than LETTER_LIMIT ({limit} s); "
    "look for its number in the log."
)

OLDEST_COPY = 48
"""Hours that the newest daily copy may be old: one day may fail."""
COPIED = "newest copy {age} h old."
OUTDATED = "newest copy {age} h old, more than {limit} h; look for BACKUP_FOLDER in the log."
NO_COPY = "there is no copy in {folder} yet; look at the log."


@dataclass(frozen=True)
class Finding:
    """One line for the host."""

    is_well: bool
    line: str


async def report(settings: Settings) -> None:
    """Prints the findings; ends with exit code 1 unless all are well."""
    findings = [intake(settings, now()), letters(settings, now())]
    if settings.backup_folder is not None:
        findings.append(backups(settings.backup_folder, now()))
    for finding in findings:
        print(f"{'ok' if finding.is_well else 'BAD'}: {finding.line}")
    for line in check_names():
        print(f"note: {line}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


def intake(settings: Settings, at: datetime) -> Finding:
    """The age of the last answer from Telegram, and what it says of the webhook."""
    path, limit = settings.database_path, settings.intake_limit
    beat = last_beat(path)
    if beat is None or not beat.is_of_a_process:
        return _intake(False, NO_PROCESS.format(path=path))
    if not beat.heard:
        return _intake(False, NOT_YET)
    age = int(at.timestamp()) - beat.heard
    if age < -TOLERANCE:
        return _intake(False, AHEAD.format(age=-age))
    if age > limit:
        return _intake(False, SILENT.format(age=age, limit=limit))
    if beat.trouble:
        return _intake(False, DEAF.format(trouble=beat.trouble))
    return _intake(True, HEARD.format(age=max(age, 0), limit=limit))


def letters(settings: Settings, at: datetime) -> Finding:
    """How long the oldest undelivered letter has been due."""
    limit = settings.letter_limit
    try:
        letter = oldest_due(settings.database_path, at)
    except DatabaseError as error:
        return _letters(False, f"DATABASE_URL: {error}")
    if letter is None:
        return _letters(True, NONE_DUE)
    age = max(int((at - letter.due).total_seconds()), 0)
    line = LATE if age > limit else DUE
    said = line.format(id=letter.id, kind=letter.kind, age=age, limit=limit)
    return _letters(age <= limit, said)


def backups(folder: Path, at: datetime) -> Finding:
    """The age of the newest daily copy."""
    from bot.backup import newest_copy  # not each minute where no copies are made

    made = newest_copy(folder)
    if made is None:
        return _backup(False, NO_COPY.format(folder=folder))
    age = max(at - made, timedelta()) // timedelta(hours=1)
    line = OUTDATED if age > OLDEST_COPY else COPIED
    return _backup(age <= OLDEST_COPY, line.format(age=age, limit=OLDEST_COPY))


def _intake(is_well: bool, line: str) -> Finding:
    return Finding(is_well, f"intake: {line}")


def _letters(is_well: bool, line: str) -> Finding:
    return Finding(is_well, f"letters: {line}")


def _backup(is_well: bool, line: str) -> Finding:
    return Finding(is_well, f"backup: {line}")
