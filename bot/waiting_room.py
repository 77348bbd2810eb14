"""The waiting room: updates come in one by one and leave in batches, a commit for each batch."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Sequence

from telegram import Update

from bot.polling import BATCH

Place = tuple[int, int, Update, asyncio.Future[bool]]
"""The update's number, a place in the order of arrival, the update, and whether it was kept."""


class WaitingRoom:
    """Whoever comes while a batch is being committed leaves with the next, by update number."""

    def __init__(self, take: Callable[[Sequence[Update]], Awaitable[None]]) -> None:
        self._take = take
        self._waiting: list[Place] = []
        self._arrival = itertools.count()
        self._somebody = asyncio.Event()
        self._committing = asyncio.Lock()
        self._closed = False

    async def kept(self, update: Update) -> bool:
        """Waits for the commit that holds the update; False when there is none."""
        if self._closed:
            return False
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (update.update_id, next(self._arrival), update, kept))
        self._somebody.set()
        return await kept

    async def moves(self) -> None:
        """Returns as soon as no batch is being committed: at once, or after the present one."""
        async with self._committing:
            pass

    async def serve(self) -> None:
        """Until cancelled. Raises what a failed commit raises; nobody is kept from then on."""
        try:
            while True:
                await self._somebody.wait()
                await self._commit()
        finally:
            self._closed = True
            _tell(self._waiting, kept=False)

    async def _commit(self) -> None:
        size = min(len(self._waiting), BATCH)
        batch = [heapq.heappop(self._waiting) for _ in range(size)]
        if not self._waiting:
            self._somebody.clear()
        try:
            async with self._committing:
                await self._take([update for _, _, update, _ in batch])
        except BaseException:
            _tell(batch, kept=False)
            raise
        _tell(batch, kept=True)


def _tell(places: Sequence[Place], *, kept: bool) -> None:
    for _, _, _, future in places:
        if not future.done():  # the one who asked may be gone
            future.set_result(kept)
