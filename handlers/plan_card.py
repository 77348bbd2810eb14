"""The plan card: day, time, length, place and topics, filled in on one message, for any purpose.

A conversation describes its purpose; here is what the card looks like, in `plan_flow` what its
buttons do.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from typing import Any

from handlers.buttons import Button, Tap, in_rows
from handlers.calendar import month_rows
from handlers.context import Context
from handlers.flow import END, Next
from handlers.meeting_text import chip, plan_lines
from handlers.menu_buttons import to_menu
from locales import Html, Speech
from mentoring.cards import Card
from mentoring.plans import Plan
from mentoring.refusals import NotYours
from mentoring.tandems import Tandem

HOURS = range(8, 22)
"""Starting hours offered as chips; any other time is typed."""


class Step(StrEnum):
    DAY = "plan.day"
    PLACE = "plan.place"
    TIME = "plan.time"
    LENGTH = "plan.length"


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


@dataclass(frozen=True)
class Questions:
    """What is asked above each view."""

    day: Html
    time: Html
    length: Html
    place: Html
    topics: Html


async def _nothing_else(_context: Context, _tandem: Tandem) -> list[Html]:
    return []


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a plan is filled in for. `kind` is that of its cards.

    `questions` get an example of a day. `days`: the first and the last that can be chosen.
    `offered`: rows of days to choose at once.
    `above` and `below`: rows of buttons before and after those that change the plan.
    `check_day` raises a Refusal. `may_begin`: whether that start is worth offering. `about`: what
    else there is to know of it. `asks_time`: a day that was chosen leads on to the time.
    """

    kind: str
    heading: Callable[[Speech, Html], Html]
    questions: Callable[[Speech, str], Questions]
    days: Callable[[Context, Tandem], tuple[date, date]]
    offered: Callable[[Context, Tandem, Card], list[list[Button]]]
    check_day: Callable[[Context, Tandem, date], None]
    may_begin: Callable[[Context, Plan], bool]
    above: Callable[[Speech, str], list[list[Button]]]
    below: Callable[[Speech, str], list[list[Button]]] = lambda _t, _key: []
    about: Callable[[Context, Tandem], Awaitable[list[Html]]] = _nothing_else
    asks_time: bool = False


def content_of(tandem_id: int, plan: Plan, **more: object) -> dict[str, Any]:
    """The card's values as JSON."""
    return {
        "tandem": tandem_id,
        "day": plan.day.isoformat(),
        "start": plan.start.isoformat("minutes"),
        "minutes": plan.minutes,
        "place": plan.place,
        "topics": list(plan.topics),
        **more,
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


def tandem_id_of(card: Card) -> int:
    tandem_id: Any = card.content["tandem"]
    return int(tandem_id)


async def tandem_of(context: Context, card: Card) -> Tandem:
    return await context.desk.tandems.get(tandem_id_of(card), viewer=context.person.id)


async def show_card(context: Context, card: Card, purpose: Purpose) -> Next:
    """The card itself; what finishes it stands first."""
    tandem = await tandem_of(context, card)
    t, key = context.t, card.key
    names = t.all_of(member.name for member in tandem.others(context.person.id))
    plan = plan_lines(t, context.desk.programme, plan_of(card), today=context.today)
    changes = [
        [
            *day_and_time(t, key),
            Button("⏱ " + t.label("button", "Duration"), View(key, "l")),
        ],
        [
            Button("📍 " + t.label("button", "Place"), View(key, "p")),
            Button("💬 " + t.label("button", "Topics"), View(key, "o")),
        ],
    ]
    rows = [*purpose.above(t, key), *changes, *purpose.below(t, key), [to_menu(t)]]
    about = await purpose.about(context, tandem)
    context.show(t.lines(purpose.heading(t, names), *plan, *about), rows)
    return END


def _questions(purpose: Purpose, t: Speech, card: Card) -> Questions:
    return purpose.questions(t, typed_like(plan_of(card).day))


def typed_like(day: date) -> str:
    """A day as it is typed in every language: 24.12."""
    return f"{day.day}.{day.month}."


def day_and_time(t: Speech, key: str) -> list[Button]:
    return [
        Button("📅 " + t.label("button", "Day"), View(key, "d")),
        Button("🕔 " + t.label("button", "Time"), View(key, "t")),
    ]


async def show_days(context: Context, card: Card, purpose: Purpose) -> Next:
    """The days that are likely, and the way to all months."""
    t, key, tandem = context.t, card.key, await tandem_of(context, card)
    first, last = purpose.days(context, tandem)
    shown = max(first, min(plan_of(card).day, last)).replace(day=1)
    calendar = Button(t.label("button", "Calendar"), Month(key, shown))
    rows = [*purpose.offered(context, tandem, card), [calendar], [back(t, key)]]
    about = await purpose.about(context, tandem)
    context.show(t.lines(*about, _questions(purpose, t, card).day), rows)
    context.expects_text(card)
    return Step.DAY


def back(t: Speech, key: str) -> Button:
    return Button(t.label("button", "Back"), View(key, "c"))


async def show_month(context: Context, card: Card, purpose: Purpose, first: date) -> Next:
    """A month, Monday first; a month back and forth as far as days can be chosen.

    Raises NotYours for a month that no button of ours led to.
    """
    t, key = context.t, card.key
    possible = purpose.days(context, await tandem_of(context, card))
    if first.day != 1 or not possible[0].replace(day=1) <= first <= possible[1]:
        raise NotYours
    rows = month_rows(
        t,
        first,
        possible=possible,
        chosen=plan_of(card).day,
        pick=lambda day: PickDay(key, day),
        turn=lambda month: Month(key, month),
    )
    context.show(_questions(purpose, t, card).day, [*rows, [back(t, key)]])
    context.expects_text(card)
    return Step.DAY


def show_times(context: Context, card: Card, purpose: Purpose) -> Next:
    t, key, chosen = context.t, card.key, plan_of(card).start
    plan = plan_of(card)
    starts = [time(hour, minute) for hour in HOURS for minute in (0, 30)]
    chips = [
        chip(t.time(start), PickTime(key, start), chosen=start == chosen)
        for start in sorted({*starts, plan.start})
        if purpose.may_begin(context, replace(plan, start=start))
    ]
    context.expects_text(card)
    context.show(_questions(purpose, t, card).time, [*in_rows(chips, 4), [back(t, key)]])
    return Step.TIME


def show_lengths(context: Context, card: Card, purpose: Purpose) -> Next:
    t, key, chosen = context.t, card.key, plan_of(card).minutes
    lengths = context.desk.programme.durations
    chips = [chip(t.minutes(m), PickLength(key, m), chosen=m == chosen) for m in lengths]
    context.expects_text(card)
    context.show(_questions(purpose, t, card).length, [*in_rows(chips, 3), [back(t, key)]])
    return Step.LENGTH


def show_place(context: Context, card: Card, purpose: Purpose) -> Next:
    t, key = context.t, card.key
    nowhere = Button(t.label("button", "No place"), NoPlace(key))
    context.expects_text(card)
    context.show(_questions(purpose, t, card).place, [[nowhere, back(t, key)]])
    return Step.PLACE


def show_topics(context: Context, card: Card, purpose: Purpose) -> Next:
    t, key, chosen = context.t, card.key, plan_of(card).topics
    chips = [
        chip(topic.names[t.language], PickTopic(key, topic.key), chosen=topic.key in chosen)
        for topic in context.desk.programme.topics
    ]
    done = Button(t.label("button", "Done"), View(key, "c"))
    context.show(_questions(purpose, t, card).topics, [*in_rows(chips, 2), [done]])
    return END
