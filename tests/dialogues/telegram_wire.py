"""The one stand-in of the transcripts: a wire that answers as Telegram would, and remembers."""

import json
from dataclasses import dataclass, field
from typing import Any

from telegram.request import BaseRequest, RequestData

from tests.dialogues.pseudo import is_mirrored, read_back

ME = {"id": 1, "is_bot": True, "first_name": "Tandem", "username": "tandem_test_bot"}


@dataclass
class Shown:
    """A message as it stands in the chat now; a pseudo-locale's in English again."""

    message_id: int
    text: str
    keyboard: list[list[dict[str, str]]]


@dataclass
class Chat:
    """What one person sees, in the order in which it came or changed last."""

    messages: list[Shown] = field(default_factory=list)
    commands: list[dict[str, str]] = field(default_factory=list)
    left: bool = False

    def show(self, message: Shown) -> None:
        self.messages = [m for m in self.messages if m.message_id != message.message_id]
        self.messages.append(message)


class TelegramWire(BaseRequest):
    """Speaks the Bot API in memory; a test reads `chats`, `calls` and `files` (chat, content)."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.files: list[tuple[Any, Any]] = []
        self._next_message = 100

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    def chat(self, chat_id: int) -> Chat:
        return self.chats.setdefault(chat_id, Chat())

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_timeouts: object,
        **_named: object,
    ) -> tuple[int, bytes]:
        """Any call of the Bot API; the timeouts mean nothing in memory."""
        assert method == "POST"
        name = url.rsplit("/", 1)[-1].lower()  # as Telegram reads it
        given = dict(request_data.parameters) if request_data else {}
        self.calls.append((name, given))
        files = (request_data.multipart_data if request_data else None) or {}
        self.files += [(given["chat_id"], content) for _, content, _ in files.values()]
        result = getattr(self, f"_{name}", lambda _given: True)(given)
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _getme(self, _given: dict[str, Any]) -> object:
        return ME

    def _getupdates(self, _given: dict[str, Any]) -> object:
        return []

    def _sendmessage(self, given: dict[str, Any]) -> object:
        self._next_message += 1
        return self._put(given, self._next_message, given["text"])

    def _sendphoto(self, given: dict[str, Any]) -> object:
        self._next_message += 1
        return self._put(given, self._next_message, given.get("caption", ""))

    def _senddocument(self, given: dict[str, Any]) -> object:
        self._next_message += 1
        return self._put(given, self._next_message, given.get("caption", ""))

    def _editmessagetext(self, given: dict[str, Any]) -> object:
        return self._put(given, given["message_id"], given["text"])

    def _setmycommands(self, given: dict[str, Any]) -> object:
        scope = given.get("scope")
        if scope and "chat_id" in scope:
            self.chat(scope["chat_id"]).commands = given["commands"]
        return True

    def _leavechat(self, given: dict[str, Any]) -> object:
        self.chat(given["chat_id"]).left = True
        return True

    def _put(self, given: dict[str, Any], message_id: int, text: str) -> object:
        keyboard = (given.get("reply_markup") or {}).get("inline_keyboard", [])
        shown = Shown(message_id, read_back(text), _as_read(keyboard))
        self.chat(given["chat_id"]).show(shown)
        return {
            "message_id": message_id,
            "date": 1_770_000_000,
            "chat": {"id": given["chat_id"], "type": "private", "first_name": "x"},
            "text": text,
        }


def _as_read(keyboard: list[list[dict[str, str]]]) -> list[list[dict[str, str]]]:
    """A pseudo-locale's keyboard in English again; its rows turned if they run from the right."""
    labels = [button["text"] for row in keyboard for button in row]
    read = [[{**button, "text": read_back(button["text"])} for button in row] for row in keyboard]
    return [row[::-1] for row in read] if any(map(is_mirrored, labels)) else read
