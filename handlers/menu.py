"""Menu, help, privacy, cancel and the language: what is always at hand."""

from dataclasses import dataclass

from handlers.buttons import Button, Keyboard, Tap
from handlers.commands import offer_commands
from handlers.context import Context
from handlers.flow import END, Begin, Flow, Next, begun, tapped
from handlers.menu_buttons import ToLanguage, ToMenu, menu_of, menu_text, to_menu
from locales import LANGUAGES, NATIVE_NAMES


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
    context.post(
        t.lines(
            t("I note down your tandem meetings and keep everybody informed."),
            "",
            # Translators: the words behind a slash are commands of the bot and stay as they are
            t("/meeting – log a meeting: two taps"),
            t("/tandem – your tandem and its meetings"),
            t("/language – another language"),
            t("/privacy – what is stored, and who sees it"),
            t("/cancel – leave what was begun"),
            "",
            t("Anything else you write can be sent to the coordination team."),
        ),
        [[to_menu(t)]],
    )
    return None


async def explain_privacy(context: Context, _rest: str) -> Next:
    notice = context.desk.programme.notice[context.t.language]
    context.post(context.t.lines(notice))
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
    context.speak(tap.language)
    offer_commands(context, context.person)
    context.show(
        context.t("I speak {language} with you now.", language=NATIVE_NAMES[tap.language]),
        [[to_menu(context.t)]],
    )
    return None


def _languages(context: Context) -> Keyboard:
    return [
        [Button(("✓ " if language == context.t.language else "") + name, Speak(language))]
        for language, name in NATIVE_NAMES.items()
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
