"""Settings: the defaults, and one line for each that is wrong."""

import asyncio
import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.demo import _environment
from bot.settings import SettingError, Settings, load
from bot.spelling import check_names
from tests.faults.hosted import Host
from tests.faults.telegram_server import Telegram

TOKEN = "123456789:AAF-secret_secret_secret_secret_secre"
NAMES = (
    "BOT_TOKEN",
    "TELEGRAM_API_URL",
    "DATABASE_URL",
    "DEFAULT_LANGUAGE",
    "TIMEZONE",
    "LOG_LEVEL",
    "TEMPLATE",
    "INTAKE_LIMIT",
    "LETTER_LIMIT",
    "BACKUP_FOLDER",
    "BACKUP_KEEP",
    "METRICS_HOST",
    "METRICS_PORT",
)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder and an environment without settings."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(*, need_token: bool = False) -> str:
    """The one line; it quotes no secret, nor does its traceback's context."""
    with pytest.raises(SettingError) as caught:
        load(need_token=need_token)
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    for part in ("secret", "hunter2"):
        assert part not in line + repr(caught.value.__cause__) + repr(caught.value.__context__)
    return line


def test_nothing_set_is_enough_without_a_token() -> None:
    settings = load()
    assert settings.bot_token is None
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.database_path == Path("tandem.sqlite3").absolute()
    assert (settings.default_language, settings.timezone) == ("de", "Europe/Berlin")
    assert settings.log_level == "INFO"
    assert settings.template.name == "programme.toml"
    assert settings.template.is_file()
    assert (settings.intake_limit, settings.letter_limit) == (180, 600)
    assert (settings.backup_folder, settings.backup_keep) == (None, 14)
    assert (settings.metrics_host, settings.metrics_port) == ("127.0.0.1", None)


def test_the_environment_goes_before_the_file_and_the_rest_is_ignored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = f"BOT_TOKEN={TOKEN}\nDEFAULT_LANGUAGE=ar\nLOG_LEVEL=debug\nEDITOR_OF_ANNA=vim\n"
    (folder / ".env").write_text(lines, encoding="utf-8-sig")
    monkeypatch.setenv("DEFAULT_LANGUAGE", "en")
    monkeypatch.setenv("TIMEZONE", "")
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    settings = load(need_token=True)
    assert settings.bot_token is not None
    assert settings.bot_token.text == TOKEN
    assert (settings.default_language, settings.log_level) == ("en", "DEBUG")
    assert (settings.timezone, settings.telegram_api_url) == (
        "Europe/Berlin",
        "http://127.0.0.1:8081",
    )
    assert TOKEN not in repr(settings) + str(settings)


