"""Defects planted for the proofs of a host's faults: the same bot, with a promise of it broken.

Started by a test as `-m tests.faults.served_defects <name>+<name> bot run`; nothing of this is in
the bot.
"""

import runpy
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from telegram import Update
from telegram.error import Conflict, NetworkError

import bot.house
import bot.intake
import bot.verdicts
import storage.database
import storage.letters
from bot.arrivals import Arrivals
from bot.gate import Gate
from bot.polling import Polling
from handlers.outgoing import Outgoing
from storage.database import Lock
from storage.instants import instant
from storage.intake import IntakeTable
from storage.letters import LetterTable, Look, Waiting
from storage.trips import Row

MEGABYTE = 1024 * 1024


def _plant(where: object, name: str, what: object) -> None:
    setattr(where, name, what)


def the_pace_stands_still_when_told_to() -> None:
    """No defect: for a test that counts, SIGUSR1 stops the seconds of the gate."""
    stood: list[float] = []
    signal.signal(signal.SIGUSR1, lambda *_: stood.append(time.monotonic()))
    _plant(bot.house, "Gate", lambda: Gate(lambda: stood[0] if stood else time.monotonic()))


def the_gate_is_open() -> None:
    _plant(bot.house, "Gate", Gate.open)


def what_came_is_kept_in_memory() -> None:
    take, kept = Arrivals.take, list[bytes]()

    async def take_and_keep(self: Arrivals, updates: Sequence[Update]) -> None:
        kept.append(b"x" * MEGABYTE)
        await take(self, updates)

    _plant(Arrivals, "take", take_and_keep)


def what_fails_is_confirmed() -> None:
    """A commit that fails is believed to be none of intake's business."""
    take = Arrivals.take

    async def take_or_not(self: Arrivals, updates: Sequence[Update]) -> None:
        with suppress(sqlite3.Error):
            await take(self, updates)

    _plant(Arrivals, "take", take_or_not)


def nothing_is_flushed() -> None:
    _pragma("synchronous", "off")


def nobody_waits_for_a_lock() -> None:
    _pragma("busy_timeout", "0")
    _plant(storage.database, "_BUSY_TIMEOUT", "pragma busy_timeout = 0")


def _pragma(name: str, value: str) -> None:
    """In place of ours."""
    others = (each for each in storage.database._PRAGMAS if name not in each)
    _plant(storage.database, "_PRAGMAS", (*others, f"pragma {name} = {value}"))


def nobody_takes_the_lock() -> None:
    _plant(Lock, "take", lambda _self: True)


def a_conflict_is_tried_again() -> None:
    """As if the network were to blame."""
    fetch = Polling._fetch

    async def fetch_again(self: Polling) -> Sequence[Update]:
        try:
            return await fetch(self)
        except Conflict as error:
            raise NetworkError(str(error)) from None

    _plant(Polling, "_fetch", fetch_again)


def smaller_numbers_are_old() -> None:
    """And confirmed unread."""
    hand_over = Polling._hand_over

    async def hand_over_new(self: Polling, updates: Sequence[Update]) -> None:
        new = [each for each in updates if each.update_id >= (self._offset or 0)]
        await hand_over(self, new)
        if updates:
            self._offset = updates[-1].update_id + 1

    _plant(Polling, "_hand_over", hand_over_new)


def a_press_has_no_key() -> None:
    import pytest

    from tests.faults.machine_defects import log_does_not_know_its_key

    log_does_not_know_its_key(pytest.MonkeyPatch())


def an_answer_waits_for_its_hour() -> None:
    """Like any other letter; its hour is to come once more when a clock was set back."""
    due = storage.letters._SQL["due"]
    storage.letters._SQL["due"] = due.replace("priority = 0", "priority = 0 and due_at <= :now")


def what_was_sent_ahead_of_the_clock_is_due() -> None:
    """Who goes by hours, and not by what was done, sends it again."""
    look = LetterTable.look
    again = (
        "update letter set state = 'pending' "
        "where state = 'sent' and priority > 0 and done_at > :now + 60"
    )

    async def look_by_the_hour(self: LetterTable, **given: Any) -> Look:
        await self._database.execute(again, {"now": int(self.now().timestamp())})
        return await look(self, **given)

    sent = storage.letters._SQL["sent"]
    storage.letters._SQL["sent"] = sent.replace("args = '', ", "")
    _plant(LetterTable, "look", look_by_the_hour)


def what_is_late_is_dropped() -> None:
    """By a minute, as by a timer that has no grace."""
    minute = timedelta(minutes=1)
    _read_letters(lambda each, due: replace(each, useful_until=due + minute))


def reminders_are_of_use_for_ever() -> None:
    _read_letters(lambda each, _due: replace(each, useful_until=None))


def _read_letters(change: Callable[[Waiting, datetime], Waiting]) -> None:
    """All but answers, whenever they were written."""
    read = storage.letters._waiting

    def read_otherwise(row: Row) -> Waiting:
        found = read(row)
        return change(found, instant(row["due_at"])) if found.priority else found

    _plant(storage.letters, "_waiting", read_otherwise)


def what_was_not_sent_is_in_doubt() -> None:
    _plant(bot.verdicts, "is_unsent", lambda _error: False)


def what_cannot_be_read_stops_all() -> None:
    def read(self: Arrivals, update: dict[str, Any]) -> Update:
        found: Update = Update.de_json(update, self._bot)
        return found

    _plant(Arrivals, "read", read)


def what_raises_stops_all() -> None:
    async def set_aside(_self: IntakeTable, *, error: str, **_more: object) -> None:
        raise RuntimeError(error)

    _plant(IntakeTable, "set_aside", set_aside)


def what_went_wrong_is_glossed_over() -> None:
    def gloss_over(*_given: object, **_named: object) -> Outgoing:
        return Outgoing("send_message", {"text": "✅"})

    _plant(bot.intake, "apology", gloss_over)


if __name__ == "__main__":
    _, names, module, *words = sys.argv
    for name in names.split("+"):
        globals()[name]()
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
