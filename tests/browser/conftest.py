"""A sandbox, a bot that a test speaks for, and Chromium in front of the chat page."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright

from sandbox.server import Running, start

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ABSENT = "Chromium not found: apt-get install chromium; browser tests skipped"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Json = dict[str, Any]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line(ABSENT)


@dataclass(frozen=True)
class Bot:
    """Calls the Bot API as the real bot would; a refusal is returned like any answer."""

    session: aiohttp.ClientSession
    base: str

    async def call(self, method: str, **parameters: Any) -> Json:
        async with self.session.post(f"{self.base}/{method}", json=parameters) as response:
            answer: Json = await response.json()
        return answer

    async def say(self, chat_id: int, text: str, **more: Any) -> int:
        """Send a message; its identifier."""
        answer = await self.call("sendMessage", chat_id=chat_id, text=text, **more)
        assert answer["ok"], answer
        identifier: int = answer["result"]["message_id"]
        return identifier

    async def next_update(self) -> Json:
        """The next update, waited for and confirmed."""
        answer = await self.call("getUpdates", timeout=10, limit=1)
        update: Json = answer["result"][0]
        await self.call("getUpdates", offset=update["update_id"] + 1, limit=1)
        return update


def keyboard(*rows: list[Json]) -> Json:
    return {"inline_keyboard": list(rows)}


def phone(page: Page, person: int) -> Locator:
    return page.locator(f'section.phone[data-person="{person}"]')


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    server = await start()
    yield server
    await server.stop()


@pytest.fixture
async def bot(running: Running) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(session, f"{running.bot_url}{running.world.token}")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        # In CI they have to run: a skip would look like a success.
        assert not os.environ.get("TANDEM_REQUIRE_BROWSER"), ABSENT
        pytest.skip(ABSENT)
    async with async_playwright() as playwright:
        chromium = playwright.chromium
        yield await chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


@pytest.fixture
async def page(browser: Browser, running: Running) -> AsyncIterator[Page]:
    """The chat page, loaded; any error in its scripts fails the test."""
    opened = await browser.new_page(viewport={"width": 1440, "height": 900})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(running.url)
    await opened.locator('section.phone .state[data-state="calm"]').nth(2).wait_for()
    yield opened
    await opened.close()
    assert errors == []
