"""Settings from the environment and `.env`; a wrong one is refused in one line that names it."""

import ipaddress
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from locales import LANGUAGES

_SCHEME = "sqlite+aiosqlite:///"
_TEMPLATE = Path(__file__).parent.parent / "mentoring" / "programme.toml"
_TOKEN = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_WEBHOOK_PATH = re.compile(r"[A-Za-z0-9/_-]*")
_WEBHOOK_PORTS = (None, 443, 80, 88, 8443)
_TELEGRAM = "https://api.telegram.org"
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingError(Exception):
    """One line for the host: the setting, what is wrong with it, and the remedy."""


class _Wrong(Exception):
    """What is wrong with a setting; quotes nothing of it."""


@dataclass(frozen=True)
class Secret:
    """A text that stays out of whatever prints the settings."""

    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a host can set. `database_url`: three slashes relative, four slashes absolute.

    With `webhook_url`, Telegram brings updates, to `port` at `webhook_host`; else they are polled.
    """

    bot_token: Secret | None = None
    telegram_api_url: str = _TELEGRAM
    webhook_url: str | None = None
    webhook_secret: Secret | None = None
    webhook_host: str = "127.0.0.1"
    port: int = 8080
    database_url: str = f"{_SCHEME}tandem.sqlite3"
    default_language: str = "de"
    timezone: str = "Europe/Berlin"
    log_level: str = "INFO"
    template: Path = _TEMPLATE
    intake_limit: int = 180
    letter_limit: int = 600
    backup_folder: Path | None = None
    backup_keep: int = 14
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None

    @property
    def database_path(self) -> Path:
        """The file of `database_url`: where a link leads, as lock and log lie beside the file."""
        return Path(self.database_url.removeprefix(_SCHEME)).resolve()

    @property
    def secrets(self) -> list[str]:
        """What no log may show."""
        return [secret.text for secret in (self.bot_token, self.webhook_secret) if secret]


def load(*, need_token: bool = False) -> Settings:
    """The settings in force. Raises SettingError."""
    settings = _read()
    if isinstance(settings, str):
        raise SettingError(settings)
    if need_token and settings.bot_token is None:
        raise SettingError(
            "BOT_TOKEN is missing: ask @BotFather for one and put BOT_TOKEN=… into .env or the "
            "environment."
        )
    return settings


def _read() -> Settings | str:
    """The settings, or the line that refuses them; not raised, as the context holds the values."""
    try:
        given = _given()
    except UnicodeDecodeError:
        return ".env is not UTF-8 text: save it as UTF-8."
    except OSError as error:
        return f".env cannot be read ({error.strerror}): correct its permissions."
    try:
        return _checked(given)
    except _Wrong as wrong:
        return f"{wrong}."


def from_file() -> dict[str, str | None]:
    """What `.env` says. Raises UnicodeDecodeError, OSError."""
    # dotenv warns of a line that it cannot read, in a format of its own, before ours is set up.
    logging.getLogger("dotenv").setLevel(logging.ERROR)
    # Windows' editors begin a file with a mark.
    return dotenv_values(".env", encoding="utf-8-sig")


def _given() -> dict[str, str]:
    """What is set; the environment goes before the file, and a blank there is nothing at all."""
    sources = (from_file().items(), os.environ.items())
    given = {name.lower(): text for source in sources for name, text in source if text}
    return {name: text for name, text in given.items() if text.strip()}


def _checked(given: dict[str, str]) -> Settings:
    names = [each.name for each in fields(Settings) if each.name in given]
    values: dict[str, Any] = {name: _value(name, given[name]) for name in names}
    settings = Settings(**values)
    if settings.webhook_url:
        _check_webhook(settings, settings.webhook_url)
    return settings


def _value(name: str, text: str) -> object:
    try:
        return _READERS[name](text)
    except _Wrong as wrong:
        raise _Wrong(f"{name.upper()} {wrong}") from None


# The checks quote nothing of what was set: it may hold a password, or be another setting's.


def _token(text: str) -> Secret | None:
    text = text.strip()
    if text and not _TOKEN.fullmatch(text):
        raise _Wrong("is not a token: copy it whole from @BotFather, like 123456789:AAF…")
    return Secret(text) if text else None


def _address(text: str) -> str:
    address = text.strip().rstrip("/")
    if not _is_web_address(address) or address.endswith("/bot"):
        raise _Wrong("must be an address like https://api.telegram.org, without /bot")
    return address


def _webhook_secret(text: str) -> Secret | None:
    text = text.strip()
    if text and not _SECRET.fullmatch(text):
        raise _Wrong(
            "must be 16 to 256 of A-Z, a-z, 0-9, _ and -: make one with `openssl rand -hex 32`"
        )
    return Secret(text) if text else None


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise _Wrong(
            "must be an address of this machine: 127.0.0.1 behind a proxy, 0.0.0.0 in a container"
        ) from None


def _port(text: str) -> int:
    text = text.strip()
    if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise _Wrong("must be a port from 1 to 65535, like 8080")
    return int(text)


def _database(url: str) -> str:
    path = url.removeprefix(_SCHEME)
    if path in ("", "/", url, ":memory:") or "?" in path:
        raise _Wrong(f"must name a SQLite file, like {_SCHEME}tandem.sqlite3")
    if Path(path).is_dir():
        raise _Wrong("names a folder: name a file in it")
    return url


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise _Wrong(f"must be one of {', '.join(LANGUAGES)}")
    return language


def _zone(zone: str) -> str:
    try:
        return ZoneInfo(zone).key
    except (OSError, ValueError, KeyError):
        raise _Wrong("must be a time zone like Europe/Berlin") from None


def _level(level: str) -> str:
    if level.upper() not in _LEVELS:
        raise _Wrong(f"must be one of {', '.join(_LEVELS)}")
    return level.upper()


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise _Wrong("must be the path of a programme template: there is no such file")
    return Path(text)


def _whole(least: int, most: int = 1_000_000) -> Callable[[str], int]:
    """Reads a whole number within these bounds."""

    def read(text: str) -> int:
        text = text.strip()
        number = int(text) if _NUMBER.fullmatch(text) else least - 1
        if not least <= number <= most:
            raise _Wrong(f"must be a whole number from {least} to {most}")
        return number

    return read


_READERS: dict[str, Callable[[str], object]] = {
    "bot_token": _token,
    "telegram_api_url": _address,
    "webhook_url": lambda text: text.strip() or None,
    "webhook_secret": _webhook_secret,
    "webhook_host": _host,
    "port": _port,
    "database_url": _database,
    "default_language": _language,
    "timezone": _zone,
    "log_level": _level,
    "template": _file,
    # A beat may be ninety seconds old, and all is well: a look at the webhook, and what it misses.
    "intake_limit": _whole(120),
    "letter_limit": _whole(1),
    "backup_folder": Path,
    "backup_keep": _whole(1),
    "metrics_host": _host,
    "metrics_port": _whole(1024, 65535),
}


def _check_webhook(settings: Settings, url: str) -> None:
    # A Bot API server of one's own brings updates over http, too, and to any port.
    is_own = settings.telegram_api_url != _TELEGRAM
    if not _is_web_address(url) or not (is_own or url.startswith("https://")):
        raise _Wrong("WEBHOOK_URL must be an address like https://bot.example.org/telegram")
    parts, token = urlsplit(url), settings.bot_token
    if token and token.text.partition(":")[2] in parts.path:
        raise _Wrong(
            "WEBHOOK_URL must not hold the token: WEBHOOK_SECRET is what Telegram shows us"
        )
    if not _WEBHOOK_PATH.fullmatch(parts.path) or "//" in parts.path:
        raise _Wrong("WEBHOOK_URL may have letters, digits, /, _ and - in its path, nothing else")
    if not is_own and parts.port not in _WEBHOOK_PORTS:
        raise _Wrong("WEBHOOK_URL must be at port 443, 80, 88 or 8443: Telegram calls no other")
    if settings.webhook_secret is None:
        raise _Wrong(
            "WEBHOOK_SECRET is missing, as WEBHOOK_URL is set: make one with `openssl rand -hex 32`"
        )


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises what the parts alone do not show
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain
