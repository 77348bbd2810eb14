"""The Bot API's methods about messages, files and updates; a refusal carries Telegram's words.

Sources: core.telegram.org/bots/api#available-methods; tdlib/telegram-bot-api, Client.cpp
(process_*_query, check_message, fail_query_with_error); td/telegram/MessagesManager.cpp.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sandbox import shapes
from sandbox.chats import Message
from sandbox.mailbox import KINDS
from sandbox.refusal import bad, forbidden, stricter
from sandbox.request import MEGABYTE, Request
from sandbox.sending import LONGEST_CAPTION, find, keyboard, send, words
from sandbox.text import Formatted, units

LONGEST_TEXT = 4096
LONGEST_ANSWER = 200
LONGEST_POLL = 50
DELETABLE = 48 * 3600
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
        "cancel",
    ]
)


GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)
Method = Callable[[Request], Awaitable[Any]]


async def get_me(request: Request) -> Any:
    return shapes.me(request.world.bot)


async def get_updates(request: Request) -> Any:
    updates = await request.world.mailbox.poll(
        offset=request.values.get("offset", 0),
        limit=min(max(request.values.get("limit", 100), 1), 100),
        seconds=min(max(request.values.get("timeout", 0), 0), LONGEST_POLL),
        allowed=allowed_updates(request),
    )
    return [json.loads(update) for update in updates]


def allowed_updates(request: Request) -> list[str] | None:
    """The kinds that a call names; None where it leaves them as they are."""
    allowed = request.values.get("allowed_updates")
    if allowed is not None and not isinstance(allowed, list):
        raise bad("Expected an Array of String as allowed updates")
    if unknown := set(map(str, allowed or ())) - KINDS:
        raise stricter(f'unknown kind of update "{min(unknown)}"')
    return allowed


async def send_message(request: Request) -> Any:
    formatted = words(request, "text", LONGEST_TEXT, "message is too long")
    if not formatted.text:
        raise bad("message text is empty")
    return send(request, text=formatted.text, entities=formatted.entities)


async def edit_message_text(request: Request) -> Any:
    formatted = words(request, "text", LONGEST_TEXT, "message is too long")
    if not formatted.text:
        raise bad("message text is empty")
    message = _editable(request)
    if not message.is_text:
        raise bad("There is no text in the message to edit")
    return _edit(request, message, formatted)


async def edit_message_caption(request: Request) -> Any:
    formatted = words(request, "caption", LONGEST_CAPTION, "message caption is too long")
    message = _editable(request)
    if message.is_text:
        raise bad("There is no caption in the message to edit")
    return _edit(request, message, formatted)


async def edit_message_reply_markup(request: Request) -> Any:
    message = _editable(request)
    return _edit(request, message, Formatted(message.text or "", message.entities))


async def delete_message(request: Request) -> Any:
    if "chat_id" not in request.values:
        raise bad("Chat identifier is not specified")
    message = find(request, "message to delete")
    # "A message can only be deleted if it was sent less than 48 hours ago."
    if request.world.now() - message.date >= DELETABLE:
        raise bad("message can't be deleted for everyone")
    request.world.remove(request.chat(), message.message_id)
    return True


async def get_file(request: Request) -> Any:
    file = request.world.files.get(request.needed("file_id"))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > 20 * MEGABYTE:
        # "For the moment, bots can download files of up to 20MB in size."
        raise bad("file is too big")
    return shapes.file(file)


async def answer_callback_query(request: Request) -> Any:
    world, text = request.world, request.values.get("text")
    callback = world.callbacks.get(request.values.get("callback_query_id", ""))
    if callback is None or world.pace.ticks() - callback.at > world.pace.limits.query_seconds:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if text is not None and units(text) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")  # "0-200 characters"
    callback.answers += 1
    callback.text = text
    alert = request.values.get("show_alert", False)
    world.tell(world.chats[callback.user_id], {"type": "answer", "text": text, "alert": alert})
    return True


async def send_chat_action(request: Request) -> Any:
    if request.values.get("action", "").lower() not in ACTIONS:
        raise bad("Wrong parameter action in request")
    request.world.tell(request.chat(), {"type": "typing"})
    return True


async def leave_chat(request: Request) -> Any:
    chat_id = request.values.get("chat_id", 0)
    if (group := request.world.groups.get(chat_id)) is not None:
        if not group.is_member:
            raise forbidden("bot is not a member of the group chat")
        group.is_member = False
        request.world.stir()
        return True
    request.chat()
    raise bad("Can't leave private chats")  # TDLib, leaveChat


async def get_chat(request: Request) -> Any:
    colours = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}
    return {**shapes.chat(request.chat().person), **colours}


def _editable(request: Request) -> Message:
    message = find(request, "message to edit")
    if not message.from_bot:
        raise bad("message can't be edited")
    return message


def _edit(request: Request, message: Message, formatted: Formatted) -> Any:
    """Change words and keyboard; a keyboard that is not sent again disappears."""
    world = request.world
    edited = replace(
        message,
        text=formatted.text or None,
        entities=formatted.entities,
        keyboard=keyboard(request),
    )
    if edited == message:
        raise bad(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    edited = replace(edited, edit_date=world.now())
    return shapes.message(world.show(request.chat(), edited, "edit"), world.bot)
