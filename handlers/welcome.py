"""Arriving (J1): link, Start -> language -> notice and consent -> is the name right? -> ready.

Until consent the buttons carry code and language, and nothing of the person is stored.
"""

from dataclasses import dataclass
from enum import StrEnum

from handlers.buttons import Button, Keyboard, Tap
from handlers.commands import offer_commands
from handlers.context import Context
from handlers.flow import END, Begin, Flow, Next, tapped
from handlers.greeting import greet_stranger
from handlers.menu_buttons import menu_of, menu_text
from handlers.roles import role_label, role_name
from locales import LANGUAGES, NATIVE_NAMES
from mentoring.invitations import Invitation
from mentoring.people import NAME_LIMIT
from mentoring.refusals import AlreadyHere, CodeNotValid, TooManyTries
from mentoring.texts import shorten


class Step(StrEnum):
    NAME = "welcome.name"
    CHECK = "welcome.check"


@dataclass(frozen=True)
class Read(Tap, tag="read"):
    """The notice, please, in this language."""

    code: str
    language: str


@dataclass(frozen=True)
class Languages(Tap, tag="langs"):
    """Back to the languages."""

    code: str


@dataclass(frozen=True)
class Consent(Tap, tag="yes"):
    """I have read this version of the notice in this language, and consent."""

    code: str
    language: str
    version: int


@dataclass(frozen=True)
class Decline(Tap, tag="no"):
    """I do not consent."""

    language: str


@dataclass(frozen=True)
class NameRight(Tap, tag="name"):
    """The name is spelt right."""


@dataclass(frozen=True)
class NameWrong(Tap, tag="rename"):
    """I want to type my name."""


async def start(context: Context, code: str) -> Next:
    if context.person_or_none is not None and not code:
        context.post(menu_text(context.t), menu_of(context.t, context.person))
        return END
    if not code:
        greet_stranger(context)
        return END
    if context.person_or_none is not None:
        raise AlreadyHere
    await _invitation(context, code)
    context.say(
        "Welcome to the Mentoring-Partnerschaft München! Which language do you prefer?",
        _languages(context, code),
    )
    return END


async def ask_language(context: Context, tap: Languages) -> Next:
    await _invitation(context, tap.code)
    context.show(context.t("Which language do you prefer?"), _languages(context, tap.code))
    return END


async def ask_consent(context: Context, tap: Read) -> Next:
    invitation = await _invitation(context, tap.code)
    context.speak(tap.language if tap.language in LANGUAGES else context.t.language)
    t, version = context.t, context.desk.programme.notice_version
    context.show(
        t.lines(
            t("You are invited as: {role}.", role=role_name(t, invitation.role)),
            "",
            context.desk.programme.notice[t.language],
        ),
        [
            [Button(t.label("button", "I consent"), Consent(tap.code, t.language, version))],
            [
                Button(t.label("button", "No, thank you"), Decline(t.language)),
                Button(t.label("button", "Back"), Languages(tap.code)),
            ],
        ],
    )
    return END


async def decline(context: Context, tap: Decline) -> Next:
    if context.person_or_none is not None:
        context.show(
            context.t(
                "You have consented already, and nothing was changed. To withdraw your consent, "
                "please write to the coordination team."
            ),
            menu_of(context.t, context.person),
        )
        return END
    context.speak(tap.language if tap.language in LANGUAGES else context.t.language)
    context.show(
        context.t(
            "That is all right: using this bot is voluntary, and nothing from this chat was "
            "stored. Should you change your mind, open the link again while it is valid."
        )
    )
    return END


async def take_consent(context: Context, tap: Consent) -> Next:
    if context.person_or_none is not None:
        context.post(menu_text(context.t), menu_of(context.t, context.person))
        return END
    if tap.version != context.desk.programme.notice_version:
        # Nobody consents to what they have not read.
        return await ask_consent(context, Read(tap.code, tap.language))
    invitation = await _invitation(context, tap.code)
    context.speak(tap.language if tap.language in LANGUAGES else context.t.language)
    person = await context.desk.invitations.accept(
        tap.code,
        chat_id=context.chat_id,
        language=context.t.language,
        version=context.desk.programme.notice_version,
        now=context.now,
    )
    if not person.name:
        # Right or wrong, it is asked next; an account may have no name that can be read.
        name = shorten(context.telegram_name, limit=NAME_LIMIT)
        name = name or role_label(context.t, invitation.role)
        await context.desk.people.rename(person.id, name)
    context.person_or_none = await context.desk.people.get(person.id)
    offer_commands(context, context.person)
    _ask_name(context)
    return Step.CHECK


async def confirm_name(context: Context, _tap: NameRight) -> Next:
    _ready(context)
    return END


async def ask_name(context: Context, _tap: NameWrong) -> Next:
    # Translators: the name will stand on the certificate
    context.show(context.t("Please type your name as it shall stand on your certificate."))
    return Step.NAME


async def take_name(context: Context, text: str) -> Next:
    await context.desk.people.rename(context.person.id, text)
    context.person_or_none = await context.desk.people.get(context.person.id)
    _ask_name(context)
    return Step.CHECK


async def ask_again(context: Context, _text: str) -> Next:
    """A typed "yes" is no name: the buttons tell one from the other."""
    _ask_name(context)
    return None


async def _invitation(context: Context, code: str) -> Invitation:
    tries, now = context.desk.tries, context.now
    if not tries.is_allowed(context.chat_id, now):
        raise TooManyTries
    try:
        return await context.desk.invitations.peek(code, now=now)
    except CodeNotValid:
        tries.failed(context.chat_id, now)
        raise


def _languages(context: Context, code: str) -> Keyboard:
    first = context.t.language
    order = sorted(NATIVE_NAMES, key=lambda language: language != first)
    return [[Button(NATIVE_NAMES[language], Read(code, language))] for language in order]


def _ask_name(context: Context) -> None:
    t = context.t
    context.show(
        t.lines(
            t("Thank you! Is your name spelt right?"),
            t("<b>{name}</b>", name=context.person.name),
        ),
        [
            [Button(t.label("button", "Yes, that is right"), NameRight())],
            [Button(t.label("button", "Change the spelling"), NameWrong())],
        ],
    )


def _ready(context: Context) -> None:
    t = context.t
    context.show(
        t.lines(
            t("You are ready, {name}!", name=context.person.name),
            t("I will write when there is news. What you can do now:"),
        ),
        menu_of(t, context.person),
    )


flow = Flow(
    begin=[Begin("start", start, strangers=True)],
    taps=[
        tapped(Read, ask_consent, strangers=True),
        tapped(Languages, ask_language, strangers=True),
        tapped(Consent, take_consent, strangers=True),
        tapped(Decline, decline, strangers=True),
        tapped(NameRight, confirm_name),
        tapped(NameWrong, ask_name),
    ],
    steps={Step.NAME: take_name, Step.CHECK: ask_again},
)
