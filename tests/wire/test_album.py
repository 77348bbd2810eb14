"""sendMediaGroup: what may stand together, how many, with which words; and what it counts."""

import json
from typing import Any

import pytest
from aiohttp import FormData
from telegram import (
    Bot,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    ReplyParameters,
)

from sandbox import samples
from sandbox.pace import Limits
from sandbox.world import World
from tests.wire.conftest import Answer, Hand, Wire

FILM = b"\0\0\0\x18ftypmp42" + bytes(24)


def photo(**more: Any) -> dict[str, Any]:
    return {"type": "photo", "media": "attach://picture", **more}


def sheet(**more: Any) -> dict[str, Any]:
    return {"type": "document", "media": "attach://list", **more}


def song(**more: Any) -> dict[str, Any]:
    return {"type": "audio", "media": "attach://song", **more}


async def send(wire: Wire, media: Any, **more: str) -> Answer:
    """An album to Paola, with a part for everything that an item may name."""
    form = FormData({"chat_id": "1001", "media": json.dumps(media), **more})
    form.add_field("picture", samples.photo(), filename="hills.png", content_type="image/png")
    form.add_field("list", b"a,b", filename="list.csv", content_type="text/csv")
    form.add_field("song", b"ID3", filename="song.mp3", content_type="audio/mpeg")
    form.add_field("empty", b"", filename="nothing", content_type="text/plain")
    return await wire.form("sendMediaGroup", form)


async def test_photos_and_videos_are_one_album_each_with_its_own_words(
    bot: Bot, world: World
) -> None:
    question = await bot.send_message(1001, "Where were you?")
    picture = InputMediaPhoto(samples.photo(), caption="<b>Hills</b>", parse_mode="HTML")
    film = InputMediaVideo(FILM, caption="<b>", width=320, height=240, duration=7)
    sent = await bot.send_media_group(
        1001, [picture, film], reply_parameters=ReplyParameters(question.message_id)
    )
    first, second = sent
    assert first.media_group_id is not None
    assert first.media_group_id == second.media_group_id
    assert first.message_id + 1 == second.message_id
    assert (first.caption_html, second.caption) == ("<b>Hills</b>", "<b>")
    assert [each.reply_to_message == question for each in sent] == [True, True]
    assert [(each.width, each.height) for each in first.photo] == [(160, 120)]
    assert second.video is not None
    assert (second.video.width, second.video.height) == (320, 240)
    assert world.files[second.video.file_id].seconds == 7
    file = await bot.get_file(second.video.file_id)
    assert await file.download_as_bytearray() == FILM
    assert [each.message.album for each in world.heard(1001)] == ["", *[first.media_group_id] * 2]


async def test_known_files_make_an_album_in_a_json_body(bot: Bot, wire: Wire, world: World) -> None:
    alone = [
        await bot.send_video(1001, FILM, width=320, height=240),
        await bot.send_photo(1001, samples.photo()),
    ]
    kept = len(world.files)
    media = [
        {"type": "video", "media": video_of(alone[0])},
        {"type": "photo", "media": alone[1].photo[-1].file_id},
    ]
    sent = [Message.de_json(each, bot) for each in await group(wire, media)]
    assert [each.video for each in sent] == [alone[0].video, None]
    assert sent[1].photo == alone[1].photo
    assert len(world.files) == kept
    another = [Message.de_json(each, bot) for each in await group(wire, media)]
    assert len({each.media_group_id for each in [*sent, *another]}) == 2


def video_of(message: Message) -> str:
    assert message.video is not None
    return message.video.file_id