def test_four_slashes_are_an_absolute_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:////data/tandem.sqlite3")
    assert load().database_path == Path("/data/tandem.sqlite3")


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_token_is_asked_for_where_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("BOT_TOKEN", value)
    assert load().bot_token is None
    assert refusal(need_token=True) == (
        "BOT_TOKEN is missing: ask @BotFather for one and put BOT_TOKEN=… into .env or the "
        "environment."
    )


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "BOT_TOKEN",
            "secret-secret",
            "BOT_TOKEN is not a token: copy it whole from @BotFather, like 123456789:AAF….",
        ),
        (
            "BOT_TOKEN",
            f"{TOKEN} # the secret one",
            "BOT_TOKEN is not a token: copy it whole from @BotFather, like 123456789:AAF….",
        ),
        *(
            (
                "TELEGRAM_API_URL",
                value,
                "TELEGRAM_API_URL must be an address like https://api.telegram.org, without /bot.",
            )
            for value in (
                "api.telegram.org",
                "ftp://api.telegram.org",
                "https://",
                "http://[::1",
                "http://127.0.0.1:eighty",
                "https://anna:hunter2@example.org",
                "https://api.telegram.org/bot",
            )
        ),
        *(
            (
                "DATABASE_URL",
                value,
                "DATABASE_URL must name a SQLite file, like sqlite+aiosqlite:///tandem.sqlite3.",
            )
            for value in (
                "postgresql://anna:hunter2@db/tandem",
                "sqlite:///tandem.sqlite3",
                "sqlite+aiosqlite:///",
                "sqlite+aiosqlite:///:memory:",
                "sqlite+aiosqlite:///tandem.sqlite3?mode=ro",
                "tandem.sqlite3",
            )
        ),
        ("DEFAULT_LANGUAGE", "xx", "DEFAULT_LANGUAGE must be one of de, en, ar, uk."),
        *(
            ("TIMEZONE", value, "TIMEZONE must be a time zone like Europe/Berlin.")
            for value in ("Mars/Base", "Europe", "../../etc/passwd", "/etc/localtime")
        ),
        (
            "LOG_LEVEL",
            "LOUD",
            "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL.",
        ),
        (
            "TEMPLATE",
            "hunter2.toml",
            "TEMPLATE must be the path of a programme template: there is no such file.",
        ),
        (
            "INTAKE_LIMIT",
            "119",
            "INTAKE_LIMIT must be a whole number from 120 to 1000000.",
        ),
        (
            "METRICS_HOST",
            "prometheus",
            "METRICS_HOST must be an address of this machine: 127.0.0.1 behind a proxy, 0.0.0.0 "
            "in a container.",
        ),
        ("METRICS_PORT", "80", "METRICS_PORT must be a whole number from 1024 to 65535."),
        (
            "BACKUP_KEEP",
            "some",
            "BACKUP_KEEP must be a whole number from 1 to 1000000.",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    assert refusal() == line


def test_the_demo_takes_nothing_of_a_real_programme(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its copies would crowd out those of real people, and its people come back with one."""
    (tmp_path / ".env").write_text(
        "BACKUP_FOLDER=backups\nMETRICS_PORT=9000\nWEBHOOK_URL=https://bot.example.org/t\n"
        f"WEBHOOK_SECRET={'s' * 20}\nTIMEZONE=Europe/Kyiv\nINTAKE_LIMIT=999\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKUP_KEEP", "2")
    for name, value in _environment(18765).items():
        monkeypatch.setenv(name, value)
    own = load()
    assert own.timezone == "Europe/Kyiv"
    theirs = {"bot_token", "telegram_api_url", "database_url", "timezone", "log_level"}
    assert {
        each.name
        for each in fields(Settings)
        if getattr(own, each.name) != getattr(Settings(), each.name)
    } == theirs


def test_a_folder_is_no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}")
    assert refusal() == "DATABASE_URL names a folder: name a file in it."


@pytest.mark.parametrize("name", [each.name for each in fields(Settings)])
def test_every_setting_is_heard(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "~")
    try:
        heard = load() != Settings()
    except SettingError as refused:
        heard = str(refused).startswith(name.upper())
    assert heard


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / ".env").write_bytes(f"BOT_TOKEN={TOKEN}\n# für München\n".encode("latin-1"))
    assert refusal() == ".env is not UTF-8 text: save it as UTF-8."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(folder: Path) -> None:
    (folder / ".env").write_text(f"BOT_TOKEN={TOKEN}\n")
    (folder / ".env").chmod(0)
    assert refusal() == ".env cannot be read (Permission denied): correct its permissions."


def test_a_line_of_the_file_that_says_nothing_is_passed_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".env").write_text(f"secret words\nBOT_TOKEN={TOKEN}\n")
    assert load(need_token=True).default_language == "de"
    assert capsys.readouterr() == ("", "")


def test_a_name_in_the_file_that_is_no_setting_is_told_with_the_nearest_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text(
        f"BOT_TOKEN={TOKEN}\nBACKUP_FOLDR=hunter2\ntime_zone=Europe/Kyiv\nXYZZY=hunter2\n"
        "timezone=Europe/Berlin\nWEBHOOK_URI=\nhunter2\nhunter2:hunter2=1\n"
    )
    monkeypatch.setenv("BACKUP_KEPT", "hunter2")
    assert check_names() == [
        ".env: BACKUP_FOLDR is no setting, and has no effect; is BACKUP_FOLDER meant?",
        ".env: time_zone is no setting, and has no effect; is TIMEZONE meant?",
        ".env: XYZZY is no setting, and has no effect.",
    ]


def test_without_a_file_and_with_the_shipped_one_no_name_is_unknown(folder: Path) -> None:
    assert check_names() == []
    shipped = (Path(__file__).parents[2] / ".env.example").read_text()
    all_set, count = re.subn(r"(?m)^(?:# )?([A-Z_]+)=.*$", r"\1=x", shipped)
    (folder / ".env").write_text(all_set)
    assert count > 5
    assert check_names() == []


async def test_a_misspelt_name_is_told_by_health_and_at_the_start(
    folder: Path, telegram: Telegram
) -> None:
    (folder / ".env").write_text("BACKUP_FOLDR=hunter2\n")
    (folder / ".env").chmod(0o600)
    told = ".env: BACKUP_FOLDR is no setting, and has no effect; is BACKUP_FOLDER meant?"
    host = Host(folder, f"http://127.0.0.1:{telegram.port}")
    async with asyncio.timeout(60), host.process("bot", "run") as process:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
    assert line.endswith(f"WARNING bot.command_line {told}\n")
    assert (await host.command("health")).said[2:] == [f"note: {told}"]
