"""The coordination answers what a participant asked: button -> text -> sent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.buttons import Tap
from handlers.context import Context
from handlers.flow import END, Flow, Next, tapped
from handlers.menu_buttons import to_menu
from handlers.quotes import quoted
from locales import Html

KIND = "answer"


class Step(StrEnum):
    TEXT = "question.answer"


@dataclass(frozen=True)
class Answer(Tap, tag="answer"):
    """I answer this question."""

    question_id: int


async def ask_text(context: Context, tap: Answer) -> Next:
    question = await context.desk.questions.get(tap.question_id, by=context.person)
    if question.answered:
        context.post(_too_late(context), [[to_menu(context.t)]])
        return END
    asker = await context.desk.people.get(question.person_id)
    card = await context.open_card(KIND, {"question": tap.question_id})
    context.expects_text(card)
    t = context.t
    heading = t("Please type your answer to {name}. It is sent under your name.", name=asker.name)
    context.post(t.lines(heading, quoted(question.text)), [[to_menu(t)]])
    return Step.TEXT


async def take_text(context: Context, text: str) -> Next:
    card = await context.card(context.card_key, KIND)
    question_id: Any = card.content["question"]
    first = await context.desk.questions.answer(
        question_id, by=context.person, text=text, now=context.now
    )
    await context.desk.cards.drop(card.key, person_id=context.person.id)
    t = context.t
    context.post(t("Sent.") if first else _too_late(context), [[to_menu(t)]])
    return END


def _too_late(context: Context) -> Html:
    return context.t("This has been answered already; nothing was sent.")


flow = Flow(taps=[tapped(Answer, ask_text)], steps={Step.TEXT: take_text})
