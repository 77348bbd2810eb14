"""J2b: a meeting is logged in two taps; the partner hears of it and can say how it was."""

import pytest

from mentoring.people import Role
from tests.dialogues.people import Programme, Someone

STALE = "This button does not work any more. Nothing was changed."

pytestmark = pytest.mark.usefixtures("tandem")


async def log(person: Someone) -> str:
    await person.say("/menu")
    await person.tap("✏️ Log a meeting")
    return await person.tap("Save")


async def test_two_taps_from_the_menu_and_the_partner_is_told(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    saved = await log(mentor)
    assert saved.splitlines() == [
        "✅ Saved",
        "<b>Meeting with Rana Haddad</b>",
        "📅 Monday, Mar 9, 17:00 · 60 min",
        "",
        "Together so far: 1 meeting, 1 hour",
        "",
        "And the next date: in two weeks, at the same time?",
    ]
    assert mentor.taps == 2
    assert mentee.sees.splitlines() == [
        "Newly logged by Kristina Alam:",
        "📅 Monday, Mar 9, 17:00 · 60 min",
        "",
        "Together so far: 1 meeting, 1 hour",
    ]
    assert await programme.rows("select day, start, minutes from meeting") == [
        ("2026-03-09", "17:00", 60)
    ]


async def test_another_of_the_last_days_costs_four_taps(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/menu")
    await mentor.tap("✏️ Log a meeting")
    await mentor.tap("📅 Day")
    await mentor.tap("Sat, Mar 7")
    await mentor.tap("Save")
    assert mentor.taps == 4
    assert await programme.rows("select day from meeting") == [("2026-03-07",)]


async def test_a_day_of_the_month_before_costs_six_taps(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/menu")
    await mentor.tap("✏️ Log a meeting")
    await mentor.tap("📅 Day")
    await mentor.tap("Calendar")
    await mentor.tap("Go to February")
    await mentor.tap("20")
    await mentor.tap("Save")
    assert mentor.taps == 6
    assert await programme.rows("select day from meeting") == [("2026-02-20",)]


async def test_a_meeting_that_did_not_take_place_costs_two_taps_and_counts_nowhere(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await mentor.say("/menu")
    await mentor.tap("✏️ Log a meeting")
    said = await mentor.tap("Did not happen")
    assert mentor.taps == 2
    assert "No meeting has been counted yet." in said.splitlines()
    assert "did not take place" in mentee.sees


async def test_time_duration_place_and_topics_are_kept_for_the_next_card(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("🕔 Time")
    await mentor.say("16:15")
    await mentor.tap("⏱ Duration")
    await mentor.tap("90 min")
    await mentor.tap("📍 Place")
    await mentor.say("Café <Glück>")
    await mentor.tap("💬 Topics")
    await mentor.tap("CV")
    await mentor.tap("Job interview")
    await mentor.tap("Done")
    await mentor.tap("Save")
    programme.clock.move(days=7)
    card = await mentor.say("/meeting")
    assert card.splitlines() == [
        "<b>Meeting with Rana Haddad</b>",
        "📅 Monday, Mar 16, 16:15 · 90 min",
        "📍 Café &lt;Glück&gt;",
        "💬 CV and Job interview",
    ]


async def test_undo_takes_one_tap_within_72_hours(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    programme.clock.move(hours=71)
    assert (await mentor.tap("Undo")).startswith("Taken back.")
    assert mentee.sees.startswith("Taken back by Kristina Alam")
    assert await programme.rows("select count(*) from meeting where undone_at is null") == [(0,)]


async def test_undo_after_72_hours_is_refused(programme: Programme, mentor: Someone) -> None:
    await log(mentor)
    programme.clock.move(hours=73)
    assert await mentor.tap("Undo") == "This can be undone for 72 hours after it was saved."


async def test_the_same_meeting_logged_by_both_is_one_row(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    question = await log(mentee)
    assert question.startswith("There is a meeting on this day already:")
    await mentee.tap("Yes, the same")
    assert await programme.rows("select count(*) from meeting") == [(1,)]


async def test_another_meeting_on_the_same_day_is_a_second_row(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await log(mentee)
    await mentee.tap("No, another one")
    assert await programme.rows("select count(*) from meeting") == [(2,)]


async def test_an_objection_takes_it_out_of_the_count_and_tells_the_author(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    said = await mentee.tap("That is not right")
    assert "No meeting has been counted yet." in said.splitlines()
    assert mentor.sees.startswith("Objection by Rana Haddad")


async def test_a_correction_shows_both_values_and_counts_when_the_author_agrees(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentee.tap("Correct it")
    await mentee.tap("⏱ Duration")
    await mentee.tap("90 min")
    await mentee.tap("Save")
    assert await programme.rows("select minutes from meeting") == [(60,)]
    assert mentor.sees.splitlines() == [
        "Correction by Rana Haddad:",
        "📅 Monday, Mar 9, 17:00 · 90 min",
        "",
        "Logged before:",
        "📅 Monday, Mar 9, 17:00 · 60 min",
    ]
    assert (await mentor.tap("Agree")).endswith("Together so far: 1 meeting, 1.5 hours")
    assert mentee.sees.splitlines()[0] == "Kristina Alam agrees. The meeting is corrected:"


async def test_two_taps_on_save_are_one_meeting(programme: Programme, mentor: Someone) -> None:
    await mentor.say("/meeting")
    save = mentor.press("Save")
    again = {**save, "update_id": save["update_id"] + 1_000_000}
    await programme.take(save, again)
    assert await programme.rows("select count(*) from meeting") == [(1,)]


async def test_a_repeated_update_has_no_second_effect(
    programme: Programme, mentor: Someone
) -> None:
    update = mentor.message(text="/meeting")
    await programme.take(update)
    await programme.take(update)
    assert len(programme.wire.chat(mentor.chat_id).messages) == 1


async def test_with_a_second_tandem_one_tap_more_chooses_it(
    programme: Programme, coordinator: Someone, mentor: Someone
) -> None:
    other = await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    await programme.pair(coordinator, other, mentor)
    await mentor.say("/menu")
    await mentor.tap("✏️ Log a meeting")
    await mentor.tap("Amir Karimi")
    await mentor.tap("Save")
    assert mentor.taps == 3


async def test_a_day_before_the_tandem_is_refused_and_the_card_stays(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/meeting")
    key = mentor.press("Save")["callback_query"]["data"].split(":")[1]
    await programme.take(mentor.press_data(f"m.day:{key}:2026-01-01"))
    assert mentor.sees == "Please choose a day from Mon, Feb 9 to Mon, Mar 9."


async def test_a_tap_by_the_wrong_person_does_nothing(
    programme: Programme, mentor: Someone, mentee: Someone, coordinator: Someone
) -> None:
    await log(mentor)
    undo = mentor.press("Undo")["callback_query"]["data"]
    for person in (mentee, coordinator):
        await programme.take(person.press_data(undo))
        assert person.sees == "This button does not work any more. Nothing was changed."
    assert await programme.rows("select count(*) from meeting where undone_at is null") == [(1,)]


@pytest.mark.parametrize(
    "month", ["0000-01-01", "0001-01-01", "9999-12-01", "2026-03-02", "2026-01-01", "2026-04-01"]
)
async def test_a_month_that_no_button_leads_to_is_a_dead_button(
    programme: Programme, mentor: Someone, month: str
) -> None:
    await mentor.say("/meeting")
    key = mentor.press("Save")["callback_query"]["data"].split(":")[1]
    await programme.take(mentor.press_data(f"m.month:{key}:{month}"))
    assert mentor.sees == STALE
    assert await programme.rows("select * from aside") == []


async def test_the_calendar_marks_the_day_of_the_card(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("📅 Day")
    await mentor.tap("Calendar")
    assert "•9" in mentor.labels
    await mentor.tap("Go to February")
    assert [label for label in mentor.labels if label.startswith("•")] == []


async def test_a_day_of_another_year_keeps_its_year(programme: Programme, mentor: Someone) -> None:
    programme.clock.move(days=-67)  # to the 1st of January
    coordinator = await programme.arrive(11, "Paola Two", "en", Role.COORDINATOR)
    other = await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    programme.clock.move(days=-1)
    tandem = await programme.pair(coordinator, other, mentor)
    programme.clock.move(days=1)
    await programme.take(mentor.press_data(f"meet:{tandem}"))
    await mentor.tap("📅 Day")
    await mentor.tap("Wed, Dec 31")
    assert mentor.sees.splitlines()[1] == "📅 Wednesday, December 31, 2025, 17:00 · 60 min"


@pytest.mark.parametrize("button", ["💬 Topics", "📅 Day"])
async def test_a_card_that_was_saved_cannot_be_changed_any_more(
    programme: Programme, mentor: Someone, button: str
) -> None:
    """A phone that was offline still shows it as it was."""
    await mentor.say("/meeting")
    late = mentor.press(button)
    await mentor.tap("Save")
    await programme.take(late)
    assert mentor.sees == STALE
    assert await programme.rows("select count(*) from card") == [(0,)]
