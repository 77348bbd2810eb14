"""Settings from the environment and `.env`; a wrong one is refused in one line that names it."""

import ipaddress
import logging
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from locales import LANGUAGES

_SCHEME = "sqlite+aiosqlite:///"
_TEMPLATE = Path(__file__).parent.parent / "mentoring" / "programme.toml"
_TOKEN = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_WEBHOOK_PATH = re.compile(r"[A-Za-z0-9/_-]*")
_WEBHOOK_PORTS = (None, 443, 80, 88, 8443)
_TELEGRAM = "https://api.telegram.org"
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingError(Exception):
    """One line for the host: the setting, what is wrong with it, and the remedy."""


class Settings(BaseSettings):
    """What a host can set. `database_url`: three slashes relative, four slashes absolute.

    With `webhook_url`, Telegram brings updates, to `port` at `webhook_host`; else they are polled.

    The checks quote nothing of what was set: it may hold a password, or be another setting's.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8-sig",  # Windows' editors begin a file with a mark.
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: SecretStr | None = None
    telegram_api_url: str = _TELEGRAM
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = Field(default=None, validate_default=True)
    webhook_host: str = "127.0.0.1"
    port: int = 8080
    database_url: str = f"{_SCHEME}tandem.sqlite3"
    default_language: str = "de"
    timezone: str = "Europe/Berlin"
    log_level: str = "INFO"
    template: Path = _TEMPLATE
    intake_limit: PositiveInt = 180
    letter_limit: PositiveInt = 600
    backup_folder: Path | None = None
    backup_keep: PositiveInt = 14
    metrics_port: int | None = Field(default=None, ge=1024, le=65535)

    @property
    def database_path(self) -> Path:
        """The file of `database_url`."""
        return Path(self.database_url.removeprefix(_SCHEME))

    @property
    def secrets(self) -> list[str]:
        """What no log may show."""
        return [s.get_secret_value() for s in (self.bot_token, self.webhook_secret) if s]

    @field_validator("bot_token")
    @classmethod
    def _token(cls, token: SecretStr | None) -> SecretStr | None:
        text = token.get_secret_value().strip() if token else ""
        if text and not _TOKEN.fullmatch(text):
            raise ValueError("is not a token: copy it whole from @BotFather, like 123456789:AAF…")
        return SecretStr(text) if text else None

    @field_validator("telegram_api_url")
    @classmethod
    def _address(cls, address: str) -> str:
        address = address.strip().rstrip("/")
        if not _is_web_address(address) or address.endswith("/bot"):
            raise ValueError("must be an address like https://api.telegram.org, without /bot")
        return address

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, url: str | None, info: ValidationInfo) -> str | None:
        url = (url or "").strip()
        if not url:
            return None
        # A Bot API server of one's own brings updates over http, too, and to any port.
        is_own = info.data.get("telegram_api_url", _TELEGRAM) != _TELEGRAM
        if not _is_web_address(url) or not (is_own or url.startswith("https://")):
            raise ValueError("must be an address like https://bot.example.org/telegram")
        parts, token = urlsplit(url), info.data.get("bot_token")
        if token and token.get_secret_value().partition(":")[2] in parts.path:
            raise ValueError("must not hold the token: WEBHOOK_SECRET is what Telegram shows us")
        if not _WEBHOOK_PATH.fullmatch(parts.path) or "//" in parts.path:
            raise ValueError("may have letters, digits, /, _ and - in its path, nothing else")
        if not is_own and parts.port not in _WEBHOOK_PORTS:
            raise ValueError("must be at port 443, 80, 88 or 8443: Telegram calls no other")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        text = secret.get_secret_value().strip() if secret else ""
        if not text and info.data.get("webhook_url"):
            raise ValueError(
                "is missing, as WEBHOOK_URL is set: make one with `openssl rand -hex 32`"
            )
        if text and not _SECRET.fullmatch(text):
            raise ValueError(
                "must be 16 to 256 of A-Z, a-z, 0-9, _ and -: make one with `openssl rand -hex 32`"
            )
        return SecretStr(text) if text else None

    @field_validator("webhook_host")
    @classmethod
    def _host(cls, host: str) -> str:
        try:
            return str(ipaddress.ip_address(host.strip()))
        except ValueError:
            raise ValueError(
                "must be an address of this machine: 127.0.0.1 behind a proxy, 0.0.0.0 in a "
                "container"
            ) from None

    @field_validator("port", mode="before")
    @classmethod
    def _port(cls, port: object) -> int:
        text = str(port).strip()
        if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
            raise ValueError("must be a port from 1 to 65535, like 8080")
        return int(text)

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        path = url.removeprefix(_SCHEME)
        if path in ("", "/", url, ":memory:") or "?" in path:
            raise ValueError(f"must name a SQLite file, like {_SCHEME}tandem.sqlite3")
        return url

    @field_validator("default_language")
    @classmethod
    def _language(cls, language: str) -> str:
        if language not in LANGUAGES:
            raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
        return language

    @field_validator("timezone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        try:
            return ZoneInfo(zone).key
        except (OSError, ValueError, KeyError):
            raise ValueError("must be a time zone like Europe/Berlin") from None

    @field_validator("log_level")
    @classmethod
    def _level(cls, level: str) -> str:
        if level.upper() not in _LEVELS:
            raise ValueError(f"must be one of {', '.join(_LEVELS)}")
        return level.upper()

    @field_validator("template")
    @classmethod
    def _file(cls, path: Path) -> Path:
        if not path.is_file():
            raise ValueError("must be the path of a programme template: there is no such file")
        return path


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
    # dotenv warns of a line that it cannot read, in a format of its own, before ours is set up.
    logging.getLogger("dotenv").setLevel(logging.ERROR)
    try:
        return Settings()
    except ValidationError as error:
        return _line(error)
    except UnicodeDecodeError:
        return ".env is not UTF-8 text: save it as UTF-8."
    except OSError as error:
        return f".env cannot be read ({error.strerror}): correct its permissions."


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises what the parts alone do not show
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain


def _line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = str(first["loc"][0]).upper()
    return f"{name} {first['msg'].removeprefix('Value error, ').replace('Input should', 'should')}."
