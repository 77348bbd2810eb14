"""Whatever no conversation hears: a kind answer, a way on, and nothing lost or changed."""

from dataclasses import dataclass
from enum import StrEnum

from telegram import Message, Update

from handlers.buttons import Button, Tap
from handlers.context import Context
from handlers.flow import END, Flow, Next, tapped
from handlers.greeting import greet_stranger
from handlers.menu_buttons import ToTeam, menu_of, to_menu
from locales import Html
from mentoring.cards import Card
from mentoring.people import Role

KIND = "question"


class Step(StrEnum):
    TEXT = "team.text"


@dataclass(frozen=True)
class SendQuestion(Tap, tag="ask"):
    """Send what I typed to the coordination."""

    card: str


async def unexpected(context: Context, update: Update) -> Next:
    """Answers by the kind of surprise; the person stays where they were."""
    if context.person_or_none is None:
        greet_stranger(context)
    elif update.callback_query is not None:
        context.say("This button does not work any more. Nothing was changed.", _way_on(context))
    elif update.edited_message is not None:
        context.say(
            "I do not read changes of messages that were sent already. Please send it again.",
            _way_on(context),
        )
    elif update.message is not None:
        await _answer_message(context, update.message)
    return None


async def _answer_message(context: Context, message: Message) -> None:
    text = message.text
    if text is None:
        context.say(
            "I can only read text and buttons: no pictures, stickers or voice messages here.",
            _way_on(context),
        )
    elif text.startswith("/"):
        context.say("I do not know this command. Here is what I can do: /help", _way_on(context))
    else:
        await _offer_to_send(context, text)


async def _offer_to_send(context: Context, text: str) -> None:
    t = context.t
    if context.person.is_(Role.COORDINATOR):
        context.say("I did not understand that. Here is the menu:", menu_of(t, context.person))
        return
    question = t(
        "I did not understand that. Shall I send it to the coordination team? A person reads it "
        "and answers you here."
    )
    await _ask_to_send(context, text, question)


async def ask_text(context: Context, _tap: ToTeam) -> Next:
    context.say("Please type your message to the coordination team.", _way_on(context))
    return Step.TEXT


async def take_text(context: Context, text: str) -> Next:
    question = context.t(
        "Shall I send this to the coordination team? A person reads it and answers you here."
    )
    await _ask_to_send(context, text, question)
    return END


async def _ask_to_send(context: Context, text: str, question: Html) -> None:
    """Nothing leaves unasked: what was typed may have been meant for somebody else."""
    card = await context.open_card(KIND, {"text": context.desk.questions.check(text)})
    context.post(question, _offer(context, card))


async def send_question(context: Context, tap: SendQuestion) -> Next:
    questions = context.desk.questions
    if not await questions.is_sent(tap.card, by=context.person):
        card = await context.card(tap.card, KIND)
        if not await _is_anybody_there(context):
            return _nobody_there(context, card)
        text = str(card.content["text"])
        await questions.send(by=context.person, text=text, key=card.key, now=context.now)
        await context.desk.cards.drop(card.key, person_id=context.person.id)
    context.show(
        context.t("Sent to the coordination team. The answer will come here."), _way_on(context)
    )
    return None


async def _is_anybody_there(context: Context) -> bool:
    team = await context.desk.people.coordinators()
    return any(one.reachable and one.chat_id is not None for one in team)


def _nobody_there(context: Context, card: Card) -> Next:
    """The text stays in its card, and the button goes on working."""
    t = context.t
    context.show(
        t(
            "I can reach nobody of the coordination team at the moment, so nothing was sent. Your "
            "text is kept here: please press the button again later, or write to the team in "
            "another way."
        ),
        _offer(context, card),
    )
    return None


def _offer(context: Context, card: Card) -> list[list[Button]]:
    send = Button(
        context.t.label("button", "Send to the coordination team"), SendQuestion(card.key)
    )
    return [[send], *_way_on(context)]


def _way_on(context: Context) -> list[list[Button]]:
    return [[to_menu(context.t)]]


flow = Flow(
    taps=[tapped(SendQuestion, send_question), tapped(ToTeam, ask_text)],
    steps={Step.TEXT: take_text},
)
