"""What follows a logged meeting: undo, objection, and the answer to a correction."""

from handlers.buttons import Button
from handlers.context import Context
from handlers.flow import Flow, Next, tapped
from handlers.meeting_text import Agree, Object, Undo, total_line
from handlers.menu_buttons import ToCorrection, to_menu
from locales import Html
from mentoring.meetings import Meeting


async def undo(context: Context, tap: Undo) -> Next:
    meeting = await context.desk.meetings.undo(tap.meeting_id, by=context.person, now=context.now)
    t = context.t
    await _tell(
        context,
        meeting,
        t("Taken back. The meeting of {day} does not count any more.", day=t.day(meeting.plan.day)),
    )
    return None


async def take_objection(context: Context, tap: Object) -> Next:
    meeting = await context.desk.meetings.object(tap.meeting_id, by=context.person, now=context.now)
    t = context.t
    await _tell(
        context,
        meeting,
        t(
            "Noted. The meeting of {day} is not counted until you two agree.",
            day=t.day(meeting.plan.day),
        ),
    )
    return None


async def take_agreement(context: Context, tap: Agree) -> Next:
    meeting = await context.desk.meetings.answer_correction(
        tap.meeting_id, accept=tap.accept, by=context.person, now=context.now
    )
    t, day = context.t, context.t.day(meeting.plan.day)
    if meeting.contested:
        said = t("Noted. The meeting of {day} is not counted until you two agree.", day=day)
    else:
        said = t("Thank you, the meeting of {day} is corrected.", day=day)
    await _tell(context, meeting, said)
    return None


async def _tell(context: Context, meeting: Meeting, said: Html) -> None:
    t = context.t
    total = total_line(t, await context.desk.meetings.total(meeting.tandem_id))
    buttons = [to_menu(t)]
    if meeting.contested and meeting.by != context.person.id:
        buttons.insert(0, Button(t.label("button", "Correct"), ToCorrection(meeting.id)))
    context.show(t.lines(said, "", total), [buttons])


flow = Flow(
    taps=[tapped(Undo, undo), tapped(Object, take_objection), tapped(Agree, take_agreement)]
)
