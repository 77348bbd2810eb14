"""No label is cut off on a phone, in any language; the rows of Arabic begin at the right.

The keyboards of all other dialogues are measured as well: see the fixture `programme`.
"""

from datetime import date
from typing import Any

import pytest

from handlers.menu import Speak
from locales import LANGUAGES, NATIVE_NAMES, Speech, speech
from mentoring.people import Role
from mentoring.templates import Programme as Template
from tests.dialogues.labels import FITS, cut_off, letters
from tests.dialogues.people import Programme, Someone, plain

# The letters of a pseudo-locale say nothing about the widths of the languages that people read.
pytestmark = pytest.mark.parametrize("english", [None], ids=["written"], indirect=True)

LONG = "Maximiliane-Alexandra von Hohenfels"


def label(t: Speech, english: str, sign: str = "") -> str:
    return sign + plain(t.label("button", english))


def rows(programme: Programme, person: Someone) -> list[list[str]]:
    shown = programme.wire.chat(person.chat_id).messages[-1]
    return [[plain(button["text"]) for button in row] for row in shown.keyboard]


async def people_of(programme: Programme, language: str) -> tuple[Someone, Someone, Someone]:
    coordinator = await programme.arrive(1, "Paola Stenger", language, Role.COORDINATOR)
    mentor = await programme.arrive(2, "Kristina Alam", language, Role.MENTOR)
    mentee = await programme.arrive(3, "Rana Haddad", language, Role.MENTEE)
    programme.clock.move(weeks=-6)
    await programme.pair(coordinator, mentee, mentor)
    programme.clock.move(weeks=6)
    return coordinator, mentor, mentee


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_part_of_the_card_fits_a_phone(programme: Programme, language: str) -> None:
    t = speech(language)
    _, mentor, mentee = await people_of(programme, language)
    await mentor.say("/meeting")
    for part in ("📅 Day", "🕔 Time", "⏱ Duration", "📍 Place", "💬 Topics"):
        sign, _, english = part.partition(" ")
        await mentor.tap(label(t, english, f"{sign} "))
        if english == "Day":
            await mentor.tap(label(t, "Calendar"))
            month = t.month_alone(date(2026, 2, 1))
            await mentor.tap(plain(t.label("button", "Go to {month}", month=month)))
        await mentor.tap(label(t, "Done" if english == "Topics" else "Back"))
    await mentor.tap(label(t, "Save"))
    await mentee.say("/meeting")
    await mentee.tap(label(t, "Save"))
    await mentee.tap(label(t, "Yes, the same"))
    assert cut_off(programme.wire) == set()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_the_coordination_and_newcomers_press_fits_a_phone(
    programme: Programme, language: str
) -> None:
    t = speech(language)
    coordinator, mentor, mentee = await people_of(programme, language)
    for number in range(8):
        await programme.arrive(50 + number, f"Amir Karimi {number}", language, Role.MENTEE)
    await coordinator.say("/menu")
    await coordinator.tap(label(t, "New tandem"))
    await coordinator.tap(label(t, "Next page"))
    await coordinator.tap(label(t, "Previous page"))
    await coordinator.tap("Amir Karimi 1")
    await coordinator.tap("Kristina Alam")
    await coordinator.tap(label(t, "Make the tandem"))
    await mentor.say("?")
    await mentor.tap(label(t, "Send to the coordination team"))
    await coordinator.say("/invite")
    await coordinator.tap(plain(t.label("role", "Mentor")))
    code = (await coordinator.say("Olena Kova")).partition("start=")[2].split()[0]
    olena = Someone(programme, 9, "Olena", language)
    await olena.start(code)
    await olena.tap(NATIVE_NAMES[language])
    await olena.tap(label(t, "I consent"))
    await mentee.say("/language")
    assert cut_off(programme.wire) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_fits_a_row_of_its_own(template: Template, language: str) -> None:
    names = [topic.names[language] for topic in template.topics]
    assert [name for name in names if letters(f"✓ {name}") > FITS[1]] == []


@pytest.fixture
def template(programme: Programme) -> Template:
    return programme.house.desk.programme


async def test_the_measure_finds_a_label_that_is_cut_off(programme: Programme) -> None:
    await programme.arrive(3, LONG, "en", Role.MENTEE)
    coordinator = await programme.arrive(1, "Paola Stenger", "en", Role.COORDINATOR)
    await coordinator.say("/menu")
    await coordinator.tap("New tandem")
    assert cut_off(programme.wire) == {(LONG, 1)}
    programme.wire.calls.clear()


async def test_arabic_rows_begin_at_the_right_and_others_at_the_left(programme: Programme) -> None:
    _, mentor, mentee = await people_of(programme, "ar")
    t = speech("ar")
    await mentor.say("/meeting")
    card: list[list[Any]] = rows(programme, mentor)
    assert card[1] == ["⏱ المدة", "🕔 الوقت", "📅 اليوم"]
    await mentor.tap("📅 اليوم")
    await mentor.tap(label(t, "Calendar"))
    weekdays, week = rows(programme, mentor)[1:3]
    assert weekdays == ["ح", "س", "ج", "خ", "ر", "ث", "ن"]
    assert week == ["1", "·", "·", "·", "·", "·", "·"]
    await mentor.tap(label(t, "Back"))
    await mentor.tap(label(t, "Save"))
    # A letter to the partner, too, in the language of whoever reads it.
    assert rows(programme, mentee)[0] == [label(t, "That is not right"), label(t, "Correct it")]
    await programme.take(mentee.press_data(Speak("en").pack()))
    await mentee.say("/meeting")
    assert rows(programme, mentee)[1] == ["📅 Day", "🕔 Time", "⏱ Duration"]
