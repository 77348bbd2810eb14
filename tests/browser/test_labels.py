"""Every button that the demo's story and the meeting card show can be read whole on a phone."""

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from locales import NATIVE_NAMES, speech
from tests.browser.test_journey import (
    Demo,
    Phone,
    arrive,
    demo,
    go_on,
    invite,
    log_meeting,
    object_to_it,
    pair,
    stage_on,
)

__all__ = ["demo"]

pytestmark = pytest.mark.browser

PHONE = 390
PAGE = ViewportSize(width=1266, height=900)
"""Its three columns are as wide as a phone."""
WATCH = """
window.cut = new Set();
new MutationObserver(() => {
  for (const label of document.querySelectorAll(".key > span")) {
    if (label.scrollWidth > label.clientWidth) window.cut.add(label.textContent);
  }
}).observe(document, { childList: true, subtree: true });
"""
PARTS = {"Day": "📅 ", "Time": "🕔 ", "Duration": "⏱ ", "Place": "📍 ", "Topics": "💬 "}


async def test_no_label_is_cut_on_a_german_phone(browser: Browser, demo: Demo) -> None:
    page = await browser.new_page(viewport=PAGE)
    await page.add_init_script(WATCH)
    await page.goto(demo.url)
    stage = stage_on(page, newcomer="de")
    stage.kristina.t = speech("de")
    await stage.kristina.write("/language")
    await stage.kristina.tap(NATIVE_NAMES["de"])
    widths = await page.locator(".phone").evaluate_all("all => all.map((each) => each.clientWidth)")
    assert widths == pytest.approx([PHONE] * 3, abs=1)

    await invite(stage)
    await arrive(stage, go_on)
    await stage.paola.tap_button("Menu")
    await pair(stage)
    await log_meeting(stage, go_on)
    await object_to_it(stage, go_on)
    await look_at_every_part(stage.kristina)
    await stage.paola.tap_button("Menu")
    await stage.paola.tap_button("Tandems")
    running = ("{count} running tandem", "{count} running tandems")
    await stage.paola.sees(stage.paola.t.plural(*running, count=3))

    assert sorted(await page.evaluate("[...window.cut]")) == []
    await page.close()


async def look_at_every_part(phone: Phone) -> None:
    """A card, and behind each of its buttons the choices."""
    await phone.write("/meeting")
    await phone.tap("Amir Karimi")
    # An older card still stands in the chat: its buttons are not meant.
    chat = phone.root.get_by_role("log")
    choice = chat.get_by_role("button", name="Amir Karimi", exact=True)
    await expect(choice).to_have_count(0)
    for part, sign in PARTS.items():
        await phone.tap_button(part, sign=sign)
        if part == "Day":
            await phone.tap_button("Calendar")
        await phone.tap_button("Done" if part == "Topics" else "Back")
    save = phone.root.get_by_role("button", name=phone.t.label("button", "Save"), exact=True)
    await expect(save.last).to_be_visible()
