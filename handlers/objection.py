"""What follows a logged meeting: undo, objection, and the answer to a correction."""

from handlers.buttons import Button
from handlers.context import Context
from handlers.flow import Flow, Next, tapped
from handlers.meeting_text import (
    Agree,
    Concede,
    Object,
    Undo,
    contested_buttons,
    correction_answers,
    correction_lines,
    plan_lines,
    total_line,
)
from handlers.menu_buttons import ToMeeting, to_menu
from locales import Html
from mentoring.logbook import Meeting, Outcome
from mentoring.refusals import Overtaken


async def undo(context: Context, tap: Undo) -> Next:
    meeting = await context.desk.meetings.undo(tap.meeting_id, by=context.person, now=context.now)
    t, day = context.t, context.t.day(meeting.plan.day)
    if meeting.outcome is Outcome.HELD:
        said = t("Taken back. The meeting of {day} does not count any more.", day=day)
    else:
        said = t("Taken back: what was noted for {day}.", day=day)
    await _tell(context, meeting, said)
    return None


async def take_objection(context: Context, tap: Object) -> Next:
    meeting = await context.desk.meetings.object(tap.meeting_id, by=context.person, now=context.now)
    await _tell(context, meeting, _not_counted(context, meeting))
    return None


async def concede(context: Context, tap: Concede) -> Next:
    meetings, t = context.desk.meetings, context.t
    meeting = await meetings.concede(tap.meeting_id, by=context.person, now=context.now)
    day = t.day(meeting.plan.day)
    await _tell(context, meeting, t("Thank you, the meeting of {day} counts.", day=day))
    return None


async def take_agreement(context: Context, tap: Agree) -> Next:
    meetings = context.desk.meetings
    try:
        meeting = await meetings.answer_correction(
            tap.meeting_id, seen=tap.seen, accept=tap.accept, by=context.person, now=context.now
        )
    except Overtaken:
        _show_newer(context, await meetings.get(tap.meeting_id, viewer=context.person.id))
        return None
    if meeting.contested:
        said = _not_counted(context, meeting)
    else:
        day = context.t.day(meeting.plan.day)
        said = context.t("Thank you, the meeting of {day} is corrected.", day=day)
    await _tell(context, meeting, said)
    return None


def _not_counted(context: Context, meeting: Meeting) -> Html:
    day = context.t.day(meeting.plan.day)
    return context.t("Noted. The meeting of {day} is not counted until you two agree.", day=day)


def _show_newer(context: Context, meeting: Meeting) -> None:
    """Another correction has come since: nobody agrees to what they have not seen."""
    t, programme = context.t, context.desk.programme
    lines = correction_lines(t, programme, meeting, today=context.today)
    text = t.lines(t("The correction has changed since. It says now:"), *lines)
    context.show(text, [correction_answers(t, meeting)])


async def _tell(context: Context, meeting: Meeting, said: Html) -> None:
    t, lines = context.t, [said]
    tandem = await context.desk.tandems.get(meeting.tandem_id, viewer=context.person.id)
    if not meeting.undone:
        lines += plan_lines(t, context.desk.programme, meeting.plan, today=context.today)
    total = total_line(t, await context.desk.meetings.total(meeting.tandem_id))
    rows = [[to_menu(t)]]
    if meeting.contested and not meeting.undone and meeting.by != context.person.id:
        rows.insert(0, contested_buttons(t, meeting, tandem, context.person.id))
    if meeting.undone:
        log = Button("✏️ " + t.label("button", "Log a meeting"), ToMeeting(tandem.id))
        rows.insert(0, [log])
    context.show(t.lines(*lines, "", total), rows)


flow = Flow(
    taps=[
        tapped(Undo, undo),
        tapped(Object, take_objection),
        tapped(Concede, concede),
        tapped(Agree, take_agreement),
    ]
)
