"""Files by id, places, copies, replies and reactions, as python-telegram-bot has them."""

import json
from typing import Any

import pytest
from aiohttp import FormData
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest

from sandbox import samples
from sandbox.emoji import EMOJI
from sandbox.refusal import Impossible
from sandbox.world import World
from tests.wire.conftest import Wire


async def test_a_file_goes_up_once_and_is_sent_again_by_its_id(bot: Bot, world: World) -> None:
    first = [
        await bot.send_photo(1001, samples.photo(), caption="Here"),
        await bot.send_document(1001, b"a,b", filename="list.csv"),
        await bot.send_voice(1001, samples.voice(), duration=1),
        await bot.send_audio(1001, b"ID3", duration=60, title="Song", filename="song.mp3"),
    ]
    uploaded = len(world.files)
    again = [
        await bot.send_photo(1002, file_id(first[0])),
        await bot.send_document(1002, file_id(first[1])),
        await bot.send_voice(1002, file_id(first[2])),
        await bot.send_audio(1002, file_id(first[3])),
    ]
    assert [file_id(each) for each in again] == [file_id(each) for each in first]
    assert len(world.files) == uploaded
    voice, audio = again[2].voice, first[3].audio
    assert voice is not None
    assert audio is not None
    assert (voice.mime_type, audio.title, audio.file_name) == ("audio/ogg", "Song", "song.mp3")


def file_id(message: Message) -> str:
    sent: Any = message.effective_attachment
    found: str = (sent[-1] if isinstance(sent, tuple) else sent).file_id
    return found


async def test_a_persons_voice_message_is_downloaded_and_sent_back(bot: Bot, world: World) -> None:
    world.send_voice(1001)
    [update] = await bot.get_updates()
    assert update.message is not None
    voice = update.message.voice
    assert voice is not None
    data = await (await bot.get_file(voice.file_id)).download_as_bytearray()
    assert (bytes(data), voice.file_size) == (samples.voice(), len(samples.voice()))
    back = await bot.send_voice(1001, voice.file_id, caption="Again")
    assert (file_id(back), back.caption) == (voice.file_id, "Again")


@pytest.mark.parametrize(
    ("kind", "other", "words"),
    [
        ("voice", "document", "can't use file of type VoiceNote as Document"),
        ("document", "audio", "can't use file of type Document as Audio"),
        ("audio", "photo", "can't use file of type Audio as Photo"),
    ],
)
async def test_a_file_stays_of_its_kind(wire: Wire, kind: str, other: str, words: str) -> None:
    form = FormData({"chat_id": "1001"})
    form.add_field(kind, samples.voice(), filename="a.ogg", content_type="audio/ogg")
    sent = (await wire.form(f"send{kind}", form))["result"][kind]
    refusal = await wire.refusal(f"send{other}", chat_id=1001, **{other: sent["file_id"]})
    assert refusal == (400, f"Bad Request: {words}")


async def test_json_forms_and_multipart_say_the_same(wire: Wire, world: World) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    body = {"chat_id": "1001", "text": "Hi", "reply_markup": json.dumps(markup)}
    multipart = FormData(body, default_to_multipart=True)
    answers = [
        await wire.call("sendMessage", chat_id=1001, text="Hi", reply_markup=markup),
        await wire.form("sendMessage", body),
        await wire.form("sendMessage", multipart),
        await wire.get(f"/bot{world.token}/sendMessage?chat_id=1001&text=Hi"),
    ]
    assert [each["result"]["text"] for each in answers] == ["Hi"] * 4
    assert [each["result"].get("reply_markup") for each in answers] == [markup] * 3 + [None]


async def test_places_are_sent(bot: Bot) -> None:
    sent = await bot.send_location(1001, 48.137, 11.575)
    assert sent.location is not None
    assert (sent.location.latitude, sent.location.longitude) == (48.137, 11.575)
    venue = (await bot.send_venue(1001, 48.137, 11.575, "Library", "Gasteig 1")).venue
    assert venue is not None
    assert (venue.title, venue.address, venue.location.latitude) == ("Library", "Gasteig 1", 48.137)


async def test_a_copy_has_the_words_and_no_keyboard(bot: Bot, world: World) -> None:
    document = await bot.send_document(1001, b"x", filename="a.txt", caption="Old words")
    text = world.send_text(1001, "Read this")
    for original in (document.message_id, text.message_id):
        await bot.copy_message(1002, 1001, original)
    await bot.copy_message(1002, 1001, document.message_id, caption="New words")
    shown = world.messages(1002)
    assert [(each.text, each.keyboard) for each in shown] == [
        ("Old words", ()),
        ("Read this", ()),
        ("New words", ()),
    ]
    assert [each.document is not None for each in shown] == [True, False, True]
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(1002, 1001, 77)


async def test_a_reply_brings_the_message_it_answers_with_its_buttons(
    bot: Bot, world: World
) -> None:
    markup = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Yes", callback_data="yes"))
    asked = await bot.send_message(1001, "Did you meet?", reply_markup=markup)
    yes = world.send_text(1001, "Yes", reply_to=asked.message_id)
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.reply_to_message == asked
    assert update.message.reply_to_message.reply_markup == markup
    back = await bot.send_message(
        1001, "When?", reply_parameters=ReplyParameters(update.message.message_id)
    )
    assert back.reply_to_message is not None
    assert back.reply_to_message.message_id == yes.message_id
    assert back.reply_to_message.reply_to_message is None
    with pytest.raises(Impossible):
        world.send_text(1001, "No", reply_to=77)


async def test_a_bot_sets_one_reaction(bot: Bot, world: World) -> None:
    sent = world.send_text(1001, "Thank you")
    await bot.set_message_reaction(1001, sent.message_id, "❤️‍🔥")
    assert world.messages(1001)[0].bot_liked == "❤\u200d🔥"
    await bot.set_message_reaction(1001, sent.message_id, [])
    assert world.messages(1001)[0].bot_liked == ""
    assert world.heard(1001) == ()
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(1001, sent.message_id, ReactionTypeEmoji("🚲"))
    with pytest.raises(BadRequest, match="Reactions_too_many"):
        await bot.set_message_reaction(1001, sent.message_id, ["👍", "👎"])
    with pytest.raises(BadRequest, match="Message to react not found"):
        await bot.set_message_reaction(1001, 77, "👍")


def test_every_reaction_that_python_telegram_bot_knows_is_known() -> None:
    assert {each.value.replace("\ufe0f", "") for each in ReactionEmoji} == EMOJI


async def test_a_persons_reaction_is_told_to_whoever_asked_for_it(bot: Bot, world: World) -> None:
    sent = await bot.send_message(1001, "Well done")
    world.react(1001, sent.message_id, "👍")
    assert await bot.get_updates(allowed_updates=["message_reaction"]) == ()
    world.react(1001, sent.message_id, "🎉")
    world.react(1001, sent.message_id, "🎉")
    changed, taken_back = [each.message_reaction for each in await bot.get_updates()]
    assert changed is not None
    assert taken_back is not None
    assert changed.user is not None
    assert (changed.user.id, changed.message_id) == (1001, sent.message_id)
    assert changed.old_reaction == (ReactionTypeEmoji("👍"),)
    assert changed.new_reaction == taken_back.old_reaction == (ReactionTypeEmoji("🎉"),)
    assert taken_back.new_reaction == ()
    with pytest.raises(Impossible):
        world.react(1001, sent.message_id, "🚲")
