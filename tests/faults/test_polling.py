"""Polling on a real wire: what it makes of answers, and how its end leaves what is being sent."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from telegram import Update

from bot.arrivals import Arrivals
from bot.house import House, _until_stopped, open_house
from bot.polling import Polling, Stopped
from bot.settings import Secret, Settings
from bot.tasks import Tasks
from handlers.menu_buttons import ToMenu
from mentoring.letters import Letter
from mentoring.people import Role
from tests.faults.telegram_server import (
    TOKEN,
    Call,
    Held,
    Play,
    Telegram,
    refuse,
)

USER = {"id": 11, "is_bot": False, "first_name": "Olena", "language_code": "en"}
CHAT = {"id": 11, "type": "private", "first_name": "Olena"}


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
    bot = house.application.bot
    arrivals = Arrivals(bot=bot, take=house.intake.take, tasks=tasks)
    return Polling(bot=bot, arrivals=arrivals, heartbeat=house.heartbeat)


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


def poison() -> dict[str, dict[str, Any]]:
    """Updates that PTB reads, with numbers and names that are none; by what is wrong with them."""

    def chat(number: object, **more: object) -> dict[str, Any]:
        return message(501, "/menu", chat={**CHAT, "id": number, **more})

    def person(**more: object) -> dict[str, Any]:
        return message(501, "/menu", **{"from": {**USER, **more}})

    def tap(card: object) -> dict[str, Any]:
        place = {"chat": CHAT, "date": 1, "text": "…", "message_id": card}
        query = {"id": "1", "from": USER, "chat_instance": "1", "data": ToMenu().pack()}
        return {"update_id": 501, "callback_query": {**query, "message": place}}

    return {
        "a chat beyond SQLite": chat(2**63),
        "a group far below": chat(-(2**70), type="supergroup"),
        "a chat that is a list": chat([1]),
        "a chat that is a text": chat("11"),
        "a chat that is true": chat(True),
        "a person beyond SQLite": person(id=2**63),
        "a person that is a list": person(id=[1]),
        "a language that is a number": person(language_code=5),
        "a name that is a number": person(first_name=5),
        "a card beyond SQLite": tap(2**63),
        "a card that is a list": tap([1]),
        "a card that is true": tap(True),
    }


@pytest.mark.parametrize("what", poison())
async def test_what_no_telegram_sends_costs_nobody_else_of_its_batch(
    house: House, telegram: Telegram, what: str
) -> None:
    await _somebody(house)
    broken = poison()[what]
    telegram.will("getupdates", updates(message(500, "/privacy"), broken, message(502, "/privacy")))
    telegram.will("getupdates", refuse(409, "Conflict: terminated by other getUpdates request"))
    async with Tasks() as tasks:
        with pytest.raises(Stopped):
            await polling(house, tasks).run()
    await house.post.drain()
    rows = await house.database.execute("select update_id from seen order by update_id")
    assert [row["update_id"] for row in rows] == [500, 501, 502]
    assert sum(call.method == "sendmessage" for call in telegram.calls) >= 2


NUMBERLESS = [{"message": {"text": "the words of somebody"}}, {"update_id": 2**63}, ["x"], None]


async def test_what_has_no_number_is_passed_over_and_not_quoted(
    house: House, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[Any] = [*NUMBERLESS, message(500, "/privacy")]
    telegram.will("getupdates", updates(*found))
    telegram.will("getupdates", refuse(409, "Conflict: terminated by other getUpdates request"))
    async with Tasks() as tasks:
        with caplog.at_level(logging.DEBUG, "bot"), pytest.raises(Stopped):
            await polling(house, tasks).run()
    offsets = [c.params.get("offset") for c in telegram.calls if c.method == "getupdates"]
    assert offsets == [None, "501"]
    assert "4 updates without a number are passed over" in caplog.text
    assert "the words of somebody" not in caplog.text


async def test_when_nothing_can_be_confirmed_it_pauses(
    house: House, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[Any] = NUMBERLESS
    telegram.will("getupdates", updates(*found))
    async with Tasks() as tasks:
        await said(
            "no updates: nothing that can be confirmed; again in 1 s",
            caplog,
            polling(house, tasks).run(),
        )
    assert sum(call.method == "getupdates" for call in telegram.calls) == 1


async def said(text: str, caplog: pytest.LogCaptureFixture, work: Coroutine[Any, Any, Any]) -> None:
    """Lets it work until it has said so."""
    working = asyncio.ensure_future(work)
    async with asyncio.timeout(30):
        while text not in caplog.text:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0)
    assert not working.done()
    working.cancel()
    await asyncio.wait([working])


async def test_an_answer_that_comes_byte_by_byte_is_given_up(
    house: House, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No time between two bytes is too long, and it would never end."""

    async def drip(request: web.Request, _call: Call) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with suppress(ConnectionError):
            while True:
                await answer.write(b" ")
                await asyncio.sleep(0.01)
        return answer

    monkeypatch.setattr("bot.polling.LONGEST", 0.5)
    telegram.will("getupdates", drip)
    telegram.will("getupdates", refuse(409, "Conflict: terminated by other getUpdates request"))
    async with Tasks() as tasks, asyncio.timeout(30):
        with pytest.raises(Stopped):
            await polling(house, tasks).run()


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
        bot = house.application.bot
        arrivals = Arrivals(bot=bot, take=fail, tasks=tasks)
        failing = Polling(bot=bot, arrivals=arrivals, heartbeat=house.heartbeat)
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
