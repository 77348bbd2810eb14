"""Whatever nobody expects: a kind answer, a way on, nothing lost and nothing changed."""

import sqlite3
from typing import Any

import pytest

from handlers import menu
from tests.dialogues.people import Programme, Someone

NOT_READ = "I can only read text and buttons: no pictures, stickers or voice messages here."
STALE = "This button does not work any more. Nothing was changed."


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (
            {
                "sticker": {
                    "file_id": "s",
                    "file_unique_id": "u",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                    "type": "regular",
                }
            },
            NOT_READ,
        ),
        ({"voice": {"file_id": "v", "file_unique_id": "u", "duration": 1}}, NOT_READ),
        ({"photo": [{"file_id": "p", "file_unique_id": "u", "width": 1, "height": 1}]}, NOT_READ),
        ({"text": "/nonsense"}, "I do not know this command. Here is what I can do: /help"),
    ],
    ids=["sticker", "voice", "photo", "unknown command"],
)
@pytest.mark.usefixtures("tandem")
async def test_the_place_that_was_asked_for_is_still_heard_after_a_surprise(
    programme: Programme, mentor: Someone, content: dict[str, Any], answer: str
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("📍 Place")
    await programme.take(mentor.message(**content))
    assert mentor.sees == answer
    assert "Menu" in mentor.labels
    assert "📍 Library" in await mentor.say("Library")


async def test_an_edited_message_is_not_taken_for_a_new_one(
    programme: Programme, mentor: Someone
) -> None:
    await programme.take(mentor.message("edited_message", text="/menu", edit_date=1))
    assert mentor.sees.startswith("I do not read changes of messages")


@pytest.mark.parametrize(
    "data", ["undo:999", "undo:x", "zzz", "m.save:forgedkey", "undo", "fix:1:2"]
)
async def test_stale_and_forged_buttons_change_nothing(
    programme: Programme, mentor: Someone, data: str
) -> None:
    await programme.take(mentor.press_data(data))
    assert mentor.sees == STALE


async def test_free_text_reaches_the_coordination_which_answers_in_the_bot(
    programme: Programme, coordinator: Someone, mentee: Someone
) -> None:
    await mentee.say("My mentor <never> came")
    await mentee.tap("Send to the coordination team")
    assert coordinator.sees == "Message from Rana Haddad:\nMy mentor &lt;never&gt; came"
    await coordinator.tap("Answer")
    assert await coordinator.say("I will call you.") == "Sent."
    assert mentee.sees.splitlines() == [
        "<blockquote>My mentor &lt;never&gt; came</blockquote>",
        "Answer of the coordination team (Paola Stenger):",
        "I will call you.",
    ]


async def test_nothing_is_said_to_be_sent_while_nobody_of_the_team_can_be_reached(
    programme: Programme, coordinator: Someone, mentee: Someone
) -> None:
    await programme.take(coordinator.status("kicked"))
    await mentee.say("Where do we meet?")
    said = await mentee.tap("Send to the coordination team")
    assert said.startswith("I can reach nobody of the coordination team at the moment")
    assert await programme.rows("select * from question") == []
    await programme.take(coordinator.status("member"))
    said = await mentee.tap("Send to the coordination team")
    assert said == "Sent to the coordination team. The answer will come here."
    assert coordinator.sees == "Message from Rana Haddad:\nWhere do we meet?"


async def test_the_bot_leaves_groups(programme: Programme, mentor: Someone) -> None:
    update = mentor.message(text="/menu")
    update["message"]["chat"] = {"id": -100, "type": "group", "title": "us"}
    await programme.take(update)
    assert programme.wire.chat(-100).left


async def test_who_blocks_the_bot_is_unreachable_until_they_return(
    programme: Programme, mentor: Someone
) -> None:
    await programme.take(mentor.status("kicked"))
    assert await programme.rows("select reachable from person") == [(0,)]
    await programme.take(mentor.status("member"))
    assert await programme.rows("select reachable from person") == [(1,)]


async def test_a_handler_that_raises_sets_its_update_aside_and_the_queue_goes_on(
    programme: Programme, mentor: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(_person_id: int, _language: str) -> None:
        await programme.house.database.execute("update person set name = 'half done'")
        raise ZeroDivisionError("a secret text")

    monkeypatch.setattr(type(programme.house.desk.people), "speak", staticmethod(break_down))
    poison = mentor.press_data(menu.Speak("ar").pack())
    await programme.take(poison, mentor.message(text="/help"))
    assert await programme.rows("select name from person") == [("Kristina Alam",)]
    [(reference, error)] = await programme.rows("select reference, error from aside")
    assert error.startswith("ZeroDivisionError at ")
    texts = [m.text for m in programme.wire.chat(mentor.chat_id).messages]
    assert texts[0].endswith(f"tell the coordination team this reference: {reference}")
    assert texts[1].startswith("I note down your tandem meetings")


@pytest.mark.usefixtures("tandem")
async def test_the_language_changes_at_a_step_and_the_step_stays(
    programme: Programme, mentor: Someone
) -> None:
    await mentor.say("/meeting")
    await mentor.tap("📍 Place")
    await mentor.say("/language")
    await mentor.tap("Deutsch")
    assert "📍 Bibliothek" in await mentor.say("Bibliothek")
    assert mentor.labels[0] == "Speichern"


async def test_cancel_leaves_what_was_begun(programme: Programme, coordinator: Someone) -> None:
    await coordinator.say("/invite")
    await coordinator.tap("Mentor")
    await coordinator.say("/cancel")
    await coordinator.say("Olena Kova")
    assert await programme.rows("select count(*) from person") == [(1,)]


async def test_a_batch_that_sqlite_took_back_is_not_marked_as_seen(
    programme: Programme, mentor: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose_everything(_person_id: int, _language: str) -> None:
        await programme.house.database.execute("insert or rollback into seen values (1, 1)")
        await programme.house.database.execute("insert or rollback into seen values (1, 1)")

    monkeypatch.setattr(type(programme.house.desk.people), "speak", staticmethod(lose_everything))
    with pytest.raises(sqlite3.IntegrityError):
        await programme.take(mentor.press_data(menu.Speak("ar").pack()))
    assert await programme.rows("select * from seen") == []
    assert await programme.rows("select * from aside") == []
