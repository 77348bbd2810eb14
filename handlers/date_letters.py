"""Letters about a date: in the reader's language and wall time, as they leave."""

from dataclasses import dataclass

from handlers.buttons import Button, Keyboard
from handlers.date_text import (
    Met,
    NotMet,
    ToDate,
    answers,
    calendar_entry,
    changes,
    date_lines,
)
from handlers.letter_form import Args, Writing, letter, letter_with_calendar
from handlers.menu_buttons import to_menu
from handlers.note_text import agenda_lines
from handlers.outgoing import Outgoing
from locales import Html, Speech
from mentoring.dates import Appointment, State
from mentoring.desk import Desk
from mentoring.people import Person
from mentoring.refusals import NotYours
from mentoring.tandems import Tandem


@dataclass(frozen=True)
class _Date:
    """A date as its reader sees it."""

    desk: Desk
    t: Speech
    reader: Person
    appointment: Appointment
    tandem: Tandem

    @property
    def names(self) -> Html:
        return self.t.all_of(member.name for member in self.tandem.others(self.reader.id))

    @property
    def lines(self) -> list[Html]:
        return self._lines(topics=True)

    @property
    def short(self) -> list[Html]:
        """For what stands below a file, where Telegram takes 1024 units and no more."""
        return self._lines(topics=False)

    def _lines(self, *, topics: bool) -> list[Html]:
        programme, today = self.desk.programme, self.desk.today(self.reader)
        return date_lines(
            self.t, programme, self.appointment, self.reader, today=today, topics=topics
        )

    @property
    def rows(self) -> Keyboard:
        """While a yes of the reader's is missing, every letter carries the button."""
        t, appointment = self.t, self.appointment
        may_answer = self.desk.appointments.may_answer(self.tandem, appointment, self.reader)
        asks = self.is_proposed and may_answer
        return [answers(t, appointment) if asks else changes(t, appointment), [to_menu(t)]]

    @property
    def is_proposed(self) -> bool:
        return self.appointment.state is State.PROPOSED

    def with_calendar(self, text: Html, rows: Keyboard) -> Outgoing:
        entry = calendar_entry(self.t, self.appointment, self.names, now=self.desk.now())
        return letter_with_calendar(entry, text, rows)


async def _read(desk: Desk, t: Speech, reader: Person, args: Args) -> _Date | None:
    """The date that the letter is about; None when it does not stand any more as it was."""
    try:
        appointment = await desk.appointments.get(args["date"], viewer=reader.id)
    except NotYours:
        return None
    if args["version"] != appointment.sequence:
        return None
    tandem = await desk.tandems.get(appointment.tandem_id, viewer=reader.id)
    return _Date(desk, t, reader, appointment, tandem)


async def _proposed(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    date = await _read(desk, t, reader, args)
    if date is None or not date.is_proposed:
        return None
    heading = t("Proposed by {by}:", by=args["by"])
    return letter(t.lines(heading, *date.lines), date.rows)


async def _agreed(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    date = await _read(desk, t, reader, args)
    if date is None or date.appointment.state is not State.AGREED:
        return None
    hint = t("Open the file to put it into your calendar.")
    if args.get("by_id") == reader.id:  # who has just said yes has read all of it
        return date.with_calendar(t.lines(hint), [[to_menu(t)]])
    heading = t("✅ The date with {names} stands:", names=date.names)
    return date.with_calendar(t.lines(heading, *date.short, "", hint), date.rows)


async def _cancelled(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    date = await _read(desk, t, reader, args)
    if date is None or date.appointment.state is not State.CANCELLED:
        return None
    heading = t("❌ Called off by {by}:", by=args["by"])
    other = Button(t.label("button", "Another date"), ToDate(date.tandem.id))
    rows = [[other], [to_menu(t)]]
    if not date.appointment.in_calendars:
        return letter(t.lines(heading, *date.lines), rows)
    hint = t("Open the file to take it out of your calendar.")
    if args.get("by_id") == reader.id:
        return date.with_calendar(t.lines(hint), [[to_menu(t)]])
    return date.with_calendar(t.lines(heading, *date.short, "", hint), rows)


async def _remind(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    date = await _read(desk, t, reader, args)
    if date is None or not date.appointment.is_open:
        return None
    return await _reminder(date)


async def _reminder(date: _Date) -> Outgoing:
    """With the agenda: a date at short notice has no evening before."""
    t, notes = date.t, await date.desk.notes.agenda(date.tandem.id, viewer=date.reader.id)
    agenda = agenda_lines(t, notes, reader=date.reader.id)
    if agenda:
        agenda.insert(0, Html(""))
    return letter(t.lines(_when(date), *date.lines, *agenda), date.rows)


def _when(date: _Date) -> Html:
    """It may be late: "tomorrow" is what is tomorrow when it is read."""
    t, names = date.t, date.names
    day = date.appointment.plan_in(date.reader.time_zone).day
    away = (day - date.desk.today(date.reader)).days
    if date.is_proposed:
        return _proposed_for(date, away)
    if away == 0:
        return t("⏰ Today you meet {names}:", names=names)
    if away == 1:
        return t("⏰ Tomorrow you meet {names}:", names=names)
    return t("⏰ Soon you meet {names}:", names=names)


def _proposed_for(date: _Date, away: int) -> Html:
    """Nobody is told to go to a meeting that the other side may know nothing of."""
    t, names = date.t, date.names
    if away == 0:
        return t("⏰ Proposed for today with {names}:", names=names)
    if away == 1:
        return t("⏰ Proposed for tomorrow with {names}:", names=names)
    return t("⏰ Proposed with {names} for soon:", names=names)


async def _over(desk: Desk, t: Speech, reader: Person, args: Args) -> Outgoing | None:
    """Did you meet? A length is the first of two taps."""
    date = await _read(desk, t, reader, args)
    if date is None or not date.appointment.may_have_been:
        return None
    plan = date.appointment.plan_in(reader.time_zone)
    text = t(
        "{names} and you, {day}, {time}: did you meet?",
        names=date.names,
        day=t.day(plan.day),
        time=t.time(plan.start),
    )
    return letter(text, _did_you_meet(date))


def _did_you_meet(date: _Date) -> Keyboard:
    t, appointment = date.t, date.appointment
    seen, planned = appointment.mark, appointment.plan.minutes
    longer = [minutes for minutes in date.desk.programme.durations if minutes > planned]
    lengths = [
        Button(t.minutes(minutes), Met(appointment.id, seen, minutes))
        for minutes in (planned, *longer[:1])
    ]
    other = Button(t.label("button", "Other"), Met(appointment.id, seen, 0))
    not_met = [
        Button(t.label("button", "Moved"), NotMet(appointment.id, seen, True)),
        Button(t.label("button", "Did not happen"), NotMet(appointment.id, seen, False)),
    ]
    return [[*lengths, other], not_met, [to_menu(t)]]


WRITINGS: dict[str, Writing] = {
    "date_proposed": _proposed,
    "date_agreed": _agreed,
    "date_cancelled": _cancelled,
    "date_tomorrow": _remind,
    "date_soon": _remind,
    "date_over": _over,
}
