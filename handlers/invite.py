"""Invite somebody: /invite -> which role -> name -> link and QR picture."""

from dataclasses import dataclass
from enum import StrEnum

from handlers.buttons import Button, Tap
from handlers.context import Context
from handlers.flow import END, Flow, Next, begun, tapped
from handlers.menu_buttons import ToInvite, to_menu
from handlers.roles import role_label, role_name
from locales import Html
from mentoring.people import Role, check_coordinator

KIND = "invite"


class Step(StrEnum):
    NAME = "invite.name"


@dataclass(frozen=True)
class PickRole(Tap, tag="role"):
    """The invited person's role."""

    role: Role


async def ask_role(context: Context) -> Next:
    check_coordinator(context.person)
    t = context.t
    context.show(
        t("Whom would you like to invite?"),
        [*([Button(role_label(t, role), PickRole(role))] for role in Role), [to_menu(t)]],
    )
    return END


async def begin(context: Context, _tap: ToInvite) -> Next:
    return await ask_role(context)


async def take_role(context: Context, tap: PickRole) -> Next:
    check_coordinator(context.person)
    card = await context.open_card(KIND, {"role": tap.role})
    context.expects_text(card)
    t = context.t
    context.show(
        t(
            "Invitation as {role}: please type the person's first and last name.",
            role=role_name(t, tap.role),
        ),
        [[Button(t.label("button", "Back"), ToInvite()), to_menu(t)]],
    )
    return Step.NAME


async def take_name(context: Context, text: str) -> Next:
    card = await context.card(context.card_key, KIND)
    role = Role(str(card.content["role"]))
    person_id, code = await context.desk.invitations.invite(
        by=context.person, name=text, role=role, now=context.now
    )
    await context.desk.cards.drop(card.key, person_id=context.person.id)
    invited = await context.desk.people.get(person_id)
    link = f"https://t.me/{context.bot_username}?start={code}"
    t = context.t
    context.show_code(
        link,
        t.lines(
            t("Invitation for <b>{name}</b> ({role})", name=invited.name, role=role_name(t, role)),
            Html(link),  # ours, and not a value: an isolate at its end would become part of it
            t("Valid for 14 days, for one person. Send them the link, or let them scan the code."),
        ),
        [[Button(t.label("button", "Invite somebody"), ToInvite()), to_menu(t)]],
    )
    return END


flow = Flow(
    begin=[begun("invite", ask_role)],
    taps=[tapped(ToInvite, begin), tapped(PickRole, take_role)],
    steps={Step.NAME: take_name},
)
