"""Log a meeting (J2b): /meeting -> one card with defaults, changed in place -> saved."""

from enum import StrEnum
from typing import Any

from handlers.buttons import Button
from handlers.calendar import Nothing
from handlers.context import Context
from handlers.flow import END, Flow, Next, begun, tapped
from handlers.meeting_card import (
    KIND,
    Month,
    Moved,
    NoPlace,
    NotHeld,
    PickDay,
    PickLength,
    PickTime,
    PickTopic,
    Same,
    Save,
    SaveAnother,
    View,
    back,
    content_of,
    keep_plan,
    plan_of,
    same_question,
    show_card,
    show_days,
    show_lengths,
    show_month,
    show_place,
    show_times,
    show_topics,
    tandem_of,
)
from handlers.meeting_text import Undo, meeting_lines, total_line
from handlers.menu_buttons import ToCorrection, ToMeeting, to_menu
from handlers.typed_time import typed_time
from locales import Html
from mentoring.cards import Card
from mentoring.meetings import Meeting, Outcome
from mentoring.refusals import NoTandem, NotYours, SameMeeting
from mentoring.tandems import Tandem


class Step(StrEnum):
    PLACE = "meeting.place"
    TIME = "meeting.time"


async def ask(context: Context) -> Next:
    return await begin(context, ToMeeting(0))


async def begin(context: Context, tap: ToMeeting) -> Next:
    tandems = await context.desk.tandems.of(context.person.id)
    if tap.tandem_id:
        tandems = [tandem for tandem in tandems if tandem.id == tap.tandem_id]
    if not tandems:
        raise NoTandem
    if len(tandems) > 1:
        return _ask_tandem(context, tandems)
    plan = await context.desk.meetings.defaults(tandems[0], by=context.person, now=context.now)
    card = await context.open_card(KIND, content_of(tandems[0].id, plan))
    await show_card(context, card)
    return END


async def correct(context: Context, tap: ToCorrection) -> Next:
    meeting = await context.desk.meetings.of_partner(tap.meeting_id, by=context.person)
    content = content_of(meeting.tandem_id, meeting.plan, fixes=meeting.id)
    await show_card(context, await context.open_card(KIND, content))
    return END


async def take_view(context: Context, tap: View) -> Next:
    card = await context.card(tap.card, KIND)
    context.expects_text(card)
    match tap.part:
        case "d":
            await show_days(context, card)
        case "t":
            show_times(context, card)
            return Step.TIME
        case "l":
            show_lengths(context, card)
        case "p":
            show_place(context, card)
            return Step.PLACE
        case "o":
            show_topics(context, card)
        case _:
            await show_card(context, card)
    return END


async def take_month(context: Context, tap: Month) -> Next:
    await show_month(context, await context.card(tap.card, KIND), tap.first)
    return END


async def take_day(context: Context, tap: PickDay) -> Next:
    card = await context.card(tap.card, KIND)
    tandem = await tandem_of(context, card)
    context.desk.meetings.check_day(tandem, tap.day, by=context.person, now=context.now)
    return await _changed(context, card, day=tap.day)


async def take_time(context: Context, tap: PickTime) -> Next:
    return await _changed(context, await context.card(tap.card, KIND), start=tap.start)


async def take_typed_time(context: Context, text: str) -> Next:
    card = await context.card(context.card_key, KIND)
    start = typed_time(text)
    if start is None:
        context.say("Please type the time like this: 17:15", [[back(context.t, card.key)]])
        return None
    return await _changed(context, card, start=start)


async def take_length(context: Context, tap: PickLength) -> Next:
    card = await context.card(tap.card, KIND)
    if tap.minutes not in context.desk.programme.durations:
        raise NotYours
    return await _changed(context, card, minutes=tap.minutes)


async def take_no_place(context: Context, tap: NoPlace) -> Next:
    return await _changed(context, await context.card(tap.card, KIND), place="")


async def take_place(context: Context, text: str) -> Next:
    card = await context.card(context.card_key, KIND)
    return await _changed(context, card, place=context.desk.meetings.place(text))


async def take_topic(context: Context, tap: PickTopic) -> Next:
    card = await context.card(tap.card, KIND)
    known = [topic.key for topic in context.desk.programme.topics]
    chosen = {*plan_of(card).topics} ^ ({tap.topic} & {*known})
    card = await keep_plan(context, card, topics=tuple(key for key in known if key in chosen))
    show_topics(context, card)
    return END


