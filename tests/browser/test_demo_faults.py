"""What a host sees of the real bot when something goes wrong between it and Telegram."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from locales import speech
from tests.browser.test_journey import Demo, Phone, demo

__all__ = ["demo"]
pytestmark = pytest.mark.browser

KRISTINA = 1002
PEOPLE = ("Paola Stenger", "Kristina Alam", "Rana Haddad", "Olena Kovalenko", "Thomas Berger")
MENU = "What would you like to do?"


@pytest.fixture
async def log(browser: Browser, demo: Demo) -> AsyncIterator[Locator]:
    """The wire log with its buttons, beside Kristina's phone; all have been greeted with a menu.

    Before, the next call on the wire might be the greeting of somebody else.
    """
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    await page.goto(f"{demo.url}#{KRISTINA}")
    await page.get_by_role("button", name="Wire log", exact=True).click()
    panel = page.get_by_role("complementary", name="Wire log")
    await panel.get_by_text("Let something go wrong").click()
    sent = panel.get_by_role("listitem").filter(has_text="sendmessage")
    for name in PEOPLE:
        await expect(sent.filter(has_text=name)).to_have_count(1, timeout=30_000)
    await expect(answers(page)).to_have_count(1)
    yield panel
    await page.close()


async def ask(page: Page) -> None:
    await Phone(page, KRISTINA, speech("en")).write("/menu")


def answers(page: Page) -> Locator:
    return page.get_by_role("article").filter(has_text=MENU)


async def press(log: Locator, label: str, said: str) -> None:
    await log.get_by_role("button", name=label).click()
    await expect(log.get_by_role("status")).to_have_text(said)


async def test_a_message_whose_answer_was_lost_comes_again_and_says_so(log: Locator) -> None:
    await press(log, "Lose the next answer", "Ahead: an answer is lost.")
    await ask(log.page)
    await expect(answers(log.page)).to_have_count(3, timeout=30_000)
    again = answers(log.page).filter(has_text="You may have received this message already.")
    await expect(again).to_have_count(1)


async def test_during_an_outage_nothing_comes_and_afterwards_everything_once(log: Locator) -> None:
    await press(log, "Outage for a minute", "Ahead: outage, 60 s left at most.")
    await ask(log.page)
    await expect(log.get_by_role("listitem").first).to_contain_text("outage")
    await expect(answers(log.page)).to_have_count(1)
    await press(log, "Everything in order again", "")
    await expect(answers(log.page)).to_have_count(2, timeout=30_000)


async def test_after_a_quiet_week_the_bot_hears_on(log: Locator) -> None:
    for _ in range(2):
        await press(log, "After a quiet week", "Ahead: new update numbers.")
        before = await answers(log.page).count()
        await ask(log.page)
        await expect(answers(log.page)).to_have_count(before + 1, timeout=30_000)
