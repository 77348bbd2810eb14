"""A date that is moved, called off or not held: who hears what, and what calendars are told."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from tests.dialogues.people import Programme, Someone, plain
from tests.dialogues.test_next_date import IN_TWO_WEEKS, START, agree, heard, log, pass_to

pytestmark = pytest.mark.usefixtures("tandem")

HINT = "Open the file to put it into your calendar."
MONDAY_NIGHT = datetime(2026, 3, 9, 21, 30, tzinfo=UTC)
"""22:30 in Munich."""


async def move(mentor: Someone, day: str) -> None:
    await mentor.say("/tandem")
    await mentor.tap("Move")
    await mentor.tap(day)
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")


def read_back(programme: Programme) -> list[tuple[int, str, int, str, datetime]]:
    """Of every file that was sent: chat, UID, sequence, status and start, by two parsers."""
    found = []
    for chat_id, content in programme.wire.files:
        text = content.decode()
        [event] = IcsCalendarStream.calendar_from_ics(text).events
        other = vobject.readOne(text)
        assert other.method.value == "PUBLISH"
        assert other.vevent.uid.value == event.uid
        assert int(other.vevent.sequence.value) == event.sequence
        assert other.vevent.dtstart.value == event.dtstart
        assert event.uid is not None
        assert isinstance(event.dtstart, datetime)
        status = str(other.vevent.status.value)
        found.append((chat_id, event.uid, int(other.vevent.sequence.value), status, event.dtstart))
    return found


async def test_agreed_moved_and_called_off_is_one_entry_in_both_calendars(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await move(mentor, "30")
    assert mentee.sees.splitlines() == [
        "Proposed by Kristina Alam:",
        "📅 Monday, Mar 30, 17:00 · 60 min",
        "⏳ Not yet confirmed",
        "Instead of Mon, Mar 23, 17:00",
    ]
    await mentee.tap("That fits")
    await mentor.tap("Call off")
    await mentor.tap("Yes, call it off")
    files = read_back(programme)
    # Summer time begins between the two: 17:00 is 16:00 UTC, then 15:00.
    moved = datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
    assert len({uid for _, uid, *_ in files}) == 1
    assert sorted((chat, *rest) for chat, _, *rest in files) == [
        (20, 0, "CONFIRMED", START),
        (20, 1, "CONFIRMED", moved),
        (20, 2, "CANCELLED", moved),
        (30, 0, "CONFIRMED", START),
        (30, 1, "CONFIRMED", moved),
        (30, 2, "CANCELLED", moved),
    ]


async def test_who_says_yes_or_calls_off_is_not_told_so_once_more(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    assert mentee.sees == HINT
    assert mentee.labels == ["Menu"]
    assert mentor.sees.splitlines()[0] == "✅ The date with Rana Haddad stands:"
    await mentor.tap("Call off")  # under the file: its text cannot change, so it is asked below
    assert mentor.sees.splitlines()[0] == "Shall this date be called off?"
    await mentor.tap("Yes, call it off")
    assert mentor.sees == "Open the file to take it out of your calendar."
    assert mentee.sees.splitlines()[0] == "❌ Called off by Kristina Alam:"
    edits = [given for name, given in programme.wire.calls if name == "editmessagetext"]
    documents = {m.message_id for m in programme.wire.chat(20).messages if HINT in plain(m.text)}
    assert documents.isdisjoint(given["message_id"] for given in edits)


async def test_a_reminder_of_a_date_that_is_not_confirmed_sends_nobody_there(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    await pass_to(programme, START - timedelta(hours=23))
    assert mentee.sees.splitlines() == [
        "⏰ Proposed for tomorrow with Kristina Alam:",
        "📅 Monday, Mar 23, 17:00 · 60 min",
        "⏳ Not yet confirmed",
    ]
    assert mentee.labels == ["That fits", "Another date", "Menu"]
    assert mentor.labels == ["Move", "Call off", "Menu"]
    await pass_to(programme, START - timedelta(hours=2))
    assert mentor.sees.splitlines()[0] == "⏰ Proposed for today with Rana Haddad:"


async def test_a_reminder_can_be_answered_by_moving_or_calling_off(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START - timedelta(hours=2))
    assert mentee.labels == ["Move", "Call off", "Menu"]
    await mentee.tap("Call off")
    await mentee.tap("Yes, call it off")
    assert await programme.rows("select state from appointment") == [("c",)]


async def test_an_hour_that_has_passed_is_refused_with_the_way_to_mend_it(
    programme: Programme, mentor: Someone
) -> None:
    await log(mentor)
    await mentor.tap("Another date")
    await mentor.tap("9")
    assert mentor.labels[0] == "18:30", "what has passed is not offered"
    await mentor.say("8:00")
    await mentor.tap("Propose")
    assert mentor.sees == "That time has passed already. Please choose a later one."
    assert mentor.labels == ["📅 Day", "🕔 Time", "Menu"]
    await mentor.tap("🕔 Time")
    await mentor.tap("20:00")
    await mentor.tap("Propose")
    assert await programme.rows("select day, start from appointment") == [("2026-03-09", "20:00")]


async def test_a_yes_that_comes_too_late_leads_to_another_date(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    fits = mentee.press("That fits")
    await pass_to(programme, START + timedelta(minutes=5))
    await programme.take(fits)
    assert mentee.labels == ["Another date", "Menu"]
    assert (await mentee.tap("Another date")).startswith("On which day would you like to meet?")


async def test_a_day_can_be_typed(programme: Programme, mentor: Someone, mentee: Someone) -> None:
    await log(mentor)
    await mentor.tap("Another date")
    assert await mentor.say("soon") == "Please type the day like this: 24.12."
    await mentor.say("2.4.")
    await mentor.say("18:15")
    await mentor.tap("Propose")
    assert mentee.sees.splitlines()[1] == "📅 Thursday, Apr 2, 18:15 · 60 min"


async def test_a_typed_day_that_cannot_be_is_refused_and_the_question_stays(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("📅 Day")
    assert await mentor.say("8.1.2025") == "Please choose a day from Mon, Feb 9 to Mon, Mar 9."
    card = await mentor.say("7.3.")
    assert card.splitlines()[1] == "📅 Saturday, Mar 7, 17:00 · 60 min"
    assert await programme.rows("select step from conversation") == []


@pytest.mark.parametrize(
    ("label", "outcome"), [("Moved", "moved"), ("Did not happen", "did not take place")]
)
async def test_the_partner_hears_who_said_that_it_was_not_held_and_can_say_that_it_was(
    programme: Programme, mentor: Someone, mentee: Someone, label: str, outcome: str
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    question = mentor.press("60 min")
    await mentee.tap(label)
    assert mentor.sees.splitlines() == [
        "Newly logged by Rana Haddad:",
        f"<b>Meeting with Rana Haddad</b> on Monday, Mar 23: {outcome}",
    ]
    assert mentor.labels == ["🗓 Agree on the next date", "We did meet", "Menu"]
    await programme.take(question)
    assert mentor.sees.splitlines()[0] == "This has been answered already:"
    card = await mentor.tap("We did meet")
    assert card.splitlines()[1] == "📅 Monday, Mar 23, 17:00 · 60 min"
    await mentor.tap("Save")
    rows = await programme.rows("select outcome from meeting where day = '2026-03-23' order by id")
    assert rows == [(outcome[0] if label == "Moved" else "n",), ("h",)]


async def test_the_next_date_agreed_on_while_they_meet_leaves_this_one_to_be_asked_about(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(minutes=50))
    assert "There is no next date yet." in await mentor.say("/tandem")
    await mentor.tap("🗓 Agree on the next date")
    await mentor.tap("30")
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")
    await mentee.tap("That fits")
    rows = await programme.rows("select day, state from appointment order by id")
    assert rows == [("2026-03-23", "o"), ("2026-03-30", "a")]
    await pass_to(programme, START + timedelta(hours=1))
    assert mentee.sees == "Kristina Alam and you, Mon, Mar 23, 17:00: did you meet?"


async def test_who_agrees_on_the_next_date_and_then_logs_this_one_is_not_asked(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(minutes=50))
    await mentor.say("/tandem")
    await mentor.tap("🗓 Agree on the next date")
    await mentor.tap("30")
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")
    await log(mentor)
    before = heard(mentee)
    await pass_to(programme, START + timedelta(hours=1))
    assert heard(mentee) == before


async def test_an_answer_that_is_taken_back_is_asked_for_again(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    late = mentee.press("60 min")
    await mentor.tap("Moved")
    await programme.take(late)
    assert mentee.sees.splitlines()[0] == "This has been answered already:"
    await mentor.tap("Undo")
    assert heard(mentor)[-2:] == [
        "Taken back: what was noted for Mon, Mar 23.",
        "Rana Haddad and you, Mon, Mar 23, 17:00: did you meet?",
    ]
    assert heard(mentee)[-2:] == [
        "Taken back by Kristina Alam: what was noted for Mon, Mar 23.",
        "Kristina Alam and you, Mon, Mar 23, 17:00: did you meet?",
    ]
    await mentee.tap("60 min")
    await mentee.tap("Save")
    rows = await programme.rows("select outcome, undone_at is null from meeting where id > 1")
    assert rows == [("m", 0), ("h", 1)]


async def test_what_was_agreed_on_is_named_until_something_else_is(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await move(mentor, "30")
    await mentee.tap("Another date")
    assert mentee.sees.splitlines()[0] == "Instead of Mon, Mar 23, 17:00"
    await mentee.tap("31")
    await mentee.tap("✓ 17:00")
    await mentee.tap("Propose")
    lines = (await mentor.say("/tandem")).splitlines()
    assert lines[-4:] == [
        "<b>Next date</b>",
        "📅 Tuesday, Mar 31, 17:00 · 60 min",
        "⏳ Not yet confirmed",
        "Instead of Mon, Mar 23, 17:00",
    ]
    await mentor.tap("That fits")
    assert "Instead of" not in await mentor.say("/tandem")


async def test_the_partner_of_a_logged_meeting_is_offered_the_next_date(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    assert mentee.labels == [
        "Correct it",
        "That is not right",
        "🗓 Agree on the next date",
        "Menu",
    ]


async def test_a_promise_on_an_older_meeting_is_not_lost(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    older = mentor.press("🤝 Promise")
    programme.clock.move(days=2)
    await log(mentee)
    await programme.take(older)
    programme.clock.move(minutes=1)
    await mentor.say("I call the company")
    assert "🤝 Promised by Kristina Alam: I call the company" in (await mentee.say("/tandem"))
    programme.clock.move(days=2)
    await log(mentor)
    assert "I call the company" not in (await mentee.say("/tandem")), "that was until next time"


async def test_the_timeline_says_that_there_are_more(programme: Programme, mentor: Someone) -> None:
    for _ in range(5):
        await log(mentor)
        programme.clock.move(days=1)
    assert "The last ones:" not in (await mentor.say("/tandem")).splitlines()
    await log(mentor)
    lines = (await mentor.say("/tandem")).splitlines()
    assert lines[3] == "The last ones:"
    assert len([line for line in lines if line.startswith("•")]) == 5


async def test_a_move_adds_no_reminder_that_was_never_planned(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    """Agreed at night for the next day: in Munich the evening before was over already."""
    programme.clock.at = MONDAY_NIGHT
    await log(mentor)
    await mentor.tap("Another date")
    await mentor.tap("10")
    await mentor.tap("17:00")
    await mentor.tap("Propose")
    await mentee.tap("That fits")
    before = len(heard(mentee))
    await move_to(programme, mentee, "Europe/Paris")
    await programme.house.post.drain()
    assert len(heard(mentee)) == before


async def test_a_move_keeps_the_mark_of_a_possible_repeat(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    async with programme.house.database.transaction():
        await programme.house.database.execute(
            "update letter set repeat = 1, error = 'interrupted', tries = 1 "
            f"where kind = 'date_soon' and person_id = {mentee.person_id}"
        )
    await move_to(programme, mentee, "Asia/Tokyo")
    rows = await programme.rows(
        f"select kind, state, repeat from letter where person_id = {mentee.person_id} "
        "and kind in ('date_tomorrow', 'date_soon', 'date_over') order by id"
    )
    assert rows == [
        ("date_tomorrow", "pending", 0),
        ("date_soon", "pending", 1),
        ("date_over", "pending", 0),
    ]


async def move_to(programme: Programme, person: Someone, zone: str) -> None:
    async with programme.house.database.transaction():
        await programme.house.desk.move(person.person_id, zone)
        await programme.house.tables.letters.write()