async def save(context: Context, tap: Save) -> Next:
    try:
        return await _log(context, tap.card, Outcome.HELD)
    except SameMeeting as same:
        meeting = await context.desk.meetings.get(same.meeting_id, viewer=context.person.id)
        same_question(context, tap.card, await _lines(context, meeting), meeting.id)
        return END


async def save_another(context: Context, tap: SaveAnother) -> Next:
    return await _log(context, tap.card, Outcome.HELD, another=True)


async def take_same(context: Context, tap: Same) -> Next:
    card = await context.card(tap.card, KIND)
    meeting = await context.desk.meetings.get(tap.meeting_id, viewer=context.person.id)
    asked = (card.content["tandem"], plan_of(card).day, Outcome.HELD)
    if (meeting.tandem_id, meeting.plan.day, meeting.outcome) != asked:
        raise NotYours
    return await _saved(context, meeting)


async def moved(context: Context, tap: Moved) -> Next:
    return await _log(context, tap.card, Outcome.MOVED)


async def not_held(context: Context, tap: NotHeld) -> Next:
    return await _log(context, tap.card, Outcome.NOT_HELD)


async def nothing(_context: Context, _tap: Nothing) -> Next:
    return None


def _ask_tandem(context: Context, tandems: list[Tandem]) -> Next:
    t = context.t
    rows = []
    for tandem in tandems:
        names = ", ".join(member.name for member in tandem.others(context.person.id))
        rows.append([Button(names, ToMeeting(tandem.id))])
    context.show(t("Which tandem?"), [*rows, [to_menu(t)]])
    return END


async def _changed(context: Context, card: Card, **changes: Any) -> Next:
    await show_card(context, await keep_plan(context, card, **changes))
    return END


async def _log(context: Context, key: str, outcome: Outcome, *, another: bool = False) -> Next:
    """The card becomes a meeting, and is gone: pressed again, it shows that meeting."""
    try:
        card = await context.card(key, KIND)
    except NotYours:
        known = await context.desk.meetings.of_card(key, by=context.person)
        return await _saved(context, known)
    if card.content["fixes"]:
        return await _propose(context, card)
    tandem_id: Any = card.content["tandem"]
    meeting = await context.desk.meetings.log(
        by=context.person,
        tandem_id=tandem_id,
        outcome=outcome,
        plan=plan_of(card),
        key=card.key,
        now=context.now,
        another=another,
    )
    await context.desk.cards.drop(key, person_id=context.person.id)
    return await _saved(context, meeting)


async def _saved(context: Context, meeting: Meeting) -> Next:
    t = context.t
    if meeting.undone:
        raise NotYours
    total = total_line(t, await context.desk.meetings.total(meeting.tandem_id))
    buttons = [to_menu(t)]
    if meeting.by == context.person.id:
        buttons.insert(0, Button(t.label("button", "Undo"), Undo(meeting.id)))
    lines = await _lines(context, meeting)
    context.show(t.lines(t("✅ Saved"), *lines, "", total), [buttons])
    return END


async def _propose(context: Context, card: Card) -> Next:
    meeting_id: Any = card.content["fixes"]
    meeting = await context.desk.meetings.correct(
        meeting_id, plan_of(card), by=context.person, now=context.now
    )
    await context.desk.cards.drop(card.key, person_id=context.person.id)
    t = context.t
    names = await _names(context, meeting)
    context.show(
        t(
            "Thank you. Both versions go to {names} now; until they are agreed on, the meeting "
            "stays as it was logged.",
            names=names,
        ),
        [[to_menu(t)]],
    )
    return END


async def _lines(context: Context, meeting: Meeting) -> list[Html]:
    names = await _names(context, meeting)
    return meeting_lines(context.t, context.desk.programme, meeting, names, today=context.today)


async def _names(context: Context, meeting: Meeting) -> Html:
    viewer = context.person.id
    tandem = await context.desk.tandems.get(meeting.tandem_id, viewer=viewer)
    return context.t.all_of(member.name for member in tandem.others(viewer))


flow = Flow(
    begin=[begun("meeting", ask)],
    taps=[
        tapped(ToMeeting, begin),
        tapped(ToCorrection, correct),
        tapped(View, take_view),
        tapped(Month, take_month),
        tapped(PickDay, take_day),
        tapped(PickTime, take_time),
        tapped(PickLength, take_length),
        tapped(PickTopic, take_topic),
        tapped(NoPlace, take_no_place),
        tapped(Save, save),
        tapped(SaveAnother, save_another),
        tapped(Same, take_same),
        tapped(Moved, moved),
        tapped(NotHeld, not_held),
        tapped(Nothing, nothing),
    ],
    steps={Step.PLACE: take_place, Step.TIME: take_typed_time},
)
