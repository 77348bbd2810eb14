"""A coordinator replies to a message, as everywhere in Telegram, instead of tapping Answer."""

import pytest

from tests.dialogues.people import Programme, Someone, plain
from tests.dialogues.telegram_wire import Shown

WAITS = (
    "You replied to another message, so I sent nothing. Please type your answer to Kristina Alam "
    "as a new message, or reply to the question you mean."
)


@pytest.fixture
async def questions(
    programme: Programme, coordinator: Someone, mentee: Someone, mentor: Someone
) -> tuple[Shown, Shown]:
    """The mentee's and the mentor's, as they stand in the coordinator's chat."""
    for asker, text in ((mentee, "Where do we meet?"), (mentor, "May I bring a friend?")):
        await asker.say(text)
        await asker.tap("Send to the coordination team")
    first, second = programme.wire.chat(coordinator.chat_id).messages[-2:]
    return first, second


def read(someone: Someone) -> list[str]:
    """All that stands in the chat."""
    return [plain(each.text) for each in someone.programme.wire.chat(someone.chat_id).messages]


async def test_a_reply_answers_the_question_it_belongs_to(
    coordinator: Someone, mentee: Someone, mentor: Someone, questions: tuple[Shown, Shown]
) -> None:
    before = read(mentor)
    said = await coordinator.reply("At the library.", to=questions[0])
    assert said == "Your answer was sent to Rana Haddad."
    assert mentee.sees.splitlines()[1:] == [
        "Answer of the coordination team (Paola Stenger):",
        "At the library.",
    ]
    assert read(mentor) == before


async def test_a_reply_to_an_older_question_does_not_go_to_whoever_is_being_answered(
    programme: Programme,
    coordinator: Someone,
    mentee: Someone,
    mentor: Someone,
    questions: tuple[Shown, Shown],
) -> None:
    await coordinator.tap("Answer")  # the mentor's
    before = read(mentor)
    said = await coordinator.reply("At the library.", to=questions[0])
    assert said == "Your answer was sent to Rana Haddad."
    assert mentee.sees.endswith("At the library.")
    # What is typed next belongs to nobody: it could be meant for either.
    assert (await coordinator.say("At five.")).startswith("I did not understand that.")
    assert read(mentor) == before
    assert await programme.rows("select count(*) from card where kind = 'answer'") == [(0,)]
    assert await coordinator.reply("Yes.", to=questions[1]) == (
        "Your answer was sent to Kristina Alam."
    )


async def test_what_asks_for_the_answer_may_be_replied_to_however_old_it_is(
    programme: Programme,
    coordinator: Someone,
    mentee: Someone,
    mentor: Someone,
    questions: tuple[Shown, Shown],
) -> None:
    await programme.take(coordinator.press("Answer", in_message=-2))
    asked = programme.wire.chat(coordinator.chat_id).messages[-1]
    assert asked.text.startswith("Please type your answer to")
    await programme.take(coordinator.press("Answer", in_message=-2))  # now the mentor's
    before = read(mentor)
    await coordinator.reply("At the library.", to=asked)
    assert mentee.sees.endswith("At the library.")
    assert read(mentor) == before
    assert questions[0].message_id < asked.message_id


async def test_a_reply_to_anything_else_is_sent_to_nobody(
    programme: Programme,
    coordinator: Someone,
    mentee: Someone,
    mentor: Someone,
    questions: tuple[Shown, Shown],
) -> None:
    await coordinator.tap("Answer")
    before = read(mentor), read(mentee)
    for other in (
        Shown(7, "Sent.", []),
        Shown(8, "Menu?", [[{"text": "x", "callback_data": "?"}]]),
    ):
        assert await coordinator.reply("At the library.", to=other) == WAITS
    assert (read(mentor), read(mentee)) == before
    assert await programme.rows("select count(*) from question where answered_at is null") == [(2,)]
    assert await coordinator.say("Yes, do.") == "Sent."
    assert mentor.sees.endswith("Yes, do.")
    assert read(mentee) == before[1]
    assert questions[1].text.endswith("May I bring a friend?")


async def test_a_reply_that_is_too_long_is_asked_for_anew(
    coordinator: Someone, mentee: Someone, mentor: Someone, questions: tuple[Shown, Shown]
) -> None:
    await coordinator.tap("Answer")
    before = read(mentor)
    said = await coordinator.reply("x" * 2001, to=questions[0])
    assert said.startswith("Please type your answer to Rana Haddad.")
    assert await coordinator.say("At the library.") == "Sent."
    assert mentee.sees.endswith("At the library.")
    assert read(mentor) == before


async def test_a_reply_to_an_answered_question_is_not_sent(
    coordinator: Someone, mentee: Someone, questions: tuple[Shown, Shown]
) -> None:
    await coordinator.reply("At the library.", to=questions[0])
    before = read(mentee)
    said = await coordinator.reply("At home.", to=questions[0])
    assert said == "This has been answered already; nothing was sent."
    assert read(mentee) == before


async def test_only_the_coordination_answers_by_a_reply(
    coordinator: Someone, mentee: Someone, mentor: Someone, questions: tuple[Shown, Shown]
) -> None:
    before = read(mentee)
    assert (await mentor.reply("I answer.", to=questions[0])).startswith("This button does not")
    assert read(mentee) == before
    assert read(coordinator)[-1].endswith("May I bring a friend?")


async def test_a_command_in_a_reply_stays_a_command(
    coordinator: Someone, mentee: Someone, questions: tuple[Shown, Shown]
) -> None:
    before = read(mentee)
    assert await coordinator.reply("/menu", to=questions[0]) == "What would you like to do?"
    assert read(mentee) == before
