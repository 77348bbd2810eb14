"""Statements that share a trip to aiosqlite's thread."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Row = sqlite3.Row
Values = Mapping[str, object]
Statement = tuple[str, Values | Sequence[Values]]
"""SQL and its values; a sequence of them carries it out once for each."""


class Trip:
    """Statements that go together, in the place of one's values; `rows` of those that are done."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.rows: list[list[Row]] = []

    @property
    def is_done(self) -> bool:
        return len(self.rows) == len(self.statements)

    @property
    def has_lost_writes(self) -> bool:
        """Whether it has ended before everything was written."""
        return any(not is_read(sql) for sql, _ in self.statements[len(self.rows) :])

    def fetchall(self) -> list[list[Row]]:
        """Asked for by aiosqlite, which takes it for a cursor."""
        return self.rows


class TripConnection(sqlite3.Connection):
    """Carries out a trip where aiosqlite asks for one statement."""

    def execute(self, sql: str, values: Any = (), /) -> Any:
        if not isinstance(values, Trip):
            return super().execute(sql, values)
        for statement in values.statements:
            values.rows.append(self._carry_out(*statement))
        return values

    def _carry_out(self, sql: str, values: Values | Sequence[Values]) -> list[Row]:
        if isinstance(values, Mapping):
            return super().execute(sql, values).fetchall()
        super().executemany(sql, values)
        return []


def is_read(sql: str) -> bool:
    return sql.startswith("select")


def listed(sql: str, **ids: Sequence[int]) -> tuple[str, dict[str, object]]:
    """A statement with its lists, such as `(:ids)`: placeholders are all SQL is given.

    No id is 0, and an empty list is no SQL.
    """
    values: dict[str, object] = {}
    for name, numbers in ids.items():
        named = {f"{name}{place}": number for place, number in enumerate(numbers or [0])}
        sql = sql.replace(f"(:{name})", "(" + ", ".join(f":{each}" for each in named) + ")")
        values |= named
    return sql, values
