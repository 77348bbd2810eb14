"""The command menu of a chat, in the person's language and by role."""

from handlers.context import Context
from locales import Speech
from mentoring.people import Person, Role


def commands_of(t: Speech, person: Person) -> list[dict[str, str]]:
    """The commands as the Bot API takes them."""
    own: dict[str, str] = {}
    if person.takes_part:
        own["meeting"] = t.label("command", "Log a meeting")
        own["tandem"] = t.label("command", "My tandem")
    if person.is_(Role.COORDINATOR):
        own["tandem"] = t.label("command", "All tandems")
        own["invite"] = t.label("command", "Invite somebody")
    named = {
        "menu": t.label("command", "Main menu"),
        **own,
        "language": t.label("command", "Change language") + " · Language",
        "privacy": t.label("command", "Privacy notice"),
        "help": t.label("command", "Help"),
        "cancel": t.label("command", "Cancel this step"),
    }
    return [{"command": name, "description": description} for name, description in named.items()]


def offer_commands(context: Context, person: Person) -> None:
    """Sets the chat's command menu: the list at chat scope wins over the client's language."""
    context.call("set_my_commands", commands=commands_of(context.t, person))
