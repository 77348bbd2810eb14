"""Two sides of one meeting: objection, correction, and what each may say to which of them."""

import pytest

from handlers.meeting_text import Object
from handlers.menu_buttons import ToCorrection
from tests.dialogues.people import Programme, Someone

STALE = "This button does not work any more. Nothing was changed."

pytestmark = pytest.mark.usefixtures("tandem")


async def log(person: Someone, button: str = "Save") -> None:
    await person.say("/meeting")
    await person.tap(button)


async def correct(person: Someone, minutes: int, *, in_message: int = -1) -> None:
    await person.tap("Correct it", in_message=in_message)
    await person.tap("⏱ Duration")
    await person.tap(f"{minutes} min")
    await person.tap("Save")


async def minutes(programme: Programme) -> list[tuple[object, ...]]:
    return await programme.rows("select minutes, contested_at is not null from meeting")


async def test_nobody_agrees_to_a_correction_that_they_have_not_seen(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await correct(mentee, 90)
    agree = mentor.press("Agree")
    # The partner changes the correction while the first one is being read.
    meeting_id = agree["callback_query"]["data"].split(":")[1]
    await programme.take(mentee.press_data(ToCorrection(int(meeting_id)).pack()))
    await mentee.tap("⏱ Duration")
    await mentee.tap("120 min")
    await mentee.tap("Save")
    await programme.take(agree)
    assert await minutes(programme) == [(60, 0)]
    assert mentor.sees.startswith("The correction has changed since. It says now:")
    assert "120" in mentor.sees.splitlines()[1]
    await mentor.tap("Agree")
    assert await minutes(programme) == [(120, 0)]


async def test_a_refused_correction_tells_its_author_who_can_propose_another(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await correct(mentee, 90)
    said = await mentor.tap("Disagree")
    assert said.splitlines()[-1] == "No meeting has been counted yet."
    assert mentee.sees.startswith("Objection by Kristina Alam")
    await correct(mentee, 120)
    assert mentor.sees.startswith("Correction by Rana Haddad:")
    await mentor.tap("Agree")
    assert await minutes(programme) == [(120, 0)]


async def test_a_correction_of_a_contested_meeting_that_is_refused_is_told_as_well(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    said = await mentee.tap("That is not right")
    assert "📅 Monday, Mar 9, 17:00" in said, "what it is about stays to be read"
    await correct(mentee, 90)
    heard = len(programme.wire.chat(mentee.chat_id).messages)
    await mentor.tap("Disagree")
    assert len(programme.wire.chat(mentee.chat_id).messages) == heard + 1
    assert mentee.sees.startswith("Objection by Kristina Alam")
    assert await minutes(programme) == [(60, 1)]


async def test_a_second_tap_on_agree_says_the_same_and_tells_nobody(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await correct(mentee, 90)
    agree = mentor.press("Agree")
    await programme.take(agree, {**agree, "update_id": agree["update_id"] + 1_000_000})
    assert mentor.sees.startswith("Thank you, the meeting of Mon, Mar 9 is corrected.")
    assert await minutes(programme) == [(90, 0)]
    told = programme.wire.chat(mentee.chat_id).messages
    assert sum("agrees" in message.text for message in told) == 1


async def test_a_contested_meeting_can_be_taken_back_after_72_hours(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentee.tap("That is not right")
    programme.clock.move(hours=100)
    assert (await mentor.tap("Take the meeting back")).startswith("Taken back.")
    assert await programme.rows("select count(*) from meeting where undone_at is null") == [(0,)]


@pytest.mark.parametrize("button", ["Moved", "Did not happen"])
async def test_what_did_not_take_place_cannot_be_contested_or_corrected(
    programme: Programme, mentor: Someone, mentee: Someone, button: str
) -> None:
    await log(mentor, button)
    for tap in (Object(1), ToCorrection(1)):
        await programme.take(mentee.press_data(tap.pack()))
        assert mentee.sees == STALE
    assert await minutes(programme) == [(60, 0)]


async def test_a_meeting_that_was_taken_back_cannot_be_contested_or_corrected(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap("Undo")
    for tap in (Object(1), ToCorrection(1)):
        await programme.take(mentee.press_data(tap.pack()))
        assert mentee.sees == STALE
    assert await minutes(programme) == [(60, 0)]
