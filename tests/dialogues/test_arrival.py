"""J1: an invited person is ready after five taps; a stranger leaves nothing."""

import pytest

from tests.dialogues.people import Programme, Someone, plain


async def invitation(coordinator: Someone, role: str = "Mentee", name: str = "Olena Kova") -> str:
    await coordinator.say("/menu")
    await coordinator.tap("Invite somebody")
    await coordinator.tap(role)
    caption = await coordinator.say(name)
    link = next(line for line in caption.splitlines() if line.startswith("https://t.me/"))
    return link.partition("start=")[2]


@pytest.fixture
def newcomer(programme: Programme) -> Someone:
    return Someone(programme, 90, "Olena K", "en")


async def test_an_invited_person_is_ready_in_five_taps(
    programme: Programme, coordinator: Someone, newcomer: Someone
) -> None:
    code = await invitation(coordinator)
    await newcomer.start(code)
    assert newcomer.labels == ["English", "Deutsch", "العربية", "Українська"]
    await newcomer.tap("English")
    await newcomer.tap("I consent")
    assert newcomer.sees == "Thank you! Is your name spelt right?\n<b>Olena Kova</b>"
    ready = await newcomer.tap("Yes, that is right")
    assert ready.splitlines()[0] == "You are ready, Olena Kova!"
    assert (newcomer.taps, newcomer.typed) == (5, 0)
    assert await programme.rows(
        "select name, language, chat_id from person where chat_id = 90"
    ) == [("Olena Kova", "en", 90)]


async def test_the_name_can_be_typed_anew(
    programme: Programme, coordinator: Someone, newcomer: Someone
) -> None:
    await newcomer.start(await invitation(coordinator))
    await newcomer.tap("English")
    await newcomer.tap("I consent")
    await newcomer.tap("Change the spelling")
    assert (await newcomer.say("Olena Kovalenko")).endswith("<b>Olena Kovalenko</b>")
    await newcomer.tap("Yes, that is right")
    assert await programme.rows("select name from person where chat_id = 90") == [
        ("Olena Kovalenko",)
    ]


async def test_until_consent_nothing_of_the_person_is_stored(
    programme: Programme, coordinator: Someone, newcomer: Someone
) -> None:
    await newcomer.start(await invitation(coordinator))
    await newcomer.tap("English")
    await newcomer.tap("No, thank you")
    assert await programme.rows("select * from letter where chat_id is not null") == []
    assert await programme.rows("select * from person where chat_id = 90") == []


async def test_wrong_used_and_expired_codes_have_the_same_answer(
    programme: Programme, coordinator: Someone, newcomer: Someone
) -> None:
    refused = (
        "This link does not work any more. Please ask the coordination team for a new invitation."
    )
    assert await newcomer.start("nonsense") == refused
    used = await invitation(coordinator)
    other = Someone(programme, 91, "Amir K", "en")
    await other.start(used)
    await other.tap("English")
    await other.tap("I consent")
    assert await newcomer.start(used) == refused
    late = await invitation(coordinator)
    programme.clock.move(days=14, minutes=1)
    assert await newcomer.start(late) == refused


async def test_five_wrong_codes_an_hour_and_no_more(
    programme: Programme, coordinator: Someone, newcomer: Someone
) -> None:
    good = await invitation(coordinator)
    for _ in range(5):
        await newcomer.start("nonsense")
    assert await newcomer.start(good) == "That was tried too often. Please try again in an hour."
    programme.clock.move(minutes=61)
    await newcomer.start(good)
    assert newcomer.labels[0] == "English"


async def test_a_stranger_reads_the_privacy_notice_in_the_clients_language(
    programme: Programme,
) -> None:
    stranger = Someone(programme, 92, "Ali A", "ar-EG")
    notice = programme.house.desk.programme.notice["ar"]
    assert await stranger.say("/privacy") == plain(notice)
    assert "/privacy" in await stranger.say("hello")


async def test_the_command_menu_follows_role_and_language(
    programme: Programme, coordinator: Someone, newcomer: Someone
) -> None:
    await newcomer.start(await invitation(coordinator))
    await newcomer.tap("Deutsch")
    await newcomer.tap("Ich willige ein")
    commands = [c["command"] for c in programme.wire.chat(90).commands]
    assert commands == ["menu", "meeting", "tandem", "language", "privacy", "help", "cancel"]
