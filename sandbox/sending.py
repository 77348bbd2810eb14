"""What the methods that send have in common: words, keyboard, reply, pace.

Sources: tdlib/telegram-bot-api, Client.cpp (check_message, get_reply_parameters);
core.telegram.org/bots/api#replyparameters.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sandbox import html, shapes
from sandbox import keyboard as keyboards
from sandbox.chats import Chat, Message
from sandbox.refusal import bad, flooded, stricter
from sandbox.request import Request
from sandbox.text import Formatted, plain, units

LONGEST_CAPTION = 1024


def words(request: Request, name: str, longest: int, too_long: str) -> Formatted:
    formatted = marked(request, name)
    if units(formatted.text) > longest:
        raise bad(too_long)
    return formatted


def marked(request: Request, name: str) -> Formatted:
    """A text as its parse_mode reads it, of whatever length."""
    source, mode = request.values.get(name, ""), request.values.get("parse_mode", "").lower()
    if mode in {"markdown", "markdownv2"}:
        raise stricter("only parse_mode HTML is known here")
    if mode not in {"", "html"}:
        raise bad("unsupported parse_mode")
    try:
        return html.parse(source) if mode else plain(source)
    except html.Unparsable as error:
        raise bad(f"can't parse entities: {error}") from None


def caption(request: Request) -> dict[str, Any]:
    formatted = words(request, "caption", LONGEST_CAPTION, "message caption is too long")
    return {"text": formatted.text or None, "entities": formatted.entities}


def keyboard(request: Request) -> keyboards.Keyboard:
    rows = keyboards.read(request.values.get("reply_markup"))
    links = {f"tg://user?id={each}" for each in request.world.private}
    if any(button.url in links for row in rows for button in row):
        # InlineKeyboardButton.url: "... if this is allowed by their privacy settings"
        raise bad("BUTTON_USER_PRIVACY_RESTRICTED")
    return rows


def send(request: Request, **content: Any) -> Any:
    world, draft = request.world, _draft(request, 1)
    message = replace(draft, message_id=world.next_message_id(), **content)
    return shapes.message(world.show(request.chat(), message), world.bot)


def send_album(request: Request, contents: Sequence[Mapping[str, Any]]) -> Any:
    """Send several messages at once, all or none, that a phone shows as one."""
    world, draft = request.world, _draft(request, len(contents))
    draft = replace(draft, album=str(secrets.randbelow(10**17) + 10**17))
    messages = [replace(draft, message_id=world.next_message_id(), **each) for each in contents]
    world.show_album(request.chat(), messages)
    return [shapes.message(each, world.bot) for each in messages]


def _draft(request: Request, messages: int) -> Message:
    """What so many messages of a call have in common, once the limits let them through."""
    world, rows = request.world, keyboard(request)
    chat = request.chat()
    reply_to = _replied(chat, request.values.get("reply_parameters"))
    if wait := world.pace.wait(chat.person.id, messages):
        raise flooded(wait)
    world.pace.count(chat.person.id, messages)
    return Message(
        message_id=0,
        person=chat.person,
        from_bot=True,
        date=world.now(),
        keyboard=rows,
        reply_to=reply_to,
    )


def _replied(chat: Chat, parameters: Any) -> Message | None:
    if parameters is None:
        return None
    if not isinstance(parameters, dict) or not isinstance(parameters.get("message_id"), int):
        raise bad("Can't parse reply parameters JSON object")
    if unknown := parameters.keys() - {"message_id", "chat_id", "allow_sending_without_reply"}:
        raise stricter(f'unknown field "{min(unknown)}" of ReplyParameters')
    if found := chat.messages.get(parameters["message_id"]):
        return found.answered
    if parameters.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def find(request: Request, what: str) -> Message:
    if request.values.get("message_id", 0) <= 0:
        raise bad("Message identifier is not specified")
    found = request.chat().messages.get(request.values["message_id"])
    if found is None:
        raise bad(f"{what} not found")
    return found
