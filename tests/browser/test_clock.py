"""The demo's clock: buttons in the page move the time of page and bot together."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from locales import speech
from sandbox.clock import MovableClock
from sandbox.server import start
from sandbox.world import World
from tests.browser.test_journey import CHECKOUT, PATIENCE, Demo, Phone, demo

__all__ = ["demo"]

pytestmark = pytest.mark.browser

MUNICH = ZoneInfo("Europe/Berlin")
KRISTINA, RANA = 1002, 1003


class ClockBar:
    """The bar at the top of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.get_by_role("group", name="Clock")

    async def time(self) -> datetime:
        """What it shows, on Munich's walls."""
        return await instant_of(self.root.locator("time"))

    async def shows(self, day: date) -> None:
        told = self.root.get_by_text(f"{day:%a} {day.day} {day:%b}, ")
        await expect(told).to_be_visible(timeout=PATIENCE)

    async def press(self, label: str) -> None:
        await self.root.get_by_role("button", name=label, exact=True).click()

    async def says(self, words: str) -> None:
        word = self.root.get_by_role("status")
        await expect(word).to_have_text(words, timeout=PATIENCE)
        await expect(word).to_be_in_viewport()


async def instant_of(time: Locator) -> datetime:
    written = await time.get_attribute("datetime")
    assert written is not None
    return datetime.fromisoformat(written).astimezone(MUNICH)


