"""My tandem, and the coordinator's list of all: who meets, and when it was last."""

from handlers.buttons import Button
from handlers.context import Context
from handlers.flow import END, Flow, Next, begun, tapped
from handlers.meeting_text import meeting_line, total_line
from handlers.menu_buttons import ToMeeting, ToTandem, ToTandems, to_menu
from handlers.pages import SIZE, pager
from handlers.roles import role_name
from locales import Html
from mentoring.people import Role
from mentoring.refusals import NoTandem
from mentoring.tandems import Tandem, TandemLine


async def show(context: Context) -> Next:
    if context.person.is_(Role.COORDINATOR):
        return await show_all(context, ToTandems(0))
    return await show_own(context, ToTandem())


async def show_own(context: Context, _tap: ToTandem) -> Next:
    tandems = await context.desk.tandems.of(context.person.id)
    if not tandems:
        raise NoTandem
    t = context.t
    parts: list[Html] = []
    for tandem in tandems:
        parts += [*await _story(context, tandem), Html("")]
    context.show(
        t.lines(*parts[:-1]),
        [[Button("✏️ " + t.label("button", "Log a meeting"), ToMeeting(0))], [to_menu(t)]],
    )
    return END


async def show_all(context: Context, tap: ToTandems) -> Next:
    page = max(tap.page, 0)
    lines, total = await context.desk.tandems.lines(by=context.person, skip=page * SIZE, limit=SIZE)
    t = context.t
    heading = t.plural("{count} running tandem", "{count} running tandems", count=total)
    context.show(
        t.lines(Html(f"<b>{heading}</b>"), *(_row(context, line) for line in lines)),
        [pager(t, page, total, ToTandems), [to_menu(t)]],
    )
    return END


async def _story(context: Context, tandem: Tandem) -> list[Html]:
    t, meetings = context.t, context.desk.meetings
    others = tandem.others(context.person.id)
    names = t.all_of(member.name for member in others)
    role = role_name(t, others[0].role)
    recent = await meetings.recent(tandem, viewer=context.person.id)
    return [
        t("<b>Your tandem with {names}</b> ({role})", names=names, role=role),
        t("From {first} to {last}", first=t.day(tandem.first_day), last=t.day(tandem.last_day)),
        total_line(t, await meetings.total(tandem.id)),
        *(meeting_line(t, meeting) for meeting in recent),
    ]


def _row(context: Context, line: TandemLine) -> Html:
    t = context.t
    names = t.all_of(member.name for member in line.tandem.members)
    if line.last_meeting is None:
        return t("• {names}: no meeting yet", names=names)
    count = t.plural("{count} meeting", "{count} meetings", count=line.meetings)
    return t(
        "• {names}: {meetings}, last on {day}",
        names=names,
        meetings=count,
        day=t.day(line.last_meeting),
    )


flow = Flow(
    begin=[begun("tandem", show)],
    taps=[tapped(ToTandem, show_own), tapped(ToTandems, show_all)],
)
