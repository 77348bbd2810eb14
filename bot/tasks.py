"""Owners of background tasks: every task is kept, its failure is heard, its end is awaited."""

import asyncio
import logging
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from bot.logs import describe

_log = logging.getLogger(__name__)


class Tasks:
    """Starts tasks and sees them to their end. `grace`: seconds they are given to end alone."""

    def __init__(self, grace: float = 5.0) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._grace = grace

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Runs it beside the caller; a failure is logged by kind and place, never by its text."""
        # The event loop keeps only weak references: the set is what keeps the task.
        task = asyncio.create_task(work, name=name)  # noqa: TID251 - the owner
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self, grace: float | None = None) -> None:
        """Waits for `grace` seconds, then cancels what is still running and names what stays.

        Cancelled itself, it does not wait but cancels as well.
        """
        try:
            await self._settle(self._grace if grace is None else grace)
        finally:
            for task in self._running:
                task.cancel()
        await self._settle(self._grace)
        for task in self._running:
            _log.error("task %s does not end", task.get_name())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _settle(self, seconds: float) -> None:
        """Waits for all, also for those that the last ones start."""
        end = asyncio.get_running_loop().time() + seconds
        while self._running and (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(set(self._running), timeout=left)
            await asyncio.sleep(0)  # for `_ended`, which the loop calls after it has woken us

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("task %s failed: %s", task.get_name(), describe(error))
