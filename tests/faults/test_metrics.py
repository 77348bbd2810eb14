"""Metrics: numbers on loopback, and only where a port is named."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.house import House, _metrics, _metrics_shown, open_house
from bot.metrics import metrics_shown
from bot.settings import Secret, SettingError, Settings
from tests.faults.telegram_server import TOKEN, Telegram
from tests.faults.test_process import free_port


@pytest.fixture
def settings(telegram: Telegram, tmp_path: Path) -> Settings:
    return Settings(
        bot_token=Secret(TOKEN),
        telegram_api_url=f"http://127.0.0.1:{telegram.port}",
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite3'}",
        metrics_port=free_port(),
    )


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings) as house:
        yield house


async def test_the_numbers_are_those_of_tables_and_process(
    settings: Settings, house: House
) -> None:
    house.heartbeat.beat()
    due = int((house.desk.now() - timedelta(seconds=90)).timestamp())
    await house.database.execute(
        "insert into person (id, name, language, zone, chat_id, reachable, created_at) "
        "values (1, 'O', 'de', 'UTC', 1, 1, 0)"
    )
    for state in ("pending", "absent", "sent"):
        await house.database.execute(
            "insert into letter (person_id, kind, args, priority, due_at, state, created_at) "
            "values (1, 'note', '{}', 2, :due, :state, 0)",
            {"due": due, "state": state},
        )
    async with metrics_shown(settings, _metrics(settings, house)):
        found = await _fetch(settings)
    late = float(found.pop("tandem_letters_late_seconds"))
    assert 90 <= late < 900
    assert found == {
        "tandem_intake_heard_timestamp_seconds": str(house.heartbeat.heard),
        "tandem_letters_pending": "1",
        "tandem_letters_sending": "0",
        "tandem_letters_absent": "1",
        "tandem_letters_sent_total": "0",
        "tandem_letters_repeated_total": "0",
        "tandem_updates_set_aside": "0",
    }


async def _fetch(settings: Settings) -> dict[str, str]:
    url = f"http://{settings.metrics_host}:{settings.metrics_port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        text = await answer.text()
    return dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))


async def test_where_copies_are_made_the_newest_has_a_number(
    settings: Settings, house: House, tmp_path: Path
) -> None:
    (tmp_path / "backups").mkdir()
    backed_up = replace(settings, backup_folder=tmp_path / "backups")
    async with metrics_shown(backed_up, _metrics(backed_up, house)):
        none = await _fetch(backed_up)
        os.utime(await _touch(tmp_path / "backups" / "tandem-2026-03-09.sqlite3"), (0, 1773000000))
        one = await _fetch(backed_up)
    assert none["tandem_backup_newest_timestamp_seconds"] == "0"
    assert one["tandem_backup_newest_timestamp_seconds"] == "1773000000"


async def _touch(path: Path) -> Path:
    await asyncio.to_thread(path.touch)
    return path


async def test_they_are_shown_at_the_address_that_is_set(settings: Settings, house: House) -> None:
    elsewhere = replace(settings, metrics_host="127.0.0.2")
    async with metrics_shown(elsewhere, _metrics(elsewhere, house)):
        with pytest.raises(aiohttp.ClientConnectionError):
            await _fetch(settings)
        assert await _fetch(elsewhere)


async def test_a_port_that_is_taken_is_one_line(settings: Settings, house: House) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", settings.metrics_port)
    async with server:
        with pytest.raises(SettingError) as caught:
            async with metrics_shown(settings, _metrics(settings, house)):
                raise AssertionError
    port = settings.metrics_port
    assert str(caught.value) == (
        f"METRICS_PORT and METRICS_HOST: cannot listen at 127.0.0.1:{port} "
        "(Address already in use); choose another one."
    )


async def test_no_port_is_no_server(settings: Settings, house: House) -> None:
    silent = replace(settings, metrics_port=None)
    async with _metrics_shown(silent, house):
        with pytest.raises(aiohttp.ClientConnectionError):
            await _fetch(settings)
