"""The Bot API server refuses what Telegram refuses, in Telegram's words."""

import json
from typing import Any

import pytest
from aiohttp import FormData

from sandbox import bot_api, rules, samples
from sandbox.world import World
from tests.wire.conftest import Wire

UNCHANGED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
QUERY_GONE = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def keys(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def key(text: str = "Yes", data: str = "yes") -> dict[str, str]:
    return {"text": text, "callback_data": data}


async def test_a_wrong_token_is_unauthorized(wire: Wire) -> None:
    async with wire.session.get(f"{wire.running.bot_url}1:wrong/getMe") as response:
        assert response.status == 401
        answer = await response.json()
    assert answer == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_method_is_not_found(wire: Wire) -> None:
    assert await wire.refusal("sendGift", chat_id=1001) == (404, "Not Found")


def test_every_method_has_its_parameters() -> None:
    assert bot_api.NAMES.keys() == rules.METHODS.keys()


async def test_methods_are_heard_in_any_case_and_by_get(wire: Wire) -> None:
    answer = await wire.get(f"/bot{wire.running.world.token}/GETME")
    assert answer["result"]["username"] == "tandem_demo_bot"
    await wire.result("sendmessage", chat_id=1001, text="Hi")
    assert [call.method for call in wire.running.world.log] == ["getMe", "sendMessage"]


@pytest.mark.parametrize(
    ("method", "body", "refusal"),
    [
        (
            "sendMessage",
            {"chat_id": 1001, "text": "Hi", "colour": "red"},
            (400, 'Bad Request: sandbox: unknown parameter "colour"'),
        ),
        (
            "getUpdates",
            {"limit": "many"},
            (400, 'Bad Request: sandbox: parameter "limit" must be an Integer'),
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": 5},
            (400, 'Bad Request: sandbox: parameter "text" must be a String'),
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "Hi", "protect_content": "perhaps"},
            (400, 'Bad Request: sandbox: parameter "protect_content" must be a Boolean'),
        ),
        ("sendMessage", {"text": "Hi"}, (400, "Bad Request: chat_id is empty")),
        ("sendMessage", {"chat_id": 5, "text": "Hi"}, (400, "Bad Request: chat not found")),
        ("sendMessage", {"chat_id": "@x", "text": "Hi"}, (400, "Bad Request: chat not found")),
        (
            "sendMessage",
            {"chat_id": 1006, "text": "Hi"},
            (403, "Forbidden: bot can't initiate conversation with a user"),
        ),
        ("sendMessage", {"chat_id": 1001}, (400, "Bad Request: message text is empty")),
        (
            "sendMessage",
            {"chat_id": 1001, "text": " \n\u202e"},
            (400, "Bad Request: message text is empty"),
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "<b></b>", "parse_mode": "HTML"},
            (400, "Bad Request: message text is empty"),
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "🎉" * 2048 + "!"},
            (400, "Bad Request: message is too long"),
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "Hi", "parse_mode": "Word"},
            (400, "Bad Request: unsupported parse_mode"),
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "Hi", "reply_parameters": {"message_id": 77}},
            (400, "Bad Request: message to be replied not found"),
        ),
        ("sendPhoto", {"chat_id": 1001}, (400, "Bad Request: there is no photo in the request")),
        (
            "sendDocument",
            {"chat_id": 1001},
            (400, "Bad Request: there is no document in the request"),
        ),
        (
            "sendPhoto",
            {"chat_id": 1001, "photo": "AgACAgIAAxk"},
            (400, "Bad Request: wrong file identifier/HTTP URL specified"),
        ),
        (
            "sendDocument",
            {"chat_id": 1001, "document": "x", "caption": "c" * 1025},
            (400, "Bad Request: message caption is too long"),
        ),
        (
            "getFile",
            {"file_id": "nothing"},
            (400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
        ),
        (
            "editMessageText",
            {"chat_id": 1001, "message_id": 77, "text": "Hi"},
            (400, "Bad Request: message to edit not found"),
        ),
        (
            "editMessageText",
            {"chat_id": 1001, "text": "Hi"},
            (400, "Bad Request: message identifier is not specified"),
        ),
        (
            "deleteMessage",
            {"chat_id": 1001, "message_id": 77},
            (400, "Bad Request: message to delete not found"),
        ),
        ("answerCallbackQuery", {"callback_query_id": "1"}, (400, QUERY_GONE)),
        (
            "sendChatAction",
            {"chat_id": 1001, "action": "dancing"},
            (400, "Bad Request: wrong parameter action in request"),
        ),
        ("leaveChat", {"chat_id": 1001}, (400, "Bad Request: can't leave private chats")),
        (
            "setMyCommands",
            {"commands": [{"command": "Menu", "description": "x"}]},
            (400, "Bad Request: BOT_COMMAND_INVALID"),
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "menu", "description": ""}]},
            (400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "menu"}]},
            (400, "Bad Request: can't parse BotCommand: Can't find field \"description\""),
        ),
        (
            "setMyCommands",
            {"commands": [{"command": f"c{n}", "description": "x"} for n in range(101)]},
            (400, "Bad Request: BOT_COMMANDS_TOO_MUCH"),
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "\ud800"},
            (400, "Bad Request: strings must be encoded in UTF-8"),
        ),
        (
            "setMyCommands",
            {"commands": [], "language_code": "de-DE"},
            (400, "Bad Request: invalid language code specified"),
        ),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "chat", "chat_id": 5}},
            (400, "Bad Request: chat not found"),
        ),
        (
            "setMyCommands",
            {"commands": [], "scope": "{"},
            (400, "Bad Request: can't parse BotCommandScope JSON object"),
        ),
        (
            "setMyDescription",
            {"description": "d" * 513},
            (400, "Bad Request: sandbox: description is longer than 512 characters"),
        ),
    ],
)
async def test_a_wrong_call_is_refused(
    wire: Wire, method: str, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert await wire.refusal(method, **body) == refusal


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ([], "object expected as reply markup"),
        (
            {"inline_keyboard": key()},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array',
        ),
        (
            {"inline_keyboard": [key()]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (keys([key(data="y" * 65)]), "BUTTON_DATA_INVALID"),
        (keys([key(data="я" * 33)]), "BUTTON_DATA_INVALID"),
        (keys([key(text=" ")]), "inline keyboard button text must be non-empty"),
        (
            keys([{"text": "Yes"}]),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keys([{"callback_data": "yes"}]),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            keys([{"text": "Go", "url": "somewhere"}]),
            "inline keyboard button URL 'somewhere' is invalid: Wrong HTTP URL",
        ),
        (keys([key()] * 101), "reply markup is too long"),
        ({"keyboard": [["Yes"]]}, "sandbox: only inline keyboards are known here"),
    ],
)
async def test_a_wrong_keyboard_is_refused(wire: Wire, markup: Any, reason: str) -> None:
    refusal = await wire.refusal("sendMessage", chat_id=1001, text="Hi", reply_markup=markup)
    assert refusal == (400, f"Bad Request: {reason}")


async def test_a_button_to_a_person_can_be_forbidden_by_them(wire: Wire, world: World) -> None:
    body = {"chat_id": 1001, "text": "Hi"}
    markup = keys([{"text": "Kristina", "url": "tg://user?id=1002"}])
    await wire.result("sendMessage", **body, reply_markup=markup)
    world.private.add(1002)
    refusal = await wire.refusal("sendMessage", **body, reply_markup=markup)
    assert refusal == (400, "Bad Request: BUTTON_USER_PRIVACY_RESTRICTED")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b>é<i>x</b></i>",
            'Unmatched end tag at byte offset 9, expected "</i>", found "</b>"',
        ),
        ("a <br> b", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            "<a href>x</a>",
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a =">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x>x</a>', "Unclosed start tag at byte offset 0"),
    ],
)
async def test_unreadable_html_is_refused(wire: Wire, text: str, reason: str) -> None:
    refusal = await wire.refusal("sendMessage", chat_id=1001, text=text, parse_mode="HTML")
    assert refusal == (400, f"Bad Request: can't parse entities: {reason}")


