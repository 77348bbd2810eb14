"""What must hold after every window of the machine; each promise has its name.

meeting    one meeting per confirmation, none without, and every "Saved" is one
once       a reminder reaches a person once per version of its date, or says that it may be a repeat
window     nothing leaves before it is due or after it is of use
manners    quiet hours, Sundays and the weekly budget of the classes
cancelled  nothing reminds of a date that was moved or called off
asked      nobody is asked whether they met when that is answered
again      whoever can be reached is asked anew when the answer was taken back
forgotten  whoever can be reached is reminded
answer     every new update is answered, a repeated one does nothing
aside      no update fails, no letter fails
open       a tandem has one open date at most
total      totals shown are those of the rows
witness    what left is what the wire heard, and says so if it may be a repeat
end        nothing is sent again and again (the world sees to this one)
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.buttons import unpack
from handlers.calendar import Nothing
from handlers.date_text import Met, NotMet
from handlers.meeting_card import Same
from handlers.meeting_text import total_line
from locales import LANGUAGES, speech
from mentoring.logbook import Total
from storage.instants import instant
from tests.dialogues.people import plain
from tests.faults.machine_memory import Memory
from tests.faults.machine_rows import (
    REMINDERS,
    chat_of,
    due_of,
    is_open,
    reminders_in,
    said,
    stands,
    totals_of,
    version_of,
)
from tests.faults.machine_talk import confirmation_of, short, tap_of, words
from tests.faults.machine_world import Broken, Facts, Window, World

SAVED = {plain(speech(language)("✅ Saved")) for language in LANGUAGES}
TOTALS = {
    plain(total_line(speech(language), Total(1, 60))).partition(":")[0] for language in LANGUAGES
}


@dataclass
class Checks:
    """Remembers what people were told, and looks at every window; at one promise `only`, if any."""

    world: World
    only: str | None = None

    def __post_init__(self) -> None:
        self.memory = Memory(self.world.clock())

    async def look(self, window: Window) -> None:
        """Raises Broken for the first promise that does not hold."""
        self.memory.take_in(window, self.world.clock())
        for name, found in (
            ("aside", await self._aside()),
            ("open", self._open(window)),
            ("meeting", self._meeting(window)),
            ("asked", self._asked(window)),
            ("cancelled", [*self._cancelled(window), *await self._waiting(window)]),
            ("once", self._once(window)),
            ("window", self._window(window)),
            ("manners", self._manners(window)),
            ("answer", self._answer(window)),
            ("total", self._total(window)),
            ("witness", self._witness(window)),
            ("forgotten", self._forgotten(window)),
            ("again", self._again(window)),
        ):
            for wrong in found:
                if self.only in (None, name):
                    raise Broken(f"[{name}] {wrong}")

    async def _aside(self) -> list[str]:
        rows = self.world.programme.rows
        failed = "select kind, error from letter where state = 'failed' and error <> 'unreachable'"
        return [
            *(f"an update was set aside: {row}" for row in await rows("select error from aside")),
            *(f"a letter failed: {row}" for row in await rows(failed)),
        ]

    def _open(self, window: Window) -> list[str]:
        count = Counter(
            date["tandem_id"] for date in window.after.appointments.values() if is_open(date)
        )
        return [f"tandem {key} has {found} open dates" for key, found in count.items() if found > 1]

    async def _waiting(self, window: Window) -> list[str]:
        """Also of what only waits yet, and may come to somebody."""
        latest = int(self.memory.latest.timestamp())
        sql = (
            "select kind, json_extract(args, '$.date'), json_extract(args, '$.version'), key "
            f"from letter where state in ('pending', 'absent') and kind in {REMINDERS} "
            f"and useful_until > {latest}"
        )
        found = []
        for kind, date_id, version, key in await self.world.programme.rows(sql):
            date = window.after.appointments[date_id]
            if not stands(kind, date) or date["sequence"] != version:
                found.append(f"{kind} ({key}) waits, the date stands as {said(date)}")
        return found

    def _meeting(self, window: Window) -> Iterator[str]:
        tap = tap_of(window)
        confirmation = confirmation_of(tap)
        new = window.new_meetings
        for row in new:
            if confirmation is None or window.by is None:
                yield f"nobody confirmed meeting {row['id']}: {tap}"
            elif self._is_used(confirmation, window) or len(new) > 1:
                yield f"{confirmation} has made meetings {self.memory.confirmed} and {row['id']}"
            elif row["logged_by"] != window.by.person_id:
                yield f"meeting {row['id']} is not by {window.by.name}, who confirmed it"
            else:
                self.memory.confirmed[confirmation] = row["id"]
        saved = [each for each in window.heard if each.arrived and words(each)[0] in SAVED]
        if new and not saved:
            yield f"meeting {new[0]['id']} was saved and nobody was told"
        if saved and self._saved(window, tap, confirmation) is None:
            yield f"Saved was said, and there is no such meeting: {tap}"

    def _is_used(self, confirmation: object, window: Window) -> bool:
        """A card makes one meeting; a date may be answered anew when its answer was undone."""
        known = self.memory.confirmed.get(confirmation)
        is_undone = known is not None and window.before.meetings[known]["undone_at"] is not None
        may_come_again = isinstance(confirmation, tuple) and confirmation[0] == "date"
        return known is not None and not (may_come_again and is_undone)

    def _saved(self, window: Window, tap: object, confirmation: object) -> int | None:
        """The meeting that a "Saved" is about."""
        meetings, dates = window.after.meetings, window.after.appointments
        match tap:
            case Same(meeting_id=meeting_id):
                found: int | None = meeting_id
            case Met(appointment_id=date_id) | NotMet(appointment_id=date_id):
                found = dates[date_id]["meeting_id"]
            case _:
                found = self.memory.confirmed.get(confirmation)
        return found if found in meetings else None

    def _asked(self, window: Window) -> Iterator[str]:
        for each, date in reminders_in(window):
            answer = window.after.meetings.get(self.memory.answered.get(version_of(date), 0))
            if each.kind == "date_over" and answer and answer["undone_at"] is None:
                yield f"person {each.person_id} is asked about {said(date)}, which is answered"

    def _cancelled(self, window: Window) -> Iterator[str]:
        for each, date in reminders_in(window):
            if not stands(each.kind, date) or date["sequence"] != each.args["version"]:
                yield f"{each.kind} to person {each.person_id}: the date stands as {said(date)}"

    def _once(self, window: Window) -> Iterator[str]:
        for key in {
            (each.person_id, *version_of(date), each.kind) for each, date in reminders_in(window)
        }:
            unmarked = [each for each in self.memory.reminded[key] if not each.repeat]
            # Its answer was taken back: the question may come once more.
            more = self.memory.asked_again[key[1:3]] if key[3] == "date_over" else 0
            if len(unmarked) > 1 + more:
                yield f"{key} has left {len(unmarked)} times, unmarked"

    def _window(self, window: Window) -> Iterator[str]:
        now = self.world.clock()
        for each in window.departures:
            if each.priority > 0 and now < instant(each.due_at):
                yield f"{each.kind} left at {now}, due at {instant(each.due_at)}"
            if each.useful_until is not None and now >= instant(each.useful_until):
                yield f"{each.kind} left at {now}, useful until {instant(each.useful_until)}"
        for each, date in reminders_in(window):
            assert each.person_id is not None
            zone = window.after.people[each.person_id]["zone"]
            due, until = due_of(date, zone)[each.kind]
            life = self.memory.lives.get(version_of(date))
            if life and not life.plans(each.kind, date, each.person_id):
                yield f"{each.kind} of {said(date)} was too late when that was made, and left"
            if not due <= now < until:
                yield f"{each.kind} of {said(date)} to {zone} left at {now}, not {due} to {until}"

    def _manners(self, window: Window) -> Iterator[str]:
        for each in window.departures:
            if each.priority < 3 or each.person_id is None:
                continue
            zone = ZoneInfo(window.after.people[each.person_id]["zone"])
            local = each.at.astimezone(zone)
            if local.time() >= time(20, 30) or local.time() < time(8):
                yield f"class {each.priority} left at {local}, in quiet hours"
            if each.priority == 3:
                if local.weekday() == 6:
                    yield f"class 3 left at {local}, on a Sunday"
                sent = self.memory.programme[each.person_id].values()
                week = [at for at in sent if at > each.at - timedelta(days=7)]
                if len(week) > 2:
                    yield f"class 3 left {len(week)} times within a week"

    def _answer(self, window: Window) -> Iterator[str]:
        spoken = [each for each in window.updates if "my_chat_member" not in each]
        if window.by is None or not spoken:
            return
        chat_id, person_id = window.by.chat_id, window.by.person_id
        answers = [
            each
            for each in window.departures
            if each.kind == "answer" and each.speaks and chat_id == chat_of(each, window.after)
        ]
        heard = [each for each in window.heard if each.chat_id == chat_id and each.arrived]
        if not window.is_new:
            if window.is_clean and answers:
                yield f"a repeated update of person {person_id} was answered: {short(spoken)}"
        elif not isinstance(tap_of(window), Nothing) and not (answers and heard):
            yield f"person {person_id} was not answered: {short(spoken)}"

    def _total(self, window: Window) -> Iterator[str]:
        for each in window.heard:
            shown = {line for line in words(each) if line.partition(":")[0] in TOTALS}
            if not shown:
                continue
            owners = [
                key for key, row in window.after.people.items() if row["chat_id"] == each.chat_id
            ]
            right = {
                plain(total_line(speech(language), total))
                for language in LANGUAGES
                for facts in (window.before, window.after)
                for total in totals_of(facts, owners)
            }
            if not shown <= right:
                yield f"{shown - right} is shown"

    def _witness(self, window: Window) -> Iterator[str]:
        yield from self._marks(window)
        if not window.is_clean:
            return
        left = Counter(chat_of(each, window.after) for each in window.departures if each.speaks)
        heard = Counter(each.chat_id for each in window.heard)
        if left != heard:
            yield f"{left} left and {heard} came"
        asked = sum(any(isinstance(unpack(b), Met) for b in each.buttons) for each in window.heard)
        over = sum(each.kind == "date_over" for each in window.departures)
        if asked != over:
            yield f"{over} questions left and {asked} came"

    def _marks(self, window: Window) -> Iterator[str]:
        """What may come twice says so; what the process died over left and was not heard."""
        marked = sum(plain(each.text).startswith("<i>↻") for each in window.heard)
        repeats = [
            each
            for each in window.departures
            if each.repeat and each.speaks and each.args.get("method") != "edit_message_text"
        ]
        at_least = (
            repeats if window.is_clean else {e.letter_id for e in repeats if e.state == "sent"}
        )
        if not len(at_least) <= marked <= len(repeats):
            yield f"{len(repeats)} possible repeats left and {marked} are marked"

    def _forgotten(self, window: Window) -> Iterator[str]:
        """Of a date that has stood since before the reminder, to somebody who is there now."""
        now, facts = self.world.clock(), window.after
        if not window.is_clean:
            return
        for date in facts.appointments.values():
            if not is_open(date):
                continue
            version = version_of(date)
            life = self.memory.lives[version]
            for person_id, person in self._present(date, facts):
                if not person["reachable"]:
                    yield f"person {person_id} has come back, and is not written to"
                for kind, (due, until) in due_of(date, person["zone"]).items():
                    is_useful = due <= now and max(now, life.latest) < until
                    is_planned = life.plans(kind, date, person_id)
                    if (
                        is_planned
                        and is_useful
                        and not self.memory.reminded[(person_id, *version, kind)]
                    ):
                        yield f"{kind} of {said(date)} has not come to person {person_id}"

    def _again(self, window: Window) -> Iterator[str]:
        """As soon as it was taken back, or as the date is over, for a week after that."""
        now, facts = self.world.clock(), window.after
        if not window.is_clean:
            return
        for date in facts.appointments.values():
            taken = self.memory.taken_back.get(version_of(date))
            if taken is None:
                continue
            for person_id, person in self._present(date, facts):
                due, until = due_of(date, person["zone"])["date_over"]
                is_useful = max(taken.at, due) <= now and taken.latest < until
                if is_useful and person_id not in taken.asked:
                    yield f"person {person_id} is not asked anew about {said(date)}"

    def _present(self, date: dict[str, Any], facts: Facts) -> Iterator[tuple[int, dict[str, Any]]]:
        """Its people who have a chat with the bot, and have not closed it."""
        for person_id in facts.members[date["tandem_id"]]:
            person = facts.people[person_id]
            if person["chat_id"] not in (None, *self.world.wire.blocked):
                yield person_id, person
