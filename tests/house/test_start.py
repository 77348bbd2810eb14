"""The start imports what the first answer needs, and nothing that only some hosts or hours use."""

import subprocess
import sys

LOADED = """
import sys
import bot.command_line
import bot.house
print(*sorted(sys.modules))
"""

COLLECTOR = """
import gc
gc.disable()
from bot.command_line import plainly
async def look():
    print(gc.isenabled(), gc.get_freeze_count() > 10_000)
plainly(look)
"""

LATER = (
    "bot.backup",
    "bot.demo",
    "bot.health",
    "bot.host",
    "bot.metrics",
    "bot.webhook",
    "aiohttp.web",
    "babel.messages",
    "dateutil",
    "icalendar",
    "pydantic",
    "sandbox",
    "segno",
    "typer",
    "unittest",
)


def told(program: str) -> list[str]:
    """The words that a Python of its own prints."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()


def loaded() -> set[str]:
    return set(told(LOADED))


def test_nothing_is_imported_at_the_start_that_is_used_later() -> None:
    assert loaded() & set(LATER) == set()


def test_the_check_sees_what_is_imported() -> None:
    assert {"bot.house", "telegram", "aiohttp", "babel"} <= loaded()


def test_the_collector_that_rests_at_the_start_works_again_on_what_is_new() -> None:
    assert told(COLLECTOR) == ["True", "True"]
