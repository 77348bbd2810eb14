"""How the bot presents itself: name, descriptions by language, command menus by scope."""

from dataclasses import dataclass, field

Scope = tuple[str, int]  # ("chat", chat_id); 0 where a scope has no chat
DEFAULT: Scope = ("default", 0)


@dataclass(frozen=True)
class Command:
    command: str
    description: str


@dataclass
class Profile:
    """Texts by two-letter language, "" for everybody else."""

    id: int
    username: str
    first_name: str
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[Scope, str], tuple[Command, ...]] = field(default_factory=dict)

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("") or self.first_name

    def description(self, language: str) -> str:
        return self.descriptions.get(language) or self.descriptions.get("", "")

    def known(self) -> set[int]:
        """The chats to which it has given a menu of their own."""
        return {
            chat for ((kind, chat), _), menu in self.commands.items() if kind == "chat" and menu
        }

    def menu(self, chat_id: int, language: str) -> tuple[Command, ...]:
        """The list a private chat shows.

        Source: core.telegram.org/bots/api#determining-list-of-commands
        """
        scopes: tuple[Scope, ...] = ("chat", chat_id), ("all_private_chats", 0), DEFAULT
        for scope in scopes:
            for tongue in (language[:2], ""):
                if found := self.commands.get((scope, tongue)):
                    return found
        return ()