async def test_html_becomes_text_and_entities(wire: Wire) -> None:
    text = "🎉 <b>a <i>b</i></b> &lt;c&gt; &amp;&quot;&#33;&#x21;&nbsp; <a href='e.org'>e</a>"
    sent = await wire.result("sendMessage", chat_id=1001, text=text, parse_mode="HTML")
    assert sent["text"] == '🎉 a b <c> &"!!&nbsp; e'
    assert sent["entities"] == [
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "italic", "offset": 5, "length": 1},
        {"type": "text_link", "offset": 22, "length": 1, "url": "http://e.org/"},
    ]


async def test_embeddings_are_deleted_and_isolates_stay(wire: Wire) -> None:
    text = "\u202eabc\u202c \u2068Olena\u2069"
    sent = await wire.result("sendMessage", chat_id=1001, text=text)
    assert sent["text"] == "abc \u2068Olena\u2069"


async def test_exactly_4096_units_are_accepted(wire: Wire) -> None:
    text = f"<b>{'🎉' * 2048}</b>"
    sent = await wire.result("sendMessage", chat_id=1001, text=text, parse_mode="HTML")
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_a_body_may_be_a_form(wire: Wire) -> None:
    markup = json.dumps(keys([key()]))
    form = {"chat_id": "1001", "text": "Hi", "reply_markup": markup, "protect_content": "true"}
    answer = await wire.form("sendMessage", form)
    assert answer["result"]["reply_markup"] == keys([key()])


