"""Make a tandem of two people (4 taps): menu -> mentee -> mentor -> make it."""

from dataclasses import dataclass

from handlers.buttons import Button, Keyboard, Tap
from handlers.context import Context
from handlers.flow import END, Flow, Next, tapped
from handlers.menu_buttons import ToInvite, ToPair, to_menu
from handlers.pages import SIZE, pager
from locales import Speech
from mentoring.people import Person, Role, check_coordinator


@dataclass(frozen=True)
class PickMentee(Tap, tag="mentee"):
    """This mentee; now a page of mentors."""

    mentee: int
    page: int


@dataclass(frozen=True)
class PickMentor(Tap, tag="mentor"):
    """These two; now the question whether that is right."""

    mentee: int
    mentor: int


@dataclass(frozen=True)
class Make(Tap, tag="make"):
    """Yes, make this tandem."""

    mentee: int
    mentor: int


async def ask_mentee(context: Context, tap: ToPair) -> Next:
    people, total = await _page(context, Role.MENTEE, tap.page)
    t = context.t
    if not total:
        return _nobody(context)
    rows = [[Button(_name(t, person), PickMentee(person.id, 0))] for person in people]
    context.show(
        t("A new tandem: who is the mentee?"),
        [*rows, pager(t, tap.page, total, ToPair), [to_menu(t)]],
    )
    return END


async def ask_mentor(context: Context, tap: PickMentee) -> Next:
    mentee = await context.desk.people.get(tap.mentee)
    people, total = await _page(context, Role.MENTOR, tap.page)
    t = context.t
    if not total:
        return _nobody(context)
    rows = [[Button(_name(t, person), PickMentor(mentee.id, person.id))] for person in people]
    turn = pager(t, tap.page, total, lambda page: PickMentee(mentee.id, page))
    context.show(
        t("Who will be the mentor of {mentee}?", mentee=mentee.name),
        [*rows, turn, [Button(t.label("button", "Back"), ToPair(0)), to_menu(t)]],
    )
    return END


async def ask_both(context: Context, tap: PickMentor) -> Next:
    check_coordinator(context.person)
    mentee = await context.desk.people.get(tap.mentee)
    mentor = await context.desk.people.get(tap.mentor)
    t = context.t
    context.show(
        t(
            "{mentee} and {mentor}: shall I make this tandem? Both are told, those who are only "
            "invited yet as soon as they are here.",
            mentee=mentee.name,
            mentor=mentor.name,
        ),
        [
            [Button(t.label("button", "Make the tandem"), Make(mentee.id, mentor.id))],
            [Button(t.label("button", "Back"), PickMentee(mentee.id, 0)), to_menu(t)],
        ],
    )
    return END


async def make(context: Context, tap: Make) -> Next:
    tandem = await context.desk.tandems.pair(
        by=context.person, mentee=tap.mentee, mentor=tap.mentor, now=context.now
    )
    t = context.t
    names = t.all_of(member.name for member in tandem.members)
    context.show(
        t(
            "The tandem is made: {names}. It runs from {first} to {last}.",
            names=names,
            first=t.day(tandem.first_day),
            last=t.day(tandem.last_day),
        ),
        _after(context),
    )
    return END


def _name(t: Speech, person: Person) -> str:
    """Two of one name can be told apart by who is here already."""
    if person.chat_id is not None:
        return person.name
    # Translators: on a button, somebody who has not opened the invitation yet
    return t.label("button", "{name} (invited)", name=person.name)


async def _page(context: Context, role: Role, page: int) -> tuple[list[Person], int]:
    return await context.desk.people.page(
        role, by=context.person, skip=max(page, 0) * SIZE, limit=SIZE
    )


def _nobody(context: Context) -> Next:
    t = context.t
    context.show(
        t("There is nobody to choose from yet. Invite mentees and mentors first."),
        [[Button(t.label("button", "Invite somebody"), ToInvite()), to_menu(t)]],
    )
    return END


def _after(context: Context) -> Keyboard:
    t = context.t
    return [[Button(t.label("button", "New tandem"), ToPair(0)), to_menu(t)]]


flow = Flow(
    taps=[
        tapped(ToPair, ask_mentee),
        tapped(PickMentee, ask_mentor),
        tapped(PickMentor, ask_both),
        tapped(Make, make),
    ]
)
