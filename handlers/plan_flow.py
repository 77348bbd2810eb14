"""What the buttons of a plan card do, whatever the plan is for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from handlers.calendar import Nothing
from handlers.context import Context
from handlers.flow import Flow, Next, tapped
from handlers.plan_card import (
    Month,
    NoPlace,
    PickDay,
    PickLength,
    PickTime,
    PickTopic,
    Purpose,
    Step,
    View,
    back,
    content_of,
    day_and_time,
    plan_of,
    show_card,
    show_days,
    show_lengths,
    show_month,
    show_place,
    show_times,
    show_topics,
    tandem_id_of,
    tandem_of,
    typed_like,
)
from handlers.refusals import explain
from handlers.typed_day import typed_day
from handlers.typed_time import typed_length, typed_time
from mentoring.cards import Card
from mentoring.refusals import NotADay, NotAhead, NotYours


def flow_of(purposes: Iterable[Purpose]) -> Flow:
    """The conversation of all plan cards."""
    views = _Views({purpose.kind: purpose for purpose in purposes})
    return Flow(
        taps=[
            tapped(View, views.take_view),
            tapped(Month, views.take_month),
            tapped(PickDay, views.take_day),
            tapped(PickTime, views.take_time),
            tapped(PickLength, views.take_length),
            tapped(PickTopic, views.take_topic),
            tapped(NoPlace, views.take_no_place),
            tapped(Nothing, _nothing),
        ],
        steps={
            Step.DAY: views.take_typed_day,
            Step.PLACE: views.take_place,
            Step.TIME: views.take_typed_time,
            Step.LENGTH: views.take_typed_length,
        },
    )


async def _nothing(_context: Context, _tap: Nothing) -> Next:
    return None


@dataclass(frozen=True)
class _Views:
    """What each button of a plan card does, whatever the plan is for."""

    purposes: dict[str, Purpose]

    async def take_view(self, context: Context, tap: View) -> Next:
        card, purpose = await self._open(context, tap.card)
        match tap.part:
            case "d":
                return await show_days(context, card, purpose)
            case "t":
                return show_times(context, card, purpose)
            case "l":
                return show_lengths(context, card, purpose)
            case "p":
                return show_place(context, card, purpose)
            case "o":
                return show_topics(context, card, purpose)
        return await show_card(context, card, purpose)

    async def take_month(self, context: Context, tap: Month) -> Next:
        card, purpose = await self._open(context, tap.card)
        return await show_month(context, card, purpose, tap.first)

    async def take_day(self, context: Context, tap: PickDay) -> Next:
        return await self._take_day(context, tap.card, tap.day)

    async def take_typed_day(self, context: Context, text: str) -> Next:
        card, purpose = await self._open(context, context.card_key)
        possible = purpose.days(context, await tandem_of(context, card))
        day = typed_day(text, context.t, possible=possible, today=context.today)
        if day is None:
            example = typed_like(plan_of(card).day)
            say, rows = context.say, [[back(context.t, card.key)]]
            say("Please type the day like this: {day} – or its name.", rows, day=example)
            return None
        return await self._take_day(context, card.key, day)

    async def _take_day(self, context: Context, key: str | None, day: date) -> Next:
        card, purpose = await self._open(context, key)
        tandem = await tandem_of(context, card)
        try:
            purpose.check_day(context, tandem, day)
        except (NotADay, NotAhead) as refusal:
            explain(context, refusal, day_and_time(context.t, card.key)[:1])
            return Step.DAY
        card = await _keep(context, card, day=day)
        if purpose.asks_time:
            return show_times(context, card, purpose)
        return await show_card(context, card, purpose)

    async def take_time(self, context: Context, tap: PickTime) -> Next:
        return await self._change(context, tap.card, start=tap.start)

    async def take_typed_time(self, context: Context, text: str) -> Next:
        card, _ = await self._open(context, context.card_key)
        start = typed_time(text)
        if start is None:
            context.say("Please type the time like this: 17:15", [[back(context.t, card.key)]])
            return None
        return await self._change(context, card.key, start=start)

    async def take_length(self, context: Context, tap: PickLength) -> Next:
        if tap.minutes not in context.desk.programme.durations:
            raise NotYours
        return await self._change(context, tap.card, minutes=tap.minutes)

    async def take_typed_length(self, context: Context, text: str) -> Next:
        card, _ = await self._open(context, context.card_key)
        minutes = typed_length(text)
        if minutes is None:
            context.say("Please type the minutes like this: 75", [[back(context.t, card.key)]])
            return None
        return await self._change(context, card.key, minutes=minutes)

    async def take_no_place(self, context: Context, tap: NoPlace) -> Next:
        return await self._change(context, tap.card, place="")

    async def take_place(self, context: Context, text: str) -> Next:
        place = context.desk.meetings.place(text)
        return await self._change(context, context.card_key, place=place)

    async def take_topic(self, context: Context, tap: PickTopic) -> Next:
        card, purpose = await self._open(context, tap.card)
        known = [topic.key for topic in context.desk.programme.topics]
        chosen = {*plan_of(card).topics} ^ ({tap.topic} & {*known})
        topics = tuple(key for key in known if key in chosen)
        return show_topics(context, await _keep(context, card, topics=topics), purpose)

    async def _change(self, context: Context, key: str | None, **changes: Any) -> Next:
        card, purpose = await self._open(context, key)
        card = await _keep(context, card, **changes)
        return await show_card(context, card, purpose)

    async def _open(self, context: Context, key: str | None) -> tuple[Card, Purpose]:
        card = await context.card(key, *self.purposes)
        return card, self.purposes[card.kind]


async def _keep(context: Context, card: Card, **changes: Any) -> Card:
    """Writes changed values of the plan into the card."""
    plan = replace(plan_of(card), **changes)
    return await context.keep(card, **content_of(tandem_id_of(card), plan))
