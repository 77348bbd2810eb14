"""My tandem, and the coordinator's list of all: who meets, and when it was last."""

from handlers.buttons import Button, Keyboard
from handlers.choose_tandem import choose_tandem
from handlers.context import Context
from handlers.date_text import ToDate, ToFile, answers, call_off, changes, date_lines
from handlers.flow import END, Flow, Next, begun, tapped
from handlers.meeting_text import meeting_line, total_line
from handlers.menu_buttons import ToMeeting, ToOneTandem, ToTandem, ToTandems, to_menu
from handlers.note_text import agenda_lines, note_buttons
from handlers.pages import SIZE, pager
from handlers.roles import role_name
from locales import Html, Speech
from mentoring.dates import Appointment, State
from mentoring.people import Role
from mentoring.tandems import Tandem, TandemLine

TIMELINE = 5
"""Meetings on a card, the last ones."""


async def show(context: Context) -> Next:
    if context.person.is_(Role.COORDINATOR):
        return await show_all(context, ToTandems(0))
    return await show_own(context, ToTandem())


async def show_own(context: Context, _tap: ToTandem) -> Next:
    return await show_one(context, ToOneTandem(0))


async def show_one(context: Context, tap: ToOneTandem) -> Next:
    """Where the tandem stands: its meetings as a timeline, and the next date."""
    tandem = await choose_tandem(context, tap.tandem_id, ToOneTandem)
    if tandem is None:
        return END
    t = context.t
    appointment = await context.desk.appointments.next_of(tandem, now=context.now)
    notes = await context.desk.notes.agenda(tandem.id, viewer=context.person.id)
    lines = [*await _story(context, tandem), Html(""), *_next_date(context, tandem, appointment)]
    lines += agenda_lines(t, notes, reader=context.person.id)
    log = [Button("✏️ " + t.label("button", "Log a meeting"), ToMeeting(tandem.id))]
    rows = [*_date_rows(context, tandem, appointment), *await _note_rows(context, tandem)]
    rows += [log, [to_menu(t)]]
    context.show(t.lines(*lines), rows)
    return END


async def show_all(context: Context, tap: ToTandems) -> Next:
    page = max(tap.page, 0)
    lines, total = await context.desk.tandems.lines(by=context.person, skip=page * SIZE, limit=SIZE)
    t = context.t
    heading = t.plural("{count} running tandem", "{count} running tandems", count=total)
    context.show(
        t.lines(
            Html(f"<b>{heading}</b>"), *(part for line in lines for part in _row(context, line))
        ),
        [pager(t, page, total, ToTandems), *_own(context), [to_menu(t)]],
    )
    return END


def _own(context: Context) -> Keyboard:
    """For who coordinates and is in a tandem as well."""
    if not context.person.takes_part:
        return []
    return [[Button(context.t.label("button", "My tandem"), ToTandem())]]


async def _story(context: Context, tandem: Tandem) -> list[Html | None]:
    t, meetings = context.t, context.desk.meetings
    others = tandem.others(context.person.id)
    names = t.all_of(member.name for member in others)
    roles = {member.role for member in others}
    recent = await meetings.recent(tandem, viewer=context.person.id, limit=TIMELINE + 1)
    timeline, is_longer = recent[:TIMELINE], len(recent) > TIMELINE
    return [
        _heading(t, names, roles),
        t("From {first} to {last}", first=t.day(tandem.first_day), last=t.day(tandem.last_day)),
        total_line(t, await meetings.total(tandem.id)),
        t("The last ones:") if is_longer else Html(""),
        *(meeting_line(t, meeting) for meeting in timeline),
    ]


def _heading(t: Speech, names: Html, roles: set[Role]) -> Html:
    """With the role of the others, where they share one."""
    if len(roles) > 1:
        return t("<b>Your tandem with {names}</b>", names=names)
    [role] = roles
    return t("<b>Your tandem with {names}</b> ({role})", names=names, role=role_name(t, role))


def _next_date(context: Context, tandem: Tandem, appointment: Appointment | None) -> list[Html]:
    t = context.t
    if appointment is None and not tandem.goes_on(context.today):
        return [t("Your tandem ended on {last}.", last=t.day(tandem.last_day))]
    if appointment is None:
        return [t("There is no next date yet.")]
    lines = date_lines(t, context.desk.programme, appointment, context.person, today=context.today)
    return [t("<b>Next date</b>"), *lines]


def _date_rows(context: Context, tandem: Tandem, appointment: Appointment | None) -> Keyboard:
    t = context.t
    if appointment is None and not tandem.goes_on(context.today):
        return []
    if appointment is None:
        return [[Button("🗓 " + t.label("button", "Agree on the next date"), ToDate(tandem.id))]]
    file = Button(t.label("button", "Calendar file"), ToFile(appointment.id))
    may_answer = context.desk.appointments.may_answer(tandem, appointment, context.person)
    if appointment.state is State.PROPOSED and may_answer:
        return [answers(t, appointment), [call_off(t, appointment)]]
    rows = [changes(t, appointment)]
    return [*rows, [file]] if appointment.state is State.AGREED else rows


async def _note_rows(context: Context, tandem: Tandem) -> Keyboard:
    """For the last meeting, while there can be a next time."""
    viewer = context.person.id
    meetings = await context.desk.meetings.recent(tandem, viewer=viewer, limit=1)
    if not meetings or not tandem.goes_on(context.today):
        return []
    return [note_buttons(context.t, meetings[0].id)]


def _row(context: Context, line: TandemLine) -> list[Html]:
    t = context.t
    names = t.all_of(member.name for member in line.tandem.members)
    if line.last_meeting is None:
        row = t("• {names}: no meeting yet", names=names)
    else:
        count = t.plural("{count} meeting", "{count} meetings", count=line.meetings)
        day = t.day(line.last_meeting)
        row = t("• {names}: {meetings}, last on {day}", names=names, meetings=count, day=day)
    if not line.contested:
        return [row]
    contested = t.plural("⚠️ {count} contested", "⚠️ {count} contested", count=line.contested)
    return [row, contested]


flow = Flow(
    begin=[begun("tandem", show)],
    taps=[tapped(ToTandem, show_own), tapped(ToOneTandem, show_one), tapped(ToTandems, show_all)],
)
