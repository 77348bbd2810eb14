"""Owners of background tasks: every task is kept, its failure is heard, its end is awaited."""

import asyncio
import logging
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

_log = logging.getLogger(__name__)


class Tasks:
    """Starts tasks and sees them to their end."""

    def __init__(self, grace: float = 5.0) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._grace = grace

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Runs it beside the caller; a failure is logged by its kind, never by its text."""
        # The event loop keeps only weak references: the set is what keeps the task.
        task = asyncio.create_task(work, name=name)  # noqa: TID251 - the owner
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Waits for `grace` seconds, then cancels what is still running."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._grace)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("task %s failed: %s", task.get_name(), type(error).__name__)
