"""JSON: facts in the shapes of the Bot API (core.telegram.org/bots/api) and of the page."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sandbox.chats import Chat, File, Message, Place
from sandbox.keyboard import Button
from sandbox.markup import render
from sandbox.people import JOINED, NEW, Person
from sandbox.profile import Command, Profile
from sandbox.text import Entity, Formatted, units

JSON = dict[str, Any]


def me(bot: Profile) -> JSON:
    return {
        **_bot(bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def user(person: Person) -> JSON:
    shape = {
        "id": person.id,
        "is_bot": False,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "language_code": person.language_code,
    }
    return {key: value for key, value in shape.items() if value != ""}


def chat(person: Person) -> JSON:
    shape = {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "type": "private",
    }
    return {key: value for key, value in shape.items() if value != ""}


def group(chat_id: int, title: str) -> JSON:
    return {"id": chat_id, "title": title, "type": "group"}


def member(bot: Profile, status: str) -> JSON:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": _bot(bot), "status": status, **until}


def message(message: Message, bot: Profile) -> JSON:
    """A Message object of the Bot API."""
    return {
        "message_id": message.message_id,
        "from": _bot(bot) if message.from_bot else user(message.person),
        "chat": chat(message.person),
        "date": message.date,
        **({"edit_date": message.edit_date} if message.edit_date else {}),
        **_reply(message, bot),
        **({"media_group_id": message.album} if message.album else {}),
        **_content(message),
        **({"reply_markup": _markup(message)} if message.keyboard else {}),
    }


def _reply(answer: Message, bot: Profile) -> JSON:
    return {"reply_to_message": message(answer.reply_to, bot)} if answer.reply_to else {}


def reaction(emoji: str) -> list[JSON]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def file(file: File) -> JSON:
    return {**_file(file), "file_path": file.path}


def commands(menu: Iterable[Command]) -> list[JSON]:
    return [{"command": each.command, "description": each.description} for each in menu]


def for_page(message: Message) -> JSON:
    """A message as the chat page draws it."""
    formatted = Formatted(message.text or "", message.entities)
    return {
        "message_id": message.message_id,
        "from": "bot" if message.from_bot else "me",
        "date": message.date,
        "edited": message.edit_date is not None,
        "text": message.text,
        "html": render(formatted) if message.text is not None else None,
        "album": message.album,
        "photo": {"url": _url(message.photo)} if message.photo else None,
        "video": {"url": _url(message.video)} if message.video else None,
        "document": _page_document(message.document),
        "voice": {"url": _url(message.voice)} if message.voice else None,
        "audio": _page_document(message.audio),
        "sticker": message.sticker,
        "place": asdict(message.place) if message.place else None,
        "reply": _quoted(message.reply_to),
        "liked": message.liked,
        "bot_liked": message.bot_liked,
        "keyboard": [[_button(button) for button in row] for row in message.keyboard] or None,
    }


def for_plate(chat: Chat) -> JSON:
    """Who holds the phone, and what is known of them there."""
    person = chat.person
    return {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "language_code": person.language_code,
        "role_hint": JOINED if chat.known and person.role_hint in NEW else person.role_hint,
        "started": chat.started,
        "blocked": chat.blocked,
    }


def _bot(bot: Profile) -> JSON:
    return {
        "id": bot.id,
        "is_bot": True,
        "first_name": bot.first_name,
        "username": bot.username,
    }


def _content(message: Message) -> JSON:
    words = "text" if message.is_text else "caption"
    entities = "entities" if message.is_text else "caption_entities"
    content: JSON = {}
    if message.photo:
        content["photo"] = [_picture(message.photo)]
    if message.video:
        content["video"] = _film(message.video)
    if message.document:
        shown = {"file_name": message.document.name, "mime_type": message.document.mime}
        content["document"] = {**_file(message.document), **shown}
    if message.voice:
        content["voice"] = _sound(message.voice)
    if message.audio:
        titled = {"title": message.audio.title} if message.audio.title else {}
        content["audio"] = {**_sound(message.audio), "file_name": message.audio.name, **titled}
    if message.place:
        content |= _place(message.place)
    if message.sticker:
        content["sticker"] = _sticker(message.sticker)
    if message.text is not None:
        content[words] = f"{message.text} {message.payload}" if message.payload else message.text
    if message.entities:
        content[entities] = [_entity(entity, message) for entity in message.entities]
    return content


def _entity(entity: Entity, message: Message) -> JSON:
    shape: JSON = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    if entity.type == "text_link":
        shape["url"] = entity.url
    if entity.type == "pre" and entity.language:
        shape["language"] = entity.language
    if entity.type == "text_mention":
        known = {"first_name": message.person.first_name}
        shape["user"] = {"id": entity.user_id, "is_bot": False, **known}
    return shape


def _markup(message: Message) -> JSON:
    rows = [[_button(button) for button in row] for row in message.keyboard]
    return {"inline_keyboard": rows}


def _button(button: Button) -> JSON:
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.callback_data}


def _file(file: File) -> JSON:
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.data),
    }


def _sound(file: File) -> JSON:
    return {**_file(file), "duration": file.seconds, "mime_type": file.mime}


def _film(file: File) -> JSON:
    return {**_picture(file), **_sound(file), "file_name": file.name}


def _place(place: Place) -> JSON:
    """ "For backward compatibility, when a venue is set, the location field is also set"."""
    point = {"latitude": place.latitude, "longitude": place.longitude}
    if not place.title:
        return {"location": point}
    venue = {"location": point, "title": place.title, "address": place.address}
    return {"location": point, "venue": venue}


def _quoted(message: Message | None) -> JSON | None:
    if message is None:
        return None
    who = "bot" if message.from_bot else "me"
    return {"message_id": message.message_id, "from": who, "text": message.text or ""}


def _picture(file: File) -> JSON:
    width, height = file.size or (0, 0)
    return {**_file(file), "width": width, "height": height}


def _sticker(emoji: str) -> JSON:
    return {
        "file_id": "file-sticker",
        "file_unique_id": "sticker",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": emoji,
        "file_size": units(emoji),
    }


def _page_document(file: File | None) -> JSON | None:
    return {"name": file.name, "url": _url(file), "mime": file.mime} if file else None


def _url(file: File | None) -> str | None:
    return f"/api/files/{file.unique_id}" if file else None
