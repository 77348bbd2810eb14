"""The Bot API's methods about how the bot presents itself: commands, descriptions, menu button.

Source: core.telegram.org/bots/api#setmycommands and the sections after it; TDLib, BotCommand.cpp.
"""

import re
from typing import Any

from sandbox import shapes
from sandbox.profile import DEFAULT, Command, Scope
from sandbox.refusal import bad, stricter
from sandbox.request import Request
from sandbox.text import clean, is_encodable, units

NAME = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}")
MOST_COMMANDS = 100
PLAIN_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)


async def set_my_commands(request: Request) -> Any:
    scope, language = _scope(request), _language(request)
    commands = request.needed("commands")
    if not isinstance(commands, list):
        raise bad("Expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    request.world.bot.commands[scope, language] = tuple(map(_command, commands))
    request.world.show_menus()
    return True


async def delete_my_commands(request: Request) -> Any:
    request.world.bot.commands.pop((_scope(request), _language(request)), None)
    request.world.show_menus()
    return True


async def get_my_commands(request: Request) -> Any:
    found = request.world.bot.commands.get((_scope(request), _language(request)), ())
    return shapes.commands(found)


async def set_my_name(request: Request) -> Any:
    return _set(request, request.world.bot.names, "name", 64)


async def get_my_name(request: Request) -> Any:
    return {"name": request.world.bot.name(_language(request))}


async def set_my_description(request: Request) -> Any:
    return _set(request, request.world.bot.descriptions, "description", 512)


async def get_my_description(request: Request) -> Any:
    return {"description": request.world.bot.description(_language(request))}


async def set_my_short_description(request: Request) -> Any:
    return _set(request, request.world.bot.short_descriptions, "short_description", 120)


async def get_my_short_description(request: Request) -> Any:
    texts = request.world.bot.short_descriptions
    return {"short_description": texts.get(_language(request)) or texts.get("", "")}


async def set_chat_menu_button(request: Request) -> Any:
    if "chat_id" in request.values:
        request.chat()
    button = request.values.get("menu_button", {"type": "default"})
    if not isinstance(button, dict) or button.get("type") not in {"default", "commands"}:
        raise stricter("a menu button is of type default or commands here")
    return True


async def get_chat_menu_button(request: Request) -> Any:
    if "chat_id" in request.values:
        request.chat()
    return {"type": "commands"}


def _set(request: Request, texts: dict[str, str], name: str, longest: int) -> bool:
    text, language = clean(request.values.get(name, "")).strip(), _language(request)
    if units(text) > longest:
        raise stricter(f"{name} is longer than {longest} characters")
    texts[language] = text
    request.world.stir()
    return True


def _command(given: Any) -> Command:
    if not isinstance(given, dict):
        raise bad("expected an Object as BotCommand")
    name = _field(given, "command").removeprefix("/")
    description = clean(_field(given, "description")).strip()
    # "1-32 characters. Can contain only lowercase English letters, digits and underscores."
    if not NAME.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= units(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")  # "1-256 characters"
    return Command(name, description)


def _field(given: dict[str, Any], name: str) -> str:
    if name not in given:
        raise bad(f"Can't parse BotCommand: Can't find field \"{name}\"")
    value = given[name]
    if not isinstance(value, str):
        raise bad(f'Can\'t parse BotCommand: Field "{name}" must be of type String')
    if not is_encodable(value):
        raise bad("strings must be encoded in UTF-8")
    return value


def _scope(request: Request) -> Scope:
    given = request.values.get("scope")
    if given is None:
        return DEFAULT
    kind = given.get("type") if isinstance(given, dict) else None
    if kind in PLAIN_SCOPES:
        return kind, 0
    if kind != "chat":
        raise bad("Can't parse BotCommandScope: Unsupported type specified")
    chat_id = given.get("chat_id")
    chat = request.world.chats.get(int(chat_id)) if str(chat_id).isdigit() else None
    if chat is None:
        raise bad("chat not found")
    return "chat", chat.person.id


def _language(request: Request) -> str:
    language: str = request.values.get("language_code", "")
    # TDLib, validate_bot_language_code: two lowercase letters or nothing
    if language and not LANGUAGE.fullmatch(language):
        raise bad("Invalid language code specified")
    return language
