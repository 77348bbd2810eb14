"""Sentences that no other dialogue comes by, so that every one is read under the pseudo-locales."""

import pytest

from handlers.answer_question import Answer
from tests.dialogues.people import Programme, Someone
from tests.dialogues.test_arrival import invitation


@pytest.mark.usefixtures("tandem")
async def test_a_text_that_is_no_time_is_asked_for_again(mentor: Someone) -> None:
    await mentor.say("/meeting")
    await mentor.tap("🕔 Time")
    assert await mentor.say("in the evening") == "Please type the time like this: 17:15"


@pytest.mark.usefixtures("tandem")
async def test_a_place_of_two_thousand_letters_is_too_long(mentor: Someone) -> None:
    await mentor.say("/meeting")
    await mentor.tap("📍 Place")
    said = await mentor.say("x" * 2000)
    assert said.startswith("That is too long: at most ")


async def test_a_name_of_nothing_is_no_name(coordinator: Someone) -> None:
    await coordinator.say("/invite")
    await coordinator.tap("Mentor")
    assert (
        await coordinator.say("\u200e") == "There is nothing to read in that. Please send a text."
    )


async def test_two_colleagues_answer_and_the_first_one_counts(
    programme: Programme, coordinator: Someone, mentee: Someone
) -> None:
    await mentee.say("Where do we meet?")
    await mentee.tap("Send to the coordination team")
    late = coordinator.press("Answer")
    await coordinator.tap("Answer")
    await coordinator.say("At the library.")
    await programme.take(late)
    too_late = "This has been answered already; nothing was sent."
    assert coordinator.sees == too_late
    await programme.take(coordinator.press_data(Answer(1).pack()))
    assert coordinator.sees == too_late


async def test_without_mentees_nobody_can_be_chosen(coordinator: Someone) -> None:
    await coordinator.say("/menu")
    assert await coordinator.tap("New tandem") == (
        "There is nobody to choose from yet. Invite mentees and mentors first."
    )


async def test_who_takes_part_already_needs_no_second_invitation(
    coordinator: Someone, mentor: Someone
) -> None:
    assert await mentor.start(await invitation(coordinator)) == (
        "You are already taking part with this Telegram account, so this invitation was not used. "
        "If it is for somebody else, please pass it on."
    )


async def test_a_colleague_is_invited_changes_back_to_the_languages_and_has_own_commands(
    programme: Programme, coordinator: Someone
) -> None:
    newcomer = Someone(programme, 90, "Olena K", "en")
    await newcomer.start(await invitation(coordinator, role="Coordination"))
    assert (await newcomer.tap("English")).startswith("You are invited as: coordination.")
    assert await newcomer.tap("Back") == "Which language do you prefer?"
    await newcomer.tap("English")
    await newcomer.tap("I consent")
    commands = [command["command"] for command in programme.wire.chat(90).commands]
    assert commands[:3] == ["menu", "tandem", "invite"]


@pytest.mark.usefixtures("tandem")
async def test_my_tandem_shows_what_is_not_agreed_on(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("Save")
    await mentee.tap("That is not right")
    assert "• Mon, Mar 9, 60 min – contested, not counted" in await mentor.say("/tandem")
    await mentee.tap("Correct it")
    await mentee.tap("⏱ Duration")
    await mentee.tap("90 min")
    await mentee.tap("Save")
    assert "• Mon, Mar 9, 60 min" in await mentor.say("/tandem")


@pytest.mark.usefixtures("tandem")
async def test_my_tandem_shows_a_correction_that_is_proposed(
    mentor: Someone, mentee: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("Save")
    await mentee.tap("Correct it")
    await mentee.tap("⏱ Duration")
    await mentee.tap("90 min")
    await mentee.tap("Save")
    assert "• Mon, Mar 9, 60 min – a correction is proposed" in await mentor.say("/tandem")


async def test_a_day_before_the_tandem_has_begun_names_its_beginning(
    programme: Programme, coordinator: Someone, mentor: Someone, mentee: Someone
) -> None:
    programme.clock.move(days=3)
    tandem_id = await programme.pair(coordinator, mentee, mentor)
    programme.clock.move(days=-3)
    await programme.take(mentor.press_data(f"meet:{tandem_id}"))
    assert await mentor.tap("Save") == "Your tandem begins on Thu, Mar 12."
