"""Logging: one line a record, on standard error, without secrets, texts and names."""

import hashlib
import logging
import re
import sys
import traceback
from asyncio import AbstractEventLoop
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

_TOKEN = re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
_ROOT = Path(__file__).parents[1]
_CHATTY = ("httpx", "httpcore", "telegram", "telegram.ext", "aiohttp", "apscheduler", "aiosqlite")


class _Discreet(logging.Formatter):
    """Makes the line and takes every secret out of it.

    A formatter and not a filter: only here an error becomes text. That is where it was raised, and
    never what it says: an error may quote the token or somebody's words.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        forms = {form for secret in secrets for form in (secret, quote(secret, safe="")) if form}
        # The longest first: a secret may contain another.
        self._secrets = sorted(forms, key=len, reverse=True)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return describe(ei[1]) if ei[1] else ""

    def format(self, record: logging.LogRecord) -> str:
        try:
            line = super().format(record)
        except Exception as error:
            # The handler would print message and arguments as they are.
            line = f"{record.levelname} {record.name} unreadable record: {type(error).__name__}"
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return _one_line(_TOKEN.sub("***", line))


def configure(level: str, secrets: Iterable[str]) -> None:
    """Sets the root up, also for what nobody catches. `level` by name, such as INFO.

    Libraries speak from WARNING on, whatever the level: at DEBUG they print message texts.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    sys.excepthook = _log_uncaught


def person_key(chat_id: int, key: bytes) -> str:
    """A person in the log: 8 hex digits that only the holder of `key` (this process) can tell."""
    return hashlib.blake2b(str(chat_id).encode(), key=key, digest_size=4).hexdigest()


def describe(error: BaseException, *, frames: int = 6) -> str:
    """Kind and place, the innermost of ours first; never the text, which may quote somebody.

    Where a library raised it says little: so many of our own frames are named before that one.
    """
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(describe(each, frames=frames) for each in error.exceptions)
    trace = traceback.extract_tb(error.__traceback__)[::-1]
    ours = [frame for frame in trace if _is_ours(frame.filename)][:frames]
    places = [_place(frame.filename, frame.lineno) for frame in (*ours, *trace[:1])]
    places = list(dict.fromkeys(places))
    return f"{type(error).__name__} at {' < '.join(places) or 'an unknown place'}"


def log_unheard(_loop: AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """For the event loop, which prints the errors of lost tasks, and what they were given."""
    error = context.get("exception")
    what = describe(error) if error else context.get("message")
    logging.getLogger(__name__).error("nobody heard of an error: %s", what)


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(_ROOT) and "site-packages" not in path.parts


def _place(filename: str, line: int | None) -> str:
    path = Path(filename)
    return f"{path.parent.name}/{path.name}:{line}"


def _log_uncaught(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """Python prints such an error as it is; PTB's InvalidToken says which token."""
    logging.getLogger(__name__).critical("stopped by an error: %s", describe(error))


def _one_line(text: str) -> str:
    """Each break becomes a mark: no text can pretend to be a record of its own."""
    return " | ".join(part for part in text.splitlines() if part.strip())
