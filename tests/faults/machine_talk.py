"""What was tapped and said in a window of the machine."""

from typing import Any

from handlers.buttons import unpack
from handlers.date_text import NotMet
from handlers.meeting_card import Moved, NotHeld, Save, SaveAnother
from tests.dialogues.people import plain
from tests.faults.machine_world import Heard, Window


def tap_of(window: Window) -> object:
    """The button that was pressed in it, as a value."""
    data = [each["callback_query"]["data"] for each in window.updates if "callback_query" in each]
    return unpack(data[0]) if data else None


def confirmation_of(tap: object) -> object:
    """What a meeting is made of: the card, or the date, that this tap answers."""
    match tap:
        case Save(card=card) | SaveAnother(card=card) | Moved(card=card) | NotHeld(card=card):
            return "card", card
        case NotMet(appointment_id=date_id):
            return "date", date_id
    return None


def words(heard: Heard) -> list[str]:
    """Its lines, without the mark of a repeat."""
    lines = plain(heard.text).splitlines() or [""]
    return lines[1:] if lines[0].startswith("<i>↻") else lines


def short(updates: list[dict[str, Any]]) -> object:
    """For a complaint: what was pressed or typed."""
    [update, *_] = updates
    query, message = update.get("callback_query"), update.get("message", {})
    return query["data"] if query else message.get("text", list(update))