@pytest.fixture
async def played(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    """The demo's page, when all three have been greeted and no letter waits any more."""
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(demo.url)
    for phone in await page.locator("section.phone").all():
        await expect(phone.locator("article").first).to_be_visible(timeout=PATIENCE)
    await asyncio.to_thread(tell, demo, "delete from letter where state = 'pending'")
    bar = ClockBar(page)
    if (await bar.time()).hour == 0:  # a card of the first hour is about yesterday
        await bar.press("+1 hour")
        await expect(bar.root).to_contain_class("moved")
    yield page
    await page.close()
    assert errors == []


@pytest.fixture
def bar(played: Page) -> ClockBar:
    return ClockBar(played)


@pytest.fixture
def kristina(played: Page) -> Phone:
    return Phone(played, KRISTINA, speech("en"))


async def plan_for(phone: Phone, day: date) -> date:
    """/meeting: the card plans for this day; on which day it was sent."""
    await phone.write("/meeting")
    cards = phone.root.locator("article.from-bot")
    card = cards.filter(has_text=phone.t.full_day(day, today=day))
    await expect(card).to_have_count(1, timeout=PATIENCE)
    return (await instant_of(card.locator("time"))).date()


async def test_a_day_later_the_bot_plans_for_tomorrow_and_the_message_says_so_too(
    bar: ClockBar, kristina: Phone
) -> None:
    before = await bar.time()
    tomorrow = before.date() + timedelta(days=1)
    await bar.press("+1 day")
    await bar.shows(tomorrow)
    assert await plan_for(kristina, tomorrow) == tomorrow
    await expect(kristina.root.locator(".day")).to_have_count(2)


async def test_an_hour_later_the_message_says_so(bar: ClockBar, kristina: Phone) -> None:
    before = await bar.time()
    await bar.press("+1 hour")
    await expect(bar.root).to_contain_class("moved")
    await kristina.write("/menu")
    sent = await instant_of(kristina.root.locator("article.mine time"))
    assert (
        timedelta(hours=1) <= sent - before + timedelta(seconds=1) < timedelta(hours=1, minutes=2)
    )


async def test_a_month_passes_by_clicks_and_survives_every_end_of_the_bot(
    bar: ClockBar, kristina: Phone, demo: Demo
) -> None:
    began = (await bar.time()).date()
    for days in range(1, 32):
        await bar.press("+1 day")
        await bar.shows(began + timedelta(days=days))
        if days == 11:
            await demo.kill()
        if days == 12:
            # Told to a bot that was dead, or had just begun.
            day = began + timedelta(days=days)
            assert await plan_for(kristina, day) == day
        if days == 21:
            assert await order(demo, "restart") == {"ok": True}
    month = began + timedelta(days=31)
    assert await plan_for(kristina, month) == month
    assert demo.said.read_text() == ""


async def test_with_no_letter_waiting_the_clock_says_so_and_stays(bar: ClockBar) -> None:
    before = await bar.time()
    await bar.press("to the next letter")
    await bar.says("No letter is waiting just now.")
    await bar.shows(before.date())


async def test_the_clock_moves_just_to_the_next_letter(
    bar: ClockBar, kristina: Phone, demo: Demo
) -> None:
    began = await bar.time()
    in_a_week = (began + timedelta(days=7)).replace(hour=9, minute=30, second=0, microsecond=0)
    in_a_month = in_a_week + timedelta(days=23)
    rana = Phone(kristina.page, RANA, speech("ar"))
    await asyncio.to_thread(add_letter, demo, RANA, in_a_month)
    await asyncio.to_thread(add_letter, demo, KRISTINA, in_a_week)
    for phone, due in ((kristina, in_a_week), (rana, in_a_month)):
        letters = phone.root.locator("article.from-bot")
        before = await letters.count()
        await bar.press("to the next letter")
        await bar.shows(due.date())
        await expect(letters).to_have_count(before + 1, timeout=PATIENCE)
        late = await instant_of(letters.last.locator("time")) - due
        assert timedelta() <= late < timedelta(seconds=PATIENCE / 1000)
    await bar.press("to the next letter")
    await bar.says("No letter is waiting just now.")
    assert (await bar.time()).date() == in_a_month.date()


async def test_the_control_port_moves_every_open_page(
    bar: ClockBar, browser: Browser, demo: Demo
) -> None:
    other = await browser.new_page()
    await other.goto(demo.url)
    tomorrow = (await bar.time()).date() + timedelta(days=1)
    assert await order(demo, "clock", to="day") == {"ok": True}
    await bar.shows(tomorrow)
    await ClockBar(other).shows(tomorrow)
    await demo.kill()
    assert await order(demo, "clock", to="letter") == {
        "ok": False,
        "error": "No letter is waiting just now.",
    }
    ways = "The clock moves by an hour, by a day or to the next letter."
    for nonsense in ({"to": "yesterday"}, {}):
        assert await order(demo, "clock", **nonsense) == {"ok": False, "error": ways}
    await other.close()


async def test_the_pages_clock_goes_on_by_itself(browser: Browser) -> None:
    async def nothing(_after: float) -> None:
        return None

    morning = datetime(2026, 3, 28, 23, 59, 10, tzinfo=MUNICH)
    clock = MovableClock(MUNICH, next_letter=nothing, real=morning.timestamp)
    running = await start(world=World(clock=clock))
    page = await browser.new_page()
    await page.clock.install()
    await page.goto(running.url)
    bar = ClockBar(page)
    await expect(bar.root.locator("time")).to_have_text("Sat 28 Mar, 23:59")
    await page.clock.run_for(51_000)
    await expect(bar.root.locator("time")).to_have_text("Sun 29 Mar, 00:00")
    await page.close()
    await running.stop()


async def test_a_clock_that_cannot_be_moved_is_not_shown(page: Page) -> None:
    await expect(page.locator("#clock")).to_be_hidden()


async def test_the_whole_clock_is_seen_on_every_screen(bar: ClockBar) -> None:
    parts = [bar.root.locator("time"), bar.root.get_by_text("Munich time")]
    parts += await bar.root.get_by_role("button").all()
    for width in (1280, 1000, 700, 390, 340):
        await bar.page.set_viewport_size({"width": width, "height": 844})
        for part in parts:
            await expect(part).to_be_in_viewport(ratio=1)
        await bar.press("to the next letter")
        await bar.says("No letter is waiting just now.")
        assert await bar.page.evaluate("document.documentElement.scrollWidth") == width


async def test_the_demos_bot_ends_with_the_demo(tmp_path: Path) -> None:
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.demo_bot"),
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            "BOT_TOKEN": "1234567890:sandbox-sandbox-sandbox",
            "TELEGRAM_API_URL": "http://127.0.0.1:9",  # where nobody listens
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite3'}",
        },
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert bot.stdin is not None
    assert bot.stderr is not None
    async with asyncio.timeout(PATIENCE / 1000):
        bot.stdin.write(b"86400.0\n")
        assert b"a new database begins" in await bot.stderr.readline()
        assert b"no Telegram yet" in await bot.stderr.readline()
        bot.stdin.close()
        rest = await bot.stderr.read()
        assert await bot.wait() == 0
    [line] = rest.decode().splitlines()
    assert line.endswith("stopped before Telegram was reached")


async def order(demo: Demo, what: str, **body: Any) -> dict[str, Any]:
    """What the demo's control port answers."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{demo.port + 1}/{what}", json=body) as answer,
    ):
        answered: dict[str, Any] = await answer.json()
    return answered


def add_letter(demo: Demo, chat_id: int, due: datetime) -> None:
    """A greeting that leaves at that instant, as a service would have written it."""
    tell(
        demo,
        "insert into letter (person_id, kind, args, priority, due_at, created_at, state)"
        " select id, 'welcome', '{}', 1, ?, ?, 'pending' from person where chat_id = ?",
        int(due.timestamp()),
        int(due.timestamp()),
        chat_id,
    )


def tell(demo: Demo, statement: str, *values: int) -> None:
    """Changes the demo's database beside its bot, as the command line does."""
    path = demo.said.parent / ".demo" / str(demo.port) / "tandem.sqlite3"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("pragma wal_autocheckpoint = 0")
        database.execute(statement, values)
