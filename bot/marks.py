"""Marks: what is written about a letter when its call has ended."""

from dataclasses import dataclass

from bot.calls import as_new_message, is_message
from bot.gate import Pace
from bot.verdicts import Verdict
from handlers.outgoing import Outgoing
from mentoring.letters import Priority
from storage.letters import DEPARTURES, Mark, Waiting


@dataclass(frozen=True)
class Parcel:
    """A claimed letter, written out and addressed."""

    letter: Waiting
    outgoing: Outgoing
    chat_id: int
    pace: Pace


def mark_on(parcel: Parcel, verdict: Verdict, error: Exception | None) -> Mark:
    """Of an error its kind is kept and never its text, which may quote somebody."""
    letter = parcel.letter
    match verdict:
        case Verdict.SENT:
            return final(letter, "sent")
        case Verdict.DOUBT | Verdict.BROKEN:
            return _doubt(parcel, is_lost=verdict is Verdict.DOUBT)
        case Verdict.EDIT_REFUSED:
            return _as_new_message(parcel)
        case Verdict.UNREACHABLE:
            return absent(letter, unsent=True)
        case Verdict.REFUSED:
            return final(letter, "failed", type(error).__name__)
    return unsent(letter)


def unsent(letter: Waiting) -> Mark:
    """It has not left, and does so as before."""
    return Mark(letter.id, "pending", letter.error, repeat=letter.repeat, unsent=True)


def final(letter: Waiting, state: str, error: str | None = None) -> Mark:
    """The letter is done with; a stranger's goes altogether."""
    return Mark(letter.id, state, error, stranger=letter.person_id is None)


def absent(letter: Waiting, *, unsent: bool = False) -> Mark:
    """News wait until their reader returns; an answer is stale by then.

    `unsent`: it has departed for nothing.
    """
    if letter.priority is Priority.ANSWER:
        return final(letter, "failed", "unreachable")
    return Mark(letter.id, "absent", repeat=letter.repeat, unsent=unsent)


def _doubt(parcel: Parcel, *, is_lost: bool) -> Mark:
    """Once more, as a possible repeat, where the answer was lost.

    A few times more what Telegram says has failed, and what may happen twice unnoticed.
    """
    letter = parcel.letter
    is_second = is_lost and letter.error == "doubt" and is_message(parcel.outgoing.method)
    if is_second or letter.tries + 1 >= DEPARTURES:
        return final(letter, "doubt", "doubt")
    return Mark(letter.id, "pending", "doubt" if is_lost else letter.error, repeat=True)


def _as_new_message(parcel: Parcel) -> Mark:
    """The card is gone: what it was to show becomes a message, at the pace of messages."""
    letter, message = parcel.letter, as_new_message(parcel.outgoing)
    if message is None or letter.kind != "answer":
        return final(letter, "failed", "BadRequest")
    args = {**letter.args, "method": message.method, "params": message.params}
    return Mark(letter.id, "pending", repeat=letter.repeat, unsent=True, args=args)
