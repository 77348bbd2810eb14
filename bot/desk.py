"""The desk on a real database: every service with its tables."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.clock import now
from bot.settings import Settings
from mentoring.appointments import Appointments
from mentoring.date_news import DateNews
from mentoring.desk import Desk
from mentoring.invitations import Invitations, Tries
from mentoring.ladder import Ladder
from mentoring.meetings import Meetings
from mentoring.notes import Notes
from mentoring.people import People
from mentoring.questions import Questions
from mentoring.tandems import Tandems
from mentoring.template_file import TemplateError, parse, read
from mentoring.templates import Programme, Templates
from storage.appointments import AppointmentTable
from storage.cards import CardTable
from storage.contact import ContactTable
from storage.database import Database, connect
from storage.intake import IntakeTable, TemplateTable
from storage.invitations import InvitationTable
from storage.letters import LetterTable
from storage.meetings import MeetingTable
from storage.migrations import check_current, migrate
from storage.notes import NoteTable
from storage.people import PeopleTable
from storage.questions import QuestionTable
from storage.tandems import TandemTable

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Tables:
    """The tables that intake, post office and the daily work use beside the services."""

    people: PeopleTable
    letters: LetterTable
    intake: IntakeTable
    cards: CardTable


async def load_templates(database: Database, path: Path, clock: Clock) -> Templates:
    """The template of the file as a version. Raises TemplateError; the old version stays."""
    programme, table = read(path), TemplateTable(database)
    async with database.transaction():
        version = await table.version_of(programme.text, clock())
        texts = await table.all()
    current = replace(programme, id=version)
    versions = {number: _former(number, text) or current for number, text in texts.items()}
    return Templates(current, {**versions, version: current})


def _former(number: int, text: str) -> Programme | None:
    """None for what only a former program could read."""
    try:
        return replace(parse(text, f"version {number}"), id=number)
    except TemplateError:
        return None


def make_desk(
    database: Database, *, templates: Templates, clock: Clock, language: str, zone: str
) -> tuple[Desk, Tables]:
    """Everything that the programme does, on this database."""
    tables = Tables(
        PeopleTable(database),
        LetterTable(database, clock),
        IntakeTable(database),
        CardTable(database, clock),
    )
    people, programme = People(tables.people), templates.current
    ladder = Ladder(ContactTable(database), tables.letters, templates)
    tandems = Tandems(TandemTable(database, clock), people, tables.letters, programme, ladder)
    news = DateNews(people, tables.letters)
    appointments = Appointments(AppointmentTable(database), tandems, people, news, ladder)
    meetings = Meetings(
        MeetingTable(database), tandems, tables.letters, programme, appointments, ladder
    )
    desk = Desk(
        clock=clock,
        programme=programme,
        people=people,
        invitations=Invitations(InvitationTable(database), tables.people, language, zone),
        tandems=tandems,
        appointments=appointments,
        meetings=meetings,
        notes=Notes(NoteTable(database), meetings),
        questions=Questions(QuestionTable(database), people, tables.letters),
        cards=tables.cards,
        letters=tables.letters,
        tries=Tries(),
    )
    return desk, tables


@asynccontextmanager
async def open_desk(
    settings: Settings, *, clock: Clock = now, alone: bool = True
) -> AsyncIterator[tuple[Database, Desk, Tables]]:
    """The desk on a current database, without a bot. Raises DatabaseError, TemplateError.

    `alone`: False beside a running bot, which alone may migrate and checkpoint.
    """
    database = await connect(settings.database_path, checkpoints=alone)
    try:
        await (migrate(database) if alone else check_current(database))
        templates = await load_templates(database, settings.template, clock)
        desk, tables = make_desk(
            database,
            templates=templates,
            clock=clock,
            language=settings.default_language,
            zone=settings.timezone,
        )
        yield database, desk, tables
    finally:
        await database.close()