async def test_a_body_that_is_no_json_is_refused(wire: Wire) -> None:
    url = f"{wire.running.bot_url}{wire.running.world.token}/getMe"
    headers = {"Content-Type": "application/json"}
    async with wire.session.post(url, data=b"[", headers=headers) as response:
        answer = await response.json()
    assert answer["description"] == "Bad Request: can't parse JSON encoded request body"


async def test_who_blocked_the_bot_is_not_reached_until_they_return(
    wire: Wire, world: World
) -> None:
    world.block(1001)
    refusal = await wire.refusal("sendMessage", chat_id=1001, text="Hi")
    assert refusal == (403, "Forbidden: bot was blocked by the user")
    world.unblock(1001)
    assert (await wire.result("sendMessage", chat_id=1001, text="Hi"))["text"] == "Hi"


async def test_an_edit_without_a_change_is_refused(wire: Wire) -> None:
    sent = await wire.result("sendMessage", chat_id=1001, text="Hi", reply_markup=keys([key()]))
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    same = await wire.refusal("editMessageText", **place, text="Hi ", reply_markup=keys([key()]))
    assert same == (400, UNCHANGED)
    markup = await wire.refusal("editMessageReplyMarkup", **place, reply_markup=keys([key()]))
    assert markup == (400, UNCHANGED)


async def test_an_edit_without_a_keyboard_takes_it_away(wire: Wire, world: World) -> None:
    sent = await wire.result("sendMessage", chat_id=1001, text="Hi", reply_markup=keys([key()]))
    edited = await wire.result(
        "editMessageText", chat_id=1001, message_id=sent["message_id"], text="Ho"
    )
    assert (edited["text"], "reply_markup" in edited, "edit_date" in edited) == ("Ho", False, True)
    assert [(heard.kind, heard.message.text) for heard in world.heard(1001)] == [
        ("message", "Hi"),
        ("edit", "Ho"),
    ]


async def test_nobody_elses_message_can_be_edited(wire: Wire, world: World) -> None:
    theirs = world.send_text(1001, "Hello")
    refusal = await wire.refusal(
        "editMessageText", chat_id=1001, message_id=theirs.message_id, text="Hi"
    )
    assert refusal == (400, "Bad Request: message can't be edited")


async def test_a_message_is_deleted_within_48_hours_only(
    wire: Wire, world: World, hand: Any
) -> None:
    old = await wire.result("sendMessage", chat_id=1001, text="old")
    hand.pass_by(48 * 3600 - 1)
    young = await wire.result("sendMessage", chat_id=1001, text="young")
    hand.pass_by(1)
    refusal = await wire.refusal("deleteMessage", chat_id=1001, message_id=old["message_id"])
    assert refusal == (400, "Bad Request: message can't be deleted for everyone")
    assert await wire.result("deleteMessage", chat_id=1001, message_id=young["message_id"])
    assert [message.text for message in world.messages(1001)] == ["old"]


