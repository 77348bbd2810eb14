"""The start imports what the first answer needs, and nothing that only some hosts or hours use."""

import subprocess
import sys

LOADED = """
import sys
import bot.command_line
import bot.house
print(*sorted(sys.modules))
"""

LATER = (
    "bot.backup",
    "bot.demo",
    "bot.health",
    "bot.host",
    "bot.metrics",
    "bot.webhook",
    "aiohttp.web",
    "dateutil",
    "icalendar",
    "sandbox",
    "segno",
    "unittest",
)


def loaded() -> set[str]:
    command = [sys.executable, "-c", LOADED]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return set(told.split())


def test_nothing_is_imported_at_the_start_that_is_used_later() -> None:
    assert loaded() & set(LATER) == set()


def test_the_check_sees_what_is_imported() -> None:
    assert {"bot.house", "telegram", "aiohttp", "babel"} <= loaded()
