"""What a host does from the command line, beside a running bot or without it."""

from bot.clock import now
from bot.desk import open_desk
from bot.settings import Settings
from mentoring.invitations import VALID_FOR_COORDINATORS
from storage.database import Lock, connect
from storage.migrations import migrate


async def migrate_alone(settings: Settings) -> None:
    """Migrates a database on which no bot is running. Raises DatabaseError."""
    with Lock(settings.database_path):
        database = await connect(settings.database_path)
        try:
            number = await migrate(database)
        finally:
            await database.close()
    print(f"{settings.database_path}: tables are at {number}.")


async def invite_coordinator(settings: Settings, name: str) -> None:
    """Prints a code of 15 minutes; works while the bot is running."""
    lock = Lock(settings.database_path)
    try:
        async with (
            open_desk(settings, alone=lock.take()) as (database, desk, _tables),
            database.transaction(),
        ):
            _, code = await desk.invitations.first_coordinator(name=name, now=now())
    finally:
        lock.free()
    minutes = int(VALID_FOR_COORDINATORS.total_seconds() // 60)
    print(f"Send this to your bot within {minutes} minutes; it works once:")
    print(f"/start {code}")
