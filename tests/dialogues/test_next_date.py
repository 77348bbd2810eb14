"""J3: the next date is proposed in a tap and settled by one; calendars and reminders follow."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.date_text import ToDate
from mentoring.people import Role
from tests.dialogues.people import Programme, Someone, plain

STALE = "This button does not work any more. Nothing was changed."
IN_TWO_WEEKS = "🗓 Mon, Mar 23, 17:00"
START = datetime(2026, 3, 23, 16, 0, tzinfo=UTC)
"""Monday, 17:00 in Munich, two weeks after the meeting that the tests log."""

pytestmark = pytest.mark.usefixtures("tandem")


async def log(person: Someone) -> None:
    await person.say("/meeting")
    await person.tap("Save")


async def agree(mentor: Someone, mentee: Someone) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    await mentee.tap("That fits")


def heard(person: Someone) -> list[str]:
    """The first line of everything that came, oldest first."""
    messages = person.programme.wire.chat(person.chat_id).messages
    return [plain(message.text).splitlines()[0] for message in messages]


async def pass_to(programme: Programme, instant: datetime) -> None:
    """The clock goes to that instant, and what is due leaves."""
    programme.clock.at = instant
    await programme.house.post.drain()


async def test_one_tap_proposes_one_tap_settles_and_both_get_the_file(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    mentor.taps = mentee.taps = 0
    said = await mentor.tap(IN_TWO_WEEKS)
    assert said.splitlines() == [
        "Proposed to Rana Haddad:",
        "📅 Monday, Mar 23, 17:00 · 60 min",
        "⏳ Not yet confirmed",
    ]
    assert mentee.sees.splitlines()[0] == "Proposed by Kristina Alam:"
    await mentee.tap("That fits")
    assert (mentor.taps, mentee.taps) == (1, 1)
    files = [given for name, given in programme.wire.calls if name == "senddocument"]
    assert sorted(given["chat_id"] for given in files) == [20, 30]
    assert mentor.sees.splitlines() == [
        "✅ The date with Rana Haddad stands:",
        "📅 Monday, Mar 23, 17:00 · 60 min",
        "",
        "Open the file to put it into your calendar.",
    ]


async def test_another_day_and_time_are_four_taps_and_a_place_one_more(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    mentor.taps = 0
    await mentor.tap("Another date")
    await mentor.tap("16")
    await mentor.tap("18:30")
    await mentor.tap("Propose")
    assert mentor.taps == 4
    assert mentee.sees.splitlines()[:2] == [
        "Proposed by Kristina Alam:",
        "📅 Monday, Mar 16, 18:30 · 60 min",
    ]
    rows = await programme.rows("select day, start, state from appointment")
    assert rows == [("2026-03-16", "18:30", "p")]


async def test_the_partner_proposes_another_and_the_first_says_yes(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    old = mentee.press("That fits")
    await mentee.tap("Another date")
    await mentee.tap("30")
    await mentee.tap("✓ 17:00")
    await mentee.tap("Propose")
    assert mentor.sees.splitlines()[0] == "Proposed by Rana Haddad:"
    # The button of the first proposal is still in the mentee's chat: it is no yes to their own.
    await programme.take(old)
    assert mentee.sees.splitlines()[:2] == [
        "That proposal is not open any more.",
        "Proposed to Kristina Alam:",
    ]
    assert await programme.rows("select state from appointment") == [("p",)]
    await mentor.tap("That fits")
    rows = await programme.rows("select day, state, sequence from appointment")
    assert rows == [("2026-03-30", "a", 1)]


async def test_nobody_says_yes_to_a_date_that_has_changed_since(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    fits = mentee.press("That fits")
    await mentor.tap("Move")
    await mentor.tap("30")
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")
    await programme.take(fits)
    assert mentee.sees.splitlines()[:2] == [
        "This date is proposed now:",
        "📅 Monday, Mar 30, 17:00 · 60 min",
    ]
    assert await programme.rows("select state from appointment") == [("p",)]


async def test_two_taps_on_the_same_button_are_one_date(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    tap = mentor.press(IN_TWO_WEEKS)
    await programme.take(tap, {**tap, "update_id": tap["update_id"] + 1_000_000})
    assert await programme.rows("select count(*), max(sequence) from appointment") == [(1, 0)]
    assert heard(mentee).count("Proposed by Kristina Alam:") == 1


async def test_a_date_with_somebody_without_an_account_stands_at_once(
    programme: Programme, coordinator: Someone, mentor: Someone
) -> None:
    async with programme.house.database.transaction():
        person_id = await programme.house.tables.people.add(
            name="Amir Karimi",
            language="en",
            zone="Europe/Berlin",
            role=Role.MENTEE,
            now=programme.clock(),
        )
    amir = Someone(programme, 0, "Amir Karimi", "en", person_id)
    await programme.pair(coordinator, amir, mentor)
    await mentor.say("/meeting")
    await mentor.tap("Amir Karimi")
    await mentor.tap("Save")
    await mentor.tap(IN_TWO_WEEKS)
    assert await programme.rows("select state from appointment") == [("a",)]
    assert heard(mentor)[-2:] == [
        "✅ The date with Amir Karimi stands:",
        "Open the file to put it into your calendar.",
    ]


async def test_reminders_come_the_evening_before_and_two_hours_before(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    before = len(heard(mentee))
    await pass_to(programme, START - timedelta(hours=23, minutes=1))
    assert len(heard(mentee)) == before
    await pass_to(programme, START - timedelta(hours=23))  # Sunday, 18:00: it does not wait
    assert heard(mentee)[before:] == ["⏰ Tomorrow you meet Kristina Alam:"]
    await pass_to(programme, START - timedelta(hours=2))
    assert heard(mentee)[before + 1 :] == ["⏰ Today you meet Kristina Alam:"]
    assert heard(mentor)[-2:] == [
        "⏰ Tomorrow you meet Rana Haddad:",
        "⏰ Today you meet Rana Haddad:",
    ]
    await pass_to(programme, START)
    assert len(heard(mentee)) == before + 2


async def test_an_unconfirmed_date_is_reminded_of_with_the_button(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap(IN_TWO_WEEKS)
    await pass_to(programme, START - timedelta(hours=2))
    assert "⏳ Not yet confirmed" in mentee.sees
    assert mentee.labels[:2] == ["That fits", "Another date"]
    assert "That fits" not in mentor.labels
    await mentee.tap("That fits")
    assert await programme.rows("select state from appointment") == [("a",)]


async def test_what_is_moved_is_reminded_of_at_its_new_time_alone(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await mentor.say("/tandem")
    await mentor.tap("Move")
    await mentor.tap("30")
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")
    await mentee.tap("That fits")
    before = len(heard(mentee))
    await pass_to(programme, START + timedelta(hours=1))
    assert len(heard(mentee)) == before
    await pass_to(programme, START + timedelta(days=7, hours=-3))
    assert heard(mentee)[before:] == ["⏰ Today you meet Kristina Alam:"]


async def test_what_is_called_off_is_told_and_never_reminded_of(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await mentee.say("/tandem")
    await mentee.tap("Call off")
    await mentee.tap("Yes, call it off")
    assert "The date of Mon, Mar 23 is called off." in heard(mentee)
    assert heard(mentor)[-1] == "❌ Called off by Rana Haddad:"
    files = [given for name, given in programme.wire.calls if name == "senddocument"]
    assert sorted(given["chat_id"] for given in files) == [20, 20, 30, 30]
    before = len(heard(mentor))
    for hours in (-23, -2, 1, 30):
        await pass_to(programme, START + timedelta(hours=hours))
    assert len(heard(mentor)) == before


async def test_did_you_meet_is_two_taps_and_the_first_answer_is_for_both(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    question = "Kristina Alam and you, Mon, Mar 23, 17:00: did you meet?"
    assert mentee.sees == question
    mentee.taps = 0
    await mentee.tap("90 min")
    saved = await mentee.tap("Save")
    assert mentee.taps == 2
    assert saved.splitlines()[:3] == [
        "✅ Saved",
        "<b>Meeting with Kristina Alam</b>",
        "📅 Monday, Mar 23, 17:00 · 90 min",
    ]
    assert await programme.rows("select minutes, logged_by from meeting order by id") == [
        (60, mentor.person_id),
        (90, mentee.person_id),
    ]
    # The mentor was asked as well, and answers later.
    asked = [m for m in programme.wire.chat(20).messages if "did you meet?" in plain(m.text)]
    button = next(b for b in asked[0].keyboard[0] if "60" in plain(b["text"]))
    await programme.take(mentor.press_data(button["callback_data"], asked[0].message_id))
    assert mentor.sees.splitlines()[0] == "This has been answered already:"
    assert mentor.labels[:2] == ["Correct it", "That is not right"]
    assert await programme.rows("select count(*) from meeting") == [(2,)]


@pytest.mark.parametrize(("label", "outcome"), [("Moved", "m"), ("Did not happen", "n")])
async def test_it_did_not_take_place_is_one_tap(
    programme: Programme, mentor: Someone, mentee: Someone, label: str, outcome: str
) -> None:
    await agree(mentor, mentee)
    await pass_to(programme, START + timedelta(hours=1))
    await mentee.tap(label)
    await mentee.tap(IN_TWO_WEEKS.replace("Mar 23", "Apr 6"))
    rows = await programme.rows("select outcome from meeting where day = '2026-03-23'")
    assert rows == [(outcome,)]
    rows = await programme.rows("select day, state from appointment order by id")
    assert rows == [("2026-03-23", "o"), ("2026-04-06", "p")]


async def test_who_logs_the_meeting_from_the_menu_is_not_asked_any_more(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    programme.clock.at = START + timedelta(minutes=50)
    await log(mentor)
    before = len(heard(mentee))
    await pass_to(programme, START + timedelta(days=1))
    assert len(heard(mentee)) == before
    assert await programme.rows("select state from appointment") == [("o",)]


async def test_a_letter_is_written_in_the_language_and_time_of_where_it_is_read(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    async with programme.house.database.transaction():
        sql = "update person set language = 'de', zone = 'America/New_York' where id = :id"
        await programme.house.database.execute(sql, {"id": mentee.person_id})
    await pass_to(programme, START - timedelta(hours=2))
    assert mentee.sees.splitlines() == [
        "⏰ Heute treffen Sie Kristina Alam:",
        "📅 Montag, 23. März, 12:00 · 60 Min.",
    ]


async def test_who_moves_to_another_zone_is_reminded_on_the_evening_there(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    desk = programme.house.desk
    async with programme.house.database.transaction():
        await desk.move(mentee.person_id, "America/New_York")
        await programme.house.tables.letters.write()
    before = len(heard(mentee)), len(heard(mentor))
    await pass_to(programme, START - timedelta(hours=23))
    assert (len(heard(mentee)), len(heard(mentor))) == (before[0], before[1] + 1)
    await pass_to(programme, datetime(2026, 3, 22, 22, 0, tzinfo=UTC))  # 18:00 in New York
    assert len(heard(mentee)) == before[0] + 1


async def test_late_by_downtime_is_caught_up_once_and_never_in_a_burst(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    before = len(heard(mentee))
    await pass_to(programme, START - timedelta(hours=1))
    assert heard(mentee)[before:] == ["⏰ Today you meet Kristina Alam:"]
    await pass_to(programme, START + timedelta(days=2))
    assert len(heard(mentee)) == before + 2, "did you meet? is worth asking for a week"
    states = await programme.rows(
        "select state, error from letter where kind = 'date_tomorrow' order by id"
    )
    assert states == [("cancelled", "too late")] * 2


async def test_the_agenda_of_the_evening_before_keeps_a_private_note_private(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap("📝 Note for me")
    await mentor.say("Ask about <the> CV")
    await mentor.tap("🤝 Promise", in_message=-3)
    await mentor.say("I call the company")
    await mentor.tap(IN_TWO_WEEKS, in_message=-5)
    await mentee.tap("That fits")
    await pass_to(programme, START - timedelta(hours=20))
    assert mentor.sees.splitlines()[-2:] == [
        "🤝 You promised: I call the company",
        "📝 Your note: Ask about &lt;the&gt; CV",
    ]
    assert mentee.sees.splitlines()[-1] == "🤝 Promised by Kristina Alam: I call the company"
    everything = " ".join(plain(m.text) for m in programme.wire.chat(30).messages)
    assert "CV" not in everything


async def test_a_date_in_the_past_is_refused_kindly(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentor.tap("Another date")
    key = mentor.press("16")["callback_query"]["data"].split(":")[1]
    await programme.take(mentor.press_data(f"m.day:{key}:2026-03-02"))
    assert mentor.sees == "The next date has to be ahead of us, and not after Thu, Jun 11."
    assert await programme.rows("select * from appointment") == []


async def test_a_clock_that_is_set_back_and_forward_reminds_once(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await agree(mentor, mentee)
    before = len(heard(mentee))
    soon = START - timedelta(hours=2)
    for instant in (soon, soon - timedelta(hours=2), soon, START - timedelta(minutes=5), soon):
        await pass_to(programme, instant)
    assert heard(mentee)[before:] == ["⏰ Today you meet Kristina Alam:"]


@pytest.mark.parametrize(
    ("day", "soon"),
    [
        # Summer time begins on March 29: 17:00 is an hour earlier in UTC than the day before.
        ("2026-03-29", datetime(2026, 3, 29, 13, 0, tzinfo=UTC)),
        ("2026-03-28", datetime(2026, 3, 28, 14, 0, tzinfo=UTC)),
    ],
)
async def test_reminders_keep_the_wall_time_across_the_changing_clocks(
    programme: Programme, mentor: Someone, mentee: Someone, day: str, soon: datetime
) -> None:
    await log(mentor)
    await mentor.tap("Another date")
    key = mentor.press("16")["callback_query"]["data"].split(":")[1]
    await programme.take(mentor.press_data(f"m.day:{key}:{day}", 104))
    await mentor.tap("✓ 17:00")
    await mentor.tap("Propose")
    await mentee.tap("That fits")
    before = len(heard(mentee))
    await pass_to(programme, soon - timedelta(minutes=1))
    assert len(heard(mentee)) == before + 1, "what was late of the evening before"
    await pass_to(programme, soon)
    assert heard(mentee)[before:] == ["⏰ Today you meet Kristina Alam:"] * 2
    assert "17:00" in mentee.sees


async def test_who_objects_can_say_that_it_was_right_after_all(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentee.tap("That is not right")
    said = await mentee.tap("It is right after all")
    assert said.splitlines()[0] == "Thank you, the meeting of Mon, Mar 9 counts."
    assert mentor.sees == "Rana Haddad agrees: the meeting of Mon, Mar 9 counts as it was logged."
    assert await programme.rows("select count(*) from meeting where contested_at is null") == [(1,)]


async def test_a_meeting_that_lies_ahead_is_not_logged(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("🕔 Time")
    assert mentor.labels[-2:] == ["18:00", "Back"], "what lies ahead is not offered"
    await mentor.say("20:00")
    await mentor.tap("Save")
    assert mentor.sees.startswith("That lies ahead of us.")
    assert await programme.rows("select * from meeting") == []


async def test_a_length_can_be_typed(programme: Programme, mentor: Someone) -> None:
    await mentor.say("/meeting")
    await mentor.tap("⏱ Duration")
    assert await mentor.say("long") == "Please type the minutes like this: 75"
    card = await mentor.say("1:15")
    assert card.splitlines()[1] == "📅 Monday, Mar 9, 17:00 · 75 min"


async def test_a_correction_to_a_day_with_another_meeting_is_refused(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentee.say("/meeting")
    await mentee.tap("📅 Day")
    await mentee.tap("Sun, Mar 8")
    await mentee.tap("Save")
    await mentor.tap("Correct it")
    await mentor.tap("📅 Day")
    await mentor.tap("Mon, Mar 9")
    await mentor.tap("Save")
    assert mentor.sees.startswith("There is another meeting on that day already.")


async def test_a_correction_that_changes_nothing_is_none(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await mentee.tap("Correct it")
    assert await mentee.tap("Save") == "That is what was logged already. Nothing was changed."
    assert "Correction" not in " ".join(heard(mentor))


async def test_an_agreement_to_a_meeting_that_was_taken_back_is_none(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    undo = mentor.press("Undo")
    await mentee.tap("Correct it")
    await mentee.tap("⏱ Duration")
    await mentee.tap("90 min")
    await mentee.tap("Save")
    agree_ = mentor.press("Agree")
    await programme.take(undo)
    await programme.take(agree_)
    assert mentor.sees == STALE


async def test_the_news_of_a_meeting_waits_for_a_partner_who_has_blocked_the_bot(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await programme.take(mentee.status("kicked"))
    await log(mentor)
    assert heard(mentee) == []
    await programme.take(mentee.status("member"))
    assert heard(mentee) == ["Newly logged by Kristina Alam:"]


async def test_a_date_of_a_tandem_that_is_over_is_refused_kindly(
    programme: Programme, mentor: Someone
) -> None:
    programme.clock.move(days=130 - 28)
    await programme.take(mentor.press_data(ToDate(0).pack()))
    assert mentor.sees == "Your tandem ended on Thu, Jun 11."
    assert (await mentor.say("/tandem")).splitlines()[-1] == "Your tandem ended on Thu, Jun 11."
    assert mentor.labels == ["✏️ Log a meeting", "Menu"]
    await log(mentor)
    assert mentor.labels == ["Undo", "Menu"], "there is no next time"
