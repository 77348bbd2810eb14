"""The language is changed in the middle of every step: the step stays, and hears in the new one."""

from collections.abc import Awaitable, Callable

import pytest

from handlers.conversations import FLOWS
from handlers.menu import Speak
from locales import LANGUAGES, speech
from tests.dialogues.people import Programme, Someone, plain

Walk = Callable[[Programme, Someone, Someone], Awaitable[Someone]]


async def to_the_place(_p: Programme, mentor: Someone, _c: Someone) -> Someone:
    await mentor.say("/meeting")
    await mentor.tap("📍 Place")
    return mentor


async def to_the_day(_p: Programme, mentor: Someone, _c: Someone) -> Someone:
    await mentor.say("/meeting")
    await mentor.tap("📅 Day")
    return mentor


async def to_the_time(_p: Programme, mentor: Someone, _c: Someone) -> Someone:
    await mentor.say("/meeting")
    await mentor.tap("🕔 Time")
    return mentor


async def to_the_length(_p: Programme, mentor: Someone, _c: Someone) -> Someone:
    await mentor.say("/meeting")
    await mentor.tap("⏱ Duration")
    return mentor


async def to_the_team(_p: Programme, mentor: Someone, _c: Someone) -> Someone:
    await mentor.say("/menu")
    await mentor.tap("Write to the coordination team")
    return mentor


async def to_the_note(_p: Programme, mentor: Someone, _c: Someone) -> Someone:
    await mentor.say("/meeting")
    await mentor.tap("Save")
    await mentor.tap("📝 Note for me")
    return mentor


async def to_the_invited_name(_p: Programme, _m: Someone, coordinator: Someone) -> Someone:
    await coordinator.say("/invite")
    await coordinator.tap("Mentor")
    return coordinator


async def to_the_answer(_p: Programme, mentor: Someone, coordinator: Someone) -> Someone:
    await mentor.say("What now?")
    await mentor.tap("Send to the coordination team")
    await coordinator.tap("Answer")
    return coordinator


async def to_the_name_check(programme: Programme, _m: Someone, coordinator: Someone) -> Someone:
    caption = await (await to_the_invited_name(programme, _m, coordinator)).say("New Comer")
    newcomer = Someone(programme, 77, "New", "en")
    await newcomer.start(caption.partition("start=")[2].split()[0])
    await newcomer.tap("English")
    await newcomer.tap("I consent")
    return newcomer


async def to_the_own_name(programme: Programme, mentor: Someone, coordinator: Someone) -> Someone:
    newcomer = await to_the_name_check(programme, mentor, coordinator)
    await newcomer.tap("Change the spelling")
    return newcomer


WALKS: dict[str, tuple[Walk, str, str]] = {
    "plan.place": (to_the_place, "Library", "📍 Library"),
    "plan.day": (to_the_day, "8.3.", "17:00"),
    "plan.time": (to_the_time, "16:15", "16:15"),
    "note.text": (to_the_note, "Bring the CV", ""),
    "plan.length": (to_the_length, "75", "· 75 "),
    "team.text": (to_the_team, "My mentor never came", ""),
    "welcome.check": (to_the_name_check, "yes", "<b>New Comer</b>"),
    "invite.name": (to_the_invited_name, "Olena Kova", "Olena Kova"),
    "question.answer": (to_the_answer, "I will call you.", ""),
    "welcome.name": (to_the_own_name, "Newa Comer", "<b>Newa Comer</b>"),
}


def test_every_step_is_walked_to() -> None:
    assert set(WALKS) == {str(step) for flow in FLOWS for step in flow.steps}


@pytest.mark.usefixtures("tandem")
@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("step", WALKS)
async def test_the_step_stays_and_answers_in_the_new_language(
    programme: Programme, mentor: Someone, coordinator: Someone, step: str, language: str
) -> None:
    walk, text, heard = WALKS[step]
    person = await walk(programme, mentor, coordinator)
    await programme.take(person.press_data(Speak(language).pack()))
    assert await programme.rows(f"select step from conversation where step = '{step}'") != []
    assert heard in await person.say(text)
    own = {
        plain(speech(language).label("button", label)) for label in ("Menu", "Yes, that is right")
    }
    assert own & set(person.labels)
