"""Defects planted for the machine's proof: each breaks one promise, in a real function.

A defect patches, and says what it changes in the tables; nothing of this is in the bot.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

import bot.house
import bot.sorting
import handlers.next_date
import mentoring.reminders
import storage.letters
import storage.meetings
import storage.people
from bot.intake import Intake
from handlers.flow import END
from handlers.outgoing import Outgoing
from mentoring.appointments import Appointments
from mentoring.date_news import DateNews
from mentoring.dates import Appointment
from mentoring.desk import Desk
from mentoring.tandems import Tandem
from storage.appointments import AppointmentTable
from storage.cards import CardTable
from storage.letters import LetterTable
from storage.meetings import MeetingTable

Patch = pytest.MonkeyPatch
Sql = tuple[str, ...]

EARLY = datetime(2000, 1, 1, tzinfo=UTC)


async def _nothing(*_given: object, **_named: object) -> None:
    return None


def settle_is_not_called(patch: Patch) -> Sql:
    patch.setattr(Appointments, "settle", _nothing)
    return ()


def what_was_taken_back_stays_answered(patch: Patch) -> Sql:
    patch.setattr(DateNews, "ask_again", _nothing)
    return ()


def a_question_has_one_key_for_ever(patch: Patch) -> Sql:
    """Asked once, it exists, and is not written anew."""

    async def ask_again(
        self: DateNews, tandem: Tandem, appointment: Appointment, *, now: datetime, **_: int
    ) -> None:
        await self.remind(tandem, appointment, min(now, appointment.starts_at))

    patch.setattr(DateNews, "ask_again", ask_again)
    return ()


def log_does_not_know_its_key(patch: Patch) -> Sql:
    """Nor is the card gone with it."""
    add, number = MeetingTable.add, itertools.count()

    async def add_anew(self: MeetingTable, *, key: str, **values: Any) -> Any:
        return await add(self, key=f"{key}/{next(number)}", **values)

    patch.setattr(MeetingTable, "add", add_anew)
    patch.setattr(MeetingTable, "by_key", _nothing)
    patch.setattr(CardTable, "drop", _nothing)
    return ()


def a_move_reminds_of_everything_anew(patch: Patch) -> Sql:
    """Beside what waits already: the keys are not kept."""
    move = Desk.move

    async def move_anew(self: Desk, person_id: int, zone: str) -> None:
        await move(self, person_id, zone)
        assert isinstance(self.letters, LetterTable)
        await self.letters._database.execute("update letter set key = null")
        for date in await self.appointments.book.open_with(person_id):
            tandem = await self.tandems.get(date.tandem_id, viewer=person_id)
            await self.appointments.news.remind(tandem, date, self.now())

    patch.setattr(Desk, "move", move_anew)
    return ()


def what_was_interrupted_is_not_marked(patch: Patch) -> Sql:
    sql = "update letter set state = 'pending' where state = 'sending'"
    patch.setitem(storage.letters._SQL, "interrupted", sql)
    return ()


def cancel_does_nothing(patch: Patch) -> Sql:
    patch.setattr(LetterTable, "cancel", _nothing)
    return ()


def letters_are_of_use_for_ever(patch: Patch) -> Sql:
    add = LetterTable.add
    patch.setattr(
        LetterTable, "add", lambda self, letter: add(self, replace(letter, useful_until=None))
    )
    return ()


def the_evening_is_an_hour_early(patch: Patch) -> Sql:
    patch.setattr(mentoring.reminders, "EVENING", time(17))
    return ()


def what_is_late_already_is_said(patch: Patch) -> Sql:
    remind = DateNews.remind

    async def remind_of_all(
        self: DateNews, tandem: Tandem, date: Appointment, _now: object
    ) -> None:
        await remind(self, tandem, date, EARLY)

    patch.setattr(DateNews, "remind", remind_of_all)
    return ()


def letters_leave_now(patch: Patch) -> Sql:
    def now(_priority: object, now: datetime, *_more: object) -> datetime:
        return now

    patch.setattr(bot.sorting, "leaves_at", now)
    return ()


def whoever_comes_back_stays_without_letters(patch: Patch) -> Sql:
    patch.setitem(storage.people._LETTERS, "arrived", "select :chat_id")
    return ()


def a_closed_chat_is_open(patch: Patch) -> Sql:
    """What was refused is due anew at once."""
    patch.setitem(storage.people._SQL, "unreach", "select id from person where :departed < :id")
    return ()


def a_handler_answers_nothing(patch: Patch) -> Sql:
    async def show_nothing(_context: object, _appointment: Appointment, *_said: object) -> int:
        return END

    patch.setattr(handlers.next_date, "_show", show_nothing)
    return ()


def a_handler_raises(patch: Patch) -> Sql:
    async def fail(_context: object, _appointment: Appointment, *_said: object) -> int:
        raise RuntimeError

    patch.setattr(handlers.next_date, "_show", fail)
    return ()


def no_date_is_known(patch: Patch) -> Sql:
    patch.setattr(AppointmentTable, "open_of", _nothing)
    return ("drop index appointment_open",)


def what_was_taken_back_counts(patch: Patch) -> Sql:
    sql: str = storage.meetings._SQL["total"]
    patch.setitem(storage.meetings._SQL, "total", sql.replace("undone_at is null", "1 = 1"))
    return ()


def possible_repeats_do_not_say_so(patch: Patch) -> Sql:
    def unmarked(outgoing: Outgoing, _language: str) -> Outgoing:
        return outgoing

    patch.setattr(bot.house, "marked", unmarked)
    return ()


def somebody_sends_past_the_post_office(patch: Patch) -> Sql:
    take = Intake.take

    async def take_and_send(self: Intake, updates: Any) -> None:
        await take(self, updates)
        await self._application.bot.send_message(updates[-1].effective_chat.id, "👋")

    patch.setattr(Intake, "take", take_and_send)
    return ()


DEFECTS: dict[Callable[[Patch], Sql], str] = {
    settle_is_not_called: "asked",
    what_was_taken_back_stays_answered: "again",
    a_question_has_one_key_for_ever: "again",
    log_does_not_know_its_key: "meeting",
    a_move_reminds_of_everything_anew: "once",
    what_was_interrupted_is_not_marked: "once",
    cancel_does_nothing: "cancelled",
    letters_are_of_use_for_ever: "window",
    the_evening_is_an_hour_early: "window",
    what_is_late_already_is_said: "window",
    letters_leave_now: "manners",
    whoever_comes_back_stays_without_letters: "forgotten",
    a_closed_chat_is_open: "end",
    a_handler_answers_nothing: "answer",
    a_handler_raises: "aside",
    no_date_is_known: "open",
    what_was_taken_back_counts: "total",
    possible_repeats_do_not_say_so: "witness",
    somebody_sends_past_the_post_office: "witness",
}
"""Each with the promise that it breaks."""
