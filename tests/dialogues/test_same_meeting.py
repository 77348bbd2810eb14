"""Both sides log the same meeting: the button that says so names one of the card's own."""

import pytest

from mentoring.people import Role
from tests.dialogues.people import Programme, Someone
from tests.dialogues.test_log_meeting import STALE, log

pytestmark = pytest.mark.usefixtures("tandem")


async def same_button(mentee: Someone) -> tuple[str, str]:
    """The key of the card that asks whether it is the same, and the meeting it names."""
    data: str = mentee.press("Yes, the same")["callback_query"]["data"]
    _, key, meeting = data.split(":")
    return key, meeting


async def test_the_same_meeting_can_be_said_twice(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await log(mentee)
    tap = mentee.press("Yes, the same")
    await programme.take(tap, {**tap, "update_id": tap["update_id"] + 1_000_000})
    assert mentee.sees.splitlines()[0] == "✅ Saved"
    assert await programme.rows("select count(*) from meeting") == [(1,)]


async def test_the_same_meeting_is_one_of_the_cards_tandem_and_day(
    programme: Programme, coordinator: Someone, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)  # 1: the one that is asked for
    programme.clock.move(days=-1)
    await log(mentor)  # 2: of the day before
    programme.clock.move(days=1)
    other = await programme.arrive(31, "Amir Karimi", "en", Role.MENTOR)
    tandem = await programme.pair(coordinator, mentee, other)
    await programme.take(other.press_data(f"meet:{tandem}"))
    await other.tap("Save")  # 3: of the same day in another tandem
    await mentor.say("/meeting")
    await mentor.tap("Did not happen")  # 4
    await mentee.say("/meeting")
    await mentee.tap("Kristina Alam")
    await mentee.tap("Save")
    key, meeting = await same_button(mentee)
    assert meeting == "1"
    for named in ("2", "3", "4", "99"):
        await programme.take(mentee.press_data(f"m.same:{key}:{named}"))
        assert (named, mentee.sees) == (named, STALE)
    await programme.take(mentee.press_data("m.same:forgedkey:1"))
    assert mentee.sees == STALE


async def test_a_meeting_that_was_taken_back_is_not_the_same(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await log(mentee)
    key, meeting = await same_button(mentee)
    await mentor.tap("Undo")
    await programme.take(mentee.press_data(f"m.same:{key}:{meeting}"))
    assert mentee.sees == STALE
