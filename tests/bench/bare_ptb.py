"""The yardstick: a bare PTB conversation of as many steps that stores nothing, as installed."""

import os
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
)

DAY, CARD, SAVE = range(3)
_Context = ContextTypes.DEFAULT_TYPE


def _keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=label)] for label in labels]
    )


async def begin(update: Update, _context: _Context) -> int:
    assert update.message is not None
    await update.message.reply_text(
        "Meeting with Olena, today, 17:00", reply_markup=_keyboard("Day")
    )
    return DAY


async def _turn(update: Update, text: str, *labels: str) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer()
    await query.edit_message_text(text, reply_markup=_keyboard(*labels) if labels else None)


async def ask_day(update: Update, _context: _Context) -> int:
    await _turn(update, "On which day did you meet?", "Today", "Yesterday")
    return CARD


async def take_day(update: Update, _context: _Context) -> int:
    await _turn(update, "Meeting with Olena, yesterday, 17:00", "Save")
    return SAVE


async def save(update: Update, _context: _Context) -> int:
    await _turn(update, "Saved. Together so far: 1 meeting, 1 hour")
    return int(ConversationHandler.END)


def main() -> None:
    api = os.environ["TELEGRAM_API_URL"]
    builder = Application.builder().token(os.environ["BOT_TOKEN"])
    builder = builder.base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
    application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    states: dict[object, Any] = {
        DAY: [CallbackQueryHandler(ask_day)],
        CARD: [CallbackQueryHandler(take_day)],
        SAVE: [CallbackQueryHandler(save)],
    }
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("meeting", begin)], states=states, fallbacks=[]
        )
    )
    application.run_polling()


if __name__ == "__main__":
    main()
