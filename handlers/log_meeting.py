"""Log a meeting (J2b): /meeting -> one card with defaults, changed in place -> saved."""

from typing import Any

from handlers.buttons import Button
from handlers.choose_tandem import choose_tandem
from handlers.context import Context
from handlers.flow import END, Flow, Next, begun, tapped
from handlers.meeting_card import (
    FIX,
    LOG,
    Moved,
    NotHeld,
    Same,
    Save,
    SaveAnother,
    lines_of,
    show_answered,
    show_saved,
    tandem_with,
)
from handlers.menu_buttons import ToCorrection, ToMeeting, WeMet, to_menu
from handlers.plan_card import back, content_of, plan_of, show_card, tandem_id_of
from mentoring.cards import Card
from mentoring.dates import Appointment
from mentoring.logbook import Meeting, Outcome
from mentoring.refusals import NotYours, SameMeeting


async def ask(context: Context) -> Next:
    return await begin(context, ToMeeting(0))


async def begin(context: Context, tap: ToMeeting) -> Next:
    tandem = await choose_tandem(context, tap.tandem_id, ToMeeting)
    if tandem is None:
        return END
    plan = await context.desk.meetings.defaults(tandem, by=context.person, now=context.now)
    card = await context.open_card(LOG.kind, content_of(tandem.id, plan))
    return await show_card(context, card, LOG)


async def correct(context: Context, tap: ToCorrection) -> Next:
    meeting = await context.desk.meetings.of_partner(tap.meeting_id, by=context.person)
    content = content_of(meeting.tandem_id, meeting.plan, fixes=meeting.id)
    card = await context.open_card(FIX.kind, content)
    return await show_card(context, card, FIX)


async def we_met(context: Context, tap: WeMet) -> Next:
    """The card has the values of the date that the other side says did not take place."""
    meeting = await context.desk.meetings.get(tap.meeting_id, viewer=context.person.id)
    if meeting.undone or meeting.outcome is Outcome.HELD:
        raise NotYours
    card = await context.open_card(LOG.kind, content_of(meeting.tandem_id, meeting.plan))
    context.anew()
    return await show_card(context, card, LOG)


async def save(context: Context, tap: Save) -> Next:
    try:
        return await _log(context, tap.card, Outcome.HELD)
    except SameMeeting as same:
        meeting = await context.desk.meetings.get(same.meeting_id, viewer=context.person.id)
        return await _ask_same(context, tap.card, meeting)


async def save_another(context: Context, tap: SaveAnother) -> Next:
    return await _log(context, tap.card, Outcome.HELD, another=True)


async def take_same(context: Context, tap: Same) -> Next:
    card = await context.card(tap.card, LOG.kind)
    meeting = await context.desk.meetings.get(tap.meeting_id, viewer=context.person.id)
    asked = (card.content["tandem"], plan_of(card).day, Outcome.HELD)
    if (meeting.tandem_id, meeting.plan.day, meeting.outcome) != asked:
        raise NotYours
    await context.desk.meetings.same(
        meeting.id, of_date=await _date_of(context, card), by=context.person
    )
    return await show_saved(context, meeting)


async def moved(context: Context, tap: Moved) -> Next:
    return await _log(context, tap.card, Outcome.MOVED)


async def not_held(context: Context, tap: NotHeld) -> Next:
    return await _log(context, tap.card, Outcome.NOT_HELD)


async def _ask_same(context: Context, key: str, meeting: Meeting) -> Next:
    """That day has a meeting already: is it the same?"""
    t, tandem = context.t, await tandem_with(context, meeting)
    lines = lines_of(context, meeting, tandem)
    context.show(
        t.lines(t("There is a meeting on this day already:"), *lines, t("Is it the same one?")),
        [
            [Button(t.label("button", "Yes, the same"), Same(key, meeting.id))],
            [Button(t.label("button", "No, another one"), SaveAnother(key)), back(t, key)],
        ],
    )
    return END


async def _log(context: Context, key: str, outcome: Outcome, *, another: bool = False) -> Next:
    """The card becomes a meeting, and is gone: pressed again, it shows that meeting.

    That of a correction stays: it may be corrected once more, until it is answered.
    """
    try:
        card = await context.card(key, LOG.kind, FIX.kind)
    except NotYours:
        known = await context.desk.meetings.of_card(key, by=context.person)
        return await show_saved(context, known)
    if card.kind == FIX.kind:
        return await _propose(context, card)
    of_date = await _date_of(context, card)
    if of_date is not None and of_date.meeting_id is not None:
        return await show_answered(context, of_date.meeting_id)
    meeting = await context.desk.meetings.log(
        by=context.person,
        tandem_id=tandem_id_of(card),
        outcome=outcome,
        plan=plan_of(card),
        key=card.key,
        now=context.now,
        another=another,
        of_date=of_date,
    )
    await context.desk.cards.drop(key, person_id=context.person.id)
    return await show_saved(context, meeting)


async def _date_of(context: Context, card: Card) -> Appointment | None:
    """The date that the card is about, when it came from "did you meet?"."""
    date_id: Any = card.content.get("date")
    if date_id is None:
        return None
    return await context.desk.appointments.get(date_id, viewer=context.person.id)


async def _propose(context: Context, card: Card) -> Next:
    meeting_id: Any = card.content["fixes"]
    meeting = await context.desk.meetings.correct(
        meeting_id, plan_of(card), by=context.person, now=context.now
    )
    t = context.t
    tandem = await tandem_with(context, meeting)
    names = t.all_of(other.name for other in tandem.others(context.person.id))
    if meeting.contested:
        said = t(
            "Thank you. Both versions go to {names} now; until they are agreed on, the meeting "
            "is not counted.",
            names=names,
        )
    else:
        said = t(
            "Thank you. Both versions go to {names} now; until they are agreed on, the meeting "
            "stays as it was logged.",
            names=names,
        )
    context.show(said, [[to_menu(t)]])
    return END


flow = Flow(
    begin=[begun("meeting", ask)],
    taps=[
        tapped(ToMeeting, begin),
        tapped(ToCorrection, correct),
        tapped(WeMet, we_met),
        tapped(Save, save),
        tapped(SaveAnother, save_another),
        tapped(Same, take_same),
        tapped(Moved, moved),
        tapped(NotHeld, not_held),
    ],
)
