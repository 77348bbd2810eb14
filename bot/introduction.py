"""How the bot introduces itself in every language: descriptions and the strangers' commands."""

import logging

from telegram import Bot
from telegram.error import TelegramError

from locales import LANGUAGES, Speech, speech

_log = logging.getLogger(__name__)


async def introduce(bot: Bot, default_language: str) -> None:
    """Sets texts that vary by language only; repeating it changes nothing, failing is harmless."""
    try:
        for language in (None, *LANGUAGES):
            await _introduce_in(bot, speech(language or default_language), language)
    except TelegramError as error:
        _log.warning("not introduced: %s; tried again at the next start", type(error).__name__)


async def _introduce_in(bot: Bot, t: Speech, language: str | None) -> None:
    # Translators: what the chat shows before Start is pressed; at most 512 characters
    description = t.label(
        "description",
        "This bot accompanies the tandems of the Mentoring-Partnerschaft München: log meetings "
        "in two taps, keep each other informed, reach the coordination team. You need an "
        "invitation.",
    )
    # Translators: stands on the bot's profile; at most 120 characters
    short = t.label("description", "Meetings of your tandem, noted down in two taps.")
    commands = [
        ("start", t.label("command", "Begin")),
        ("privacy", t.label("command", "Privacy notice")),
    ]
    await bot.set_my_description(description, language_code=language)
    await bot.set_my_short_description(short, language_code=language)
    await bot.set_my_commands(commands, language_code=language)
