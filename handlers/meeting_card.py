"""The plan card of a meeting: to log one or to correct the partner's, and what is shown then."""

from dataclasses import dataclass
from datetime import date, timedelta

from handlers.buttons import Button, Tap, in_rows
from handlers.context import Context
from handlers.date_card import next_date_offer
from handlers.flow import END, Next
from handlers.meeting_text import Undo, chip, meeting_lines, partner_buttons, total_line
from handlers.menu_buttons import to_menu
from handlers.note_text import note_buttons
from handlers.plan_card import PickDay, Purpose, Questions, plan_of
from locales import Html, Speech
from mentoring.cards import Card
from mentoring.logbook import Meeting, Outcome
from mentoring.plans import Plan
from mentoring.refusals import NotYours
from mentoring.tandems import Tandem


@dataclass(frozen=True)
class Save(Tap, tag="m.save"):
    card: str


@dataclass(frozen=True)
class SaveAnother(Tap, tag="m.another"):
    """There is a meeting on that day already, and this is another one."""

    card: str


@dataclass(frozen=True)
class Same(Tap, tag="m.same"):
    """It is the meeting that the other side has logged."""

    card: str
    meeting_id: int


@dataclass(frozen=True)
class Moved(Tap, tag="m.moved"):
    card: str


@dataclass(frozen=True)
class NotHeld(Tap, tag="m.none"):
    card: str


def _questions(t: Speech, day: str) -> Questions:
    return Questions(
        day=t("On which day did you meet? Choose, or type it: {day}", day=day),
        time=t("When did it begin? Choose, or type the time, for example 17:15."),
        length=t("How long was it? Choose, or type the minutes, for example 75."),
        place=t("Where did you meet? Please type it."),
        topics=t("What did you talk about?"),
    )


def _days(context: Context, tandem: Tandem) -> tuple[date, date]:
    return tandem.first_day, max(tandem.first_day, min(tandem.last_day, context.today))


def _offered(context: Context, tandem: Tandem, card: Card) -> list[list[Button]]:
    """The last days as chips, the newest first."""
    (first, last), chosen = _days(context, tandem), plan_of(card).day
    days = [last - timedelta(days=back) for back in range(6)]
    chips = [
        chip(context.t.day(day), PickDay(card.key, day), chosen=day == chosen)
        for day in days
        if day >= first
    ]
    return in_rows(chips, 2)


def _check_day(context: Context, tandem: Tandem, day: date) -> None:
    context.desk.meetings.check_day(tandem, day, by=context.person, now=context.now)


def _save(t: Speech, key: str) -> list[list[Button]]:
    """First, so that logging with the defaults is two taps."""
    return [[Button(t.label("button", "Save"), Save(key))]]


def _not_held(t: Speech, key: str) -> list[list[Button]]:
    return [
        [
            Button(t.label("button", "Moved"), Moved(key)),
            Button(t.label("button", "Did not happen"), NotHeld(key)),
        ]
    ]


def _may_begin(context: Context, plan: Plan) -> bool:
    return plan.starts_at(context.person.time_zone) <= context.now


LOG = Purpose(
    kind="meeting",
    heading=lambda t, names: t("<b>Meeting with {names}</b>", names=names),
    questions=_questions,
    days=_days,
    offered=_offered,
    check_day=_check_day,
    may_begin=_may_begin,
    above=_save,
    below=_not_held,
)
FIX = Purpose(
    kind="correction",
    heading=lambda t, names: t("<b>Correct the meeting with {names}</b>", names=names),
    questions=_questions,
    days=_days,
    offered=_offered,
    check_day=_check_day,
    may_begin=_may_begin,
    above=_save,
)


async def show_saved(context: Context, meeting: Meeting) -> Next:
    """What was saved, what it adds up to, and the next date in one tap (J3)."""
    if meeting.undone:
        raise NotYours
    t = context.t
    total = total_line(t, await context.desk.meetings.total(meeting.tandem_id))
    tandem = await tandem_with(context, meeting)
    question, rows = await next_date_offer(context, meeting, tandem)
    buttons = [to_menu(t)]
    if meeting.by == context.person.id:
        buttons.insert(0, Button(t.label("button", "Undo"), Undo(meeting.id)))
    lines = lines_of(context, meeting, tandem)
    if meeting.outcome is Outcome.HELD and tandem.goes_on(context.today):
        rows.append(note_buttons(t, meeting.id))
    context.show(t.lines(t("✅ Saved"), *lines, "", total, *question), [*rows, buttons])
    return END


async def show_logged(context: Context, meeting_id: int) -> Next:
    """The question was answered: the own answer once more, or the other side's for both."""
    meeting = await context.desk.meetings.get(meeting_id, viewer=context.person.id)
    if meeting.by == context.person.id:
        return await show_saved(context, meeting)
    return await show_answered(context, meeting_id)


async def show_answered(context: Context, meeting_id: int) -> Next:
    """Something else was answered meanwhile, and that stands."""
    meeting = await context.desk.meetings.get(meeting_id, viewer=context.person.id)
    t, tandem = context.t, await tandem_with(context, meeting)
    lines = lines_of(context, meeting, tandem)
    if meeting.by == context.person.id:
        change = [Button(t.label("button", "Undo"), Undo(meeting.id))]
    else:
        change = partner_buttons(t, meeting, tandem, context.person.id)
    text = t.lines(t("This has been answered already:"), *lines)
    context.show(text, [change, [to_menu(t)]])
    return END


def lines_of(context: Context, meeting: Meeting, tandem: Tandem) -> list[Html]:
    names = context.t.all_of(other.name for other in tandem.others(context.person.id))
    return meeting_lines(context.t, context.desk.programme, meeting, names, today=context.today)


async def tandem_with(context: Context, meeting: Meeting) -> Tandem:
    """The tandem that met."""
    return await context.desk.tandems.get(meeting.tandem_id, viewer=context.person.id)
