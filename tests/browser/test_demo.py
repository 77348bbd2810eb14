"""The demo's own promises: its ports, and the buttons that end its bot."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.demo import when_next_letter
from locales import speech
from tests.browser.test_journey import CHECKOUT, PATIENCE, Demo, Phone, demo

__all__ = ["demo"]

KRISTINA = 1002


@pytest.fixture
async def played(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await page.goto(f"{demo.url}#{KRISTINA}")
    yield page
    await page.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Kill the bot", "The bot is dead; the next one is starting. Just go on."),
        ("Restart the bot", "The bot ends in order and starts again. Just go on."),
    ],
)
async def test_the_bot_ends_in_the_middle_of_a_card_and_the_next_tap_is_answered(
    played: Page, demo: Demo, label: str, said: str
) -> None:
    """By keyboard alone, on a narrow screen."""
    kristina = Phone(played, KRISTINA, speech("en"))
    await kristina.write("/meeting")
    names = kristina.t("<b>Meeting with {names}</b>", names="Rana Haddad")
    await kristina.sees(names)
    await played.get_by_role("button", name="Who is who").press("Enter")
    panel = played.get_by_role("dialog", name="Who is who")
    behind = panel.get_by_role("region", name="Behind the phones")
    await behind.get_by_role("button", name=label).press("Enter")
    await expect(behind.get_by_role("status")).to_have_text(said)
    await expect(behind.get_by_role("button", name=label)).to_be_focused()
    assert await played.evaluate("document.documentElement.scrollWidth") == 390
    await played.keyboard.press("Escape")
    await kristina.tap_button("Save")
    await kristina.sees(kristina.t("✅ Saved"))
    starts = [call for call in await demo.calls() if call["method"] == "getMe"]
    assert len(starts) == 2
    assert demo.said.read_text() == ""


@pytest.mark.parametrize("port", ["99999", "65535", "1023", "0", "-1"])
async def test_no_port_is_told_in_one_line(tmp_path: Path, port: str) -> None:
    [line] = await refusal(tmp_path, port)
    assert line.startswith(f"--port: {port} is not from 1024 to 65534; try: make demo PORT=")


@pytest.mark.parametrize("taken", [0, 1], ids=["the page's", "the next one"])
async def test_a_taken_port_suggests_another(tmp_path: Path, taken: int) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1] - taken
        [line] = await refusal(tmp_path, str(port))
    assert "taken" in line
    other = int(line.rpartition("try: make demo PORT=")[2])
    assert port + taken < other < 65535


def test_before_the_programme_is_planted_no_letter_is_waiting(tmp_path: Path) -> None:
    assert when_next_letter(tmp_path / "gone.sqlite3", 0.0) is None
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    assert when_next_letter(empty, 0.0) is None


async def refusal(folder: Path, port: str) -> list[str]:
    """What `python -m bot demo --port` says when it does not begin."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", port),
        cwd=folder,
        env={"PYTHONPATH": str(CHECKOUT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE / 1000):
        out, said = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    return said.decode().splitlines()
