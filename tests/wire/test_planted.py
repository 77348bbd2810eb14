"""Faults planted in a bot are found: each of these deeds is refused before anybody relies on it.

The bot is python-telegram-bot's; what it does here is what a defect in ours would make it do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, TelegramError

from sandbox import samples
from sandbox.pace import Limits
from sandbox.world import World
from tests.wire.conftest import Hand

PAOLA, NEVER_STARTED, NOBODY = 1001, 1006, 5
YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
Deed = Callable[[Bot, World], Awaitable[Any]]
DEEDS: dict[str, tuple[Deed, type[TelegramError], str]] = {}


def defect(error: type[TelegramError], words: str) -> Callable[[Deed], Deed]:
    def plant(deed: Deed) -> Deed:
        DEEDS[deed.__name__] = deed, error, words
        return deed

    return plant


@defect(BadRequest, "Message is too long")
async def a_text_over_4096_units(bot: Bot, _world: World) -> None:
    await bot.send_message(PAOLA, "🎉" * 2048 + "!")


@defect(BadRequest, "Message caption is too long")
async def a_caption_over_1024_units(bot: Bot, _world: World) -> None:
    await bot.send_photo(PAOLA, samples.photo(), caption="🎉" * 512 + "!")


@defect(BadRequest, "Message text is empty")
async def nothing_but_invisible_signs(bot: Bot, _world: World) -> None:
    await bot.send_message(PAOLA, "\u202e \n")


@defect(BadRequest, "Can't parse entities: unsupported start tag")
async def a_name_that_was_not_escaped(bot: Bot, _world: World) -> None:
    await bot.send_message(PAOLA, "Dear <Paola>", parse_mode="HTML")


@defect(BadRequest, "Button_data_invalid")
async def a_button_of_65_bytes(bot: Bot, _world: World) -> None:
    long = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y" * 65)]])
    await bot.send_message(PAOLA, "Did you meet?", reply_markup=long)


@defect(BadRequest, "Message is not modified")
async def the_same_card_again(bot: Bot, _world: World) -> None:
    card = await bot.send_message(PAOLA, "<b>Saved</b>", parse_mode="HTML", reply_markup=YES)
    await bot.edit_message_text(
        "<b>Saved</b>", PAOLA, card.message_id, parse_mode="HTML", reply_markup=YES
    )


@defect(BadRequest, "Message to edit not found")
async def an_edit_of_a_deleted_card(bot: Bot, _world: World) -> None:
    card = await bot.send_message(PAOLA, "Saved")
    await bot.delete_message(PAOLA, card.message_id)
    await bot.edit_message_text("Undone", PAOLA, card.message_id)


@defect(BadRequest, "Message can't be edited")
async def an_edit_of_the_persons_own_words(bot: Bot, world: World) -> None:
    await bot.edit_message_text("Better", PAOLA, world.send_text(PAOLA, "Good").message_id)


@defect(BadRequest, "Message can't be deleted for everyone")
async def a_delete_after_two_days(bot: Bot, world: World) -> None:
    card = await bot.send_message(PAOLA, "Saved")
    pass_by(world, 48 * 3600)
    await bot.delete_message(PAOLA, card.message_id)


@defect(BadRequest, "Query is too old")
async def an_answer_to_an_old_tap(bot: Bot, world: World) -> None:
    card = await bot.send_message(PAOLA, "Did you meet?", reply_markup=YES)
    query = world.tap(PAOLA, card.message_id, "yes")
    pass_by(world, 16)
    await bot.answer_callback_query(query)


@defect(BadRequest, "Chat not found")
async def a_wrong_chat(bot: Bot, _world: World) -> None:
    await bot.send_message(NOBODY, "Hi")


@defect(Forbidden, "can't initiate conversation")
async def a_letter_to_who_never_started(bot: Bot, _world: World) -> None:
    await bot.send_message(NEVER_STARTED, "Hi")


@defect(Forbidden, "bot was blocked by the user")
async def a_letter_to_who_blocked(bot: Bot, world: World) -> None:
    world.block(PAOLA)
    await bot.send_message(PAOLA, "Hi")


@defect(TelegramError, "Flood control exceeded")
async def a_loop_over_everybody(bot: Bot, world: World) -> None:
    world.pace.limits = Limits()
    for number in range(31):
        await bot.send_message(1001 + number % 5, "News")


@defect(TelegramError, "Flood control exceeded")
async def thirty_messages_to_one(bot: Bot, world: World) -> None:
    world.pace.limits = Limits(per_second=None)
    for _ in range(21):
        await bot.send_message(PAOLA, "News")


@defect(Conflict, "terminated by other getUpdates request")
async def two_processes_at_once(bot: Bot, world: World) -> None:
    first = asyncio.ensure_future(bot.get_updates(timeout=50))
    await world.wait_for(lambda: world.mailbox.is_polled)
    async with Bot(bot.token, base_url=bot.base_url.removesuffix(bot.token)) as second:
        await second.get_updates()
    await first


def pass_by(world: World, seconds: float) -> None:
    assert isinstance(world.clock, Hand)
    world.clock.pass_by(seconds)


@pytest.mark.parametrize("name", DEEDS)
async def test_a_defect_is_found(
    bot: Bot, world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    deed, error, words = DEEDS[name]
    with pytest.raises(error, match=words):
        await deed(bot, world)
