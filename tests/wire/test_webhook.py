"""setWebhook: what it takes, and how updates are brought: in order, again and again, for a day."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import Conflict

from sandbox.faults import Fault, Trouble
from sandbox.hook import DAY, Courier
from sandbox.people import PEOPLE
from sandbox.server import start
from sandbox.world import World
from tests.wire.conftest import Hand, Wire

SECRET = "A-secret_of_16_to_256"
HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
AT_ONCE = Courier(local=True, first_delay=0.001)


@dataclass
class Listener:
    """A webhook on loopback: `statuses` are used up first, then it is 200; `gate` holds answers."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    full: asyncio.Event = field(default_factory=asyncio.Event)
    inside: int = 0
    most: int = 0
    url: str = ""

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.inside += 1
        self.began.set()
        self.most = max(self.most, self.inside)
        if self.inside == 2:
            self.full.set()
        await self.gate.wait()
        self.inside -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.heard]


@pytest.fixture
def world(hand: Hand) -> World:
    return World(people=PEOPLE, clock=hand, ticks=hand, courier=AT_ONCE)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    listener.gate.set()
    app = web.Application()
    app.router.add_post("/hook", listener.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield listener
    await runner.cleanup()


async def test_updates_are_brought_with_the_secret_and_then_forgotten(
    wire: Wire, world: World, listener: Listener
) -> None:
    world.send_text(1001, "before")
    assert await wire.result("setWebhook", url=listener.url, secret_token=SECRET)
    world.send_text(1001, "after")
    await world.wait_for(lambda: not world.mailbox.unconfirmed)
    assert (listener.texts, listener.secrets) == (["before", "after"], [SECRET, SECRET])
    assert await wire.result("getWebhookInfo") == {
        "url": listener.url,
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "max_connections": 40,
        "allowed_updates": sorted(world.mailbox.allowed),
    }


async def test_of_one_chat_one_update_is_under_way_and_of_several_chats_several(
    wire: Wire, world: World, listener: Listener
) -> None:
    listener.gate.clear()
    for text in ("one", "two", "three"):
        for person in (1001, 1002, 1003):
            world.send_text(person, text)
    await wire.result("setWebhook", url=listener.url, max_connections=2)
    await listener.full.wait()
    assert listener.texts == ["one", "one"]
    listener.gate.set()
    await world.wait_for(lambda: not world.mailbox.unconfirmed)
    assert listener.most == 2
    for person in (1001, 1002, 1003):
        own = [u["message"]["text"] for u in listener.heard if u["message"]["chat"]["id"] == person]
        assert own == ["one", "two", "three"]


async def test_an_update_that_is_refused_comes_again_and_holds_its_chat_up(
    wire: Wire, world: World, listener: Listener
) -> None:
    listener.statuses = [500, 302, 404]
    world.send_text(1001, "first")
    world.send_text(1001, "second")
    await wire.result("setWebhook", url=listener.url)
    await world.wait_for(lambda: not world.mailbox.unconfirmed)
    assert listener.texts == ["first"] * 4 + ["second"]
    info = await wire.result("getWebhookInfo")
    assert (info["last_error_date"], info["last_error_message"]) == (
        world.now(),
        "Wrong response from the webhook: 404 Not Found",
    )


async def test_an_answer_that_does_not_come_is_no_answer(
    wire: Wire, world: World, listener: Listener
) -> None:
    world.courier = Courier(local=True, first_delay=0.001, patience=0.05)
    listener.gate.clear()
    world.send_text(1001, "slow")
    await wire.result("setWebhook", url=listener.url)
    await world.wait_for(lambda: world.mailbox.hook and world.mailbox.hook.last_error_message)
    info = await wire.result("getWebhookInfo")
    assert info["last_error_message"] == "Read timeout expired"
    assert info["pending_update_count"] == 1
    listener.gate.set()
    await world.wait_for(lambda: not world.mailbox.unconfirmed)


async def test_an_outage_keeps_updates_from_the_webhook_and_then_all_come_in_order(
    wire: Wire, world: World, listener: Listener, hand: Hand
) -> None:
    await wire.result("setWebhook", url=listener.url)
    world.plant(Trouble(fault=Fault.OUTAGE, seconds=60))
    for text in ("one", "two", "three"):
        world.send_text(1001, text)
    await world.wait_for(lambda: len(tries(world)) > 2)
    began = world.now()
    assert (listener.heard, world.mailbox.unconfirmed) == ([], 3)
    hand.pass_by(60)
    await world.wait_for(lambda: not world.mailbox.unconfirmed)
    assert listener.texts == ["one", "two", "three"]
    info = await wire.result("getWebhookInfo")
    assert (info["last_error_date"], info["last_error_message"], info["pending_update_count"]) == (
        began,
        "Connection reset by peer",
        0,
    )


async def test_an_answer_that_meets_an_outage_is_lost_and_the_update_comes_again(
    wire: Wire, world: World, listener: Listener, hand: Hand
) -> None:
    listener.gate.clear()
    world.send_text(1001, "first")
    world.send_text(1001, "second")
    await wire.result("setWebhook", url=listener.url)
    await listener.began.wait()
    world.plant(Trouble(fault=Fault.OUTAGE, seconds=60))
    listener.gate.set()
    await world.wait_for(lambda: len(tries(world)) > 2)
    assert (listener.texts, world.mailbox.unconfirmed) == (["first"], 2)
    hand.pass_by(60)
    await world.wait_for(lambda: not world.mailbox.unconfirmed)
    assert listener.texts == ["first", "first", "second"]


def tries(world: World) -> list[str | None]:
    """Why each try to bring an update failed."""
    return [call.error for call in world.log if call.method == "webhook"]


async def test_faults_of_updates_befall_a_webhook_as_well(
    wire: Wire, world: World, listener: Listener, hand: Hand
) -> None:
    world.mailbox.jump(5)
    await wire.result("setWebhook", url=listener.url)
    for fault in (Fault.AGE, Fault.TWICE, Fault.SWAP):
        world.plant(Trouble(fault=fault))
    for text in ("old", "quick"):
        world.send_text(1001, text)
    await world.wait_for(lambda: not world.mailbox.unconfirmed)
    assert [(each["update_id"], each["message"]["text"]) for each in listener.heard] == [
        (5, "quick"),
        (6, "old"),
        (7, "old"),
    ]
    assert [hand.seconds - each["message"]["date"] for each in listener.heard] == [0, DAY, DAY]
    world.plant(Trouble(fault=Fault.JUMP))
    world.send_text(1001, "after a quiet week")
    await world.wait_for(lambda: not world.mailbox.unconfirmed)
    assert listener.heard[-1]["update_id"] >= 10**8


async def test_after_a_day_of_failures_an_update_is_given_up(
    wire: Wire, world: World, listener: Listener, hand: Hand
) -> None:
    listener.statuses = [500] * 1000
    world.send_text(1001, "old")
    await wire.result("setWebhook", url=listener.url)
    await world.wait_for(lambda: len(listener.heard) > 1)
    assert world.mailbox.unconfirmed == 1
    hand.pass_by(DAY + 1)
    await world.wait_for(lambda: not world.mailbox.unconfirmed)


async def test_getupdates_is_refused_until_the_webhook_is_deleted(
    wire: Wire, world: World, listener: Listener
) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(wire.refusal("getUpdates", timeout=50))
        await world.wait_for(lambda: world.mailbox.is_polled)
        await wire.result("setWebhook", url=listener.url)
    assert poll.result() == (409, "Conflict: terminated by setWebhook request")
    assert await wire.refusal("getUpdates") == (409, HOOKED)
    listener.statuses = [500] * 1000
    world.send_text(1001, "kept")
    await world.wait_for(lambda: listener.heard)
    assert await wire.result("deleteWebhook")
    [update] = await wire.result("getUpdates")
    assert update["message"]["text"] == "kept"
    assert (await wire.result("getWebhookInfo"))["url"] == ""


async def test_only_what_was_asked_for_is_brought_and_waiting_updates_can_be_dropped(
    wire: Wire, world: World, listener: Listener
) -> None:
    world.send_text(1001, "dropped")
    asked = {"url": listener.url, "allowed_updates": ["my_chat_member"]}
    await wire.result("setWebhook", **asked, drop_pending_updates=True)
    world.send_text(1001, "not asked for")
    world.block(1001)
    await world.wait_for(lambda: listener.heard and not world.mailbox.unconfirmed)
    [update] = listener.heard
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert await wire.result("setWebhook", url="")
    assert await wire.result("getUpdates") == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"url": "no address"}, "invalid webhook URL specified"),
        ({"url": "ftp://example.org"}, "invalid webhook URL specified"),
        (
            {"url": "http://127.0.0.1/hook"},
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            {"url": "https://example.org:8080/hook"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"secret_token": "with space"}, "secret token contains unallowed characters"),
        ({"secret_token": "ü"}, "secret token contains unallowed characters"),
        ({"secret_token": "x" * 257}, "secret token is too long"),
        ({"allowed_updates": ["gossip"]}, 'sandbox: unknown kind of update "gossip"'),
    ],
)
async def test_telegram_itself_takes_https_at_four_ports_and_a_plain_secret(
    wire: Wire, world: World, given: dict[str, Any], why: str
) -> None:
    world.courier = Courier()
    asked = {"url": "https://example.org:8443/hook", **given}
    code, told = await wire.refusal("setWebhook", **asked)
    assert (code, told.lower()) == (400, f"bad request: {why}".lower())
    assert world.mailbox.hook is None


def test_delays_double_up_to_two_minutes_unless_a_time_is_named() -> None:
    courier = Courier()
    delays = [courier.delay(failures, 0, spread=1) for failures in range(1, 11)]
    assert delays == [1, 1, 2, 4, 8, 16, 32, 64, 120, 120]
    assert courier.delay(20, 0, spread=0) == 60
    assert courier.delay(20, 5, spread=0) == 5
    assert courier.delay(1, 10**6, spread=0) == 3600


async def test_the_webhook_outlives_the_server(
    wire: Wire, world: World, listener: Listener
) -> None:
    await wire.result("setWebhook", url=listener.url)
    await wire.running.stop()
    world.send_text(1001, "while it was gone")
    again = await start(world=world)
    try:
        await world.wait_for(lambda: not world.mailbox.unconfirmed)
    finally:
        await again.stop()
    assert listener.texts == ["while it was gone"]


async def test_python_telegram_bot_sets_and_reads_a_webhook(
    bot: Bot, world: World, listener: Listener
) -> None:
    await bot.set_webhook(
        listener.url, secret_token=SECRET, allowed_updates=["message"], max_connections=7
    )
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.allowed_updates, info.pending_update_count) == (
        listener.url,
        7,
        ("message",),
        0,
    )
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
