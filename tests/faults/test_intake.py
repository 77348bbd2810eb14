"""Intake: what a raised update takes back, what a batch knows of itself, and who returns."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.arrivals import Arrivals
from bot.gate import Gate
from bot.house import House, open_house
from bot.polling import Polling, Stopped
from bot.settings import Secret, Settings
from bot.tasks import Tasks
from handlers.menu import Speak
from handlers.menu_buttons import ToMenu
from handlers.welcome import NameRight
from locales import speech
from mentoring.letters import Letter
from mentoring.people import Role
from tests.dialogues.people import MovableClock, Programme, Someone, plain
from tests.dialogues.telegram_wire import TelegramWire
from tests.faults.telegram_server import TOKEN, Call, refuse, telegram_server

MONDAY = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
"""18:00 in Munich."""
SORRY = "I am sorry, something went wrong on our side and nothing was changed."


def settings_in(folder: Path, **more: Any) -> Settings:
    return Settings(
        bot_token=Secret(TOKEN),
        database_url=f"sqlite+aiosqlite:///{folder / 'tandem.sqlite3'}",
        default_language="de",
        **more,
    )


@pytest.fixture
async def programme(tmp_path: Path) -> AsyncIterator[Programme]:
    clock, wire = MovableClock(MONDAY), TelegramWire()
    settings = settings_in(tmp_path)
    async with open_house(settings, clock=clock, gate=Gate.open(), request=wire) as house:
        yield Programme(house, wire, clock)


@pytest.fixture
async def coordinator(programme: Programme) -> Someone:
    return await programme.arrive(10, "Paola Stenger", "en", Role.COORDINATOR)


@pytest.fixture
async def mentor(programme: Programme) -> Someone:
    return await programme.arrive(20, "Kristina Alam", "en", Role.MENTOR)


@pytest.fixture
async def mentee(programme: Programme) -> Someone:
    return await programme.arrive(30, "Rana Haddad", "en", Role.MENTEE)


def first_lines(person: Someone) -> list[str]:
    """Of all that came, in the order in which it came or changed last."""
    messages = person.programme.wire.chat(person.chat_id).messages
    return [plain(message.text).splitlines()[0] for message in messages]


async def test_a_handler_that_raises_tells_nobody_of_what_was_undone(
    programme: Programme, coordinator: Someone, mentor: Someone, mentee: Someone
) -> None:
    """The letters of the others in its batch leave: those before it, and those after it."""
    pairs = [(mentor, mentee)]
    for number in (1, 2):
        pairs.append(
            (
                await programme.arrive(20 + number, f"Mentor {number}", "en", Role.MENTOR),
                await programme.arrive(30 + number, f"Mentee {number}", "en", Role.MENTEE),
            )
        )
    for one, other in pairs:
        await programme.pair(coordinator, other, one)
        await one.say("/meeting")
    # The meeting is written and the partner's letter gathered; then the card cannot be dropped.
    await programme.house.database.execute(
        "create trigger breaks before delete on card "
        f"when old.person_id = {mentor.person_id} begin select raise(abort, 'broken'); end"
    )
    (broken, unheard), (first, heard), (last, heard_too) = pairs
    await programme.take(*(person.press("Save") for person in (first, broken, last)))
    assert (unheard.sees, first_lines(heard), first_lines(heard_too)) == (
        "",
        ["Newly logged by Mentor 1:"],
        ["Newly logged by Mentor 2:"],
    )
    assert [first_lines(person)[-1] for person in (first, last)] == ["✅ Saved", "✅ Saved"]
    assert broken.sees.startswith(SORRY)
    assert await programme.rows("select logged_by from meeting order by id") == [
        (first.person_id,),
        (last.person_id,),
    ]
    # Nor is it written: it would tell of whatever meeting has got that number since.
    told = await programme.rows("select person_id from letter where kind = 'meeting_logged'")
    assert told == [(heard.person_id,), (heard_too.person_id,)]
    [(error,)] = await programme.rows("select error from aside")
    assert error.startswith("IntegrityError at ")
    await programme.house.database.execute("drop trigger breaks")
    await programme.take(broken.press_data(await save_of(programme, broken)))
    assert first_lines(unheard) == ["Newly logged by Kristina Alam:"]


async def save_of(programme: Programme, person: Someone) -> str:
    """What the button of the card says that is still open."""
    sql = f"select key from card where person_id = {person.person_id}"
    [(key,)] = await programme.rows(sql)
    return f"m.save:{key}"


async def test_within_one_batch_a_new_language_is_spoken_at_once(
    programme: Programme, mentor: Someone
) -> None:
    await programme.take(
        mentor.press_data(Speak("de").pack()),
        mentor.message(text="/menu"),
        mentor.press_data(Speak("uk").pack()),
        mentor.message(text="/menu"),
    )
    menus = [plain(speech(code)("What would you like to do?")) for code in ("de", "uk")]
    assert [line for line in first_lines(mentor) if line in menus] == menus
    assert await programme.rows("select language from person") == [("uk",)]


async def test_within_one_batch_who_consents_is_a_person_at_once(programme: Programme) -> None:
    desk = programme.house.desk
    async with programme.house.database.transaction():
        _, code = await desk.invitations.first_coordinator(name="Paola", now=programme.clock())
    newcomer = Someone(programme, 90, "Paola S", "en")
    await newcomer.start(code)
    await newcomer.tap("English")
    await programme.take(
        newcomer.press("I consent"),
        newcomer.press_data(NameRight().pack(), message_id=91),
        newcomer.press_data(ToMenu().pack(), message_id=92),
    )
    assert first_lines(newcomer) == [
        "Thank you! Is your name spelt right?",
        "You are ready, Paola!",
        "What would you like to do?",
    ]


@pytest.mark.parametrize("how", ["message", "tap"])
async def test_whoever_writes_again_is_reachable_and_hears_what_has_waited(
    programme: Programme, mentee: Someone, how: str
) -> None:
    """The word that the chat is open again can be lost or late: a message says the same."""
    await programme.take(mentee.status("kicked"))
    args: dict[str, object] = {"by": "Paola", "text": "Here.", "question": "Where?"}
    now = programme.clock()
    await programme.send(Letter(to=mentee.person_id, kind="question_answered", args=args, due=now))
    assert await programme.rows("select reachable from person") == [(0,)]
    assert await programme.rows("select state from letter") == [("absent",)]
    if how == "message":
        await mentee.say("/menu")
    else:
        await programme.take(mentee.press_data(ToMenu().pack()))
    assert await programme.rows("select reachable from person") == [(1,)]
    assert first_lines(mentee)[0] == "What would you like to do?"
    assert mentee.sees.splitlines()[-1] == "Here."
    assert await programme.rows("select distinct state from letter") == [("sent",)]


KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


@pytest.mark.parametrize("kind", KINDS)
async def test_telegram_is_asked_for_every_kind_of_update_that_intake_hears(
    tmp_path: Path, kind: str
) -> None:
    """As Telegram does it: what is not asked for does not come."""
    async with telegram_server() as telegram:
        api = f"http://127.0.0.1:{telegram.port}"
        async with open_house(settings_in(tmp_path, telegram_api_url=api)) as house:
            someone = await _somebody(house)
            update = {
                "message": someone.message(text="/menu"),
                "edited_message": someone.message("edited_message", text="/menu", edit_date=1),
                "callback_query": someone.press_data(ToMenu().pack()),
                "my_chat_member": someone.status("kicked"),
            }[kind]

            async def updates(_request: web.Request, call: Call) -> web.StreamResponse:
                asked = kind in json.loads(call.params["allowed_updates"])
                return web.json_response({"ok": True, "result": [update] if asked else []})

            shut = refuse(409, "Conflict: terminated by other getUpdates request")
            telegram.will("getupdates", updates, shut)
            await _poll(house)
            answers = sum(call.method == "sendmessage" for call in telegram.calls)
            [row] = await house.database.execute("select reachable from person")
            heard = (answers, row["reachable"])
            assert heard == ((0, 0) if kind == "my_chat_member" else (1, 1))


async def _poll(house: House) -> None:
    async with Tasks() as tasks:
        bot = house.application.bot
        arrivals = Arrivals(bot=bot, take=house.intake.take, tasks=tasks)
        polling = Polling(bot=bot, arrivals=arrivals, heartbeat=house.heartbeat)
        with pytest.raises(Stopped):
            await asyncio.wait_for(polling.run(), 20)
    await house.post.drain()


async def _somebody(house: House) -> Someone:
    programme = Programme(house, TelegramWire(), MovableClock(MONDAY))
    return await programme.arrive(30, "Rana Haddad", "en", Role.MENTEE)
