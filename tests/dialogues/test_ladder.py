"""The contact ladder: asked in time, never after the deed, in one's own language and morning."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mentoring.people import Role
from tests.dialogues.people import Programme, Someone
from tests.dialogues.test_next_date import heard, log, pass_to

BERLIN = ZoneInfo("Europe/Berlin")
TEN = time(10)
MATCH = date(2026, 3, 9)
NO_DATE = "You and {} are a tandem now. Is there a date for your first meeting yet?"
NOT_MET = "No meeting with {} is noted down yet. Have you met, or is there a date?"
SILENCE = (
    "Since {}, no meeting with {} has been noted down or planned. Have you met, or is there a date?"
)
KRISTINA, RANA = "Kristina Alam", "Rana Haddad"


@pytest.fixture
async def matched(
    programme: Programme, coordinator: Someone, mentee: Someone, mentor: Someone
) -> int:
    return await match(programme, coordinator, mentee, mentor)


async def match(programme: Programme, by: Someone, mentee: Someone, mentor: Someone) -> int:
    """As `Programme.pair`, with what it leads to."""
    desk, tables = programme.house.desk, programme.house.tables
    async with programme.house.database.transaction():
        coordinator = await desk.people.get(by.person_id)
        tandem = await desk.tandems.pair(
            by=coordinator,
            mentee=mentee.person_id,
            mentor=mentor.person_id,
            now=programme.clock(),
        )
        await tables.letters.write()
    await programme.house.post.drain()
    return tandem.id


def on(day: int, hour: time = TEN, zone: ZoneInfo = BERLIN) -> datetime:
    """So many days after the match."""
    return datetime.combine(MATCH + timedelta(days=day), hour, zone).astimezone(UTC)


async def asked_on(
    programme: Programme, *people: Someone, days: int
) -> list[list[tuple[int, str]]]:
    """Of each, what came in the coming days; the clock stops at 9:59 and at 10:00."""
    found: list[list[tuple[int, str]]] = [[] for _ in people]
    before = [len(heard(person)) for person in people]
    for day in range(1, days + 1):
        await pass_to(programme, on(day) - timedelta(minutes=1))
        assert [len(heard(person)) for person in people] == before, "nothing before ten"
        await pass_to(programme, on(day))
        for number, person in enumerate(people):
            found[number] += [(day, said) for said in heard(person)[before[number] :]]
            before[number] = len(heard(person))
    return found


async def waiting(programme: Programme) -> set[str]:
    rows = await programme.rows("select kind from letter where state in ('pending', 'absent')")
    return {kind for (kind,) in rows}


@pytest.mark.usefixtures("matched")
async def test_who_does_not_meet_is_asked_the_mentee_first(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    of_mentee, of_mentor = await asked_on(programme, mentee, mentor, days=40)
    assert of_mentee == [(2, NO_DATE.format(KRISTINA)), (10, NOT_MET.format(KRISTINA))]
    assert of_mentor == [(2, NO_DATE.format(RANA)), (14, NOT_MET.format(RANA))]


@pytest.mark.usefixtures("matched")
async def test_the_question_brings_the_answer_along(mentee: Someone, programme: Programme) -> None:
    await pass_to(programme, on(10))
    assert mentee.sees.splitlines() == [
        NOT_MET.format(KRISTINA),
        "If something stands in the way, the coordination team helps.",
    ]
    assert mentee.labels == [
        "✏️ Log a meeting",
        "🗓 Agree on the next date",
        "Write to the coordination team",
        "Menu",
    ]
    await mentee.tap("✏️ Log a meeting")
    assert "Saved" in await mentee.tap("Save")


@pytest.mark.usefixtures("matched")
async def test_a_meeting_takes_the_questions_away_with_its_own_commit(
    programme: Programme, mentor: Someone
) -> None:
    assert await waiting(programme) == {"no_date_yet", "not_met_yet"}
    await log(mentor)
    assert await waiting(programme) == {"silence"}


@pytest.mark.usefixtures("matched")
async def test_after_a_meeting_silence_is_asked_about_after_two_and_three_weeks(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    of_mentee, of_mentor = await asked_on(programme, mentee, mentor, days=40)
    assert of_mentee == [(14, SILENCE.format("Monday, Mar 9", KRISTINA))]
    assert of_mentor == [(21, SILENCE.format("Monday, Mar 9", RANA))]


@pytest.mark.usefixtures("matched")
async def test_each_meeting_begins_the_silence_anew(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    await pass_to(programme, on(12))
    await log(mentor)
    before = len(heard(mentee))
    await pass_to(programme, on(26) - timedelta(minutes=1))
    assert len(heard(mentee)) == before
    await pass_to(programme, on(26))
    assert heard(mentee)[before:] == [SILENCE.format("Saturday, Mar 21", KRISTINA)]


@pytest.mark.usefixtures("matched")
async def test_a_meeting_that_is_logged_late_counts_from_the_day_of_the_logging(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    """Whoever has just noted it down is not asked why there is nothing."""
    await pass_to(programme, on(12))
    await mentor.say("/meeting")
    await mentor.tap("📅 Day")
    await mentor.tap("Mon, Mar 16")
    await mentor.tap("Save")
    before = len(heard(mentee))
    await pass_to(programme, on(26) - timedelta(minutes=1))
    assert len(heard(mentee)) == before
    await pass_to(programme, on(26))
    assert len(heard(mentee)) == before + 1


@pytest.mark.usefixtures("matched")
async def test_a_meeting_taken_back_is_none(programme: Programme, mentor: Someone) -> None:
    await log(mentor)
    await mentor.tap("Undo")
    assert await waiting(programme) == {"no_date_yet", "not_met_yet"}


@pytest.mark.usefixtures("matched")
async def test_a_contested_meeting_is_none_until_it_is_conceded(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    assert await waiting(programme) == {"silence"}
    await mentee.tap("That is not right")
    assert await waiting(programme) == {"no_date_yet", "not_met_yet"}
    await mentee.tap("It is right after all")
    assert await waiting(programme) == {"silence"}


@pytest.mark.usefixtures("matched")
async def test_a_corrected_meeting_counts_from_its_new_day(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await pass_to(programme, on(5, time(19)))
    await log(mentor)
    await mentee.tap("Correct it")
    await mentee.tap("📅 Day")
    await mentee.tap("Mon, Mar 9")
    await mentee.tap("Save")
    await mentor.tap("Agree")
    rows = await programme.rows(
        "select due_at from letter where kind = 'silence' and state = 'pending' order by due_at"
    )
    assert rows == [(int(on(14).timestamp()),), (int(on(21).timestamp()),)]


@pytest.mark.usefixtures("matched")
async def test_a_planned_date_is_contact_until_it_is_called_off(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await mentee.say("/tandem")
    await mentee.tap("🗓 Agree on the next date")
    await mentee.tap("30")
    await mentee.tap("18:30")
    await mentee.tap("Propose")
    assert "silence" in await waiting(programme)
    assert not await waiting(programme) & {"no_date_yet", "not_met_yet"}
    [(day,)] = await programme.rows("select day from appointment")
    since = {
        args for (args,) in await programme.rows("select args from letter where key like 's%'")
    }
    assert all(day in args for args in since), "it counts from the day that is planned"
    await pass_to(programme, on(11))
    await mentee.say("/tandem")
    await mentee.tap("Call off")
    await mentee.tap("Yes, call it off")
    kinds = await programme.rows(
        "select kind, person_id from letter where state = 'pending' and kind not like 'date%'"
    )
    assert kinds == [("not_met_yet", mentor.person_id)], "what has passed meanwhile is not asked"


@pytest.mark.usefixtures("matched")
async def test_nobody_is_asked_after_the_tandems_time(
    programme: Programme, mentor: Someone
) -> None:
    [(last,)] = await programme.rows("select last_day from tandem")
    await pass_to(programme, datetime.combine(date.fromisoformat(last), TEN, BERLIN))
    await log(mentor)
    assert not await waiting(programme) & {"silence", "not_met_yet", "no_date_yet"}


@pytest.mark.usefixtures("matched")
async def test_it_is_read_in_the_language_of_that_day(
    programme: Programme, mentee: Someone
) -> None:
    await mentee.say("/language")
    await mentee.tap("Deutsch")
    await pass_to(programme, on(10))
    assert heard(mentee)[-1] == (
        "Es ist noch kein Treffen mit Kristina Alam eingetragen. Haben Sie sich getroffen, oder "
        "gibt es einen Termin?"
    )


async def test_sunday_waits_for_monday(
    programme: Programme, coordinator: Someone, mentee: Someone, mentor: Someone
) -> None:
    await pass_to(programme, on(4))  # a Friday
    await match(programme, coordinator, mentee, mentor)
    before = len(heard(mentee))
    await pass_to(programme, on(6))
    await pass_to(programme, on(7, time(7, 59)))
    assert len(heard(mentee)) == before
    await pass_to(programme, on(7, time(8)))
    assert heard(mentee)[before:] == [NO_DATE.format(KRISTINA)]


async def test_somebody_with_three_tandems_is_asked_twice_a_week(
    programme: Programme, coordinator: Someone, mentor: Someone
) -> None:
    for number in range(3):
        mentee = await programme.arrive(40 + number, f"Mentee {number}", "en", Role.MENTEE)
        await match(programme, coordinator, mentee, mentor)
    before = len(heard(mentor))
    for day in range(2, 10):
        await pass_to(programme, on(day))
    assert len(heard(mentor)) - before == 2, "the third is not worth reading a week later"


@pytest.mark.usefixtures("matched")
async def test_it_comes_at_ten_where_one_lives(programme: Programme, mentee: Someone) -> None:
    rows = await programme.rows(
        f"select due_at from letter where kind = 'no_date_yet' and person_id = {mentee.person_id}"
    )
    assert rows == [(int(on(2).timestamp()),)]
