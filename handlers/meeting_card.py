"""The meeting card: its values, its buttons and how each view of it looks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from handlers.buttons import Button, Keyboard, Tap, in_rows
from handlers.calendar import month_rows
from handlers.context import Context
from handlers.meeting_text import chip, plan_lines
from handlers.menu_buttons import to_menu
from locales import Html, Speech
from mentoring.cards import Card
from mentoring.meetings import Plan
from mentoring.refusals import NotYours
from mentoring.tandems import Tandem

KIND = "meeting"
HOURS = range(8, 21)
"""Starting hours offered as chips; any other time is typed."""


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


@dataclass(frozen=True)
class View(Tap, tag="m.view"):
    """Shows a part of the card: c(ard), d(ay), t(ime), l(ength), p(lace), o (topics)."""

    card: str
    part: str


@dataclass(frozen=True)
class Month(Tap, tag="m.month"):
    card: str
    first: date


@dataclass(frozen=True)
class PickDay(Tap, tag="m.day"):
    card: str
    day: date


@dataclass(frozen=True)
class PickTime(Tap, tag="m.time"):
    card: str
    start: time


@dataclass(frozen=True)
class PickLength(Tap, tag="m.len"):
    card: str
    minutes: int


@dataclass(frozen=True)
class PickTopic(Tap, tag="m.topic"):
    """Ticks a topic, or takes the tick away."""

    card: str
    topic: str


@dataclass(frozen=True)
class NoPlace(Tap, tag="m.noplace"):
    card: str


def content_of(tandem_id: int, plan: Plan, *, fixes: int = 0) -> dict[str, Any]:
    """The card's values as JSON; `fixes` is the meeting that it corrects, 0 for a new one."""
    return {
        "tandem": tandem_id,
        "day": plan.day.isoformat(),
        "start": plan.start.isoformat("minutes"),
        "minutes": plan.minutes,
        "place": plan.place,
        "topics": list(plan.topics),
        "fixes": fixes,
    }


def plan_of(card: Card) -> Plan:
    values: dict[str, Any] = card.content
    return Plan(
        date.fromisoformat(values["day"]),
        time.fromisoformat(values["start"]),
        values["minutes"],
        values["place"],
        tuple(values["topics"]),
    )


async def tandem_of(context: Context, card: Card) -> Tandem:
    tandem_id: Any = card.content["tandem"]
    return await context.desk.tandems.get(tandem_id, viewer=context.person.id)


async def keep_plan(context: Context, card: Card, **changes: Any) -> Card:
    """Writes changed values of the plan into the card."""
    tandem_id: Any = card.content["tandem"]
    fixes: Any = card.content["fixes"]
    plan = replace(plan_of(card), **changes)
    return await context.keep(card, **content_of(tandem_id, plan, fixes=fixes))


async def show_card(context: Context, card: Card) -> None:
    """The card itself: Save stands first, so that logging with the defaults is two taps."""
    t, plan = context.t, plan_of(card)
    tandem = await tandem_of(context, card)
    names = t.all_of(member.name for member in tandem.others(context.person.id))
    if card.content["fixes"]:
        heading = t("<b>Correct the meeting with {names}</b>", names=names)
    else:
        heading = t("<b>Meeting with {names}</b>", names=names)
    text = t.lines(heading, *plan_lines(t, context.desk.programme, plan, today=context.today))
    context.show(text, _card_keyboard(t, card))


def _card_keyboard(t: Speech, card: Card) -> Keyboard:
    key = card.key
    rows = [
        [Button(t.label("button", "Save"), Save(key))],
        [
            Button("📅 " + t.label("button", "Day"), View(key, "d")),
            Button("🕔 " + t.label("button", "Time"), View(key, "t")),
            Button("⏱ " + t.label("button", "Duration"), View(key, "l")),
        ],
        [
            Button("📍 " + t.label("button", "Place"), View(key, "p")),
            Button("💬 " + t.label("button", "Topics"), View(key, "o")),
        ],
    ]
    if not card.content["fixes"]:
        rows.append(
            [
                Button(t.label("button", "Moved"), Moved(key)),
                Button(t.label("button", "Did not happen"), NotHeld(key)),
            ]
        )
    return [*rows, [to_menu(t)]]


