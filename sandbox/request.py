"""A call whose parameters were checked, on its way to its method."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.chats import Chat
from sandbox.refusal import bad
from sandbox.world import World

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Request:
    """A checked call; `body` still holds the parts that attach:// names."""

    world: World
    values: dict[str, Any]
    body: Mapping[str, object]

    def chat(self) -> Chat:
        if "chat_id" not in self.values:
            raise bad("chat_id is empty")
        return self.world.reach(self.values["chat_id"])

    def needed(self, name: str) -> Any:
        if name not in self.values:
            raise bad(f'Parameter "{name}" is required')
        return self.values[name]
