"""What is due is a query on a partial index, however many letters wait for another day."""

import sqlite3
from pathlib import Path

import pytest

from storage.books import statements
from storage.database import connect
from storage.migrations import migrate

SQL = statements("letters")
VALUES = {
    "now": 0,
    "limit": 32,
    "people_busy": 0,
    "chats_busy": 0,
    "people_busy_for_bulk": 0,
    "chats_busy_for_bulk": 0,
    "cancel": "x",
    "chat_id": 1,
    "person_id": 1,
    "priority": 3,
    "since": 0,
    "before": 0,
}


async def plan(folder: Path, name: str) -> list[str]:
    """How SQLite will carry the statement out."""
    database = await connect(folder / "tandem.sqlite3")
    await migrate(database)
    await database.close()
    with sqlite3.connect(folder / "tandem.sqlite3") as file:
        rows = file.execute(f"explain query plan {SQL[name]}", VALUES).fetchall()
    file.close()
    return [row[3] for row in rows]


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("due", "letter_due"),
        ("next_due", "letter_due"),
        ("cancel", "letter_cancel"),
        ("arrived", "letter_absent"),
        ("interrupted", "letter_open"),
        ("sent_within_a_week", "letter_week"),
        ("forget", "letter_final"),
    ],
)
async def test_the_statement_walks_through_its_partial_index(
    tmp_path: Path, name: str, index: str
) -> None:
    steps = [step for step in await plan(tmp_path, name) if " letter" in f" {step}"]
    of_letters = [step for step in steps if step.startswith(("SCAN letter", "SEARCH letter"))]
    assert of_letters != []
    assert all(index in step for step in of_letters), steps


async def test_due_takes_five_searches_and_no_scan(tmp_path: Path) -> None:
    steps = await plan(tmp_path, "due")
    assert sum(step.startswith("SEARCH letter USING INDEX letter_due") for step in steps) == 5
    assert not any(step.startswith("SCAN letter") for step in steps)
