"""Verdicts: what the end of a call says of the letter, and whether it may leave once more."""

import os
from datetime import timedelta
from enum import Enum, auto

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.wire import Failed, is_unsent

# Else PTB warns whenever a 429 comes in, which is an error where warnings are errors.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_DONE = ("message is not modified", "message to delete not found")
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",  # a card that was tapped under a picture
)
_CLOSED = ("chat not found", "user not found", "peer_id_invalid")


class Verdict(Enum):
    """What is known when a call has ended."""

    SENT = auto()
    UNSENT = auto()  # Telegram has seen nothing of it
    TOO_FAST = auto()  # a 429: seen and not done
    DOUBT = auto()  # done or not, nobody knows
    BROKEN = auto()  # a 5xx: in doubt as well, but most likely not done
    UNREACHABLE = auto()  # the person has closed the chat
    EDIT_REFUSED = auto()  # the message to change is gone
    REFUSED = auto()  # and would be again
    SHUT_OUT = auto()  # the token is not ours any more, or not ours alone


def verdict_on(error: Exception | None) -> Verdict:
    """What the error of a call, or None for its success, says."""
    match error:
        case None:
            return Verdict.SENT
        case RetryAfter():
            return Verdict.TOO_FAST
        case Forbidden():
            return Verdict.UNREACHABLE
        case BadRequest():
            return _refusal(error.message.lower())
        case InvalidToken() | EndPointNotFound() | Conflict():
            return Verdict.SHUT_OUT
        case ChatMigrated():
            return Verdict.REFUSED
        case Failed():
            return Verdict.BROKEN
        case TelegramError():
            return Verdict.UNSENT if is_unsent(error) else Verdict.DOUBT
    # A defect of ours, before the call or after its success: a second try would meet it again.
    return Verdict.REFUSED


def seconds_to_wait(error: Exception | None) -> float:
    """The rest that a 429 asks for."""
    after = error.retry_after if isinstance(error, RetryAfter) else 0
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _refusal(message: str) -> Verdict:
    for parts, verdict in (
        (_DONE, Verdict.SENT),
        (_GONE, Verdict.EDIT_REFUSED),
        (_CLOSED, Verdict.UNREACHABLE),
    ):
        if any(part in message for part in parts):
            return verdict
    return Verdict.REFUSED
