"""Marks: what is written about a letter when its call has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calls import as_new_message, is_message
from bot.gate import Pace
from bot.verdicts import Verdict
from handlers.outgoing import Outgoing
from mentoring.letters import Priority
from storage.letters import DEPARTURES, Mark, Waiting

RESTS = (1.0, 4.0, 15.0, 60.0)
"""Seconds until something in doubt leaves once more, by its departures before."""
COUNTED = len(RESTS) - 1
LONGEST_REST = 900.0
DAYTIME = timedelta(hours=12)
"""How long news wait for a Telegram that fails: shorter than the day between two quiet nights,
after which they are due anew.
"""


@dataclass(frozen=True)
class Parcel:
    """A claimed letter, written out and addressed."""

    letter: Waiting
    outgoing: Outgoing
    chat_id: int
    pace: Pace


def mark_on(parcel: Parcel, verdict: Verdict, error: Exception | None, departed: datetime) -> Mark:
    """Of an error its kind is kept and never its text, which may quote somebody."""
    letter = parcel.letter
    match verdict:
        case Verdict.SENT:
            return final(letter, "sent")
        case Verdict.DOUBT:
            return _lost(parcel)
        case Verdict.BROKEN:
            return _broken(parcel, departed)
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


def _lost(parcel: Parcel) -> Mark:
    """Once more, as a possible repeat; a few times more what may happen twice unnoticed."""
    letter = parcel.letter
    is_second = letter.error == "doubt" and is_message(parcel.outgoing.method)
    if is_second or letter.tries + 1 >= DEPARTURES:
        return final(letter, "doubt", "doubt")
    return Mark(letter.id, "pending", "doubt", repeat=True)


def _broken(parcel: Parcel, departed: datetime) -> Mark:
    """Telegram will work again: an answer waits for that a minute or two, news a working day.

    News that are old already, as their reader was away, get a few departures all the same. Beyond
    those the departures of news do not count: the ones left are for a process that dies.
    """
    letter = parcel.letter
    is_answer = letter.priority is Priority.ANSWER
    is_late = letter.tries >= COUNTED and departed - letter.due > DAYTIME
    is_over = letter.tries + 1 >= DEPARTURES if is_answer else is_late
    if is_over:
        return final(letter, "doubt", "doubt")
    uncounted = not is_answer and letter.tries >= COUNTED
    return Mark(letter.id, "pending", letter.error, repeat=True, unsent=uncounted)


def rest_after(letter: Waiting, departed: datetime) -> float:
    """Seconds until something in doubt leaves once more; news at last as long as they have waited.

    An answer keeps all of its person's line behind it, so it rests for a minute at most.
    """
    if letter.tries < COUNTED or letter.priority is Priority.ANSWER:
        return RESTS[min(letter.tries, COUNTED)]
    return min(max((departed - letter.due).total_seconds(), RESTS[COUNTED]), LONGEST_REST)


def _as_new_message(parcel: Parcel) -> Mark:
    """The card is gone: what it was to show becomes a message, at the pace of messages."""
    letter, message = parcel.letter, as_new_message(parcel.outgoing)
    if message is None or letter.kind != "answer":
        return final(letter, "failed", "BadRequest")
    args = {**letter.args, "method": message.method, "params": message.params}
    return Mark(letter.id, "pending", repeat=letter.repeat, unsent=True, args=args)
