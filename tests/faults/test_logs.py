"""What is logged, as it stands on standard error: one line a record, and no secret."""

import asyncio
import logging
import re
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from telegram import Bot
from telegram.error import InvalidToken
from telegram.request import BaseRequest, RequestData

from bot.logs import configure, log_unheard, person_key

TOKEN = "123456789:AAF-secret_secret_secret_secret_secre"
PASSWORD = "correct horse/battery"
log = logging.getLogger("tandem.test")


class Refusing(BaseRequest):
    """Telegram, to which every token is unknown."""

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - the seam's signature
        request_data: RequestData | None = None,  # noqa: ARG002
        read_timeout: object = None,  # noqa: ARG002
        write_timeout: object = None,  # noqa: ARG002
        connect_timeout: object = None,  # noqa: ARG002
        pool_timeout: object = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        return 401, b'{"ok": false, "description": "Unauthorized at %s"}' % url.encode()


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> "Lines":
    return Lines(capsys)


class Lines:
    """Standard error since the last look; never with a secret in it."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def configure(self, level: str) -> None:
        """Within the test: pytest, too, sets its handlers up only then."""
        configure(level, [TOKEN, PASSWORD])

    def read(self) -> list[str]:
        text = self._capsys.readouterr().err
        for secret in (TOKEN, quote(TOKEN, safe=""), TOKEN.split(":")[1], PASSWORD):
            assert secret not in text
        return text.splitlines()


@pytest.mark.parametrize(
    "secret",
    [TOKEN, quote(TOKEN, safe=""), PASSWORD, quote(PASSWORD, safe=""), "9876543210:" + 35 * "x"],
    ids=["the token", "the token in a URL", "a password", "it in a URL", "anybody's token"],
)
def test_a_secret_is_taken_out_of_a_message_and_its_arguments(lines: Lines, secret: str) -> None:
    lines.configure("DEBUG")
    log.error(f"calling https://api.telegram.org/bot{secret}/getMe")
    log.error("calling %s with %r", secret, {"key": secret})
    logged = lines.read()
    assert len(logged) == 2
    assert all("***" in line and secret not in line for line in logged)
    assert logged[1].endswith("calling *** with {'key': '***'}")


def test_of_an_error_its_place_is_logged_and_never_its_text(lines: Lines) -> None:
    lines.configure("DEBUG")
    try:
        raise ValueError("Olena Kovalenko wrote something")
    except ValueError:
        log.exception("failed")
    [line] = lines.read()
    assert re.search(r"failed \| ValueError at faults/test_logs\.py:\d+$", line)


async def test_the_error_of_a_lost_task_is_logged_without_its_text(lines: Lines) -> None:
    lines.configure("DEBUG")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_unheard)
    loop.call_soon(int, "Olena Kovalenko")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    [line] = lines.read()
    assert "ValueError at " in line
    assert "Olena" not in line


async def test_the_token_that_telegram_refuses_is_not_logged(lines: Lines) -> None:
    lines.configure("DEBUG")
    bot = Bot(TOKEN, request=Refusing(), get_updates_request=Refusing())
    with pytest.raises(InvalidToken) as caught:
        await bot.initialize()
    log.error("no bot", exc_info=caught.value)
    log.error("no %r", bot)
    logged = lines.read()
    assert "| InvalidToken at " in logged[0]
    assert "ERROR tandem.test no Bot[token=***]" in logged[1]


def test_an_error_that_nobody_catches_is_logged_and_not_printed(lines: Lines) -> None:
    lines.configure("DEBUG")
    try:
        raise InvalidToken(f"The token `{TOKEN}` was rejected")
    except InvalidToken:
        sys.excepthook(*sys.exc_info())
    [line] = lines.read()
    assert "stopped by an error: InvalidToken at faults/test_logs.py:" in line


def test_a_line_break_in_a_text_makes_no_record(lines: Lines) -> None:
    lines.configure("DEBUG")
    log.info("said %s", "hello\n2026-01-01 00:00:00 ERROR bot.house forged\r\n")
    [line] = lines.read()
    assert "said hello | 2026-01-01" in line


def test_a_record_that_cannot_be_formatted_is_told_without_its_arguments(lines: Lines) -> None:
    lines.configure("DEBUG")
    log.error("%d letters", TOKEN)
    assert lines.read() == ["ERROR tandem.test unreadable record: TypeError"]


@pytest.mark.parametrize("name", ["httpx", "telegram.Bot", "telegram.ext.ExtBot", "aiohttp.access"])
def test_libraries_are_quiet_below_warning_whatever_the_level(lines: Lines, name: str) -> None:
    lines.configure("DEBUG")
    library = logging.getLogger(name)
    library.debug("text of a message")
    library.info("text of a message")
    assert lines.read() == []
    library.warning("heard")
    assert len(lines.read()) == 1


def test_a_higher_level_holds_for_libraries_too(lines: Lines) -> None:
    lines.configure("ERROR")
    logging.getLogger("aiohttp").warning("not heard")
    log.warning("not heard")
    log.error("heard")
    [line] = lines.read()
    assert line.endswith("ERROR tandem.test heard")


def test_a_person_has_one_key_in_a_process_and_another_in_the_next() -> None:
    first, second = bytes(16), bytes(15) + b"1"
    assert person_key(7, first) == person_key(7, first)
    assert len({person_key(7, first), person_key(8, first), person_key(7, second)}) == 3
    assert len(person_key(-1_002_345_678_901, first)) == 8
    int(person_key(7, first), 16)
