"""The plan card of a next date, and its offer after a meeting was saved."""

from dataclasses import dataclass
from datetime import date

from handlers.buttons import Button, Tap
from handlers.calendar import weeks_rows
from handlers.context import Context
from handlers.date_text import ToDate, replaced
from handlers.plan_card import PickDay, Purpose, Questions, plan_of
from locales import Html, Speech
from mentoring.cards import Card
from mentoring.logbook import Meeting
from mentoring.plans import Plan
from mentoring.tandems import Tandem

NEARLY_TWO_WEEKS = range(12, 15)
"""Days from the day on which a meeting is logged."""


@dataclass(frozen=True)
class Propose(Tap, tag="d.save"):
    card: str


@dataclass(frozen=True)
class SameTime(Tap, tag="d.same"):
    """That day, at the time and place of this meeting."""

    meeting_id: int
    day: date


def _questions(t: Speech, day: str) -> Questions:
    return Questions(
        day=t("On which day would you like to meet? Choose, or type it: {day}", day=day),
        time=t("When shall it begin? Choose, or type the time, for example 17:15."),
        length=t("How long shall it be? Choose, or type the minutes, for example 75."),
        place=t("Where would you like to meet? Please type it."),
        topics=t("What would you like to talk about?"),
    )


def _days(context: Context, tandem: Tandem) -> tuple[date, date]:
    return context.desk.appointments.days(tandem, by=context.person, now=context.now)


def _offered(context: Context, tandem: Tandem, card: Card) -> list[list[Button]]:
    """Every day of the next weeks: any of them is one tap."""
    return weeks_rows(
        context.t,
        possible=_days(context, tandem),
        chosen=plan_of(card).day,
        pick=lambda day: PickDay(card.key, day),
    )


def _check_day(context: Context, tandem: Tandem, day: date) -> None:
    context.desk.appointments.check_day(tandem, day, by=context.person, now=context.now)


def _may_begin(context: Context, plan: Plan) -> bool:
    return plan.starts_at(context.person.time_zone) > context.now


async def _about(context: Context, tandem: Tandem) -> list[Html]:
    """What stands already, and is to be replaced."""
    standing = await context.desk.appointments.next_of(tandem, now=context.now)
    return [replaced(context.t, standing.to_replace, context.person)] if standing else []


DATE = Purpose(
    kind="date",
    heading=lambda t, names: t("<b>Next date with {names}</b>", names=names),
    questions=_questions,
    days=_days,
    offered=_offered,
    check_day=_check_day,
    may_begin=_may_begin,
    about=_about,
    above=lambda t, key: [[Button(t.label("button", "Propose"), Propose(key))]],
    asks_time=True,
)


async def next_date_offer(
    context: Context, meeting: Meeting, tandem: Tandem
) -> tuple[list[Html], list[list[Button]]]:
    """A question and its rows, when the tandem goes on and has no date yet."""
    appointments, t, by = context.desk.appointments, context.t, context.person
    if not tandem.goes_on(context.today):
        return [], []
    if await appointments.next_of(tandem, now=context.now) is not None:
        return [], []
    other = Button(t.label("button", "Another date"), ToDate(meeting.tandem_id))
    plan = appointments.in_a_fortnight(meeting.plan, by=by, now=context.now)
    if plan.day > tandem.last_day:
        return [Html(""), t("And the next date?")], [[other]]
    label = t.label("button", "{day}, {time}", day=t.day(plan.day), time=t.time(plan.start))
    same = Button("🗓 " + label, SameTime(meeting.id, plan.day))
    return [Html(""), _question(context, plan)], [[same], [other]]


def _question(context: Context, plan: Plan) -> Html:
    """Of a meeting that was logged late, the same weekday is no two weeks away."""
    t = context.t
    if (plan.day - context.today).days in NEARLY_TWO_WEEKS:
        # Translators: offered after a meeting was saved
        return t("And the next date: in two weeks, at the same time?")
    # Translators: offered after a meeting was saved late; a day and the meeting's time follow
    return t("And the next date: at the same time?")
