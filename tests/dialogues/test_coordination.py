"""The coordination invites, pairs and sees who meets; nobody else can."""

import pytest

from handlers.menu_buttons import ToInvite, ToPair, ToTandems
from handlers.pair import Make
from mentoring.people import Role
from tests.dialogues.people import Programme, Someone

STALE = "This button does not work any more. Nothing was changed."


async def test_an_invitation_costs_two_taps_and_a_message(
    programme: Programme, coordinator: Someone
) -> None:
    await coordinator.say("/menu")
    coordinator.typed = 0
    await coordinator.tap("Invite somebody")
    await coordinator.tap("Mentee")
    caption = await coordinator.say("Olena   Kova")
    assert (coordinator.taps, coordinator.typed) == (2, 1)
    assert caption.splitlines()[0] == "Invitation for <b>Olena Kova</b> (mentee)"
    name, given = next(call for call in programme.wire.calls if call[0] == "sendphoto")
    assert name == "sendphoto"
    assert given["caption"].count("https://t.me/tandem_test_bot?start=") == 1
    code = caption.partition("start=")[2].split()[0]
    assert len(code) == 22
    stored = await programme.rows("select code_hash from invitation")
    assert code not in str(stored)


async def test_a_tandem_is_made_in_four_taps_and_both_are_told(
    programme: Programme, coordinator: Someone, mentee: Someone, mentor: Someone
) -> None:
    await coordinator.say("/menu")
    await coordinator.tap("New tandem")
    await coordinator.tap("Rana Haddad")
    await coordinator.tap("Kristina Alam")
    made = await coordinator.tap("Make the tandem")
    assert coordinator.taps == 4
    assert made == (
        "The tandem is made: Rana Haddad and Kristina Alam. It runs from Mon, Mar 9 to Thu, Jul 9."
    )
    assert "<b>Kristina Alam</b>" in mentee.sees
    assert "<b>Rana Haddad</b>" in mentor.sees


async def test_the_news_of_a_tandem_leads_to_a_meeting_of_that_tandem(
    programme: Programme, coordinator: Someone, mentor: Someone, tandem: int
) -> None:
    await programme.arrive(31, "Amir Karimi", "en", Role.MENTEE)
    await coordinator.say("/menu")
    await coordinator.tap("New tandem")
    await coordinator.tap("Amir Karimi")
    await coordinator.tap("Kristina Alam")
    await coordinator.tap("Make the tandem")
    card = await mentor.tap("✏️ Log a meeting")
    assert card.splitlines()[0] == "<b>Meeting with Amir Karimi</b>"


async def test_every_question_of_the_coordination_has_a_way_out(coordinator: Someone) -> None:
    await coordinator.say("/invite")
    assert coordinator.labels == ["Mentee", "Mentor", "Coordination", "Menu"]
    await coordinator.tap("Mentee")
    assert coordinator.labels == ["Back", "Menu"]
    await coordinator.tap("Menu")
    said = await coordinator.say("Olena Kova")  # not a name any more
    assert said == "I did not understand that. Here is the menu:"
    assert coordinator.labels[:3] == ["Invite somebody", "New tandem", "Tandems"]


async def test_help_differs_by_role(coordinator: Someone, mentor: Someone) -> None:
    own = [line.split()[0] for line in (await coordinator.say("/help")).splitlines() if line]
    assert own == ["I", "/invite", "/tandem", "/menu", "What", "/language", "/privacy", "/cancel"]
    own = [line.split()[0] for line in (await mentor.say("/help")).splitlines() if line]
    assert own == ["I", "/meeting", "/tandem", "Anything", "/language", "/privacy", "/cancel"]


async def test_the_same_tandem_is_not_made_twice(
    programme: Programme, coordinator: Someone, mentee: Someone, mentor: Someone, tandem: int
) -> None:
    await coordinator.say("/menu")
    await coordinator.tap("New tandem")
    await coordinator.tap("Rana Haddad")
    await coordinator.tap("Kristina Alam")
    assert await coordinator.tap("Make the tandem") == "These two are a tandem already."
    assert await programme.rows("select count(*) from tandem") == [(1,)]


async def test_the_list_of_tandems_is_paged_and_shows_the_last_meeting(
    programme: Programme, coordinator: Someone, mentee: Someone, mentor: Someone, tandem: int
) -> None:
    for number in range(8):
        other = await programme.arrive(100 + number, f"Mentee {number}", "en", Role.MENTEE)
        await programme.pair(coordinator, other, mentor)
    await mentee.say("/meeting")
    await mentee.tap("Save")
    first = await coordinator.say("/tandem")
    assert first.splitlines()[:3] == [
        "<b>9 running tandems</b>",
        "• Rana Haddad and Kristina Alam: 1 meeting, last on Mon, Mar 9",
        "• Mentee 0 and Kristina Alam: no meeting yet",
    ]
    assert len(first.splitlines()) == 9
    second = await coordinator.tap("Next page")
    assert second.splitlines()[1:] == ["• Mentee 7 and Kristina Alam: no meeting yet"]


@pytest.mark.parametrize("tap", [ToInvite(), ToPair(0), ToTandems(0), Make(1, 2)])
async def test_a_participant_cannot_do_what_the_coordination_does(
    programme: Programme,
    coordinator: Someone,
    mentor: Someone,
    mentee: Someone,
    tap: ToInvite | ToPair | ToTandems | Make,
) -> None:
    await programme.take(mentor.press_data(tap.pack()))
    assert mentor.sees == STALE
    assert await programme.rows("select count(*) from tandem") == [(0,)]


async def test_my_tandem_shows_partner_dates_and_meetings(
    programme: Programme, mentee: Someone, mentor: Someone, tandem: int
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("Save")
    assert (await mentee.say("/tandem")).splitlines() == [
        "<b>Your tandem with Kristina Alam</b> (mentor)",
        "From Mon, Feb 9 to Thu, Jun 11",
        "Together so far: 1 meeting, 1 hour",
        "",
        "• Mon, Mar 9, 60 min",
        "",
        "There is no next date yet.",
    ]


async def test_a_coordinators_code_is_valid_for_fifteen_minutes(programme: Programme) -> None:
    desk = programme.house.desk
    async with programme.house.database.transaction():
        _, code = await desk.invitations.first_coordinator(name="", now=programme.clock())
    host = Someone(programme, 95, "Hanna Host", "de")
    programme.clock.move(minutes=14)
    await host.start(code)
    assert host.labels[0] == "Deutsch"
    programme.clock.move(minutes=2)
    await host.start(code)
    assert await programme.rows("select count(*) from person where chat_id = 95") == [(0,)]
