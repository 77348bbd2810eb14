"""Letters become messages when they leave: in the reader's language then, from the facts then."""

from dataclasses import replace
from datetime import date

from handlers import date_letters, ladder_letters
from handlers.answer_question import Answer
from handlers.buttons import Button, facing
from handlers.date_text import ToDate
from handlers.letter_form import Args, Writing, letter
from handlers.meeting_text import (
    Undo,
    contested_buttons,
    correction_answers,
    correction_lines,
    outcome_line,
    partner_buttons,
    plan_lines,
    total_line,
)
from handlers.menu_buttons import ToMeeting, menu_of, menu_text, to_menu
from handlers.note_text import note_buttons
from handlers.outgoing import Outgoing
from handlers.quotes import quoted
from locales import Speech, speech
from mentoring.desk import Desk
from mentoring.logbook import Meeting, Outcome
from mentoring.people import Person
from mentoring.refusals import NotYours
from mentoring.tandems import Tandem


async def render(desk: Desk, kind: str, args: Args, reader: Person | None) -> Outgoing | None:
    """The message a letter is now; None when there is nothing to say any more.

    Direct answers are finished already. Raises KeyError for a kind that nobody writes.
    """
    if kind == "answer":
        return Outgoing(args["method"], args["params"])
    assert reader is not None
    t = speech(reader.language)
    outgoing = await _WRITINGS[kind](desk, t, reader, args)
    if outgoing is None or "reply_markup" not in outgoing.params:
        return outgoing
    faced = facing(outgoing.params["reply_markup"], right_to_left=t.right_to_left)
    return replace(outgoing, params={**outgoing.params, "reply_markup": faced})


async def _welcome(_desk: Desk, t: Speech, reader: Person, _args: Args) -> Outgoing:
    text = t.lines(t("Hello {name}!", name=reader.name), menu_text(t))
    return letter(text, menu_of(t, reader))


async def _matched(_desk: Desk, t: Speech, _reader: Person, args: Args) -> Outgoing:
    text = t.lines(
        t(
            "🤝 You are a tandem now: your tandem partner is <b>{partner}</b>.",
            partner=args["partner"],
        ),
        t("After each meeting, two taps here are enough to note it down."),
    )
    tandem_id = args.get("tandem", 0)
    button = Button("✏️ " + t.label("button", "Log a meeting"), ToMeeting(tandem_id))
    return letter(text, [[button], [to_menu(t)]])


