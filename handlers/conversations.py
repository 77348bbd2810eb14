"""Every conversation there is, as the one handler that hears them all."""

from typing import Any

from telegram.ext import ConversationHandler

from handlers import (
    answer_question,
    invite,
    log_meeting,
    menu,
    objection,
    pair,
    tandems,
    unexpected,
    welcome,
)
from handlers.flow import conversation

FLOWS = [
    menu.flow,
    welcome.flow,
    log_meeting.flow,
    objection.flow,
    tandems.flow,
    invite.flow,
    pair.flow,
    unexpected.flow,
    answer_question.flow,
]


def hear_everything() -> ConversationHandler[Any]:
    """One ConversationHandler for all flows; anew for every Application."""
    return conversation(FLOWS, unexpected.unexpected)
