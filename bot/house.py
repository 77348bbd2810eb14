"""The whole bot, put together: opened, run until told to stop, and closed in order."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from telegram.ext import Application, ApplicationBuilder

from bot.arrivals import Arrivals
from bot.clock import now
from bot.desk import Clock, Tables, open_desk
from bot.gate import Gate
from bot.heartbeat import Heartbeat
from bot.intake import AnyApplication, Intake
from bot.introduction import introduce
from bot.logs import describe
from bot.polling import Polling, persist
from bot.post_office import PostOffice
from bot.settings import Settings
from bot.tasks import Tasks
from bot.watchdog import READY, feed, notify
from bot.wire import AiohttpRequest
from handlers.conversations import hear_everything
from handlers.letters import render
from handlers.outgoing import Outgoing, marked
from handlers.unexpected import KIND as QUESTION
from mentoring.desk import Desk
from mentoring.people import Person
from storage.database import Database, Lock
from storage.letters import Waiting
from storage.migrations import forget_copies

if TYPE_CHECKING:
    from bot.metrics import Metrics
    from bot.webhook import Webhook

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class House:
    """The open bot: a test hands updates to `intake` and lets `post` drain; `run` does both."""

    application: AnyApplication
    database: Database
    desk: Desk
    tables: Tables
    intake: Intake
    post: PostOffice
    heartbeat: Heartbeat


def build_application(settings: Settings, *, request: Any = None) -> AnyApplication:
    """PTB's Application on our wire: without updater and persistence, and never started."""
    token = settings.bot_token
    builder: Any = ApplicationBuilder().updater(None)
    builder = builder.token(token.text if token else "")
    builder = builder.base_url(f"{settings.telegram_api_url}/bot")
    builder = builder.base_file_url(f"{settings.telegram_api_url}/file/bot")
    wire = request or AiohttpRequest(connection_pool_size=16)
    builder = builder.request(wire).get_updates_request(wire)
    application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    return application


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    clock: Clock = now,
    gate: Gate | None = None,
    request: Any = None,
    feed: Callable[[], object] = feed,
) -> AsyncIterator[House]:
    """Database, desk, Application, intake and post office. Raises DatabaseError, TemplateError.

    For a supervisor it is ready before Telegram has answered: a machine starts without a network.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(Lock(settings.database_path))
        heartbeat = stack.enter_context(Heartbeat(settings.database_path, feed=feed))
        database, desk, tables = await stack.enter_async_context(open_desk(settings, clock=clock))
        application = build_application(settings, request=request)
        stack.push_async_callback(_close, application)
        notify(READY)
        await persist(application.initialize, "no Telegram yet", heartbeat.alive)
        heartbeat.beat()
        yield _furnish(settings, application, database, desk, tables, gate or Gate(), heartbeat)


async def _close(application: AnyApplication) -> None:
    if application.job_queue is not None:
        await application.job_queue.stop(wait=False)
    await application.shutdown()
    await application.bot.shutdown()  # the connections, should Telegram never have been reached


@asynccontextmanager
async def opened_before(
    stop: asyncio.Event, opening: AbstractAsyncContextManager[House]
) -> AsyncIterator[House | None]:
    """The open house; None when `stop` is set before it is open, however long that takes."""
    async with AsyncExitStack() as stack:
        opened = asyncio.ensure_future(stack.enter_async_context(opening))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((opened, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not opened.done():
                opened.cancel()
                await asyncio.wait((opened,))
        yield None if opened.cancelled() else opened.result()


def _furnish(
    settings: Settings,
    application: AnyApplication,
    database: Database,
    desk: Desk,
    tables: Tables,
    gate: Gate,
    heartbeat: Heartbeat,
) -> House:
    conversation = hear_everything()
    application.add_handler(conversation)

    async def write_out(letter: Waiting, reader: Person | None) -> Outgoing | None:
        return await render(desk, letter.kind, letter.args, reader)

    post = PostOffice(
        database=database,
        letters=tables.letters,
        people=tables.people,
        bot=application.bot,
        render=write_out,
        mark_repeat=marked,
        default_language=settings.default_language,
        gate=gate,
    )
    intake = Intake(
        application=application,
        conversation=conversation,
        database=database,
        transaction=post.transaction,
        desk=desk,
        people=tables.people,
        letters=tables.letters,
        table=tables.intake,
        default_language=settings.default_language,
        hash_key=secrets.token_bytes(16),
    )
    return House(application, database, desk, tables, intake, post, heartbeat)


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    clock: Clock = now,
    gate: Gate | None = None,
    opened: Callable[[House], object] = lambda _house: None,
    feed: Callable[[], object] = feed,
) -> None:
    """Serves until `stop` is set; `opened` gets the house. Raises Stopped and a failed commit's."""
    opening = open_house(settings, clock=clock, gate=gate, feed=feed)
    async with opened_before(stop, opening) as house, Tasks() as tasks:
        if house is None:
            _log.warning("stopped before Telegram was reached")
            return
        opened(house)
        await house.post.recover()
        await forget_old(house)
        way_in = _way_in(settings, house, tasks)
        await _start_daily_work(house, settings)
        tasks.start(_back_up(settings, house), name="backup")
        tasks.start(
            introduce(house.application.bot, settings.default_language), name="introduction"
        )
        async with _metrics_shown(settings, house):
            _log.info("ready")
            await _until_stopped(stop, way_in.run, house.post)
        _log.info("stopped")