async def group(wire: Wire, media: list[dict[str, str]]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = await wire.result("sendMediaGroup", chat_id=1001, media=media)
    return sent


async def test_documents_stand_among_documents_and_audio_among_audio(
    bot: Bot, world: World
) -> None:
    sheets = [InputMediaDocument(b"a,b", filename=f"{number}.csv") for number in range(10)]
    sent = await bot.send_media_group(1001, sheets)
    named = [each.document.file_name for each in sent if each.document is not None]
    assert named == [f"{number}.csv" for number in range(10)]
    songs = [InputMediaAudio(b"ID3", title=title, duration=60) for title in ("One", "Two")]
    first = await bot.send_media_group(1001, songs)
    known = [InputMediaAudio(each.audio.file_id) for each in first if each.audio is not None]
    await bot.send_media_group(1002, known)
    shown = [each.audio for each in world.messages(1002)]
    assert [(each.title, each.seconds) for each in shown if each] == [("One", 60), ("Two", 60)]


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ([], "there are no messages to send"),
        ([photo()], "sandbox: an album has 2 to 10 items"),
        ([photo()] * 11, "too many messages to send as an album"),
        ({"type": "photo"}, "expected an Array of InputMedia"),
        ([photo(), "hills"], "can't parse InputMedia: expected an Object"),
        ([photo(), {"media": "x"}], "can't parse InputMedia: Can't find field \"type\""),
        ([photo(), {"type": "photo"}], "can't parse InputMedia: media not found"),
        ([photo(), photo(media="attach://other")], "can't parse InputMedia: media not found"),
        (
            [photo(), photo(type="animation")],
            "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup",
        ),
        (
            [photo(), photo(type="sticker")],
            'can\'t parse InputMedia: type "sticker" is unsupported',
        ),
        ([photo(), photo(type="live_photo")], "sandbox: live photos are not known here"),
        ([photo(), photo(colour="red")], 'sandbox: unknown parameter "colour"'),
        ([photo(), sheet()], "document can't be mixed with other media types"),
        ([song(), photo()], "audio can't be mixed with other media types"),
        (
            [photo(), photo(show_caption_above_media=True)],
            "parameter show_caption_above_media must be the same for all messages",
        ),
        ([photo(), photo(caption="c" * 1025)], "message caption is too long"),
        (
            [photo(), photo(caption="<b>", parse_mode="HTML")],
            "can't parse InputMedia: Can't parse entities: "
            'Can\'t find end tag corresponding to start tag "b"',
        ),
        (
            [photo(), photo(caption="c", parse_mode="Word")],
            "can't parse InputMedia: Unsupported parse_mode",
        ),
        (
            [photo(), photo(caption="c", parse_mode="MarkdownV2")],
            "sandbox: only parse_mode HTML is known here",
        ),
        (
            [photo(), photo(media="attach://list")],
            'failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"',
        ),
        ([sheet(), sheet(media="attach://empty")], "file must be non-empty"),
        (
            [photo(), {"type": "video", "media": "attach://list"}],
            "sandbox: a video is MPEG4",
        ),
        ([photo(), photo(media="nothing")], "wrong file identifier/HTTP URL specified"),
        (
            [photo(), photo(media="https://example.org/1.png")],
            "sandbox: files are not fetched by URL",
        ),
    ],
)
async def test_a_wrong_album_is_refused_and_nothing_of_it_arrives(
    wire: Wire, world: World, media: Any, reason: str
) -> None:
    answer = await send(wire, media)
    assert (answer["error_code"], answer["description"]) == (400, f"Bad Request: {reason}")
    assert world.messages(1001) == []


async def test_an_album_has_no_keyboard(wire: Wire) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    answer = await send(wire, [photo(), photo()], reply_markup=json.dumps(markup))
    assert answer["description"] == 'Bad Request: sandbox: unknown parameter "reply_markup"'


async def test_a_call_without_an_album_or_with_half_of_its_json_is_refused(wire: Wire) -> None:
    missing = await wire.refusal("sendMediaGroup", chat_id=1001)
    assert missing == (400, 'Bad Request: parameter "media" is required')
    half = await wire.refusal("sendMediaGroup", chat_id=1001, media="[")
    assert half == (400, "Bad Request: can't parse media JSON object")


async def test_an_album_counts_as_many_messages_as_it_has(
    wire: Wire, world: World, hand: Hand
) -> None:
    world.pace.limits = Limits(per_second=None, chat_burst=20)
    assert (await send(wire, [sheet()] * 10))["ok"]
    assert (await send(wire, [sheet()] * 8))["ok"]
    refused = await send(wire, [sheet()] * 4)
    assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 2})
    assert len(world.messages(1001)) == 18
    hand.pass_by(2)
    assert (await send(wire, [sheet()] * 4))["ok"]
    world.pace.limits = Limits(per_second=30, chat_burst=None)
    hand.pass_by(1)
    for _ in range(3):
        assert (await send(wire, [sheet()] * 9))["ok"]
    assert (await send(wire, [sheet()] * 4))["parameters"] == {"retry_after": 1}


async def test_an_album_that_no_burst_holds_waits_for_a_whole_one(
    wire: Wire, world: World, hand: Hand
) -> None:
    world.pace.limits = Limits(per_second=None, chat_burst=3)
    assert (await send(wire, [sheet()] * 10))["ok"]
    assert (await send(wire, [sheet()] * 10))["parameters"] == {"retry_after": 10}
    hand.pass_by(10)
    assert (await send(wire, [sheet()] * 10))["ok"]


async def test_a_message_of_an_album_is_edited_copied_and_deleted_alone(
    bot: Bot, world: World
) -> None:
    one, two = await bot.send_media_group(
        1001, [InputMediaPhoto(samples.photo()), InputMediaPhoto(samples.photo())]
    )
    edited = await bot.edit_message_caption(1001, one.message_id, caption="Hills")
    assert isinstance(edited, Message)
    assert (edited.caption, edited.media_group_id) == ("Hills", one.media_group_id)
    await bot.copy_message(1002, 1001, one.message_id)
    assert [(each.text, each.album) for each in world.messages(1002)] == [("Hills", "")]
    await bot.delete_message(1001, one.message_id)
    assert [each.message_id for each in world.messages(1001)] == [two.message_id]
