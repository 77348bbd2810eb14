"""The chat page's API: a person's deeds become updates, the bot's deeds become events."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from telegram import Bot
from telegram.constants import ChatAction

from sandbox import shapes
from sandbox.world import World
from tests.wire.conftest import Wire

KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


async def events(response: ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


async def test_everybody_is_there_and_five_have_started(wire: Wire) -> None:
    answer = await wire.get("/api/people")
    assert answer["bot"]["username"] == "tandem_demo_bot"
    assert [person["id"] for person in answer["people"] if person["started"]] == [
        1001,
        1002,
        1003,
        1004,
        1005,
    ]
    assert answer["people"][2] == {
        "id": 1003,
        "first_name": "Rana",
        "last_name": "Haddad",
        "language_code": "ar",
        "role_hint": "Mentee",
        "started": True,
        "blocked": False,
    }


async def test_a_phone_hears_what_happens_in_order(wire: Wire, world: World) -> None:
    await wire.result("setMyDescription", description="Hallo", language_code="de")
    await wire.result("sendMessage", chat_id=1001, text="earlier")
    url = f"{wire.running.url}/api/events?phones=1001"
    async with wire.session.get(url) as response:
        assert response.content_type == "text/event-stream"
        heard = events(response)
        snapshot = await anext(heard)
        assert snapshot["type"] == "snapshot"
        assert [message["text"] for message in snapshot["messages"]] == ["earlier"]
        assert (snapshot["description"], snapshot["started"]) == ("Hallo", True)
        sent = await wire.result(
            "sendMessage",
            chat_id=1001,
            text="<b>a &lt; b</b>\n<i>c</i>",
            parse_mode="HTML",
            reply_markup=KEYS,
        )
        place = {"chat_id": 1001, "message_id": sent["message_id"]}
        query = world.tap(1001, sent["message_id"], "yes")
        await wire.result("answerCallbackQuery", callback_query_id=query, text="Saved")
        await wire.result("sendChatAction", chat_id=1001, action="typing")
        await wire.result("editMessageText", **place, text="done")
        await wire.result("deleteMessage", **place)
        menu = [{"command": "menu", "description": "Everything"}]
        await wire.result("setMyCommands", commands=menu)
        world.block(1001)
        assert (await anext(heard)) == {
            "phone": 1001,
            "type": "message",
            "message": {
                "message_id": sent["message_id"],
                "from": "bot",
                "date": sent["date"],
                "edited": False,
                "text": "a < b\nc",
                "html": "<b>a &lt; b</b>\n<i>c</i>",
                "album": "",
                "photo": None,
                "video": None,
                "document": None,
                "voice": None,
                "audio": None,
                "sticker": None,
                "place": None,
                "reply": None,
                "liked": "",
                "bot_liked": "",
                "keyboard": [[{"text": "Yes", "callback_data": "yes"}]],
            },
        }
        assert (await anext(heard)) == {
            "phone": 1001,
            "type": "answer",
            "text": "Saved",
            "alert": False,
        }
        assert (await anext(heard)) == {"phone": 1001, "type": "typing"}
        edit = await anext(heard)
        assert (edit["type"], edit["message"]["edited"]) == ("edit", True)
        assert edit["message"]["keyboard"] is None
        assert (await anext(heard)) == {
            "phone": 1001,
            "type": "delete",
            "message_id": sent["message_id"],
        }
        assert (await anext(heard)) == {"phone": 1001, "type": "commands", "commands": menu}
        assert (await anext(heard)) == {
            "phone": 1001,
            "type": "status",
            "blocked": True,
            "started": True,
        }


async def test_a_phone_hears_of_an_album_at_once(wire: Wire, world: World) -> None:
    sheet = world.send_document(1001, b"x", "list.csv", "text/csv")
    assert sheet.document is not None
    item = {"type": "document", "media": sheet.document.file_id}
    async with wire.session.get(f"{wire.running.url}/api/events?phones=1001") as response:
        heard = events(response)
        await anext(heard)
        sent = await wire.result("sendMediaGroup", chat_id=1001, media=[item, item])
        album = await anext(heard)
    assert (album["type"], len({each["album"] for each in album["messages"]})) == ("album", 1)
    numbers = [each["message_id"] for each in album["messages"]]
    assert numbers == [each["message_id"] for each in sent]


async def test_every_chat_action_is_taken_and_seen(bot: Bot, wire: Wire) -> None:
    async with wire.session.get(f"{wire.running.url}/api/events?phones=1001") as response:
        heard = events(response)
        await anext(heard)
        for action in ChatAction:
            assert await bot.send_chat_action(1001, action)
            assert (await anext(heard)) == {"phone": 1001, "type": "typing"}


async def test_one_line_tells_of_all_the_phones_of_a_page(wire: Wire, world: World) -> None:
    async with wire.session.get(f"{wire.running.url}/api/events?phones=1003,1001,9") as response:
        heard = events(response)
        assert [(await anext(heard))["phone"] for _ in range(2)] == [1001, 1003]
        for person in (1003, 1002, 1001):
            world.block(person)
        assert [(await anext(heard))["phone"] for _ in range(2)] == [1003, 1001]
    async with wire.session.get(f"{wire.running.url}/api/events?phones=9") as response:
        assert await response.json() == {"ok": False, "error": "There is no such phone."}


async def test_who_gets_a_menu_of_their_own_is_no_newcomer_any_more(
    wire: Wire, world: World
) -> None:
    """What tells apart whom a bot knows: the commands of the one chat."""

    async def hints() -> list[str]:
        return [each["role_hint"] for each in (await wire.get("/api/people"))["people"][4:]]

    world.add_person("Lin", "vi")
    menu = [{"command": "menu", "description": "Everything"}]
    await wire.result("setMyCommands", commands=menu)
    assert await hints() == ["Mentor", "Newcomer", "Newcomer", "Guest"]
    async with wire.session.get(f"{wire.running.url}/api/events?phones=1006") as response:
        heard = events(response)
        assert (await anext(heard))["person"]["role_hint"] == "Newcomer"
        for person in (1005, 1006, 1008):
            await wire.result(
                "setMyCommands", commands=menu, scope={"type": "chat", "chat_id": person}
            )
        assert await hints() == ["Mentor", "In the programme", "Newcomer", "In the programme"]
        event = await anext(heard)
        assert (event["type"], event["person"]["role_hint"]) == ("person", "In the programme")
        await wire.result("deleteMyCommands", scope={"type": "chat", "chat_id": 1006})
        assert (await anext(heard))["person"]["role_hint"] == "Newcomer"


async def test_whoever_starts_the_page_gives_it_further_buttons(wire: Wire, world: World) -> None:
    pressed: list[str] = []

    async def wave() -> str:
        pressed.append("wave")
        return "Waved."

    assert (await wire.get("/api/people"))["controls"] == []
    world.controls = {"Wave": wave}
    assert (await wire.get("/api/people"))["controls"] == ["Wave"]
    assert await wire.press("control", label="Wave") == {"ok": True, "said": "Waved."}
    refused = {"ok": False, "error": "There is no such button."}
    assert await wire.press("control", label="Dance") == refused
    assert pressed == ["wave"]


async def test_what_a_person_does_reaches_the_bot(wire: Wire, world: World) -> None:
    started = await wire.press("phones/1006/start", payload="code-1")
    typed = await wire.press("phones/1006/send", text="Hello")
    await wire.press("phones/1006/edit", message_id=typed["message_id"], text="Hallo")
    for deed in ("sticker", "photo", "voice"):
        await wire.press(f"phones/1006/{deed}")
    sent = await wire.result("sendMessage", chat_id=1006, text="Hi", reply_markup=KEYS)
    await wire.press("phones/1006/tap", message_id=sent["message_id"], row=0, column=0)
    await wire.press("phones/1006/language", language_code="uk")
    await wire.press("phones/1006/block")
    await wire.press("phones/1006/unblock")
    updates = await wire.result("getUpdates")
    assert [next(name for name in update if name != "update_id") for update in updates] == [
        "message",
        "message",
        "edited_message",
        "message",
        "message",
        "message",
        "callback_query",
        "my_chat_member",
        "my_chat_member",
    ]
    assert updates[0]["message"]["text"] == "/start code-1"
    assert shapes.for_page(world.chats[1006].messages[started["message_id"]])["text"] == "/start"
    assert updates[6]["callback_query"]["data"] == "yes"
    assert updates[7]["my_chat_member"]["from"]["language_code"] == "uk"


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("phones/1006/send", {"text": "Hi"}, "Press Start first."),
        ("phones/9/send", {"text": "Hi"}, "There is no such phone."),
        ("phones/1001/send", {"text": " "}, "There is nothing to send."),
        ("phones/1001/send", {"text": 5}, "text is a text."),
        (
            "phones/1001/start",
            {"payload": "a b"},
            "A start payload is 1 to 64 of A-Z, a-z, 0-9, _ and -.",
        ),
        (
            "phones/1001/tap",
            {"message_id": 1, "row": 0, "column": 0},
            "There is no such button any more.",
        ),
        ("phones/1001/tap", {"message_id": "1"}, "message_id is a number."),
        (
            "phones/1001/edit",
            {"message_id": 1, "text": "x"},
            "Only one's own text messages can be edited.",
        ),
        ("phones/1001/dance", {}, "A phone cannot do this."),
        ("people", {}, "A guest needs a first name."),
    ],
)
async def test_what_cannot_be_done_is_said(
    wire: Wire, path: str, body: dict[str, Any], error: str
) -> None:
    assert await wire.press(path, **body) == {"ok": False, "error": error}


async def test_who_blocked_the_bot_returns_with_start(wire: Wire, world: World) -> None:
    await wire.press("phones/1001/block")
    answer = await wire.press("phones/1001/send", text="Hi")
    assert answer["error"] == "The bot is blocked: unblock it first."
    assert (await wire.press("phones/1001/start"))["ok"]
    assert world.chats[1001].blocked is False


async def test_a_guest_gets_a_phone_and_has_not_started(wire: Wire) -> None:
    answer = await wire.press("people", first_name="Lin", language_code="vi")
    assert (answer["person"]["id"], answer["person"]["started"]) == (1008, False)
    assert (await wire.get("/api/people"))["people"][-1] == answer["person"]


async def test_files_are_shown_but_never_run(wire: Wire, world: World) -> None:
    sent = world.send_document(1001, b"<script>", "ä.html", "text/html")
    assert sent.document is not None
    url = f"{wire.running.url}/api/files/{sent.document.unique_id}"
    async with wire.session.get(url) as response:
        assert await response.read() == b"<script>"
        assert response.headers["Content-Security-Policy"] == "sandbox"
        assert response.headers["Content-Disposition"] == "inline; filename*=UTF-8''%C3%A4.html"


async def test_the_wire_log_tells_calls_but_no_token(wire: Wire, world: World) -> None:
    await wire.result("sendMessage", chat_id=1001, text="Hi")
    await wire.refusal("sendMessage", chat_id="5", text="Hi")
    await wire.result("getUpdates")
    log = await wire.get("/api/log")
    assert [(call["method"], call["chat"], call["error"]) for call in log["calls"]] == [
        ("sendMessage", 1001, None),
        ("sendMessage", 5, "Bad Request: chat not found"),
    ]
    assert world.token not in json.dumps(log)
    assert (await wire.get("/api/log?after=2"))["calls"] == []


async def test_another_sites_page_cannot_press_buttons(wire: Wire) -> None:
    url = f"{wire.running.url}/api/phones/1001/block"
    headers = {"Origin": "https://example.org"}
    async with wire.session.post(url, headers=headers) as response:
        assert response.status == 403


async def test_the_page_is_served(wire: Wire) -> None:
    async with wire.session.get(wire.running.url) as response:
        assert response.status == 200
        assert response.content_type == "text/html"


async def test_waiting_ends_with_the_change_it_waits_for(wire: Wire, world: World) -> None:
    await wire.result("sendMessage", chat_id=1001, text="Hi")
    heard = await world.wait_for(lambda: world.heard(1001))
    assert [each.message.text for each in heard] == ["Hi"]
    with pytest.raises(TimeoutError):
        await world.wait_for(lambda: world.heard(1002), seconds=0)