# What only some hosts have set is imported when it is used: the start is the slowest part of it.


def _way_in(settings: Settings, house: House, tasks: Tasks) -> "Polling | Webhook":
    """A webhook where its address is set; polling else."""
    bot, heartbeat = house.application.bot, house.heartbeat
    arrivals = Arrivals(bot=bot, take=house.intake.take, tasks=tasks)
    if settings.webhook_url is None:
        return Polling(bot=bot, arrivals=arrivals, heartbeat=heartbeat)
    from bot.webhook import Webhook

    return Webhook(settings=settings, bot=bot, arrivals=arrivals, heartbeat=heartbeat)


def _metrics_shown(settings: Settings, house: House) -> AbstractAsyncContextManager[object]:
    if settings.metrics_port is None:
        return nullcontext()
    from bot.metrics import metrics_shown

    return metrics_shown(settings, _metrics(settings, house))


def _metrics(settings: Settings, house: House) -> "Metrics":
    from bot.metrics import Metrics

    return Metrics(
        path=settings.database_path,
        backups=settings.backup_folder,
        post=house.post,
        heartbeat=house.heartbeat,
        clock=house.desk.now,
    )


async def _back_up(settings: Settings, house: House) -> None:
    if settings.backup_folder is None:
        return
    from bot.backup import back_up_daily

    await back_up_daily(settings, house.desk.now())


async def _until_stopped(
    stop: asyncio.Event, hear: Callable[[], Coroutine[Any, Any, None]], post: PostOffice
) -> None:
    """Whatever ends first ends the others; what is being sent is finished and marked."""
    tasks = [asyncio.ensure_future(work) for work in (post.run(), hear(), stop.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        post.stop()
        for task in tasks[1:]:
            task.cancel()
        # Not a TaskGroup: one's failure would cancel sends in flight, and leave them in doubt.
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [error for error in ended if isinstance(error, Exception)]
    if failures:
        raise ExceptionGroup("hearing or sending failed", failures)


async def _start_daily_work(house: House, settings: Settings) -> None:
    """Once a day old marks are forgotten and a copy is made, by APScheduler (PTB's JobQueue)."""
    queue = house.application.job_queue
    assert queue is not None

    async def tidy(_context: object) -> None:
        try:
            await forget_old(house)
            await _back_up(settings, house)
        except Exception as error:
            _log.error("daily work failed: %s", describe(error))

    # Not between two and three: that hour does not exist, or exists twice, one night a year.
    queue.run_daily(
        tidy,
        time(4, 10, tzinfo=ZoneInfo(settings.timezone)),
        job_kwargs={"misfire_grace_time": 3600 * 6, "coalesce": True},
    )
    await queue.start()


async def forget_old(house: House) -> None:
    """Marks of updates after two days (Telegram keeps them one); the rest later."""
    today = house.desk.now()
    async with house.database.transaction():
        await house.tables.intake.forget(today - timedelta(days=2))
        await house.tables.intake.forget_aside(today - timedelta(days=90))
        await house.tables.letters.forget(today - timedelta(days=14))
        await house.tables.cards.forget(today - timedelta(days=60))
        # Words that were typed and never sent.
        await house.tables.cards.forget(today - timedelta(days=1), kind=QUESTION)
    # Whoever has been forgotten is still in them.
    await asyncio.to_thread(forget_copies, house.database.path, today - timedelta(days=14))
