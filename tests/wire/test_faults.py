"""Faults on demand: each befalls what it was planted for, and is over when it is used up."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientPayloadError, ServerDisconnectedError
from telegram import Bot
from telegram.error import NetworkError, RetryAfter

from sandbox.fault_api import is_near
from sandbox.faults import DAY, Fault, Trouble
from sandbox.pace import Limits
from sandbox.server import start
from sandbox.world import World
from tests.wire.conftest import Hand, Wire

BROKEN = (ServerDisconnectedError, ClientPayloadError, ConnectionResetError)


def shown(world: World, person: int = 1001) -> list[str | None]:
    return [message.text for message in world.messages(person)]


async def say(wire: Wire, text: str = "Hi", chat: int = 1001) -> Any:
    return await wire.call("sendMessage", chat_id=chat, text=text)


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        (Fault.LOSE_REQUEST, False),
        (Fault.LOSE_ANSWER, True),
        (Fault.HALVE_ANSWER, True),
    ],
)
async def test_a_broken_connection_tells_nothing_of_the_effect(
    wire: Wire, world: World, fault: Fault, arrives: bool
) -> None:
    world.plant(Trouble(fault=fault, method="sendMessage"))
    await wire.result("getMe")
    with pytest.raises(BROKEN):
        await say(wire, "first")
    await say(wire, "second")
    assert shown(world) == ["first"] * arrives + ["second"]
    assert [(call.method, call.error) for call in world.log][1] == ("sendMessage", fault.value)


@pytest.mark.parametrize(
    ("fault", "arrives"), [(Fault.FAIL_REQUEST, False), (Fault.FAIL_ANSWER, True)]
)
async def test_a_failing_server_tells_nothing_of_the_effect(
    bot: Bot, world: World, fault: Fault, arrives: bool
) -> None:
    world.plant(Trouble(fault=fault))
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(1001, "first")
    assert shown(world) == ["first"] * arrives
    world.plant(Trouble(fault=fault, code=500))
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(1001, "second")


@pytest.mark.parametrize("fault", [Fault.HOLD_REQUEST, Fault.HOLD_ANSWER])
async def test_a_slow_call_goes_on_when_it_is_released(
    wire: Wire, world: World, fault: Fault
) -> None:
    release = asyncio.Event()
    world.plant(Trouble(fault=fault, release=release))
    async with asyncio.TaskGroup() as group:
        slow = group.create_task(say(wire, "slow"))
        await world.wait_for(lambda: not world.faults.waiting)
        await say(wire, "quick")
        assert not slow.done()
        release.set()
    late = fault is Fault.HOLD_REQUEST
    assert shown(world) == (["quick", "slow"] if late else ["slow", "quick"])


async def test_a_refusal_lasts_as_long_as_it_said(wire: Wire, world: World, hand: Hand) -> None:
    world.plant(Trouble(fault=Fault.REFUSE, chat=1001, seconds=30))
    assert (await say(wire))["parameters"] == {"retry_after": 30}
    hand.pass_by(20.5)
    refused = await wire.call("sendMessage", chat_id="1001", text="too early")
    assert (refused["description"], refused["parameters"]) == (
        "Too Many Requests: retry after 10",
        {"retry_after": 10},
    )
    assert (await say(wire, chat=1002))["ok"]
    hand.pass_by(10)
    assert (await say(wire, "at last"))["ok"]
    assert shown(world) == ["at last"]


async def test_python_telegram_bot_hears_how_long_a_refusal_lasts(
    bot: Bot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    world.plant(Trouble(fault=Fault.REFUSE))
    with pytest.raises(RetryAfter, match="Retry in 0:00:30"):
        await bot.send_message(1001, "Hi")


async def test_an_outage_lets_nothing_through_until_it_is_over(
    wire: Wire, world: World, hand: Hand
) -> None:
    sent = world.send_document(1001, b"x", "list.csv", "text/csv")
    assert sent.document is not None
    path = f"/file/bot{world.token}/{sent.document.path}"
    await wire.result("getUpdates", offset=-1)
    world.mailbox.clear()
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(broken(wire.call("getUpdates", timeout=50)))
        await world.wait_for(lambda: world.mailbox.is_polled)
        world.plant(Trouble(fault=Fault.OUTAGE))
    assert poll.result()
    assert await broken(say(wire))
    assert await broken(wire.get(path))
    assert (await wire.get("/api/people"))["people"]
    hand.pass_by(60)
    assert (await say(wire, "again"))["ok"]
    assert shown(world)[1:] == ["again"]


async def broken(call: Any) -> bool:
    with pytest.raises(BROKEN):
        await call
    return True


async def test_a_fault_comes_as_often_as_it_was_planted(wire: Wire, world: World) -> None:
    world.plant(Trouble(fault=Fault.FAIL_REQUEST, times=2, code=500))
    assert [(await say(wire))["ok"] for _ in range(3)] == [False, False, True]
    world.plant(Trouble(fault=Fault.FAIL_REQUEST, times=None, code=500))
    assert [(await say(wire))["ok"] for _ in range(3)] == [False] * 3
    assert (await wire.call("getUpdates"))["ok"]
    world.faults.clear()
    assert (await say(wire))["ok"]


async def updates(wire: Wire) -> list[tuple[int, str]]:
    found = await wire.result("getUpdates")
    return [(each["update_id"], each["message"]["text"]) for each in found]


async def test_an_update_comes_twice_under_two_identifiers(wire: Wire, world: World) -> None:
    world.plant(Trouble(fault=Fault.TWICE))
    for text in ("one", "two"):
        world.send_text(1001, text)
    found = await updates(wire)
    first = found[0][0]
    assert found == [(first, "one"), (first + 1, "one"), (first + 2, "two")]


async def test_an_update_is_overtaken_by_the_next(wire: Wire, world: World) -> None:
    world.plant(Trouble(fault=Fault.SWAP))
    world.send_text(1001, "one")
    assert await updates(wire) == []
    world.send_text(1001, "two")
    assert [text for _, text in await updates(wire)] == ["two", "one"]


async def test_an_update_is_a_day_old(wire: Wire, world: World, hand: Hand) -> None:
    world.plant(Trouble(fault=Fault.AGE))
    world.send_text(1001, "old")
    world.send_text(1001, "new")
    old, new = await wire.result("getUpdates")
    assert (old["message"]["date"], new["message"]["date"]) == (hand.seconds - DAY, hand.seconds)


@pytest.mark.parametrize("to", [5, 2**31 - 100])
async def test_after_a_quiet_week_an_old_offset_loses_nothing(
    wire: Wire, world: World, to: int
) -> None:
    """The lower identifier is the trap: whoever asks from the greatest so far asks for ever."""
    world.send_text(1001, "before")
    [(last, _)] = await updates(wire)
    assert await wire.result("getUpdates", offset=last + 1) == []
    world.mailbox.jump(to)
    world.send_text(1001, "after")
    for _ in range(2):
        [update] = await wire.result("getUpdates", offset=last + 1)
        assert (update["update_id"], update["message"]["text"]) == (to, "after")
    assert await wire.result("getUpdates", offset=to + 1) == []


async def test_a_jump_takes_the_next_identifier_at_random(wire: Wire, world: World) -> None:
    world.mailbox.jump(5)
    world.plant(Trouble(fault=Fault.JUMP))
    world.send_text(1001, "after")
    [(number, _)] = await updates(wire)
    assert number >= 10**8


async def test_a_callable_can_choose_the_moment(world: World) -> None:
    def meddle(method: str, body: Any) -> Trouble | None:
        return Trouble(fault=Fault.LOSE_ANSWER) if body.get("text") == "second" else None

    running = await start(world=world, meddle=meddle)
    try:
        async with Bot(world.token, base_url=running.bot_url) as bot:
            await bot.send_message(1001, "first")
            with pytest.raises(NetworkError):
                await bot.send_message(1001, "second")
    finally:
        await running.stop()
    assert shown(world) == ["first", "second"]


async def test_faults_are_planted_over_http(wire: Wire, world: World) -> None:
    url = f"{wire.running.url}/sandbox/faults"
    body = {"fault": "lose-answer", "method": "sendMessage", "chat": 1001, "times": 3}
    async with wire.session.post(url, json=body) as response:
        told = await response.json()
    assert told == {"ok": True, "faults": [{**body, "seconds": 10.0}]}
    assert await broken(say(wire))
    assert (await wire.get("/sandbox/faults"))["faults"][0]["times"] == 2
    async with wire.session.delete(url) as response:
        assert await response.json() == {"ok": True, "faults": []}
    assert (await say(wire))["ok"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ([], "A fault is a JSON object."),
        ({"fault": "rain"}, "fault is one of: refuse, "),
        ({"fault": "jump", "place": 1}, "A fault has no place; it has fault, "),
        ({"fault": "jump", "times": 0}, "times is from 1 to 1000000."),
        ({"fault": "refuse", "seconds": "1"}, "seconds is a number."),
        ({"fault": "fail-answer", "code": 404}, "code is from 500 to 599."),
        ({"fault": "refuse", "method": None}, "method is a text."),
    ],
)
async def test_what_is_no_fault_is_said(wire: Wire, body: Any, error: str) -> None:
    async with wire.session.post(f"{wire.running.url}/sandbox/faults", json=body) as response:
        told = await response.json()
        assert response.status == 409
    assert told["error"].startswith(error)


@pytest.mark.parametrize(
    ("remote", "near"),
    [("127.0.0.1", True), ("::1", True), ("192.0.2.7", False), ("", False), (None, False)],
)
def test_only_this_computer_plants_faults(remote: str | None, near: bool) -> None:
    assert is_near(remote) is near


async def test_another_sites_page_plants_no_fault(wire: Wire) -> None:
    url, headers = f"{wire.running.url}/sandbox/faults", {"Origin": "https://example.org"}
    async with wire.session.post(url, json={"fault": "outage"}, headers=headers) as response:
        assert response.status == 403


async def test_a_second_refused_chat_waits_for_its_own_time_only(
    wire: Wire, world: World, hand: Hand
) -> None:
    """Telegram's own gate: what was told to wait is refused again until its second is over."""
    world.pace.limits = Limits(per_second=None, chat_burst=1, chat_refill=0.3)
    assert (await say(wire))["ok"]
    assert (await say(wire))["parameters"] == {"retry_after": 4}
    hand.pass_by(3.5)
    assert (await say(wire))["parameters"] == {"retry_after": 1}
    assert (await say(wire, chat=1002))["ok"]
    hand.pass_by(0.5)
    assert (await say(wire))["ok"]
