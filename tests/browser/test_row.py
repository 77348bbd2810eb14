"""Many phones in a row, and narrow ones: none is covered, and every key can be read whole."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.async_api import Locator, Page, expect

import locales
from handlers.buttons import TICK, Button, in_rows
from handlers.calendar import CHOSEN, Nothing, weeks_rows
from locales import NATIVE_NAMES, speech
from tests.browser.conftest import Bot, Json, keyboard, phone

pytestmark = pytest.mark.browser

PAOLA, KRISTINA, RANA = 1001, 1002, 1003
SIX = "#1001,1002,1003,1004,1005,1006"
CUT = """all => all.filter(key => !key.clientWidth || key.scrollWidth > key.clientWidth)
  .map(key => key.textContent)"""
"""Labels that are cut; one without width is not shown, and proves nothing."""
COVERED = """phone => {
  const { left, right, top, bottom } = phone.getBoundingClientRect();
  const points = [left + 60, (left + right) / 2, right - 60].flatMap(
    x => [top + 60, (top + bottom) / 2, bottom - 60].map(y => document.elementFromPoint(x, y)));
  return points.filter(found => !phone.contains(found)).length;
}"""
"""How many of nine places of a phone something else lies over."""


async def show(page: Page, hash_: str, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    await page.evaluate("hash => { location.hash = hash || location.hash; }", hash_)
    await expect(page.locator("section.phone")).to_have_count(6 if hash_ else 3)


async def choose(page: Page, person: int) -> Locator:
    """That person's phone, by its tab where one is shown at a time."""
    tab = page.get_by_role("tab").nth([PAOLA, KRISTINA, RANA].index(person))
    if await tab.is_visible():
        await tab.click()
    return phone(page, person)


def week(language: str) -> list[list[str]]:
    """A calendar's head, and a row whose days have two digits each, one of them chosen."""
    t, first = speech(language), date(2026, 11, 16)
    possible = first, first + timedelta(days=27)
    rows = weeks_rows(t, possible=possible, chosen=first, pick=lambda _day: Nothing())
    days = [CHOSEN.format(t.number(24)), *(t.number(day) for day in range(25, 31))]
    return [*([button.label for button in row] for row in rows[:2]), days]


def buttons(language: str) -> list[str]:
    """What stands on the bot's buttons in that language, but for what is filled in."""
    source = "de" if language == "en" else language
    path = Path(locales.__file__).parent / source / "LC_MESSAGES" / "tandem.po"
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.context == "button"]
    labels = [str(entry.id if language == "en" else entry.string) for entry in entries]
    return [label for label in labels if "{" not in label]


def rows_of(language: str) -> list[list[str]]:
    """They side by side, as many in a row as the bot puts there; and chosen days."""
    t = speech(language)
    days = [Button(TICK + t.day(date(2026, 11, 23) - timedelta(days=back))) for back in range(6)]
    plain = [Button(label) for label in sorted(buttons(language), key=len)]
    rows = [row for most in (2, 3, 4) for row in in_rows(plain, most)] + in_rows(days, 2)
    return [[button.label for button in row] for row in rows]


def keys(rows: list[list[str]]) -> Json:
    return keyboard(*([{"text": text, "callback_data": "x"} for text in row] for row in rows))


@pytest.mark.parametrize("phones", ["", SIX], ids=["three", "six"])
@pytest.mark.parametrize("width", [320, 390, 1000, 1280, 1400])
async def test_the_days_of_a_week_can_be_read_on_a_narrow_phone(
    page: Page, bot: Bot, width: int, phones: str
) -> None:
    await show(page, phones, width)
    rows = [row for language in NATIVE_NAMES for row in week(language)]
    for person in (KRISTINA, RANA):
        shown = (await choose(page, person)).locator(".key > span")
        await bot.say(person, "Day?", reply_markup=keys(rows))
        await expect(shown).to_have_count(sum(map(len, rows)))
        assert await shown.evaluate_all(CUT) == []


@pytest.mark.parametrize("language", NATIVE_NAMES)
async def test_every_button_can_be_read_on_a_narrow_phone(
    page: Page, bot: Bot, language: str
) -> None:
    rows = rows_of(language)
    for begin in range(0, len(rows), 30):
        await bot.say(KRISTINA, "Which?", reply_markup=keys(rows[begin : begin + 30]))
    shown = phone(page, KRISTINA).locator(".key > span")
    await expect(shown).to_have_count(sum(map(len, rows)))
    for phones, width in [("", 320), ("", 390), ("", 1000), (SIX, 1000), (SIX, 1400)]:
        await show(page, phones, width)
        await choose(page, KRISTINA)
        assert await shown.evaluate_all(CUT) == [], (phones, width)


async def test_a_row_that_goes_on_says_so_and_leads_there(page: Page) -> None:
    await show(page, SIX, 1400)
    before, after = await page.locator(".beyond").all()
    await expect(before).to_be_hidden()
    await expect(after).to_have_accessible_name("2 more to the right")
    await after.click()
    await expect(after).to_have_accessible_name("1 more to the right")
    await expect(before).to_be_visible()
    await after.click()
    await expect(after).to_be_hidden()
    await expect(phone(page, 1006)).to_be_in_viewport(ratio=1)
    await page.set_viewport_size({"width": 2200, "height": 900})
    await expect(before).to_be_hidden()


@pytest.mark.parametrize("width", [390, 960, 1100, 1400])
async def test_the_wire_log_lies_over_no_phone(page: Page, width: int) -> None:
    await show(page, SIX, width)
    await page.get_by_role("button", name="Wire log", exact=True).click()
    await expect(page.get_by_role("complementary", name="Wire log")).to_be_in_viewport(ratio=1)
    for each in await page.locator("section.phone").all():
        if await each.is_visible():
            await each.evaluate(
                "it => it.scrollIntoView({ inline: 'center', behavior: 'instant' })"
            )
            assert await each.evaluate(COVERED) == 0
