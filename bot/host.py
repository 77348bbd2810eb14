"""What a host does from the command line, beside a running bot or without it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from bot.clock import now
from bot.desk import load_programme, make_desk
from bot.settings import Settings
from mentoring.invitations import VALID_FOR_COORDINATORS
from storage.database import Database, Lock, connect
from storage.migrations import migrate


async def migrate_alone(settings: Settings) -> None:
    """Migrates a database on which no bot is running. Raises DatabaseError."""
    lock = Lock(settings.database_path)
    lock.take()
    try:
        async with _open(settings, checkpoints=True) as database:
            number = await migrate(database)
        typer.echo(f"{settings.database_path}: tables are at {number}.")
    finally:
        lock.free()


async def invite_coordinator(settings: Settings, name: str) -> None:
    """Prints a code of 15 minutes; works while the bot is running."""
    async with _open(settings, checkpoints=False) as database:
        await migrate(database)
        programme = await load_programme(database, settings.template, now)
        desk, _ = make_desk(
            database,
            programme=programme,
            clock=now,
            language=settings.default_language,
            zone=settings.timezone,
        )
        async with database.transaction():
            _, code = await desk.invitations.first_coordinator(name=name, now=now())
    minutes = int(VALID_FOR_COORDINATORS.total_seconds() // 60)
    typer.echo(f"Send this to your bot within {minutes} minutes; it works once:")
    typer.echo(f"/start {code}")


@asynccontextmanager
async def _open(settings: Settings, *, checkpoints: bool) -> AsyncIterator[Database]:
    database = await connect(settings.database_path, checkpoints=checkpoints)
    try:
        yield database
    finally:
        await database.close()
