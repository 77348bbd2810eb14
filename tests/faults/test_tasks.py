"""Background tasks: kept, heard when they fail, and awaited or cancelled at the end."""

import asyncio
import gc
import logging

import pytest

from bot.tasks import Tasks


async def fail(text: str) -> None:
    raise ValueError(text)


async def test_a_task_lives_though_nobody_else_holds_it() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        # Held by nothing but the task itself: the loop alone would let it go.
        await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0.01))])
        ended.set()

    async with Tasks() as tasks:
        tasks.start(work(), name="work")
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.wait_for(ended.wait(), 5)


async def test_a_failure_is_logged_by_kind_and_place_and_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Tasks() as tasks:
        tasks.start(fail("Rana wrote: hello"), name="greeting")
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("task greeting failed: ValueError at ")
    assert "faults/test_tasks.py:" in record.getMessage()
    assert "Rana" not in record.getMessage()


async def test_the_end_waits_for_what_is_running_and_for_what_that_starts() -> None:
    ended: list[str] = []

    async with Tasks() as tasks:

        async def second() -> None:
            await asyncio.sleep(0.01)
            ended.append("second")

        async def first() -> None:
            await asyncio.sleep(0.01)
            ended.append("first")
            tasks.start(second(), name="second")

        tasks.start(first(), name="first")
    assert ended == ["first", "second"]


async def test_after_the_grace_the_rest_is_cancelled_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = Tasks()
    endless = tasks.start(asyncio.Event().wait(), name="endless")
    await tasks.close(grace=0.01)
    assert endless.cancelled()
    assert caplog.records == []


async def test_a_task_that_will_not_end_is_named_and_does_not_hold_the_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    released = asyncio.Event()

    async def stubborn() -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    tasks = Tasks(grace=0.01)
    task = tasks.start(stubborn(), name="stubborn")
    await tasks.close()
    assert [record.getMessage() for record in caplog.records] == ["task stubborn does not end"]
    released.set()
    await task


async def test_a_close_that_is_cancelled_cancels_the_tasks() -> None:
    tasks = Tasks()
    endless = tasks.start(asyncio.Event().wait(), name="endless")
    closing = asyncio.ensure_future(tasks.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    with pytest.raises(asyncio.CancelledError):
        await endless


async def test_closing_what_never_ran_or_is_closed_does_nothing() -> None:
    tasks = Tasks()
    await tasks.close()
    await tasks.close()
