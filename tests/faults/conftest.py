"""What many tests of faults begin with: a Telegram that misbehaves on demand, a file, a bot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, connect
from storage.migrations import migrate
from tests.faults.branch import Branch, open_branch
from tests.faults.served import Served, serve
from tests.faults.telegram_server import Telegram, telegram_server
from tests.faults.troubles import small_disk


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with telegram_server() as server:
        yield server


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await connect(tmp_path / "tandem.sqlite3")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def branch(tmp_path: Path, telegram: Telegram) -> AsyncIterator[Branch]:
    async with open_branch(tmp_path, telegram) as branch:
        yield branch


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serve(tmp_path, tmp_path) as served:
        yield served


@pytest.fixture
async def cramped(tmp_path: Path) -> AsyncIterator[Served]:
    """Its database is on a small disk."""
    with small_disk(tmp_path / "disk") as disk:
        async with serve(disk, tmp_path) as served:
            yield served
