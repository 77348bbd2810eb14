"""The demo as people play it: three phones in one page, before the real bot in its own process.

Paola (German) invites Amir, who chooses Arabic; she makes a tandem of Amir and Kristina (English);
Kristina logs a meeting, Amir objects. Each reads their own language; every tap is a visible label.
"""

import asyncio
import html
import re
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.clock import now
from locales import NATIVE_NAMES, Html, Speech, speech

pytestmark = pytest.mark.browser

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 20_000
"""Milliseconds until something must be seen; a killed bot needs about two seconds to return."""
TAG = re.compile(r"<[^<>]*>")
AMIR, KRISTINA = "Amir Karimi", "Kristina Alam"


@dataclass(frozen=True)
class Demo:
    """`python -m bot demo`, running: its page, and its port that kills the bot."""

    port: int
    said: Path
    """What demo and bot wrote to stderr."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def kill(self) -> None:
        """kill -9 for the bot, now; the demo starts it again."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{self.port + 1}/kill") as answer,
        ):
            assert await answer.json() == {"ok": True}

    async def calls(self) -> list[dict[str, Any]]:
        """Every call of the Bot API so far, as the sandbox noted it."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.url}api/log") as answer,
        ):
            calls: list[dict[str, Any]] = (await answer.json())["calls"]
        return calls


def as_read(words: str) -> str:
    """What a person reads of it: Html without its tags, anything else as it is."""
    return html.unescape(TAG.sub("", words)) if isinstance(words, Html) else words


@dataclass
class Phone:
    """One person's phone in the page; `taps` counts what was pressed under messages."""

    page: Page
    person: int
    t: Speech
    taps: int = field(default=0, init=False)

    @property
    def root(self) -> Locator:
        return self.page.locator(f'section.phone[data-person="{self.person}"]')

    async def sees(self, words: str) -> None:
        """A line with exactly these words (Html as it is read) stands in the chat."""
        line = self.root.get_by_role("log").get_by_text(as_read(words), exact=True)
        await expect(line.last).to_be_visible(timeout=PATIENCE)

    async def tap(self, label: str) -> None:
        """The newest button with this label."""
        key = self.root.get_by_role("log").get_by_role("button", name=label, exact=True)
        await key.last.click(timeout=PATIENCE)
        self.taps += 1

    async def tap_button(self, label: str, *, sign: str = "") -> None:
        """The newest button with this label of the catalogue, in the person's language."""
        await self.tap(sign + self.t.label("button", label))

    async def write(self, text: str) -> None:
        message = self.root.get_by_role("textbox")
        await message.fill(text)
        await message.press("Enter")


@dataclass(frozen=True)
class Stage:
    """Who plays."""

    page: Page
    paola: Phone
    kristina: Phone
    amir: Phone


Interlude = Callable[[], Awaitable[None]]
"""What happens between two scenes."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo_in(tmp_path) as running:
        yield running


@pytest.fixture
async def stage(browser: Browser, demo: Demo) -> AsyncIterator[Stage]:
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(demo.url)
    yield stage_on(page)
    await page.close()
    assert errors == []


@asynccontextmanager
async def demo_in(folder: Path) -> AsyncIterator[Demo]:
    """The demo in a process of its own; what it keeps lies in `folder`."""
    demo = Demo(_free_port(), folder / "stderr.txt")
    command = (sys.executable, "-m", "bot", "demo", "--port", str(demo.port))
    with demo.said.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={"PYTHONPATH": str(CHECKOUT), "LOG_LEVEL": "WARNING"},
            stdout=asyncio.subprocess.PIPE,
            stderr=said,
        )
    try:
        assert process.stdout is not None
        printed = process.stdout
        async with asyncio.timeout(PATIENCE / 1000):
            while demo.url.encode() not in (line := await printed.readline()):
                assert line, demo.said.read_text()
        yield demo
    finally:
        process.terminate()
        rest = await printed.read()
        assert await process.wait() == 0
    assert "Goodbye." in rest.decode()


def stage_on(page: Page, *, newcomer: str = "ar") -> Stage:
    """The three of them; `newcomer` is the language that Amir will choose."""
    return Stage(
        page,
        Phone(page, 1001, speech("de")),
        Phone(page, 1002, speech("en")),
        Phone(page, 1006, speech(newcomer)),
    )


async def invite(stage: Stage) -> None:
    """Paola: menu -> invite -> Mentee -> the name; the link opens on Amir's phone."""
    paola, t = stage.paola, stage.paola.t
    await paola.sees(t("What would you like to do?"))
    await paola.tap_button("Invite somebody")
    await paola.sees(t("Whom would you like to invite?"))
    await paola.tap(t.label("role", "Mentee"))
    role = t.term("role", "mentee")
    await paola.sees(
        t("Invitation as {role}: please type the person's first and last name.", role=role)
    )
    await paola.write(AMIR)
    await paola.sees(t("Invitation for <b>{name}</b> ({role})", name=AMIR, role=role))
    await paola.root.get_by_role("link", name="https://t.me/").click()
    asked = stage.page.get_by_role("dialog", name="Open on which phone?")
    await asked.get_by_role("button", name=AMIR).click()


