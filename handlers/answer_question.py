"""The coordination answers what a participant asked: button -> text -> sent.

Or as a reply to the message with the question, which needs no button: it goes to who asked that
one, whichever answer is open. The message that asks for the answer may be replied to likewise.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.buttons import Button, Tap
from handlers.context import Context
from handlers.flow import END, Flow, Next, Replied, tapped
from handlers.menu_buttons import menu_of, menu_text, to_menu
from handlers.quotes import quoted
from handlers.refusals import explain
from mentoring.questions import Question
from mentoring.refusals import Refusal

KIND = "answer"


class Step(StrEnum):
    TEXT = "question.answer"


@dataclass(frozen=True)
class Answer(Tap, tag="answer"):
    """I answer this question."""

    question_id: int


@dataclass(frozen=True)
class Leave(Tap, tag="answer.menu"):
    """The menu instead of this answer; a reply to the message above is known by it."""

    question_id: int


async def ask_text(context: Context, tap: Answer | Leave) -> Next:
    question = await context.desk.questions.get(tap.question_id, by=context.person)
    if question.answered:
        return _too_late(context)
    card = await context.open_card(KIND, {"question": question.id})
    context.expects_text(card)
    t = context.t
    heading = t(
        "Please type your answer to {name}. It is sent under your name.",
        name=await _asker(context, question),
    )
    context.post(t.lines(heading, quoted(question.text)), [[_leave(context, question)]])
    return Step.TEXT


async def take_text(context: Context, text: str) -> Next:
    card = await context.card(context.card_key, KIND)
    content: Any = card.content
    question = await context.desk.questions.get(content["question"], by=context.person)
    if context.is_reply:
        return await _ask_again(context, question)
    sent = await _send(context, question, text)
    await context.desk.cards.drop(card.key, person_id=context.person.id)
    if not sent:
        return _too_late(context)
    context.say("Sent.", [[to_menu(context.t)]])
    return END


async def take_reply(context: Context, tap: Answer | Leave, text: str) -> Next:
    """A text that cannot be sent is asked for anew: the next one belongs to this question, too."""
    question = await context.desk.questions.get(tap.question_id, by=context.person)
    try:
        sent = await _send(context, question, text)
    except Refusal as refusal:
        explain(context, refusal)
        return await ask_text(context, tap)
    await _close(context)
    if not sent:
        return _too_late(context)
    name = await _asker(context, question)
    context.say("Your answer was sent to {name}.", [[to_menu(context.t)]], name=name)
    return END


async def show_menu(context: Context, _tap: Leave) -> Next:
    context.post(menu_text(context.t), menu_of(context.t, context.person))
    return END


async def _send(context: Context, question: Question, text: str) -> bool:
    return await context.desk.questions.answer(
        question.id, by=context.person, text=text, now=context.now
    )


async def _ask_again(context: Context, question: Question) -> Next:
    """It may be meant for whoever is quoted, and that message tells nobody who that is."""
    context.say(
        "You replied to another message, so I sent nothing. Please type your answer to {name} as "
        "a new message, or reply to the question you mean.",
        [[_leave(context, question)]],
        name=await _asker(context, question),
    )
    return None


async def _close(context: Context) -> None:
    """The answer that was begun, to this question or another: no step leads to it any more."""
    key, person_id = context.card_key, context.person.id
    card = await context.desk.cards.get(key, person_id=person_id) if key else None
    if card and card.kind == KIND:
        await context.desk.cards.drop(card.key, person_id=person_id)


async def _asker(context: Context, question: Question) -> str:
    return (await context.desk.people.get(question.person_id)).name


def _leave(context: Context, question: Question) -> Button:
    return Button(context.t.label("button", "Menu"), Leave(question.id))


def _too_late(context: Context) -> Next:
    context.say("This has been answered already; nothing was sent.", [[to_menu(context.t)]])
    return END


flow = Flow(
    taps=[tapped(Answer, ask_text), tapped(Leave, show_menu)],
    replies=[Replied(Answer, take_reply), Replied(Leave, take_reply)],
    steps={Step.TEXT: take_text},
)
