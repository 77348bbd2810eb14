"""Metrics for Prometheus at http://METRICS_HOST:METRICS_PORT/metrics; none without a port.

Its text format is a few lines (prometheus.io/docs/instrumenting/exposition_formats), and HTTP is
aiohttp's already: no package is needed for it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from bot.backup import newest_copy
from bot.heartbeat import Heartbeat
from bot.post_office import PostOffice
from bot.settings import SettingError, Settings
from storage.database import DatabaseError
from storage.reading import Counts, counts, oldest_due


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
        backups: Path | None,
        post: PostOffice,
        heartbeat: Heartbeat,
        clock: Callable[[], datetime],
    ) -> None:
        self._path = path
        self._backups = backups
        self._post = post
        self._heartbeat = heartbeat
        self._clock = clock

    async def show(self, _request: web.Request) -> web.Response:
        """The page that Prometheus fetches."""
        try:
            metrics = await asyncio.to_thread(self._read)
        except DatabaseError as error:
            return web.Response(status=503, text=str(error))
        return web.Response(text="".join(_lines(metrics)))

    def _read(self) -> list[Metric]:
        at = self._clock()
        letter = oldest_due(self._path, at)
        age = (at - letter.due).total_seconds() if letter else 0.0
        return [*self._metrics(counts(self._path), max(age, 0.0)), *self._newest_copy()]

    def _newest_copy(self) -> list[Metric]:
        if self._backups is None:
            return []
        made = newest_copy(self._backups)
        return [
            Metric("backup_newest_timestamp_seconds", "gauge", "when the newest copy was made",
                   made.timestamp() if made else 0)
        ]  # fmt: skip

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
    """Serves them meanwhile, at the port that is set. Raises SettingError when it is taken."""
    app = web.Application()
    app.router.add_get("/metrics", metrics.show)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, settings)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    host, port = settings.metrics_host, settings.metrics_port
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "no such address"
        raise SettingError(
            f"METRICS_PORT and METRICS_HOST: cannot listen at {host}:{port} ({why}); "
            "choose another one."
        ) from None
