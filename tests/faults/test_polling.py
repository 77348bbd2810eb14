"""Polling on a real wire: what it makes of answers, and how its end leaves what is being sent."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from telegram import Update

from bot.house import House, _until_stopped, open_house
from bot.polling import Polling, Stopped
from bot.settings import Secret, Settings
from bot.tasks import Tasks
from mentoring.letters import Letter
from mentoring.people import Role
from tests.faults.telegram_server import (
    TOKEN,
    Call,
    Held,
    Play,
    Telegram,
    refuse,
    telegram_server,
)

USER = {"id": 11, "is_bot": False, "first_name": "Olena", "language_code": "en"}
CHAT = {"id": 11, "type": "private", "first_name": "Olena"}


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with telegram_server() as server:
        yield server


@pytest.fixture
async def house(telegram: Telegram, tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(
        bot_token=Secret(TOKEN),
        telegram_api_url=f"http://127.0.0.1:{telegram.port}",
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite3'}",
    )
    async with open_house(settings) as house:
        yield house


def updates(*found: dict[str, Any]) -> Play:
    async def play(_request: web.Request, _call: Call) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": list(found)})

    return play


def message(update_id: int, text: str, **fields: Any) -> dict[str, Any]:
    own = {"message_id": update_id, "date": 1_770_000_000, "chat": CHAT, "from": USER}
    return {"update_id": update_id, "message": {**own, "text": text, **fields}}


def polling(house: House, tasks: Tasks) -> Polling:
    return Polling(bot=house.application.bot, take=house.intake.take, tasks=tasks)


async def test_an_update_that_cannot_be_read_stops_nobody_and_is_not_quoted(
    house: House, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    broken = message(501, "the words of somebody")
    del broken["message"]["date"]
    telegram.will("getupdates", updates(message(500, "/privacy"), broken, message(502, "/privacy")))
    shut = refuse(409, "Conflict: terminated by other getUpdates request")
    telegram.will("getupdates", shut)
    async with Tasks() as tasks:
        with caplog.at_level(logging.DEBUG, "bot"), pytest.raises(Stopped):
            await polling(house, tasks).run()
    await house.post.drain()
    offsets = [c.params.get("offset") for c in telegram.calls if c.method == "getupdates"]
    assert offsets == [None, "503"]
    assert sum(call.method == "sendmessage" for call in telegram.calls) == 2
    assert await house.database.execute("select 1 from seen") != []
    assert "update 501 cannot be read: " in caplog.text
    assert "the words of somebody" not in caplog.text


@pytest.mark.parametrize(
    ("code", "why", "said"),
    [
        (401, "Unauthorized", "does not accept"),
        (404, "Not Found", "does not accept"),
        (409, "Conflict: terminated by other getUpdates request", "another process"),
    ],
)
async def test_a_token_that_is_not_ours_ends_it_with_one_line(
    house: House, telegram: Telegram, code: int, why: str, said: str
) -> None:
    telegram.will("getupdates", refuse(code, why))
    async with Tasks() as tasks:
        with pytest.raises(Stopped, match=f"BOT_TOKEN: .*{said}"):
            await polling(house, tasks).run()


async def test_a_batch_that_cannot_be_committed_leaves_what_is_being_sent_alone(
    house: House, telegram: Telegram
) -> None:
    """A send that is cut off is in doubt, and comes again as a possible repeat."""
    held = Held()
    telegram.will("what is sent", held)
    telegram.will("getupdates", updates(message(500, "/privacy")))
    person = await _somebody(house)
    async with house.database.transaction():
        args: dict[str, object] = {"by": "Paola", "text": "what is sent", "question": "?"}
        house.desk.letters.add(
            Letter(to=person, kind="question_answered", args=args, due=house.desk.now())
        )
        await house.tables.letters.write()

    async def fail(_updates: Sequence[Update]) -> None:
        await held.heard.wait()
        asyncio.get_running_loop().call_later(0.05, held.go.set)
        raise OSError("disk I/O error")

    async with Tasks() as tasks:
        failing = Polling(bot=house.application.bot, take=fail, tasks=tasks)
        with pytest.raises(ExceptionGroup) as caught:
            async with asyncio.timeout(30):
                await _until_stopped(asyncio.Event(), failing.run, house.post)
    assert caught.group_contains(OSError)
    rows = await house.database.execute("select state, repeat from letter")
    assert [tuple(row) for row in rows] == [("sent", 0)]


async def _somebody(house: House) -> int:
    async with house.database.transaction():
        now = house.desk.now()
        person_id = await house.tables.people.add(
            name="Olena", language="en", zone="Europe/Berlin", role=Role.MENTEE, now=now
        )
        await house.desk.invitations.book.consent(
            person_id, chat_id=11, language="en", version=1, now=now
        )
    return person_id
