"""The next date (J3): proposed in a tap or on a card -> one yes of the other role -> it stands."""

from dataclasses import dataclass, replace

from handlers.buttons import Button, Tap
from handlers.choose_tandem import choose_tandem
from handlers.context import Context
from handlers.date_card import DATE, Propose, SameTime
from handlers.date_text import (
    Fits,
    ToCallOff,
    ToDate,
    ToFile,
    answers,
    calendar_entry,
    changes,
    date_lines,
)
from handlers.flow import END, Flow, Next, tapped
from handlers.menu_buttons import ToOneTandem, to_menu
from handlers.plan_card import content_of, day_and_time, plan_of, show_days, tandem_id_of
from handlers.refusals import explain
from locales import Html
from mentoring.dates import Appointment, State
from mentoring.refusals import HourPassed, NotAhead, NotYours, Overtaken
from mentoring.tandems import Tandem


@dataclass(frozen=True)
class CallOff(Tap, tag="d.off"):
    """Really."""

    appointment_id: int
    seen: str


async def ask(context: Context, tap: ToDate) -> Next:
    """The card opens at its days: another day and time are four taps."""
    tandem = await choose_tandem(context, tap.tandem_id, ToDate)
    if tandem is None:
        return END
    plan = await context.desk.meetings.next_plan(tandem, by=context.person, now=context.now)
    card = await context.open_card(DATE.kind, content_of(tandem.id, plan))
    context.anew()
    return await show_days(context, card, DATE)


async def take_same_time(context: Context, tap: SameTime) -> Next:
    """Offered while there was no date: one that has come since stands, and is shown."""
    appointments, by = context.desk.appointments, context.person
    meeting = await context.desk.meetings.get(tap.meeting_id, viewer=by.id)
    tandem = await context.desk.tandems.get(meeting.tandem_id, viewer=by.id)
    plan = replace(meeting.plan, day=tap.day)
    context.anew()
    standing = await appointments.next_of(tandem, now=context.now)
    if standing is not None and standing.plan_in(by.time_zone) != plan:
        return await _show(context, standing)
    key = f"after:{meeting.id}:{by.id}"
    appointment = await appointments.propose(
        by=by, tandem_id=tandem.id, plan=plan, key=key, now=context.now
    )
    return await _show(context, appointment)


async def propose(context: Context, tap: Propose) -> Next:
    """The card becomes the date, and is gone: pressed again, it shows that date."""
    try:
        card = await context.card(tap.card, DATE.kind)
    except NotYours:
        known = await context.desk.appointments.of_card(tap.card, by=context.person)
        return await _show(context, known)
    try:
        appointment = await context.desk.appointments.propose(
            by=context.person,
            tandem_id=tandem_id_of(card),
            plan=plan_of(card),
            key=card.key,
            now=context.now,
        )
    except (NotAhead, HourPassed) as refusal:
        explain(context, refusal, day_and_time(context.t, card.key))
        return None
    await context.desk.cards.drop(card.key, person_id=context.person.id)
    return await _show(context, appointment)


async def accept(context: Context, tap: Fits) -> Next:
    appointments = context.desk.appointments
    try:
        appointment = await appointments.accept(
            tap.appointment_id, seen=tap.seen, by=context.person, now=context.now
        )
    except Overtaken:
        appointment = await appointments.get(tap.appointment_id, viewer=context.person.id)
        return await _show(context, appointment, context.t("That proposal is not open any more."))
    return await _show(context, appointment)


async def ask_call_off(context: Context, tap: ToCallOff) -> Next:
    appointment = await context.desk.appointments.get(tap.appointment_id, viewer=context.person.id)
    if not appointment.is_open or appointment.ends_at <= context.now:
        raise NotYours
    t = context.t
    # What is asked is what stands now, whatever the button stood under.
    yes = Button(t.label("button", "Yes, call it off"), CallOff(appointment.id, appointment.mark))
    no = Button(t.label("button", "No, it stays"), ToOneTandem(appointment.tandem_id))
    lines = date_lines(t, context.desk.programme, appointment, context.person, today=context.today)
    context.show(t.lines(t("Shall this date be called off?"), *lines), [[yes], [no]])
    return END


async def call_off(context: Context, tap: CallOff) -> Next:
    try:
        appointment = await context.desk.appointments.cancel(
            tap.appointment_id, seen=tap.seen, by=context.person, now=context.now
        )
    except Overtaken:
        appointment = await context.desk.appointments.get(
            tap.appointment_id, viewer=context.person.id
        )
    return await _show(context, appointment)


async def send_file(context: Context, tap: ToFile) -> Next:
    appointment = await context.desk.appointments.get(tap.appointment_id, viewer=context.person.id)
    if appointment.state is not State.AGREED:
        raise NotYours  # a calendar that has it must hear of every change
    t = context.t
    tandem = await _tandem(context, appointment)
    names = t.all_of(member.name for member in tandem.others(context.person.id))
    lines = date_lines(
        t, context.desk.programme, appointment, context.person, today=context.today, topics=False
    )
    context.send_calendar(
        calendar_entry(t, appointment, names, now=context.now), t.lines(*lines), [[to_menu(t)]]
    )
    return None


async def _tandem(context: Context, appointment: Appointment) -> Tandem:
    return await context.desk.tandems.get(appointment.tandem_id, viewer=context.person.id)


async def _show(context: Context, appointment: Appointment, said: Html | None = None) -> Next:
    """What stands now, and what can be done about it; below `said`."""
    t, tandem = context.t, await _tandem(context, appointment)
    names = t.all_of(member.name for member in tandem.others(context.person.id))
    lines = date_lines(t, context.desk.programme, appointment, context.person, today=context.today)
    if appointment.state is State.CANCELLED:
        day = t.day(appointment.plan.day)
        rows = [[Button(t.label("button", "Another date"), ToDate(tandem.id))], [to_menu(t)]]
        context.show(t("The date of {day} is called off.", day=day), rows)
    elif not appointment.is_open or appointment.starts_at <= context.now:
        day = t.day(appointment.plan_in(context.person.time_zone).day)
        rows = [[Button(t.label("button", "Another date"), ToDate(tandem.id))], [to_menu(t)]]
        context.show(t("The date of {day} is over.", day=day), rows)
    elif appointment.state is State.AGREED:
        heading = t("✅ The date with {names} stands:", names=names)
        context.show(t.lines(said, heading, *lines), [changes(t, appointment), [to_menu(t)]])
    elif appointment.by == context.person.id:
        heading = t("Proposed to {names}:", names=names)
        context.show(t.lines(said, heading, *lines), [changes(t, appointment), [to_menu(t)]])
    else:
        may_answer = context.desk.appointments.may_answer(tandem, appointment, context.person)
        rows = [answers(t, appointment)] if may_answer else []
        text = t.lines(t("This date is proposed now:"), *lines)
        context.show(text, [*rows, [to_menu(t)]])
    return END


flow = Flow(
    taps=[
        tapped(ToDate, ask),
        tapped(SameTime, take_same_time),
        tapped(Propose, propose),
        tapped(Fits, accept),
        tapped(ToCallOff, ask_call_off),
        tapped(CallOff, call_off),
        tapped(ToFile, send_file),
    ],
)
