"""Settings from the environment and `.env`; a wrong one is refused in one line that names it."""

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from locales import LANGUAGES

_SCHEME = "sqlite+aiosqlite:///"
_TEMPLATE = Path(__file__).parent.parent / "mentoring" / "programme.toml"


class SettingError(Exception):
    """One line for the host: the setting, what is wrong with it, and the remedy."""


class Settings(BaseSettings):
    """What a host can set. `database_url`: three slashes relative, four slashes absolute."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", hide_input_in_errors=True)

    bot_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    database_url: str = f"{_SCHEME}tandem.sqlite3"
    default_language: str = "de"
    timezone: str = "Europe/Berlin"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    template: Path = _TEMPLATE

    @property
    def database_path(self) -> Path:
        return Path(self.database_url.removeprefix(_SCHEME))

    @field_validator("bot_token")
    @classmethod
    def _token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None or not token.get_secret_value().strip():
            return None
        number, colon, secret = token.get_secret_value().strip().partition(":")
        if not (number.isdigit() and colon and len(secret) >= 20):
            raise ValueError("is not a token; @BotFather gives one like 123456789:AAF…")
        return SecretStr(f"{number}:{secret}")

    @field_validator("telegram_api_url")
    @classmethod
    def _address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address like https://api.telegram.org")
        return address.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        if not url.startswith(_SCHEME) or len(url) == len(_SCHEME):
            raise ValueError(f"must look like {_SCHEME}tandem.sqlite3")
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
            ZoneInfo(zone)
        except (OSError, ValueError, KeyError):
            raise ValueError("must be a zone like Europe/Berlin") from None
        return zone

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, level: Any) -> Any:
        return level.upper() if isinstance(level, str) else level


def load(*, need_token: bool = False) -> Settings:
    """The settings in force. Raises SettingError."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingError(_line(error)) from None
    if need_token and settings.bot_token is None:
        raise SettingError(
            "BOT_TOKEN is missing: ask @BotFather for one and put BOT_TOKEN=… into .env or the "
            "environment."
        )
    return settings


def _line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]).upper()
    reason = first["msg"].removeprefix("Value error, ")
    return f"{name}: {reason}."
