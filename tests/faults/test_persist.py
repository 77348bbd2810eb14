"""Asking Telegram again and again: what is told meanwhile, and to whoever watches."""

import asyncio

import pytest
from telegram.error import RetryAfter

from bot.polling import persist
from bot.wire import UnsentTimedOut
from tests.faults.test_polling import said


async def test_a_firewall_that_says_nothing_is_told_and_waited_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def ask() -> None:
        raise UnsentTimedOut("before the request left")

    complaint = "no updates: before the request left; again in 1 s"
    await said(complaint, caplog, persist(ask, "no updates", lambda: None))


async def test_each_turn_of_asking_is_a_sign_of_life() -> None:
    """Whoever waits for Telegram must not be ended as one that hangs."""
    failures, turns = [RetryAfter(0), RetryAfter(0), None], list[str]()

    async def ask() -> None:
        turns.append("asked")
        if failure := failures.pop(0):
            raise failure

    await persist(ask, "no updates", lambda: turns.append("alive"))
    assert turns == ["alive", "asked"] * 3


async def test_a_long_429_is_a_sign_of_life_and_not_a_hang(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask() -> None:
        raise RetryAfter(3600)

    monkeypatch.setattr("bot.polling.INTERVAL", 0.001)
    turns: list[None] = []
    thrice = asyncio.Event()

    def alive() -> None:
        turns.append(None)
        if len(turns) > 3:
            thrice.set()

    resting = asyncio.ensure_future(persist(ask, "no updates", alive))
    async with asyncio.timeout(30):
        await thrice.wait()
    assert not resting.done()
    resting.cancel()
    await asyncio.wait([resting])
    assert caplog.text.count("no updates: Telegram asks for 3600 s") == 1
