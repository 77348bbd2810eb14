"""getUpdates: confirmed by offset, redelivered until then, one poller at a time; the gate."""

import asyncio
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, RetryAfter

from sandbox.faults import Fault
from sandbox.pace import Limits
from sandbox.server import start
from sandbox.world import World
from tests.wire.conftest import Hand, Wire

TERMINATED = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_an_update_comes_again_until_it_is_confirmed(wire: Wire, world: World) -> None:
    for text in ("one", "two", "three"):
        world.send_text(1001, text)
    first = await wire.result("getUpdates")
    assert texts(first) == ["one", "two", "three"]
    assert await wire.result("getUpdates") == first
    rest = await wire.result("getUpdates", offset=first[1]["update_id"] + 1)
    assert texts(rest) == ["three"]
    assert texts(await wire.result("getUpdates", offset=first[0]["update_id"])) == ["three"]
    assert await wire.result("getUpdates", offset=first[2]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_the_last_ones(wire: Wire, world: World) -> None:
    for text in ("one", "two", "three"):
        world.send_text(1001, text)
    assert texts(await wire.result("getUpdates", offset=-2)) == ["two", "three"]
    assert texts(await wire.result("getUpdates")) == ["two", "three"]


async def test_a_limit_hands_out_the_oldest(wire: Wire, world: World) -> None:
    for text in ("one", "two", "three"):
        world.send_text(1001, text)
    assert texts(await wire.result("getUpdates", limit=2)) == ["one", "two"]


async def test_a_long_poll_ends_with_the_first_update(wire: Wire, world: World) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(wire.result("getUpdates", timeout=50))
        await world.wait_for(lambda: world.mailbox.is_polled)
        world.send_text(1001, "Hello")
    assert texts(poll.result()) == ["Hello"]


async def test_a_second_poller_ends_the_first(wire: Wire, world: World) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(wire.refusal("getUpdates", timeout=50))
        await world.wait_for(lambda: world.mailbox.is_polled)
        assert await wire.result("getUpdates") == []
    assert poll.result() == (409, TERMINATED)


async def test_allowed_updates_stay_until_they_are_named_again(wire: Wire, world: World) -> None:
    await wire.result("getUpdates", allowed_updates=["my_chat_member"])
    world.send_text(1001, "unheard")
    await wire.result("getUpdates")
    world.send_text(1001, "unheard too")
    world.block(1001)
    [update] = await wire.result("getUpdates", allowed_updates=[])
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    world.start(1001)
    assert len(await wire.result("getUpdates")) == 3
    refusal = await wire.refusal("getUpdates", allowed_updates=["gossip"])
    assert refusal == (400, 'Bad Request: sandbox: unknown kind of update "gossip"')


async def test_an_update_can_return_with_a_new_identifier(wire: Wire, world: World) -> None:
    world.send_text(1001, "Hello")
    [update] = await wire.result("getUpdates")
    world.mailbox.repeat(update["update_id"])
    first, second = await wire.result("getUpdates")
    assert first["message"] == second["message"]
    assert second["update_id"] == first["update_id"] + 1


async def test_deleting_a_webhook_that_is_not_set_can_forget_updates(
    wire: Wire, world: World
) -> None:
    world.send_text(1001, "Hello")
    info = await wire.result("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == ("", 1)
    assert await wire.result("deleteWebhook", drop_pending_updates=True)
    assert await wire.result("getUpdates") == []


async def test_a_chat_takes_a_burst_and_then_one_a_second(
    wire: Wire, world: World, hand: Hand
) -> None:
    world.pace.limits = Limits(per_second=None, chat_burst=20)
    for _ in range(20):
        await wire.result("sendMessage", chat_id=1001, text="Hi")
    answer = await wire.call("sendMessage", chat_id=1001, text="Hi")
    assert answer == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert (await wire.call("sendMessage", chat_id=1002, text="Hi"))["ok"]
    hand.pass_by(1)
    assert (await wire.call("sendMessage", chat_id=1001, text="Hi"))["ok"]
    assert not (await wire.call("sendMessage", chat_id=1001, text="Hi"))["ok"]


async def test_no_second_holds_more_than_thirty(wire: Wire, world: World, hand: Hand) -> None:
    world.pace.limits = Limits(per_second=30, chat_burst=None)
    for _ in range(30):
        await wire.result("sendMessage", chat_id=1001, text="Hi")
    refusal = await wire.refusal("sendMessage", chat_id=1002, text="Hi")
    assert refusal == (429, "Too Many Requests: retry after 1")
    hand.pass_by(0.5)
    assert not (await wire.call("sendMessage", chat_id=1003, text="Hi"))["ok"]
    hand.pass_by(0.5)
    await wire.result("sendMessage", chat_id=1002, text="Hi")


async def test_python_telegram_bot_reads_what_it_sends(bot: Bot, world: World) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    sent = await bot.send_message(1001, "<b>Hi</b> &lt;3", parse_mode="HTML", reply_markup=markup)
    assert (sent.text_html, sent.reply_markup) == ("<b>Hi</b> &lt;3", markup)
    assert sent.from_user is not None
    assert (sent.from_user.username, sent.chat.first_name) == ("tandem_demo_bot", "Paola")
    edited = await bot.edit_message_text("Ho", 1001, sent.message_id, reply_markup=markup)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.edit_date is not None) == ("Ho", True)
    document = (await bot.send_document(1001, b"BEGIN", filename="ä.ics", caption="c")).document
    assert document is not None
    assert (document.file_name, document.mime_type) == ("ä.ics", "text/calendar")
    file = await bot.get_file(document.file_id)
    assert await file.download_as_bytearray() == b"BEGIN"
    assert await bot.delete_message(1001, sent.message_id)
    assert len(world.heard(1001)) == 3


async def test_python_telegram_bot_reads_every_kind_of_update(bot: Bot, world: World) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    card = await bot.send_message(1001, "Hi", reply_markup=markup)
    text = world.start(1006, "code")
    world.edit_text(1006, text.message_id, "edited")
    world.tap(1001, card.message_id, "yes")
    world.send_photo(1001, "caption")
    world.send_sticker(1001)
    world.send_voice(1001)
    world.send_document(1001, b"x", "list.csv", "text/csv")
    world.block(1001)
    world.add_to_group(1002, "Tuesday")
    start, edit, tap, photo, sticker, voice, sheet, block, group = await bot.get_updates()
    assert start.message is not None
    assert start.message.parse_entities(["bot_command"]) == {start.message.entities[0]: "/start"}
    assert edit.edited_message is not None
    assert edit.edited_message.text == "edited"
    assert tap.callback_query is not None
    assert tap.callback_query.message == card
    assert photo.message is not None
    assert photo.message.caption == "caption"
    assert sticker.message is not None
    assert sticker.message.sticker is not None
    assert voice.message is not None
    assert voice.message.voice is not None
    assert (await (await bot.get_file(voice.message.voice)).download_as_bytearray())[:4] == b"OggS"
    assert sheet.message is not None
    assert sheet.message.document is not None
    assert block.my_chat_member is not None
    assert block.my_chat_member.new_chat_member.status == "kicked"
    assert group.my_chat_member is not None
    assert await bot.leave_chat(group.my_chat_member.chat.id)


async def test_python_telegram_bot_raises_its_own_errors(
    bot: Bot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it RetryAfter warns of its own future
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "Hi")
    world.block(1001)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "Hi")
    world.pace.limits = Limits(per_second=0)
    with pytest.raises(RetryAfter):
        await bot.send_message(1002, "Hi")


