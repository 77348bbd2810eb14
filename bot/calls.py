"""Calls: how what leaves for Telegram becomes a call of telegram.Bot for one chat."""

from dataclasses import replace
from typing import Any

from telegram import Bot, BotCommand, BotCommandScopeChat, InputFile

from bot.calendar_file import calendar_file
from bot.gate import Pace
from bot.pictures import qr_code
from handlers.outgoing import Outgoing
from mentoring.letters import Priority
from storage.letters import Waiting

_MESSAGES = ("send_", "copy_", "forward_")
"""Beginnings of methods that make a new message; `send_chat_action` is not used."""
_COMMANDS = frozenset({"set_my_commands", "delete_my_commands"})


def is_message(method: str) -> bool:
    """Whether it makes a new message, which counts at the gate and may arrive twice."""
    return method.startswith(_MESSAGES)


def pace_of(letter: Waiting) -> Pace:
    """What a letter will spend, known before it is rendered."""
    if letter.kind == "answer" and not is_message(str(letter.args.get("method"))):
        return Pace.FREE
    return Pace.ANSWER if letter.priority is Priority.ANSWER else Pace.BULK


def as_new_message(outgoing: Outgoing) -> Outgoing | None:
    """What says the same when the message to edit is gone; None when nothing does."""
    if outgoing.method != "edit_message_text":
        return None
    params = {name: value for name, value in outgoing.params.items() if name != "message_id"}
    return replace(outgoing, method="send_message", params=params)


async def call(bot: Bot, outgoing: Outgoing, chat_id: int) -> None:
    """Calls the method. Raises what PTB raises, and AttributeError for no method of the bot."""
    params: dict[str, Any] = dict(outgoing.params)
    if outgoing.method in _COMMANDS:
        params["scope"] = BotCommandScopeChat(chat_id)
    else:
        params["chat_id"] = chat_id
    if "commands" in params:
        params["commands"] = [BotCommand(**command) for command in params["commands"]]
    if "qr" in params:
        params["photo"] = InputFile(await qr_code(params.pop("qr")))
    if "calendar" in params:
        entry = params.pop("calendar")
        file = await calendar_file(entry)
        params["document"] = InputFile(file, filename=f"{entry['name']}.ics")
    if not hasattr(bot, outgoing.method):
        raise AttributeError(outgoing.method)
    # Not by its own method: that makes objects of the answer, which nobody reads.
    await bot.do_api_request(outgoing.method.replace("_", ""), params)
