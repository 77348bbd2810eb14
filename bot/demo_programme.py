"""The small programme that the demo starts with: a coordinator, two tandems, some meetings."""

from datetime import time, timedelta

from bot.clock import now
from bot.desk import Tables, open_desk
from bot.settings import Settings
from handlers.commands import commands_of
from locales import speech
from mentoring.cards import new_key
from mentoring.desk import Desk
from mentoring.letters import Letter
from mentoring.logbook import Outcome
from mentoring.people import Person, Role
from mentoring.plans import Plan
from sandbox.people import PEOPLE

_ROLES = {
    1001: Role.COORDINATOR,
    1002: Role.MENTOR,
    1003: Role.MENTEE,
    1004: Role.MENTEE,
    1005: Role.MENTOR,
}
_TANDEMS = ((1003, 1002), (1004, 1005))
_WEEKS = (
    (5, time(17, 0), 60, "Café Glück, Orleansplatz", ("job_search", "cv")),
    (3, time(17, 30), 90, "Café Glück, Orleansplatz", ("cv", "cover_letter")),
    (1, time(17, 0), 60, "Stadtbibliothek", ("interview",)),
)


async def plant(settings: Settings) -> None:
    """Fills a fresh database through the same services that the bot uses."""
    async with open_desk(settings) as (database, desk, tables), database.transaction():
        people = await _people(desk, tables)
        await _tandems(desk, people)
        tables.letters.put_back()  # the past is not news
        _greet(desk, tables, people)
        await tables.letters.write()


async def _people(desk: Desk, tables: Tables) -> dict[int, Person]:
    people: dict[int, Person] = {}
    begin = now() - timedelta(weeks=7)
    invitations, known = desk.invitations, {person.id: person for person in PEOPLE}
    for chat_id, role in _ROLES.items():
        who = known[chat_id]
        name = f"{who.first_name} {who.last_name}".strip()
        person_id = await tables.people.add(
            name=name, language=who.language_code, zone=invitations.zone, role=role, now=begin
        )
        await invitations.book.consent(
            person_id,
            chat_id=chat_id,
            language=who.language_code,
            version=desk.programme.notice_version,
            now=begin,
        )
        people[chat_id] = await desk.people.get(person_id)
    return people


async def _tandems(desk: Desk, people: dict[int, Person]) -> None:
    begin = now() - timedelta(weeks=6)
    coordinator = people[1001]
    for mentee, mentor in _TANDEMS:
        tandem = await desk.tandems.pair(
            by=coordinator, mentee=people[mentee].id, mentor=people[mentor].id, now=begin
        )
        for weeks, start, minutes, place, topics in _WEEKS[: 3 if mentee == 1003 else 2]:
            by = people[mentor if weeks % 2 else mentee]
            day = by.today(now() - timedelta(weeks=weeks))
            plan = Plan(day, start, minutes, place, topics)
            await desk.meetings.log(
                by=by,
                tandem_id=tandem.id,
                outcome=Outcome.HELD,
                plan=plan,
                key=new_key(),
                now=plan.ends_at(by.time_zone),
            )


def _greet(desk: Desk, tables: Tables, people: dict[int, Person]) -> None:
    for person in people.values():
        desk.letters.add(Letter(to=person.id, kind="welcome", due=now()))
        commands = commands_of(speech(person.language), person)
        call: dict[str, object] = {"method": "set_my_commands", "params": {"commands": commands}}
        tables.letters.answer(call, person_id=person.id, chat_id=person.chat_id)