async def _logged(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    meeting = await _meeting(desk, reader, args)
    if meeting is None or meeting.undone:
        return None
    today = desk.today(reader)
    tandem = await desk.tandems.get(meeting.tandem_id, viewer=reader.id)
    keyboard = [partner_buttons(t, meeting, tandem, reader.id)]
    next_date = await _next_date(desk, t, tandem, today)
    heading = t("Newly logged by {by}:", by=args["by"])
    if meeting.outcome is Outcome.HELD:
        plan = plan_lines(t, desk.programme, meeting.plan, today=today)
        total = total_line(t, await desk.meetings.total(meeting.tandem_id))
        notes = [note_buttons(t, meeting.id)] if tandem.goes_on(today) else []
        rows = [*keyboard, *notes, *next_date, [to_menu(t)]]
        return letter(t.lines(heading, *plan, "", total), rows)
    names = t.all_of(member.name for member in tandem.others(reader.id))
    outcome = outcome_line(t, meeting, names, today=today)
    return letter(t.lines(heading, outcome), [*next_date, *keyboard, [to_menu(t)]])


async def _next_date(desk: Desk, t: Speech, tandem: Tandem, today: date) -> list[list[Button]]:
    """Offered while the tandem goes on and has none."""
    if not tandem.goes_on(today):
        return []
    if await desk.appointments.next_of(tandem, now=desk.now()) is not None:
        return []
    return [[Button("🗓 " + t.label("button", "Agree on the next date"), ToDate(tandem.id))]]


async def _undone(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    meeting = await _meeting(desk, reader, args)
    if meeting is None:
        return None
    day = t.day(meeting.plan.day)
    if meeting.outcome is Outcome.HELD:
        text = t("Taken back by {by}: the meeting of {day} does not count.", by=args["by"], day=day)
    else:
        text = t("Taken back by {by}: what was noted for {day}.", by=args["by"], day=day)
    return letter(text, [[to_menu(t)]])


async def _contested(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    meeting = await _meeting(desk, reader, args)
    if meeting is None or meeting.undone:
        return None
    text = t(
        "Objection by {by}: the meeting of {day} is not counted until you two agree. Best have a "
        "short word with each other.",
        by=args["by"],
        day=t.day(meeting.plan.day),
    )
    if meeting.by == reader.id:
        way_on = [Button(t.label("button", "Take the meeting back"), Undo(meeting.id))]
    else:
        tandem = await desk.tandems.get(meeting.tandem_id, viewer=reader.id)
        way_on = contested_buttons(t, meeting, tandem, reader.id)
    return letter(text, [way_on, [to_menu(t)]])


async def _conceded(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    meeting = await _meeting(desk, reader, args)
    if meeting is None or meeting.undone or meeting.contested:
        return None
    day = t.day(meeting.plan.day)
    text = t("{by} agrees: the meeting of {day} counts as it was logged.", by=args["by"], day=day)
    return letter(text, [[to_menu(t)]])


async def _corrected(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    meeting = await _meeting(desk, reader, args)
    if meeting is None or meeting.correction is None or meeting.undone:
        return None
    lines = correction_lines(t, desk.programme, meeting, today=desk.today(reader))
    answers = correction_answers(t, meeting) if meeting.by == reader.id else [to_menu(t)]
    return letter(t.lines(t("Correction by {by}:", by=args["by"]), *lines), [answers])


async def _agreed(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    meeting = await _meeting(desk, reader, args)
    if meeting is None:
        return None
    text = t.lines(
        t("{by} agrees. The meeting is corrected:", by=args["by"]),
        *plan_lines(t, desk.programme, meeting.plan, today=desk.today(reader)),
    )
    return letter(text, [[to_menu(t)]])


async def _question(_desk: Desk, t: Speech, _reader: Person, args: Args) -> Outgoing:
    text = t.lines(t("Message from {by}:", by=args["by"]), args["text"])
    return letter(text, [[Button(t.label("button", "Answer"), Answer(args["question"]))]])


async def _question_answered(_desk: Desk, t: Speech, _reader: Person, args: Args) -> Outgoing:
    text = t.lines(
        quoted(args["question"]),
        t("Answer of the coordination team ({by}):", by=args["by"]),
        args["text"],
    )
    return letter(text, [[to_menu(t)]])


def apology(t: Speech, reference: str, *, known: bool) -> Outgoing:
    """Something broke on our side: nothing was changed, and the reference finds it in the log."""
    text = t(
        "I am sorry, something went wrong on our side and nothing was changed. Please try again. "
        "If it happens again, tell the coordination team this reference: {reference}",
        reference=reference,
    )
    return letter(text, [[to_menu(t)]] if known else ())


async def _meeting(desk: Desk, reader: Person, args: Args) -> Meeting | None:
    try:
        return await desk.meetings.get(args["meeting"], viewer=reader.id)
    except NotYours:
        return None


_WRITINGS: dict[str, Writing] = {
    "welcome": _welcome,
    "matched": _matched,
    "meeting_logged": _logged,
    "meeting_undone": _undone,
    "meeting_contested": _contested,
    "meeting_corrected": _corrected,
    "meeting_agreed": _agreed,
    "meeting_conceded": _conceded,
    "question": _question,
    "question_answered": _question_answered,
    **date_letters.WRITINGS,
    **ladder_letters.WRITINGS,
}

KINDS = frozenset(_WRITINGS)
"""Every kind of letter that a service may write."""
