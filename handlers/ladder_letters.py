"""Letters of the contact ladder: a question, and the taps that answer it."""

from datetime import date

from handlers.buttons import Button
from handlers.date_text import ToDate
from handlers.letter_form import Args, Writing, letter
from handlers.menu_buttons import ToMeeting, ToTeam, to_menu
from handlers.outgoing import Outgoing
from locales import Html, Speech
from mentoring.desk import Desk
from mentoring.people import Person
from mentoring.refusals import NotYours
from mentoring.tandems import Tandem


async def _no_date_yet(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    tandem = await _tandem(desk, reader, args)
    if tandem is None:
        return None
    question = t(
        "You and {names} are a tandem now. Is there a date for your first meeting yet?",
        names=_names(t, tandem, reader),
    )
    return _asked(t, tandem, question)


async def _not_met_yet(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    tandem = await _tandem(desk, reader, args)
    if tandem is None:
        return None
    question = t(
        "No meeting with {names} is noted down yet. Have you met, or is there a date?",
        names=_names(t, tandem, reader),
    )
    return _asked(t, tandem, question)


async def _silence(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    tandem = await _tandem(desk, reader, args)
    if tandem is None:
        return None
    since = date.fromisoformat(args["since"])
    question = t(
        "Since {day}, no meeting with {names} has been noted down or planned. Have you met, or "
        "is there a date?",
        day=t.full_day(since, today=desk.today(reader)),
        names=_names(t, tandem, reader),
    )
    return _asked(t, tandem, question)


def _asked(t: Speech, tandem: Tandem, question: Html) -> Outgoing:
    """Help is offered at once: silence has its reasons, and none of them is asked for."""
    help_ = t("If something stands in the way, the coordination team helps.")
    rows = [
        [Button("✏️ " + t.label("button", "Log a meeting"), ToMeeting(tandem.id))],
        [Button("🗓 " + t.label("button", "Agree on the next date"), ToDate(tandem.id))],
        [Button(t.label("button", "Write to the coordination team"), ToTeam())],
        [to_menu(t)],
    ]
    return letter(t.lines(question, help_), rows)


async def _tandem(desk: Desk, reader: Person, args: Args) -> Tandem | None:
    """None once its time is over."""
    try:
        tandem = await desk.tandems.get(args["tandem"], viewer=reader.id)
    except NotYours:
        return None
    return tandem if tandem.goes_on(desk.today(reader)) else None


def _names(t: Speech, tandem: Tandem, reader: Person) -> Html:
    return t.all_of(other.name for other in tandem.others(reader.id))


WRITINGS: dict[str, Writing] = {
    "no_date_yet": _no_date_yet,
    "not_met_yet": _not_met_yet,
    "silence": _silence,
}
