"""Metrics for Prometheus at http://127.0.0.1:METRICS_PORT/metrics; none unless that is set.

Its text format is a few lines (prometheus.io/docs/instrumenting/exposition_formats), and HTTP is
aiohttp's already: no package is needed for it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from bot.heartbeat import Heartbeat
from bot.post_office import PostOffice
from bot.settings import SettingError, Settings
from storage.database import DatabaseError
from storage.reading import Counts, counts, oldest_due

LOOPBACK = "127.0.0.1"
"""Nobody else is to read it: what is behind the port has no password."""


class Metric(NamedTuple):
    """One number. `kind`: gauge or counter."""

    name: str
    kind: str
    meaning: str
    value: float


class Metrics:
    """Reads the numbers when it is asked, on a connection of its own."""

    def __init__(
        self,
        *,
        path: Path,
        post: PostOffice,
        heartbeat: Heartbeat,
        clock: Callable[[], datetime],
    ) -> None:
        self._path = path
        self._post = post
        self._heartbeat = heartbeat
        self._clock = clock

    async def show(self, _request: web.Request) -> web.Response:
        """The page that Prometheus fetches."""
        try:
            found, age = await asyncio.to_thread(self._read)
        except DatabaseError as error:
            return web.Response(status=503, text=str(error))
        return web.Response(text="".join(_lines(self._metrics(found, age))))

    def _read(self) -> tuple[Counts, float]:
        """What stands in the tables, and for how many seconds the oldest letter has been due."""
        at = self._clock()
        letter = oldest_due(self._path, at)
        age = (at - letter.due).total_seconds() if letter else 0.0
        return counts(self._path), max(age, 0.0)

    def _metrics(self, found: Counts, age: float) -> list[Metric]:
        return [
            Metric("intake_heard_timestamp_seconds", "gauge", "when Telegram answered last",
                   self._heartbeat.heard),
            Metric("letters_pending", "gauge", "letters that wait or are to come", found.pending),
            Metric("letters_sending", "gauge", "letters on their way", found.sending),
            Metric("letters_absent", "gauge", "letters whose reader is away", found.absent),
            Metric("letters_late_seconds", "gauge", "how long the oldest has been due", age),
            Metric("letters_sent_total", "counter", "letters sent since the start",
                   self._post.sent),
            Metric("letters_repeated_total", "counter", "of these, possible repeats",
                   self._post.repeats),
            Metric("updates_set_aside", "gauge", "updates that an error of ours cost", found.aside),
        ]  # fmt: skip


def _lines(metrics: list[Metric]) -> Iterator[str]:
    for metric in metrics:
        name = f"tandem_{metric.name}"
        yield f"# HELP {name} {metric.meaning}\n# TYPE {name} {metric.kind}\n"
        yield f"{name} {metric.value:.10g}\n"


@asynccontextmanager
async def metrics_shown(settings: Settings, metrics: Metrics) -> AsyncIterator[None]:
    """Serves them meanwhile. Raises SettingError when the port is taken."""
    if settings.metrics_port is None:
        yield
        return
    app = web.Application()
    app.router.add_get("/metrics", metrics.show)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, settings.metrics_port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
    except OSError:
        raise SettingError(f"METRICS_PORT: {port} is taken; choose another one.") from None
