"""Did you meet? (J2): the push after a date -> how long -> Save; the first answer is for both."""

from dataclasses import replace

from handlers.context import Context
from handlers.date_text import Met, NotMet
from handlers.flow import Flow, Next, tapped
from handlers.meeting_card import LOG, show_logged, show_saved
from handlers.plan_card import content_of, show_card, show_lengths
from mentoring.cards import new_key
from mentoring.dates import Appointment
from mentoring.logbook import Outcome
from mentoring.refusals import NotYours


async def take_met(context: Context, tap: Met) -> Next:
    appointment = await _asked_for(context, tap)
    if appointment.meeting_id is not None:
        return await show_logged(context, appointment.meeting_id)
    if tap.minutes not in (0, appointment.plan.minutes, *context.desk.programme.durations):
        raise NotYours
    plan = appointment.plan_in(context.person.time_zone)
    plan = replace(plan, minutes=tap.minutes or plan.minutes)
    content = content_of(appointment.tandem_id, plan, date=appointment.id)
    card = await context.open_card(LOG.kind, content)
    if tap.minutes:
        return await show_card(context, card, LOG)
    return show_lengths(context, card, LOG)


async def take_not_met(context: Context, tap: NotMet) -> Next:
    appointment = await _asked_for(context, tap)
    if appointment.meeting_id is not None:
        return await show_logged(context, appointment.meeting_id)
    meeting = await context.desk.meetings.log(
        by=context.person,
        tandem_id=appointment.tandem_id,
        outcome=Outcome.MOVED if tap.moved else Outcome.NOT_HELD,
        plan=appointment.plan_in(context.person.time_zone),
        key=new_key(),
        now=context.now,
        of_date=appointment,
    )
    return await show_saved(context, meeting)


async def _asked_for(context: Context, tap: Met | NotMet) -> Appointment:
    """The date that the button was about; raises NotYours when there is another one by now."""
    appointment = await context.desk.appointments.get(tap.appointment_id, viewer=context.person.id)
    if appointment.mark != tap.seen or appointment.ends_at > context.now:
        raise NotYours
    if appointment.meeting_id is None and not appointment.may_have_been:
        raise NotYours
    return appointment


flow = Flow(taps=[tapped(Met, take_met), tapped(NotMet, take_not_met)])