async def arrive(stage: Stage, interlude: Interlude) -> None:
    """Amir: START -> his language -> consent -> the name is right."""
    amir, t = stage.amir, stage.amir.t
    await amir.root.get_by_role("button", name="START").click()
    await amir.sees(
        speech("en")(
            "Welcome to the Mentoring-Partnerschaft München! Which language do you prefer?"
        )
    )
    await amir.tap(NATIVE_NAMES[t.language])
    await amir.sees(t("You are invited as: {role}.", role=t.term("role", "mentee")))
    await interlude()
    await amir.tap_button("I consent")
    await amir.sees(t("Thank you! Is your name spelt right?"))
    await amir.tap_button("Yes, that is right")
    await amir.sees(t("You are ready, {name}!", name=AMIR))


async def pair(stage: Stage) -> None:
    """Paola: new tandem -> Amir -> Kristina -> make it; both are told."""
    paola, t = stage.paola, stage.paola.t
    await paola.tap_button("New tandem")
    await paola.sees(t("A new tandem: who is the mentee?"))
    await paola.tap(AMIR)
    await paola.sees(t("Who will be the mentor of {mentee}?", mentee=AMIR))
    await paola.tap(KRISTINA)
    await paola.tap_button("Make the tandem")
    for phone, partner in ((stage.amir, KRISTINA), (stage.kristina, AMIR)):
        await phone.sees(
            phone.t(
                "🤝 You are a tandem now: your tandem partner is <b>{partner}</b>.",
                partner=partner,
            )
        )


async def log_meeting(stage: Stage, interlude: Interlude) -> None:
    """Kristina, below the news of the tandem: log a meeting -> Save; Amir is told."""
    kristina, t = stage.kristina, stage.kristina.t
    await kristina.tap_button("Log a meeting", sign="✏️ ")
    await kristina.sees(t("<b>Meeting with {names}</b>", names=AMIR))
    await interlude()
    messages = kristina.root.locator("article.from-bot")
    shown = await messages.count()
    await kristina.tap_button("Save")
    await kristina.sees(t("✅ Saved"))
    await expect(messages).to_have_count(shown)  # the card itself has changed
    await kristina.sees(total(t, meetings=1, minutes=60))
    amir, t = stage.amir, stage.amir.t
    await amir.sees(t("Newly logged by {by}:", by=KRISTINA))
    await amir.sees(total(t, meetings=1, minutes=60))


async def object_to_it(stage: Stage, interlude: Interlude) -> None:
    """Amir: that is not right; Kristina is told, and the meeting does not count."""
    amir, t = stage.amir, stage.amir.t
    await interlude()
    await amir.tap_button("That is not right")
    await amir.sees(
        t("Noted. The meeting of {day} is not counted until you two agree.", day=t.day(_today()))
    )
    await amir.sees(t("No meeting has been counted yet."))
    kristina, t = stage.kristina, stage.kristina.t
    await kristina.sees(
        t(
            "Objection by {by}: the meeting of {day} is not counted until you two agree. Best have "
            "a short word with each other.",
            by=AMIR,
            day=t.day(_today()),
        )
    )


async def go_on() -> None:
    """An interlude in which nothing happens."""


async def test_a_newcomer_is_invited_paired_and_objects_to_a_meeting(
    stage: Stage, demo: Demo
) -> None:
    paola, kristina, amir = stage.paola, stage.kristina, stage.amir
    await invite(stage)
    await arrive(stage, go_on)
    assert (paola.taps, amir.taps) == (2, 3)
    await expect(amir.root.locator(".role")).to_have_text("In the programme")
    await paola.tap_button("Menu")
    await paola.sees(paola.t("What would you like to do?"))
    paola.taps = 0
    await pair(stage)
    assert paola.taps == 4
    await log_meeting(stage, go_on)
    assert kristina.taps == 2
    await object_to_it(stage, go_on)
    refused = [call for call in await demo.calls() if not call["ok"]]
    assert refused == []
    assert demo.said.read_text() == ""


async def test_the_journey_goes_on_when_the_bot_is_killed_in_the_middle(
    stage: Stage, demo: Demo
) -> None:
    """Killed four times, each time just before a tap: the tap waits for the next bot."""
    await invite(stage)
    await demo.kill()
    await arrive(stage, demo.kill)
    await stage.paola.tap_button("Menu")
    await pair(stage)
    await log_meeting(stage, demo.kill)
    await object_to_it(stage, demo.kill)
    starts = [call for call in await demo.calls() if call["method"] == "getMe"]
    assert len(starts) == 1 + 4


def total(t: Speech, *, meetings: int, minutes: int) -> Html:
    return t(
        "Together so far: {meetings}, {hours}",
        meetings=t.plural("{count} meeting", "{count} meetings", count=meetings),
        hours=t.hours(minutes),
    )


def _today() -> date:
    return now().astimezone(ZoneInfo("Europe/Berlin")).date()


def _free_port() -> int:
    """A port that is free, and so is the next one: the demo takes both."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
