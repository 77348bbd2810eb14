"""A date that is moved, called off or not held: who hears what, and what calendars are told."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from handlers.letters import render
from mentoring.people import Role
from tests.dialogues.people import Programme, Someone, plain
from tests.dialogues.test_next_date import IN_TWO_WEEKS, STALE, START, agree, heard, log, pass_to

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
    assert await mentor.say("soon") == "Please type the day like this: 23.3. – or its name."
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
    assert mentor.labels == ["📅 Day", "Menu"]
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


async def test_who_logs_a_meeting_while_it_lasts_and_takes_it_back_is_asked_when_it_is_over(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(minutes=30))
    await log(mentor)
    await mentor.tap("Undo")
    assert "did you meet?" not in " ".join(heard(mentee))
    await pass_to(programme, START + timedelta(hours=1))
    assert mentee.sees == "Kristina Alam and you, Mon, Mar 23, 17:00: did you meet?"


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
        "📝 Note for me",
        "🤝 Promise",
        "🗓 Agree on the next date",
        "Menu",
    ]


async def test_a_repeated_press_never_unsettles_what_was_agreed(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    """Both have the button, one by saving and one by "Yes, the same"."""
    await log(mentor)
    await log(mentee)
    await mentee.tap("Yes, the same")
    his, hers = mentee.press(IN_TWO_WEEKS), mentor.press(IN_TWO_WEEKS)
    await programme.take(hers)
    await programme.take(his)  # who proposes the same says yes
    assert await programme.rows("select state, sequence from appointment") == [("a", 0)]
    for again in (his, hers):
        await programme.take({**again, "update_id": again["update_id"] + 1_000_000})
    assert await programme.rows("select state, sequence from appointment") == [("a", 0)]
    assert heard(mentee).count("Proposed by Kristina Alam:") == 1


async def test_a_stale_offer_replaces_no_date_that_has_come_since(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    offer = mentor.press(IN_TWO_WEEKS)
    await mentee.tap("🗓 Agree on the next date")
    await mentee.tap("16")
    await mentee.tap("✓ 17:00")
    await mentee.tap("Propose")
    await mentor.tap("That fits")
    await programme.take(offer)
    assert mentor.sees.splitlines()[:2] == [
        "✅ The date with Rana Haddad stands:",
        "📅 Monday, Mar 16, 17:00 · 60 min",
    ]
    assert await programme.rows("select day, state from appointment") == [("2026-03-16", "a")]


async def test_other_minutes_than_those_offered_can_be_typed(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    await mentee.tap("Other")
    card = await mentee.say("75")
    assert card.splitlines()[1] == "📅 Monday, Mar 23, 17:00 · 75 min"


async def test_the_same_meeting_settles_the_date_that_was_asked_about(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START - timedelta(hours=1))
    await log(mentor)  # they met earlier than agreed on
    await pass_to(programme, START + timedelta(hours=1))
    question = mentor.press("60 min")
    await mentee.tap("60 min")
    await mentee.tap("Save")
    await mentee.tap("Yes, the same")
    rows = await programme.rows("select state, meeting_id from appointment")
    assert rows == [("o", 2)]
    await programme.take(question)
    assert mentor.sees.splitlines()[0] == "✅ Saved"
    assert await programme.rows("select count(*) from meeting") == [(2,)]


async def test_who_takes_back_that_it_was_not_held_leaves_what_the_other_has_logged(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    await mentee.tap("Did not happen")
    undo = mentee.press("Undo")
    await mentor.tap("We did meet")
    await mentor.tap("Save")
    before = len(heard(mentor))
    await programme.take(undo)
    assert heard(mentor)[before:] == ["Taken back by Rana Haddad: what was noted for Mon, Mar 23."]
    rows = await programme.rows(
        "select m.outcome from appointment a join meeting m on m.id = a.meeting_id"
    )
    assert rows == [("h",)]


async def test_a_letter_that_waits_speaks_of_no_other_version(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    async with programme.house.database.transaction():
        # As it is after a crash in the middle of sending, while the date goes on.
        await programme.house.database.execute("delete from letter")
    await programme.take(mentor.press(IN_TWO_WEEKS))
    letter = await programme.rows("select kind, args from letter where kind = 'date_proposed'")
    assert letter == [("date_proposed", "")]
    desk = programme.house.desk
    reader = await desk.people.get(mentee.person_id)
    args = {"date": 1, "version": 0, "by": "Kristina Alam", "by_id": mentor.person_id}
    assert await render(desk, "date_proposed", args, reader) is not None
    await mentee.tap("Another date")
    await mentee.tap("30")
    await mentee.tap("✓ 17:00")
    await mentee.tap("Propose")
    assert await render(desk, "date_proposed", args, reader) is None


async def test_of_a_moved_date_no_letter_of_the_earlier_version_waits(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    waiting = "select count(*) from letter where state = 'pending' and kind like 'date%'"
    assert await programme.rows(waiting) == [(6,)]
    await move(mentor, "30")
    assert await programme.rows(f"{waiting} and due_at < {START.timestamp() + 7200}") == [(0,)]
    assert await programme.rows(waiting) == [(6,)]
    await mentor.tap("Call off")
    await mentor.tap("Yes, call it off")
    assert await programme.rows(waiting) == [(0,)]


async def test_in_a_tandem_of_three_all_are_told_and_all_get_the_file(
    programme: Programme, mentor: Someone, mentee: Someone, tandem: int
) -> None:
    third = await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    async with programme.house.database.transaction():
        await programme.house.desk.tandems.book.join(tandem, third.person_id, Role.MENTEE)
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    for other in (mentee, third):
        assert other.sees.splitlines()[0] == "Proposed by Kristina Alam:"
        assert other.labels[0] == "That fits"
    await third.tap("That fits")
    assert sorted(chat for chat, *_ in read_back(programme)) == [20, 30, 31]
    assert mentee.sees.splitlines()[0] == "✅ The date with Amir Karimi and Kristina Alam stands:"
    await pass_to(programme, START - timedelta(hours=2))
    assert [heard(each)[-1][:5] for each in (mentor, mentee, third)] == ["⏰ Tod"] * 3


async def test_nobody_takes_back_the_objection_of_another(
    programme: Programme, mentor: Someone, mentee: Someone, tandem: int
) -> None:
    third = await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    second = await programme.arrive(21, "Jonas Weber", "en", Role.MENTOR)
    async with programme.house.database.transaction():
        for person, role in ((third, Role.MENTEE), (second, Role.MENTOR)):
            await programme.house.desk.tandems.book.join(tandem, person.person_id, role)
    await log(mentor)
    assert second.labels[:1] != ["Correct it"], "the author's own side does not object"
    await programme.take(second.press_data("object:1"))
    assert second.sees == STALE
    await mentee.tap("That is not right")
    assert "It is right after all" in mentee.labels
    assert third.labels == ["Correct it", "Menu"]
    for other in (third, second):
        await programme.take(other.press_data("concede:1"))
        assert other.sees == STALE
    assert await programme.rows("select contested_by from meeting") == [(mentee.person_id,)]


async def test_the_promise_is_said_two_hours_before_as_well(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap("🤝 Promise")
    await mentor.say("I call the company")
    await mentor.tap(IN_TWO_WEEKS, in_message=-3)
    await mentee.tap("That fits")
    await pass_to(programme, START - timedelta(hours=2))
    assert mentee.sees.splitlines()[-1] == "🤝 Promised by Kristina Alam: I call the company"


async def test_near_the_end_another_date_is_offered_still(
    programme: Programme, mentor: Someone
) -> None:
    programme.clock.move(days=90)
    await log(mentor)
    assert mentor.sees.splitlines()[-1] == "And the next date?"
    assert mentor.labels[0] == "Another date"


async def test_a_meeting_that_is_logged_late_offers_no_two_weeks(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("📅 Day")
    await mentor.say("gestern")
    assert mentor.sees == "Please type the day like this: 9.3. – or its name."
    await mentor.say("1.3.")
    await mentor.tap("Save")
    assert mentor.sees.splitlines()[-1] == "And the next date: at the same time?"
    await mentor.tap("Another date")
    assert "•15" in mentor.labels, "the card begins with the same day as the offer"


async def test_the_place_is_kept(programme: Programme, mentor: Someone, mentee: Someone) -> None:
    await mentor.say("/meeting")
    await mentor.tap("📍 Place")
    await mentor.say("Library")
    await mentor.tap("Save")
    await mentor.tap("Another date")
    await mentor.tap("16")
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")
    assert mentee.sees.splitlines()[2] == "📍 Library"


async def test_a_date_that_is_over_is_said_to_be_over(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    offer = mentor.press(IN_TWO_WEEKS)
    await programme.take(offer)
    await pass_to(programme, START + timedelta(days=1))
    await programme.take({**offer, "update_id": offer["update_id"] + 1_000_000})
    assert mentor.sees == "The date of Mon, Mar 23 is over."
    assert mentor.labels == ["Another date", "Menu"]


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
