"""A programme of many people, each with a tandem, written straight into the tables."""

from bot.clock import now
from bot.desk import open_desk
from bot.settings import Settings
from storage.database import Database
from storage.instants import seconds

FIRST = 5000
"""The chat of the first of them."""
LATER = 2_000_000_000


async def plant(settings: Settings, *, people: int, letters: int) -> None:
    """Mentors in chats from FIRST on, each with a mentee without one; letters of another day."""
    async with open_desk(settings) as (database, desk, _), database.transaction():
        today = now().date()
        dates = {"first": today.isoformat(), "last": today.replace(year=today.year + 1).isoformat()}
        values = {**dates, "template": desk.programme.id, "at": seconds(now())}
        await _people(database, people, values)
        await database.write(
            "insert into letter (person_id, kind, args, priority, due_at, created_at) "
            "values (:person, 'date_soon', '{}', 1, :due, 0)",
            [{"person": 1 + n % (2 * people), "due": LATER + n} for n in range(letters)],
        )


async def _people(database: Database, number: int, values: dict[str, object]) -> None:
    rows = [{**values, "n": n, "tandem": n + 1} for n in range(number)]
    for name, person, chat in (
        ("mentor", "1 + 2 * :n", ":n + 5000"),
        ("mentee", "2 + 2 * :n", "null"),
    ):
        await database.write(
            "insert into person (id, name, language, zone, chat_id, created_at) "
            f"values ({person}, 'N' || :n, 'en', 'Europe/Berlin', {chat}, :at)",
            rows,
        )
        await database.write(
            f"insert into role (person_id, role, since) values ({person}, '{name}', :at)", rows
        )
    await database.write(
        "insert into tandem (id, template_id, first_day, last_day, made_at) "
        "values (:tandem, :template, :first, :last, :at)",
        rows,
    )
    for name, person in (("mentor", "1 + 2 * :n"), ("mentee", "2 + 2 * :n")):
        await database.write(
            f"insert into member (tandem_id, person_id, role) values (:tandem, {person}, '{name}')",
            rows,
        )
