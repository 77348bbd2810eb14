"""What becomes of a date: unanswered, answered twice, taken back, and pressed once more."""

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.people import Role
from tests.dialogues.people import Programme, Someone
from tests.dialogues.test_next_date import (
    IN_TWO_WEEKS,
    STALE,
    START,
    agree,
    heard,
    log,
    pass_to,
)

pytestmark = pytest.mark.usefixtures("tandem")

DATES = "select day, state, meeting_id is not null from appointment order by id"


async def test_a_date_that_nobody_answered_makes_room_for_the_next(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(days=1, hours=2))
    await log(mentor)  # on Tuesday: not the day of the date
    assert "🗓 Tue, Apr 7, 17:00" in mentor.labels
    assert "There is no next date yet." in (await mentor.say("/tandem")).splitlines()
    await mentor.tap("🗓 Agree on the next date")
    await mentor.tap("Calendar")
    assert mentor.labels[0] == "April 2026"
    await programme.take(mentee.press("60 min", in_message=asked(programme, mentee)))
    await mentee.tap("Save")
    assert await programme.rows(DATES) == [("2026-03-23", "o", 1)]


def asked(programme: Programme, person: Someone) -> int:
    """Where the question "did you meet?" stands."""
    shown = programme.wire.chat(person.chat_id).messages
    found = [n for n, m in enumerate(shown) if any("met:" in str(row) for row in m.keyboard)]
    return found[-1]


async def test_a_yes_after_the_date_agrees_to_nothing(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    fits = mentee.press("That fits")
    await pass_to(programme, START + timedelta(days=10))
    await programme.take(fits)
    assert mentee.sees == "That time has passed already. Please choose a later one."
    assert await programme.rows(DATES) == [("2026-03-23", "p", 0)]


async def test_two_answers_to_did_you_meet_are_one(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    await mentor.tap("60 min")
    save = mentor.press("Save")
    await mentee.tap("Did not happen")
    await programme.take(save)
    assert mentor.sees.splitlines()[0] == "This has been answered already:"
    rows = await programme.rows("select outcome from meeting where day = '2026-03-23'")
    assert rows == [("n",)]


async def test_an_answer_that_is_taken_back_can_be_given_anew(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    question = mentee.press("60 min")
    await mentor.tap("Did not happen")
    await mentor.tap("Undo")
    await programme.take(question)
    await mentee.tap("Save")
    rows = await programme.rows("select outcome from meeting where undone_at is null and id > 1")
    assert rows == [("h",)]


async def test_a_meeting_before_the_date_of_that_day_leaves_the_date_alone(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START - timedelta(hours=6))
    await log(mentor)
    assert await programme.rows(DATES) == [("2026-03-23", "a", 0)]
    await pass_to(programme, START - timedelta(hours=2))
    assert heard(mentee)[-1] == "⏰ Today you meet Kristina Alam:"


async def test_the_same_button_once_more_shows_what_stands_now(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    same = mentor.press(IN_TWO_WEEKS)
    await programme.take(same)
    await mentee.tap("Another date")
    await mentee.tap("30")
    await mentee.tap("✓ 17:00")
    await mentee.tap("Propose")
    await mentor.tap("That fits")
    await programme.take({**same, "update_id": same["update_id"] + 1_000_000})
    assert mentor.sees.splitlines()[:2] == [
        "✅ The date with Rana Haddad stands:",
        "📅 Monday, Mar 30, 17:00 · 60 min",
    ]
    assert await programme.rows(DATES) == [("2026-03-30", "a", 0)]


async def test_a_button_whose_day_has_passed_proposes_no_other_day(
    programme: Programme, mentor: Someone
) -> None:
    await log(mentor)
    same = mentor.press(IN_TWO_WEEKS)
    await pass_to(programme, START + timedelta(days=2))
    await programme.take(same)
    assert mentor.sees.startswith("The next date has to be ahead of us")
    assert await programme.rows(DATES) == []


async def test_call_off_asks_about_the_date_that_it_shows(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await mentee.say("/tandem")
    stale = mentee.press("Call off")
    await mentor.say("/tandem")
    await mentor.tap("Move")
    await mentor.tap("30")
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")
    await programme.take(stale)
    assert "Monday, Mar 30" in mentee.sees
    await mentee.tap("Yes, call it off")
    assert await programme.rows(DATES) == [("2026-03-30", "c", 0)]


async def test_only_an_agreed_date_gives_a_file_so_that_every_file_is_taken_back(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    await mentee.say("/tandem")
    assert "Calendar file" not in mentee.labels
    await mentee.tap("That fits")
    await mentee.say("/tandem")
    await mentee.tap("Calendar file")
    await mentor.say("/tandem")
    await mentor.tap("Call off")
    await mentor.tap("Yes, call it off")
    files = [given["chat_id"] for name, given in programme.wire.calls if name == "senddocument"]
    assert sorted(files) == [20, 20, 30, 30, 30]


async def test_a_reminder_waits_for_who_has_blocked_the_bot_for_weeks(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    async with programme.house.database.transaction():
        later = {"day": "2026-04-20", "due": int((START + timedelta(days=28)).timestamp())}
        await programme.house.database.execute(
            "update letter set due_at = :due, useful_until = :due + 3600 where kind = 'date_soon'",
            {"due": later["due"]},
        )
    await programme.take(mentee.status("kicked"))
    await pass_to(programme, START + timedelta(days=2))
    async with programme.house.database.transaction():
        await programme.house.tables.letters.forget(programme.clock() - timedelta(days=1))
    waiting = await programme.rows("select count(*) from letter where kind = 'date_soon'")
    assert waiting == [(2,)]


async def test_a_reader_in_the_west_answers_in_their_own_time(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    async with programme.house.database.transaction():
        await programme.house.desk.move(mentee.person_id, "America/New_York")
        await programme.house.tables.letters.write()
    await pass_to(programme, START + timedelta(hours=1))
    assert mentee.sees == "Kristina Alam and you, Mon, Mar 23, 12:00: did you meet?"
    await mentee.tap("60 min")
    saved = await mentee.tap("Save")
    assert saved.splitlines()[2] == "📅 Monday, Mar 23, 12:00 · 60 min"
    assert await programme.rows(DATES) == [("2026-03-23", "o", 1)]


async def test_a_move_to_the_east_after_the_evening_there_still_reminds(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    before = len(heard(mentee)), len(heard(mentor))
    programme.clock.at = datetime(2026, 3, 22, 15, 0, tzinfo=UTC)  # 19:00 in Dubai
    async with programme.house.database.transaction():
        await programme.house.desk.move(mentee.person_id, "Asia/Dubai")
        await programme.house.tables.letters.write()
    await programme.house.post.drain()
    assert heard(mentee)[before[0] :] == ["⏰ Tomorrow you meet Kristina Alam:"]
    await pass_to(programme, START - timedelta(hours=23))
    assert len(heard(mentor)) == before[1] + 1, "the other's reminders are as they were"


async def test_with_two_tandems_a_date_that_stays_is_shown_with_its_own(
    programme: Programme, coordinator: Someone, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    other = await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    await programme.pair(coordinator, other, mentor)
    await mentor.say("/tandem")
    await mentor.tap("Rana Haddad")
    await mentor.tap("Call off")
    stays = await mentor.tap("No, it stays")
    assert stays.splitlines()[0] == "<b>Your tandem with Rana Haddad</b> (mentee)"
    assert mentor.sees != STALE
