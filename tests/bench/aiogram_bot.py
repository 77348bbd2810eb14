"""The other yardstick: an aiogram 3 conversation of as many steps, and one aiosqlite row."""

import asyncio
import os

import aiosqlite
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message


class Log(StatesGroup):
    day = State()
    card = State()
    save = State()


def _keyboard(*labels: str) -> InlineKeyboardMarkup:
    rows = [[InlineKeyboardButton(text=label, callback_data=label)] for label in labels]
    return InlineKeyboardMarkup(inline_keyboard=rows)


async def begin(message: Message, state: FSMContext) -> None:
    await message.answer("Meeting with Olena, today, 17:00", reply_markup=_keyboard("Day"))
    await state.set_state(Log.day)


async def _turn(query: CallbackQuery, text: str, *labels: str) -> None:
    assert isinstance(query.message, Message)
    await query.answer()
    await query.message.edit_text(text, reply_markup=_keyboard(*labels) if labels else None)


async def ask_day(query: CallbackQuery, state: FSMContext) -> None:
    await _turn(query, "On which day did you meet?", "Today", "Yesterday")
    await state.set_state(Log.card)


async def take_day(query: CallbackQuery, state: FSMContext) -> None:
    await _turn(query, "Meeting with Olena, yesterday, 17:00", "Save")
    await state.set_state(Log.save)


async def save(query: CallbackQuery, state: FSMContext, database: aiosqlite.Connection) -> None:
    await database.execute("insert into meeting (person) values (?)", (query.from_user.id,))
    await database.commit()
    await _turn(query, "Saved. Together so far: 1 meeting, 1 hour")
    await state.clear()


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=server))
    async with aiosqlite.connect(os.environ["AIOGRAM_DATABASE"]) as database:
        await database.execute("create table if not exists meeting (person integer)")
        dispatcher = Dispatcher(database=database)
        dispatcher.message.register(begin, Command("meeting"))
        dispatcher.callback_query.register(ask_day, Log.day)
        dispatcher.callback_query.register(take_day, Log.card)
        dispatcher.callback_query.register(save, Log.save)
        await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
