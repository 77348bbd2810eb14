"""Every conversation there is, as the one handler that hears them all."""

from typing import Any

from telegram.ext import ConversationHandler

from handlers import (
    answer_question,
    did_you_meet,
    invite,
    log_meeting,
    menu,
    next_date,
    notes,
    objection,
    pair,
    tandems,
    unexpected,
    welcome,
)
from handlers.date_card import DATE
from handlers.flow import conversation
from handlers.meeting_card import FIX, LOG
from handlers.plan_flow import flow_of

FLOWS = [
    menu.flow,
    welcome.flow,
    flow_of([LOG, FIX, DATE]),
    log_meeting.flow,
    did_you_meet.flow,
    next_date.flow,
    notes.flow,
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
