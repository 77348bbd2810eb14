"""Every journey within its budget, in every language, by the labels that a person can see.

A second tandem and an open card are there, too: they may not cost the others a tap.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from telegram import Update

from locales import LANGUAGES, NATIVE_NAMES, Speech, speech
from mentoring.people import Role
from tests.dialogues.people import Programme, Someone, plain

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


IN_TWO_WEEKS, A_WEEK_LATER, FIVE = date(2026, 3, 23), date(2026, 3, 30), time(17)
THEN = datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
"""17:00 in Munich, in summer time since the day before."""


def label(t: Speech, english: str, sign: str = "") -> str:
    return sign + plain(t.label("button", english))


async def someone(programme: Programme, number: int, role: Role, language: str) -> Someone:
    return await programme.arrive(number, f"Name{number} Sur", language, role)


async def test_arrival_and_tandem_and_meeting(programme: Programme, language: str) -> None:
    t = speech(language)
    paola = await someone(programme, 1, Role.COORDINATOR, language)
    kristina = await someone(programme, 2, Role.MENTOR, language)
    await paola.say("/menu")
    paola.typed = 0
    await paola.tap(label(t, "Invite somebody"))
    await paola.tap(plain(t.label("role", "Mentee")))
    caption = await paola.say("Olena Kova")
    assert (paola.taps, paola.typed) == (2, 1)
    found = re.search(r"start=(\S{22})", caption)
    assert found is not None

    olena = Someone(programme, 3, "Olena K", language)
    await olena.start(found[1])
    await olena.tap(NATIVE_NAMES[language])
    await olena.tap(label(t, "I consent"))
    await olena.tap(label(t, "Yes, that is right"))
    assert (olena.taps, olena.typed) == (5, 0)
    assert programme.wire.chat(3).commands[0]["command"] == "menu"

    await paola.say("/menu")
    paola.taps = 0
    await paola.tap(label(t, "New tandem"))
    await paola.tap("Olena Kova")
    await paola.tap("Name2 Sur")
    await paola.tap(label(t, "Make the tandem"))
    assert paola.taps == 4
    assert "Olena Kova" in kristina.sees

    olena.taps = 0
    await olena.say("/menu")
    await olena.tap(label(t, "Log a meeting", "✏️ "))
    saved = await olena.tap(label(t, "Save"))
    assert olena.taps == 2
    assert saved.splitlines()[0] == plain(t("✅ Saved"))
    assert plain(t("Newly logged by {by}:", by="Olena Kova")) in kristina.sees
    kristina.taps = 0
    said = await kristina.tap(label(t, "That is not right"))
    assert kristina.taps == 1
    assert plain(t("No meeting has been counted yet.")) in said
    await olena.tap(label(t, "Take the meeting back"))
    assert await programme.rows("select count(*) from meeting where undone_at is null") == [(0,)]


async def test_an_unplanned_meeting_with_another_open_card(
    programme: Programme, language: str
) -> None:
    t = speech(language)
    paola = await someone(programme, 1, Role.COORDINATOR, language)
    kristina = await someone(programme, 2, Role.MENTOR, language)
    programme.clock.move(weeks=-6)
    for number in (3, 4):
        mentee = await someone(programme, number, Role.MENTEE, language)
        await programme.pair(paola, mentee, kristina)
    programme.clock.move(weeks=6)
    await kristina.say("/meeting")
    await kristina.tap("Name3 Sur")  # this card stays open
    for last, budget in ((None, 3), ("Did not happen", 3), ("Moved", 3)):
        kristina.taps = 0
        await kristina.say("/menu")
        await kristina.tap(label(t, "Log a meeting", "✏️ "))
        await kristina.tap("Name4 Sur")
        await kristina.tap(label(t, last or "Save"))
        assert kristina.taps <= budget  # two, and one more to choose the tandem
    rows = await programme.rows("select outcome, count(*) from meeting group by outcome")
    assert sorted(rows) == [("h", 1), ("m", 1), ("n", 1)]


async def test_the_next_date_from_its_proposal_to_the_question_whether_they_met(
    programme: Programme, language: str
) -> None:
    t = speech(language)
    paola = await someone(programme, 1, Role.COORDINATOR, language)
    kristina = await someone(programme, 2, Role.MENTOR, language)
    olena = await someone(programme, 3, Role.MENTEE, language)
    programme.clock.move(weeks=-4)
    await programme.pair(paola, olena, kristina)
    programme.clock.move(weeks=4)
    await kristina.say("/meeting")
    saved = await kristina.tap(label(t, "Save"))
    assert plain(t("And the next date: in two weeks, at the same time?")) in saved
    for note in ("📝 Note for me", "🤝 Promise"):
        sign, _, english = note.partition(" ")
        await kristina.tap(label(t, english, f"{sign} "))
        await kristina.say("CV")
        await kristina.say("/meeting")
        await kristina.tap(label(t, "Save"))
        await kristina.tap(label(t, "No, another one"))
    day = plain(t.label("button", "{day}, {time}", day=t.day(IN_TWO_WEEKS), time=t.time(FIVE)))
    await kristina.tap(f"🗓 {day}")
    await olena.tap(label(t, "That fits"))
    stands = plain(t("✅ The date with {names} stands:", names=t.all_of(["Name2 Sur"])))
    assert stands in plain(programme.wire.chat(3).messages[-2].text)
    assert olena.sees == plain(t("Open the file to put it into your calendar."))
    await olena.say("/tandem")
    await olena.tap(label(t, "Call off"))
    await olena.tap(label(t, "No, it stays"))
    await olena.tap(label(t, "Move"))
    await olena.tap("30")
    await olena.tap("✓ 17:00")
    await olena.tap(label(t, "Propose"))
    await kristina.tap(label(t, "That fits"))
    for hours in (-23, -2, 2):
        programme.clock.at = THEN + timedelta(hours=hours)
        await programme.house.post.drain()
    question = t(
        "{names} and you, {day}, {time}: did you meet?",
        names=t.all_of(["Name2 Sur"]),
        day=t.day(A_WEEK_LATER),
        time=t.time(FIVE),
    )
    assert olena.sees == plain(question)
    await olena.tap(label(t, "Moved"))


REFUSALS = {
    "undo:999": "This button does not work any more. Nothing was changed.",
    "zzz": "This button does not work any more. Nothing was changed.",
    "meet:0": (
        "You have no running tandem yet. The coordination team will tell you as soon as you have "
        "one."
    ),
}


async def test_refusals_are_said_in_the_persons_language(
    programme: Programme, language: str
) -> None:
    t = speech(language)
    mentor = await someone(programme, 2, Role.MENTOR, language)
    for data, english in REFUSALS.items():
        await programme.take(mentor.press_data(data))
        assert mentor.sees == plain(t(english))
        if language != "en":
            assert mentor.sees != english
    await programme.take(mentor.message(sticker=None, dice={"emoji": "🎲", "value": 1}))
    assert mentor.sees == plain(
        t("I can only read text and buttons: no pictures, stickers or voice messages here.")
    )


async def test_the_language_of_a_letter_is_the_readers_when_it_leaves(
    programme: Programme, language: str
) -> None:
    paola = await someone(programme, 1, Role.COORDINATOR, "de")
    kristina = await someone(programme, 2, Role.MENTOR, "de")
    mentee = await someone(programme, 3, Role.MENTEE, "de")
    await programme.pair(paola, mentee, kristina)
    house = programme.house
    await mentee.say("/meeting")
    save = mentee.press(label(speech("de"), "Save"))
    bot = house.application.bot
    update = Update.de_json(save, bot)
    assert update is not None
    await house.intake.take([update])  # committed, not yet sent
    async with house.database.transaction():
        await house.tables.people.speak(kristina.person_id, language)
    await house.post.drain()
    t = speech(language)
    assert plain(t("Newly logged by {by}:", by="Name3 Sur")) in kristina.sees