async def test_python_telegram_bot_hears_of_a_second_poller(
    bot: Bot, wire: Wire, world: World
) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(conflict(bot))
        await world.wait_for(lambda: world.mailbox.is_polled)
        await wire.result("getUpdates")
    assert poll.result() == TERMINATED


async def conflict(bot: Bot) -> str:
    with pytest.raises(Conflict) as raised:
        await bot.get_updates(timeout=50)
    return raised.value.message


async def test_the_state_outlives_the_server(world: World, wire: Wire) -> None:
    await wire.result("sendMessage", chat_id=1001, text="before")
    port = wire.running.port
    await wire.running.stop()
    again = await start(port=port, world=world)
    try:
        await wire.result("sendMessage", chat_id=1001, text="after")
    finally:
        await again.stop()
    assert [message.text for message in world.messages(1001)] == ["before", "after"]


async def test_a_request_or_only_its_answer_can_be_lost(world: World) -> None:
    plan = [Fault.LOSE_REQUEST, Fault.LOSE_ANSWER, None]
    running = await start(world=world, meddle=lambda method, _: pick(method, plan))
    token = world.token
    try:
        async with Bot(token, base_url=running.bot_url) as bot:
            for text in ("lost", "unanswered"):
                with pytest.raises(Exception, match="disconnected"):
                    await bot.send_message(1001, text)
            await bot.send_message(1001, "fine")
    finally:
        await running.stop()
    assert [message.text for message in world.messages(1001)] == ["unanswered", "fine"]


def pick(method: str, plan: list[Fault | None]) -> Fault | None:
    return plan.pop(0) if method == "sendMessage" else None