async def show_days(context: Context, card: Card) -> None:
    """The last days as chips, and the way to the calendar."""
    t, key, chosen = context.t, card.key, plan_of(card).day
    tandem = await tandem_of(context, card)
    first = max(tandem.first_day, context.today - timedelta(days=5))
    span = (context.today - first).days
    days = [context.today - timedelta(days=back) for back in range(span + 1)]
    chips = [chip(t.day(day), PickDay(key, day), chosen=day == chosen) for day in days]
    calendar = Button(t.label("button", "Calendar"), Month(key, chosen.replace(day=1)))
    context.show(t("On which day did you meet?"), [*in_rows(chips, 2), [calendar], [back(t, key)]])


async def show_month(context: Context, card: Card, first: date) -> None:
    """A month, Monday first; a month back and forth as far as the tandem reaches.

    Raises NotYours for a month that no button of ours led to.
    """
    t, key = context.t, card.key
    tandem = await tandem_of(context, card)
    last = max(tandem.first_day, min(tandem.last_day, context.today))
    if first.day != 1 or not tandem.first_day.replace(day=1) <= first <= last:
        raise NotYours
    rows = month_rows(
        t,
        first,
        possible=(tandem.first_day, last),
        chosen=plan_of(card).day,
        pick=lambda day: PickDay(key, day),
        turn=lambda month: Month(key, month),
    )
    context.show(t("On which day did you meet?"), [*rows, [back(t, key)]])


def show_times(context: Context, card: Card) -> None:
    t, key, chosen = context.t, card.key, plan_of(card).start
    starts = [time(hour, minute) for hour in HOURS for minute in (0, 30)]
    chips = [chip(t.time(start), PickTime(key, start), chosen=start == chosen) for start in starts]
    context.show(
        t("When did it begin? Choose, or type the time, for example 17:15."),
        [*in_rows(chips, 4), [back(t, key)]],
    )


def show_lengths(context: Context, card: Card) -> None:
    t, key, chosen = context.t, card.key, plan_of(card).minutes
    lengths = context.desk.programme.durations
    chips = [chip(t.minutes(m), PickLength(key, m), chosen=m == chosen) for m in lengths]
    context.show(t("How long was it?"), [*in_rows(chips, 3), [back(t, key)]])


def show_place(context: Context, card: Card) -> None:
    t, key = context.t, card.key
    nowhere = Button(t.label("button", "No place"), NoPlace(key))
    context.show(t("Where did you meet? Please type it."), [[nowhere, back(t, key)]])


def show_topics(context: Context, card: Card) -> None:
    t, key, chosen = context.t, card.key, plan_of(card).topics
    chips = [
        chip(topic.names[t.language], PickTopic(key, topic.key), chosen=topic.key in chosen)
        for topic in context.desk.programme.topics
    ]
    done = Button(t.label("button", "Done"), View(key, "c"))
    context.show(t("What did you talk about?"), [*in_rows(chips, 2), [done]])


def back(t: Speech, key: str) -> Button:
    return Button(t.label("button", "Back"), View(key, "c"))


def same_question(context: Context, key: str, lines: Sequence[Html], meeting_id: int) -> None:
    """That day has a meeting already: is it the same?"""
    t = context.t
    context.show(
        t.lines(t("There is a meeting on this day already:"), *lines, t("Is it the same one?")),
        [
            [Button(t.label("button", "Yes, the same"), Same(key, meeting_id))],
            [Button(t.label("button", "No, another one"), SaveAnother(key)), back(t, key)],
        ],
    )
