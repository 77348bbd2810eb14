"""Logging: one line a record, on standard error, without secrets, texts and names."""

import hashlib
import logging
import re
import sys
from collections.abc import Iterable
from urllib.parse import quote

_TOKEN = re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}")
_CHATTY = ("httpx", "httpcore", "telegram", "telegram.ext", "aiohttp", "apscheduler", "aiosqlite")


class _Discreet(logging.Formatter):
    """Formats a record and takes every secret out, those in tracebacks as well."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = [s for secret in secrets for s in (secret, quote(secret, safe="")) if s]

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return _TOKEN.sub("***", line)


def configure(level: str, secrets: Iterable[str]) -> None:
    """Sets the root up. Libraries speak from WARNING on: at DEBUG they print message texts."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def person_key(chat_id: int, key: bytes) -> str:
    """A person in the log: 8 hex digits that only this process can tell again."""
    return hashlib.blake2b(str(chat_id).encode(), key=key, digest_size=4).hexdigest()
