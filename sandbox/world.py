"""The world: what there is, and what a person can do on their phone.

Every deed becomes an update for the bot.
"""

import re
import secrets
from dataclasses import replace
from typing import Any

from sandbox import samples, shapes
from sandbox.chats import Callback, Chat, File, Group, Message
from sandbox.emoji import EMOJI
from sandbox.images import size_of
from sandbox.refusal import Impossible
from sandbox.state import State
from sandbox.text import is_encodable, plain, split

LONGEST = 4096
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")  # core.telegram.org/bots/features#deep-linking


class World(State):
    """The state with hands: each method raises Impossible where a real phone has no such
    button, and returns what was made."""

    def send_text(self, user_id: int, text: str, reply_to: int | None = None) -> Message:
        """Type and send, perhaps as an answer to the message of this number.

        A long text leaves in several messages; the last one is returned.
        """
        chat = self._open(user_id)
        answered = None if reply_to is None else self._message(chat, reply_to).answered
        if not is_encodable(text) or not plain(text).text:
            raise Impossible("There is nothing to send.")
        for part in split(text, LONGEST):
            formatted = plain(part)
            content = {"text": formatted.text, "entities": formatted.entities}
            sent = self._send(chat, reply_to=answered, **content)
            answered = None
        return sent

    def react(self, user_id: int, message_id: int, emoji: str) -> Message:
        """React by an emoji, once more takes it back; "" for none."""
        chat = self._open(user_id)
        message = self._message(chat, message_id)
        if emoji and emoji not in EMOJI:
            raise Impossible("Telegram has no such reaction.")
        liked = "" if emoji == message.liked else emoji
        changed = self.change_reaction(chat, replace(message, liked=liked))
        update = {
            "chat": shapes.chat(chat.person),
            "message_id": message_id,
            "user": shapes.user(chat.person),
            "date": self.now(),
            "old_reaction": shapes.reaction(message.liked),
            "new_reaction": shapes.reaction(liked),
        }
        self.mailbox.put("message_reaction", update)
        return changed

    def start(self, user_id: int, payload: str | None = None) -> Message:
        """Press Start, perhaps through a deep link; a block ends with it."""
        if payload and not PAYLOAD.fullmatch(payload):
            raise Impossible("A start payload is 1 to 64 of A-Z, a-z, 0-9, _ and -.")
        chat = self._chat(user_id)
        self.unblock(user_id)
        chat.started = True
        self._status(chat)
        command = plain("/start")
        return self._send(chat, text=command.text, entities=command.entities, payload=payload or "")

    def tap(self, user_id: int, message_id: int, data: str) -> str:
        """Press the button with this callback_data; the callback query's identifier."""
        chat = self._open(user_id)
        message = chat.messages.get(message_id)
        buttons = [button for row in message.keyboard for button in row] if message else []
        if message is None or data not in {button.callback_data for button in buttons}:
            raise Impossible("There is no such button any more.")
        query_id = str(secrets.randbelow(10**18) + 10**17)
        self.callbacks[query_id] = Callback(user_id, self.pace.ticks())
        query: dict[str, Any] = {
            "id": query_id,
            "from": shapes.user(chat.person),
            "message": shapes.message(message, self.bot),
            "chat_instance": str(user_id * 7_919),
            "data": data,
        }
        self.mailbox.put("callback_query", query)
        self.stir()
        return query_id

    def press(self, user_id: int, message_id: int, row: int, column: int) -> str:
        """Press the button at this place, counted from 0."""
        message = self._open(user_id).messages.get(message_id)
        try:
            if message is None or min(row, column) < 0:
                raise IndexError
            button = message.keyboard[row][column]
        except IndexError:
            raise Impossible("There is no such button any more.") from None
        if button.callback_data is None:
            raise Impossible("This button opens an address.")
        return self.tap(user_id, message_id, button.callback_data)

    def edit_text(self, user_id: int, message_id: int, text: str) -> Message:
        """Edit an own text message."""
        chat = self._open(user_id)
        message = chat.messages.get(message_id)
        formatted = plain(text)
        if message is None or message.from_bot or not message.is_text:
            raise Impossible("Only one's own text messages can be edited.")
        if not formatted.text or formatted.text == message.text:
            raise Impossible("There is nothing to change.")
        edited = replace(
            message,
            text=formatted.text,
            payload="",
            entities=formatted.entities,
            edit_date=self.now(),
        )
        self.show(chat, edited, "edit")
        self.mailbox.put("edited_message", shapes.message(edited, self.bot))
        return edited

    def send_sticker(self, user_id: int) -> Message:
        return self._send(self._open(user_id), sticker=samples.STICKER)

    def send_voice(self, user_id: int) -> Message:
        file = self.keep(samples.voice(), "voice.ogg", "audio/ogg", "voice", seconds=1)
        return self._send(self._open(user_id), voice=file)

    def send_photo(self, user_id: int, caption: str = "") -> Message:
        data = samples.photo()
        file = self.keep(data, "photo.png", "image/png", "photo", size=size_of(data))
        return self._send(self._open(user_id), photo=file, text=caption or None)

    def send_document(self, user_id: int, data: bytes, name: str, mime: str) -> Message:
        file: File = self.keep(data, name, mime)
        return self._send(self._open(user_id), document=file)

    def block(self, user_id: int) -> None:
        self._set_blocked(self._chat(user_id), blocked=True)

    def unblock(self, user_id: int) -> None:
        self._set_blocked(self._chat(user_id), blocked=False)

    def add_to_group(self, user_id: int, title: str) -> int:
        """Put the bot into a new group; the group's identifier."""
        group_id = -4_000_000_000 - len(self.groups)
        self.groups[group_id] = Group(title, user_id)
        self._member(group_id, user_id, old="left", new="member")
        return group_id

    def _chat(self, user_id: int) -> Chat:
        if user_id not in self.chats:
            raise Impossible("There is no such phone.")
        return self.chats[user_id]

    def _open(self, user_id: int) -> Chat:
        chat = self._chat(user_id)
        if chat.blocked:
            raise Impossible("The bot is blocked: unblock it first.")
        if not chat.started:
            raise Impossible("Press Start first.")
        return chat

    def _message(self, chat: Chat, message_id: int) -> Message:
        if message_id not in chat.messages:
            raise Impossible("This message is not there any more.")
        return chat.messages[message_id]

    def _send(self, chat: Chat, **content: Any) -> Message:
        message = Message(
            message_id=self.next_message_id(),
            person=chat.person,
            from_bot=False,
            date=self.now(),
            **content,
        )
        self.show(chat, message)
        self.mailbox.put("message", shapes.message(message, self.bot))
        return message

    def _set_blocked(self, chat: Chat, *, blocked: bool) -> None:
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        self._status(chat)
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        self._member(chat.person.id, chat.person.id, old=old, new=new)

    def _status(self, chat: Chat) -> None:
        self.tell(chat, {"type": "status", "blocked": chat.blocked, "started": chat.started})

    def _member(self, chat_id: int, user_id: int, *, old: str, new: str) -> None:
        person = self._chat(user_id).person
        group = self.groups.get(chat_id)
        update = {
            "chat": shapes.group(chat_id, group.title) if group else shapes.chat(person),
            "from": shapes.user(person),
            "date": self.now(),
            "old_chat_member": shapes.member(self.bot, old),
            "new_chat_member": shapes.member(self.bot, new),
        }
        self.mailbox.put("my_chat_member", update)
        self.stir()
