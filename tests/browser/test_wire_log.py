"""The wire log of the page: what the bot asked, and the buttons that let something go wrong."""

import aiohttp
import pytest
from playwright.async_api import Page, expect

from sandbox.server import Running
from tests.browser.conftest import Bot

pytestmark = pytest.mark.browser

KRISTINA = 1002


async def open_log(page: Page) -> None:
    await page.get_by_role("button", name="Wire log", exact=True).click()
    await expect(page.get_by_role("heading", name="Wire log")).to_be_focused()


async def test_calls_are_listed_with_whom_and_how_they_ended(page: Page, bot: Bot) -> None:
    await bot.say(KRISTINA, "Did you meet?")
    await open_log(page)
    log = page.get_by_role("complementary", name="Wire log")
    await expect(log.get_by_role("listitem")).to_contain_text(["sendMessageKristina Alam"])
    await bot.call("sendMessage", chat_id=5, text="nobody")
    newest = log.get_by_role("listitem").first
    await expect(newest).to_contain_text("Bad Request: chat not found")
    await page.keyboard.press("Escape")
    await expect(log).to_be_hidden()
    await expect(page.get_by_role("button", name="Wire log", exact=True)).to_be_focused()


async def test_a_lost_answer_and_an_outage_are_a_press_away(
    page: Page, bot: Bot, running: Running
) -> None:
    await open_log(page)
    log = page.get_by_role("complementary", name="Wire log")
    await log.get_by_text("Let something go wrong").click()
    await log.get_by_role("button", name="Lose the next answer").click()
    said = log.get_by_role("status")
    await expect(said).to_have_text("Ahead: an answer is lost.")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await bot.say(KRISTINA, "Heard all the same")
    await expect(page.get_by_text("Heard all the same")).to_be_visible()
    await expect(log.get_by_role("listitem").first).to_contain_text("an answer is lost")
    await expect(said).to_have_text("")
    await log.get_by_role("button", name="Outage for a minute").click()
    await expect(said).to_have_text("Ahead: outage, 60 s left at most.")
    with pytest.raises((aiohttp.ServerDisconnectedError, ConnectionResetError)):
        await bot.say(KRISTINA, "Unheard")
    await log.get_by_role("button", name="Everything in order again").click()
    await expect(said).to_have_text("")
    await bot.say(KRISTINA, "Again")
    texts = [message.text for message in running.world.messages(KRISTINA)]
    assert texts == ["Heard all the same", "Again"]


async def test_every_button_plants_something_that_the_sandbox_knows(
    page: Page, running: Running
) -> None:
    await open_log(page)
    log = page.get_by_role("complementary", name="Wire log")
    await log.get_by_text("Let something go wrong").click()
    buttons = await log.locator(".faults button").all()
    for button in buttons[:-1]:
        await button.click()
    await running.world.wait_for(lambda: len(running.world.faults.waiting) == len(buttons) - 1)
    await expect(log.get_by_role("status")).to_contain_text("an update is a day old")
