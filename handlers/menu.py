"""Menu, help, privacy, cancel and the language: what is always at hand."""

from dataclasses import dataclass

from handlers.buttons import Button, Keyboard, Tap
from handlers.commands import offer_commands
from handlers.context import Context
from handlers.flow import END, Begin, Flow, Next, begun, tapped
from handlers.menu_buttons import ToLanguage, ToMenu, menu_of, menu_text, to_menu
from locales import LANGUAGES, NATIVE_NAMES, Speech
from mentoring.people import Role


@dataclass(frozen=True)
class Speak(Tap, tag="speak"):
    """The language that the person reads from now on."""

    language: str


async def show_menu(context: Context) -> Next:
    context.post(menu_text(context.t), menu_of(context.t, context.person))
    return END


async def return_to_menu(context: Context, _tap: ToMenu) -> Next:
    return await show_menu(context)


async def help_out(context: Context) -> Next:
    t = context.t
    lines: list[str] = []
    if context.person.is_(Role.COORDINATOR):
        lines += _for_coordinators(t)
    if context.person.takes_part:
        lines += [*([""] if lines else []), *_for_participants(t)]
    context.post(t.lines(*lines, "", *_for_everybody(t)), [[to_menu(t)]])
    return None


def _for_participants(t: Speech) -> list[str]:
    return [
        t("I note down your tandem meetings and keep everybody informed."),
        "",
        # Translators: the words behind a slash are commands of the bot and stay as they are
        t("/meeting – log a meeting: two taps"),
        t("/tandem – your tandem and its meetings"),
        "",
        t("Anything else you write can be sent to the coordination team."),
    ]


def _for_coordinators(t: Speech) -> list[str]:
    return [
        t("I help you to bring tandems together, and show you who meets."),
        "",
        t("/invite – invite somebody: a link and a code to scan"),
        t("/tandem – all tandems, and when each met last"),
        t("/menu – make a new tandem, and all of this as buttons"),
        "",
        # Translators: to the coordination team, about messages from mentees and mentors
        t(
            "What participants write to the team arrives here. The first answer goes to them, "
            "under the name of whoever wrote it."
        ),
    ]


def _for_everybody(t: Speech) -> list[str]:
    return [
        t("/language – another language"),
        t("/privacy – what is stored, and who sees it"),
        t("/cancel – leave what was begun"),
    ]


async def explain_privacy(context: Context, _rest: str) -> Next:
    t = context.t
    way_on = [[to_menu(t)]] if context.person_or_none else ()
    context.post(t.lines(context.desk.programme.notice[t.language]), way_on)
    return None


async def cancel(context: Context) -> Next:
    if context.card_key:
        await context.desk.cards.drop(context.card_key, person_id=context.person.id)
    t = context.t
    context.say("Cancelled. What was saved before stays saved.", menu_of(t, context.person))
    return END


async def ask_language(context: Context) -> Next:
    context.show(context.t("Which language shall I speak?"), _languages(context))
    return None


async def offer_languages(context: Context, _tap: ToLanguage) -> Next:
    return await ask_language(context)


async def take_language(context: Context, tap: Speak) -> Next:
    if tap.language not in LANGUAGES:
        return await ask_language(context)
    await context.desk.people.speak(context.person.id, tap.language)
    context.person_or_none = await context.desk.people.get(context.person.id)
    context.speak(tap.language)
    offer_commands(context, context.person)
    context.show(
        context.t("I speak {language} with you now.", language=NATIVE_NAMES[tap.language]),
        [[to_menu(context.t)]],
    )
    return None


def _languages(context: Context) -> Keyboard:
    t = context.t
    names = NATIVE_NAMES.items()
    return [
        *([Button(name, Speak(code), chosen=code == t.language)] for code, name in names),
        [to_menu(t)],
    ]


flow = Flow(
    begin=[
        begun("menu", show_menu),
        begun("help", help_out),
        begun("cancel", cancel),
        begun("language", ask_language),
        Begin("privacy", explain_privacy, strangers=True),
    ],
    taps=[
        tapped(ToMenu, return_to_menu),
        tapped(ToLanguage, offer_languages),
        tapped(Speak, take_language),
    ],
)
