"""The webhook's settings: the defaults, and one line for each that is wrong."""

from pathlib import Path

import pytest

from bot.settings import SettingError, load

TOKEN = "123456789:AAF-secret_secret_secret_secret_secre"
SECRET = "webhook-secret_hunter2"
URL = "https://bot.example.org/telegram"
NAMES = ("TELEGRAM_API_URL", "WEBHOOK_URL", "WEBHOOK_SECRET", "WEBHOOK_HOST", "PORT")
MAKE = "make one with `openssl rand -hex 32`."


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and an environment with nothing but the token."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)


def test_without_an_address_updates_are_polled() -> None:
    settings = load()
    assert (settings.webhook_url, settings.webhook_secret) == (None, None)
    assert (settings.webhook_host, settings.port) == ("127.0.0.1", 8080)
    assert settings.secrets == [TOKEN]


def test_a_blank_address_is_none_whatever_the_file_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As the demo needs it, which must not set the webhook of the real bot."""
    (tmp_path / ".env").write_text(f"WEBHOOK_URL={URL}\nWEBHOOK_SECRET={SECRET}\n")
    assert load().webhook_url == URL
    monkeypatch.setenv("WEBHOOK_URL", " ")
    assert load().webhook_url is None


def test_both_secrets_are_kept_out_of_logs_and_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", URL)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    settings = load()
    assert settings.webhook_url == URL
    assert settings.secrets == [TOKEN, SECRET]
    assert SECRET not in repr(settings) + str(settings)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9999/hook", "https://10.0.0.1:8081/hook"])
def test_a_bot_api_server_of_ones_own_calls_any_port_and_without_tls(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081")
    monkeypatch.setenv("WEBHOOK_URL", url)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    assert load().webhook_url == url


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        *(
            ("WEBHOOK_URL", value, f"must be an address like {URL}.")
            for value in (
                "bot.example.org",
                "http://bot.example.org/telegram",
                "https://",
                "https://anna:hunter2@example.org",
                "https://bot.example.org/telegram?key=hunter2",
            )
        ),
        *(
            (
                "WEBHOOK_URL",
                f"https://bot.example.org/{path}",
                "must not hold the token: WEBHOOK_SECRET is what Telegram shows us.",
            )
            for path in (TOKEN, f"bot/{TOKEN.split(':')[1]}/x")
        ),
        *(
            (
                "WEBHOOK_URL",
                f"https://bot.example.org/{path}",
                "may have letters, digits, /, _ and - in its path, nothing else.",
            )
            for path in ("{hunter2}", "a b", "a//b", "../a", "%2e")
        ),
        (
            "WEBHOOK_URL",
            "https://bot.example.org:8080/telegram",
            "must be at port 443, 80, 88 or 8443: Telegram calls no other.",
        ),
        ("WEBHOOK_SECRET", "", f"is missing, as WEBHOOK_URL is set: {MAKE}"),
        *(
            ("WEBHOOK_SECRET", value, f"must be 16 to 256 of A-Z, a-z, 0-9, _ and -: {MAKE}")
            for value in ("hunter2", "hunter2" * 40, "hunter2+hunter2+hunter2", "ü" * 20)
        ),
        *(
            (
                "WEBHOOK_HOST",
                value,
                "must be an address of this machine: 127.0.0.1 behind a proxy, 0.0.0.0 in a "
                "container.",
            )
            for value in ("localhost", "hunter2.example.org", "127.0.0.1:80")
        ),
        *(
            ("PORT", value, "must be a port from 1 to 65535, like 8080.")
            for value in ("0", "65536", "-1", "http", "8080.5", "²")
        ),
    ],
)
def test_a_wrong_setting_is_one_line_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv("WEBHOOK_URL", URL)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as caught:
        load()
    assert str(caught.value) == f"{name} {line}"
    assert "hunter2" not in repr(caught.value.__cause__) + repr(caught.value.__context__)
