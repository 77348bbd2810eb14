"""A note for oneself, and a promise until next time: button -> text -> kept."""

from enum import StrEnum
from typing import Any

from handlers.buttons import Button
from handlers.context import Context
from handlers.flow import END, Flow, Next, tapped
from handlers.menu_buttons import to_menu
from handlers.note_text import WriteNote, WritePromise
from mentoring.notes import Sight

KIND = "note"


class Step(StrEnum):
    TEXT = "note.text"


async def ask_note(context: Context, tap: WriteNote) -> Next:
    t = context.t
    # Who sees it stands there before anything is written.
    return await _ask(
        context,
        tap.meeting_id,
        Sight.ME,
        t("Please type your note. Only you will see it, in My tandem and before the next date."),
    )


async def ask_promise(context: Context, tap: WritePromise) -> Next:
    t = context.t
    return await _ask(
        context,
        tap.meeting_id,
        Sight.BOTH,
        t(
            "What do you promise until next time? Please type it. Your tandem sees it, and you "
            "both are reminded of it before the next date."
        ),
    )


async def _ask(context: Context, meeting_id: int, sight: Sight, question: Any) -> Next:
    meeting = await context.desk.meetings.get(meeting_id, viewer=context.person.id)
    card = await context.open_card(KIND, {"meeting": meeting.id, "sight": sight})
    context.expects_text(card)
    context.post(question, [[to_menu(context.t)]])
    return Step.TEXT


async def take_text(context: Context, text: str) -> Next:
    card = await context.card(context.card_key, KIND)
    content: Any = card.content
    sight = Sight(content["sight"])
    await context.desk.notes.write(
        content["meeting"], by=context.person, sight=sight, text=text, now=context.now
    )
    await context.desk.cards.drop(card.key, person_id=context.person.id)
    t = context.t
    said = t("Noted, for you alone.") if sight is Sight.ME else t("Noted, for both of you.")
    again = WriteNote if sight is Sight.ME else WritePromise
    change = Button(t.label("button", "Change"), again(content["meeting"]))
    context.post(said, [[change, to_menu(t)]])
    return END


flow = Flow(
    taps=[tapped(WriteNote, ask_note), tapped(WritePromise, ask_promise)],
    steps={Step.TEXT: take_text},
)
