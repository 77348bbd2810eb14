"""A bot's one reaction to a message (core.telegram.org/bots/api#setmessagereaction)."""

from dataclasses import replace
from typing import Any

from sandbox.emoji import EMOJI
from sandbox.refusal import bad, stricter
from sandbox.request import Request
from sandbox.sending import find

VARIANT = "\ufe0f"


async def set_message_reaction(request: Request) -> Any:
    message = find(request, "message to react")
    given = request.values.get("reaction", [])
    if not isinstance(given, list):
        raise bad("Expected an Array of ReactionType")
    # "Currently, as non-premium users, bots can set up to one reaction per message."
    if len(given) > 1:
        raise bad("REACTIONS_TOO_MANY")
    emoji = _emoji(given[0]) if given else ""
    request.world.change_reaction(request.chat(), replace(message, bot_liked=emoji))
    return True


def _emoji(reaction: Any) -> str:
    kind = reaction.get("type") if isinstance(reaction, dict) else None
    if kind == "paid":
        raise stricter("bots can't use paid reactions")
    if kind != "emoji":
        raise stricter("only reactions of type emoji are known here")
    return read(reaction.get("emoji"))


def read(emoji: Any) -> str:
    """The emoji as Telegram stores it. Raises Refused for one that is no reaction."""
    plain = emoji.replace(VARIANT, "") if isinstance(emoji, str) else ""
    if plain not in EMOJI:
        raise bad("REACTION_INVALID")
    return plain