async def test_a_tap_is_answered_for_15_seconds(wire: Wire, world: World, hand: Any) -> None:
    sent = await wire.result("sendMessage", chat_id=1001, text="Hi", reply_markup=keys([key()]))
    query = world.tap(1001, sent["message_id"], "yes")
    long = await wire.refusal("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    assert long == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await wire.result("answerCallbackQuery", callback_query_id=query, text="Saved")
    hand.pass_by(16)
    late = await wire.refusal("answerCallbackQuery", callback_query_id=query)
    assert late == (400, QUERY_GONE)


async def upload(wire: Wire, method: str, name: str, data: bytes, **more: str) -> Any:
    form = FormData({"chat_id": "1001", **more})
    form.add_field(name, data, filename="file.bin", content_type="application/octet-stream")
    return await wire.form(method, form)


async def test_files_go_up_and_come_down(wire: Wire) -> None:
    answer = await upload(wire, "sendDocument", "sheet", b"a,b", document="attach://sheet")
    document = answer["result"]["document"]
    assert document["file_name"] == "file.bin"
    file = await wire.result("getFile", file_id=document["file_id"])
    url = f"{wire.running.file_url}{wire.running.world.token}/{file['file_path']}"
    async with wire.session.get(url) as response:
        assert await response.read() == b"a,b"
    again = await wire.result("sendDocument", chat_id=1001, document=document["file_id"])
    assert again["document"] == document
    refusal = await wire.refusal("sendPhoto", chat_id=1001, photo=document["file_id"])
    assert refusal == (400, "Bad Request: can't use file of type Document as Photo")


async def test_a_photo_is_a_picture(wire: Wire) -> None:
    answer = await upload(wire, "sendPhoto", "photo", samples.photo(), caption="Here")
    [photo] = answer["result"]["photo"]
    assert (photo["width"], photo["height"], answer["result"]["caption"]) == (160, 120, "Here")
    text = await upload(wire, "sendPhoto", "photo", b"no picture")
    assert text["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    nothing = await upload(wire, "sendDocument", "document", b"")
    assert nothing["description"] == "Bad Request: file must be non-empty"
    edit = await wire.refusal(
        "editMessageText",
        chat_id=1001,
        message_id=answer["result"]["message_id"],
        text="Hi",
    )
    assert edit == (400, "Bad Request: there is no text in the message to edit")


async def test_the_bot_leaves_a_group_once(wire: Wire, world: World) -> None:
    group = world.add_to_group(1001, "Tuesday")
    assert await wire.result("leaveChat", chat_id=group)
    refusal = await wire.refusal("leaveChat", chat_id=group)
    assert refusal == (403, "Forbidden: bot is not a member of the group chat")


async def test_the_menu_is_the_one_of_the_narrowest_scope_and_the_language(
    wire: Wire, world: World
) -> None:
    """Each list wins over those before it, and gives way again when it is deleted."""
    lists = [
        {"scope": {"type": scope, **chat}, **language}
        for scope, chat in (
            ("default", {}),
            ("all_private_chats", {}),
            ("chat", {"chat_id": 1001}),
        )
        for language in ({}, {"language_code": "de"})
    ]
    menus: list[list[str]] = [[]]

    def see() -> list[str]:
        return [each.description for each in world.chats[1001].menu]

    for number, where in enumerate(lists):
        one = [{"command": "menu", "description": f"list {number}"}]
        await wire.result("setMyCommands", commands=one, **where)
        assert await wire.result("getMyCommands", **where) == one
        menus.append(see())
    assert menus == [[], *([f"list {number}"] for number in range(6))]
    await wire.result("setMyCommands", commands=[], scope={"type": "all_group_chats"})
    for number, where in reversed(list(enumerate(lists))):
        await wire.result("deleteMyCommands", **where)
        assert await wire.result("getMyCommands", **where) == []
        assert see() == menus[number]


async def test_a_menu_in_another_language_or_chat_is_not_shown(wire: Wire, world: World) -> None:
    one = [{"command": "menu", "description": "not here"}]
    await wire.result("setMyCommands", commands=one, language_code="ar")
    await wire.result("setMyCommands", commands=one, scope={"type": "chat", "chat_id": 1002})
    assert (world.chats[1001].menu, len(world.chats[1003].menu)) == ((), 1)
    world.speak(1001, "ar-EG")
    assert len(world.chats[1001].menu) == 1


async def test_descriptions_vary_by_language(wire: Wire) -> None:
    await wire.result("setMyDescription", description="Hello")
    await wire.result("setMyDescription", description="Hallo", language_code="de")
    german = await wire.result("getMyDescription", language_code="de")
    arabic = await wire.result("getMyDescription", language_code="ar")
    assert (german, arabic) == ({"description": "Hallo"}, {"description": "Hello"})
