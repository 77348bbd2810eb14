"""The machine: random people, hours and accidents over the real application.

Each rule is one window or a few. After every window all promises of `machine_checks` are looked
at; at the end the time runs on until nothing waits any more.
"""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from bot.house import forget_old
from handlers.buttons import all_taps
from locales import LANGUAGES
from mentoring.letters import Priority
from tests.faults.branch import Classed
from tests.faults.machine_hands import WHO, Hands

STARTS = (
    datetime(2026, 3, 9, 17, 0, tzinfo=UTC),
    datetime(2026, 3, 27, 16, 30, tzinfo=UTC),  # before the short night
    datetime(2026, 10, 23, 15, 30, tzinfo=UTC),  # before the long one
    datetime(2026, 6, 20, 19, 10, tzinfo=UTC),  # a Saturday evening, in quiet hours
)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "America/St_Johns",
    "Pacific/Kiritimati",
)
EDITED = "Hallo?"
TEXTS = (
    "/meeting", "/tandem", "/menu", "/help", "/cancel", "/language", "/privacy", "/start",
    "/invite", "/nonsense", "/start nonsense", "02:30", "17:15", "23:45", "0:05", "75", "5",
    "29.3.", "Montag", "Café Central", "Neue Person", EDITED, "", " ", "\x00", "\ud800",
    "\u202eabc", "<b>&", "x" * 4096, "👩\u200d👩\u200d👧" * 40,
)  # fmt: skip
TAGS = (
    "m.save", "m.save", "m.save", "d.same", "d.same", "d.yes", "d.yes", "d.save", "d.save", "d.new",
    "d.stop", "d.off", "d.off", "met", "met", "notmet", "notmet", "undo", "undo", "object",
    "concede", "agree", "fix", "m.another", "m.same", "m.moved", "m.none", "m.held", "m.day",
    "m.time", "m.len", "meet", "tandem", "tandem1", "d.file", "n.both", "m.view", "ask", "answer",
    "make", "nop",
)  # fmt: skip
VALUES = ("0", "1", "2", "3", "-1", "9" * 20, "x", "", "2026-03-29", "2026-02-30", "0230", "2560")
SPANS = tuple(
    timedelta(**{unit: number})
    for unit, numbers in (("minutes", (1, 30)), ("hours", (1, 5, 13)), ("days", (1, 2, 6, 13)))
    for number in numbers
)
JUST = tuple(timedelta(seconds=seconds) for seconds in (-1, 0, 1, 60, 3600, 7200))
SECOND = timedelta(seconds=1)

LOGS = ("m.save", "m.save", "m.save", "m.moved", "m.none")
THEN = ("nothing", "again", "undone", "undone", "proposed", "agreed", "agreed")
TIMES = ("17:15", "02:30", "23:45", "0:05", "12")
DAYS = (0, 0, 1, 2, 3, 7, 13, 21)
DEATHS = (None, None, "before", "after", "after")

who = st.sampled_from(WHO)
member = st.sampled_from(("mentor", "mentee", "other mentor", "mentor", "mentee", "invited"))
value = st.sampled_from(VALUES)
index = st.integers(0, 60)
recent = st.sampled_from((0, 0, 0, 0, 1, 2, 5))
just = st.sampled_from(JUST)


class Machine(Hands):
    """Everything that may happen."""

    @initialize(start=st.sampled_from(STARTS), dates=st.integers(0, 2))
    def begin(self, start: datetime, dates: int) -> None:
        """With so many dates agreed on already."""
        self.open_world(start)
        for tandem in range(dates):
            self.log("mentor", tandem, "m.save", "agreed")

    # What people do.

    @rule(name=who, number=index)
    def tap_shown(self, name: str, number: int) -> None:
        """A button of the newest message that has any."""
        self.press_one_of(name, lambda _data, newest: newest, number)

    @rule(name=who, tag=st.sampled_from(TAGS), age=recent)
    def tap(self, name: str, tag: str, age: int) -> None:
        """A button of that kind, the newest or an older one, whatever has become of it."""
        self.press(name, tag, age)

    @rule(name=who, owner=who, number=index)
    def tap_stale(self, name: str, owner: str, number: int) -> None:
        """Any button that there ever was in a chat, be it another's."""
        buttons = self.opened.wire.buttons[self.opened.people[owner].chat_id]
        if buttons:
            message_id, data = buttons[-1 - number % len(buttons)]
            self.press_data(name, data, message_id)

    @rule(name=who, tag=st.sampled_from(sorted(all_taps())), values=st.lists(value, max_size=3))
    def forge(self, name: str, tag: str, values: list[str]) -> None:
        self.press_data(name, ":".join((tag, *values)))

    @rule(name=who, text=st.sampled_from(TEXTS))
    def type(self, name: str, text: str) -> None:
        """A text, or what is none."""
        content: dict[str, object] = (
            {"text": text} if text else {"dice": {"emoji": "🎲", "value": 1}}
        )
        kind = "edited_message" if text == EDITED else "message"
        self.send(name, lambda someone: someone.message(kind, **content))

    @rule(name=member, tandem=index, how=st.sampled_from(LOGS), then=st.sampled_from(THEN))
    def log(self, name: str, tandem: int, how: str, then: str) -> None:
        """What most people do: save, in two weeks at the same time, that fits."""
        self.begin_with(name, "/meeting", "meet", tandem)
        self.press(name, how)
        match then:
            case "again":
                self.come_again("new id")
            case "undone":
                self.press(name, "undo")
                self.begin_with(name, "/tandem", "tandem1", tandem)
            case "proposed" | "agreed":
                self.press(name, "d.same")
        if then == "agreed":
            self.agree(name)

    @rule(
        name=member,
        tandem=index,
        day=st.sampled_from(DAYS),
        time=st.sampled_from(TIMES),
        agreed=st.booleans(),
        zone=st.none() | st.sampled_from(ZONES),
    )
    def propose(
        self, name: str, tandem: int, day: int, time: str, agreed: bool, zone: str | None
    ) -> None:
        """Another date: a day that is offered, and a typed time. Then perhaps they move away."""
        self.begin_with(name, "/tandem", "tandem1", tandem)
        self.press(name, "d.new")
        self.press(name, "m.day", day)
        self.say(name, time)
        self.press(name, "d.save")
        if agreed:
            self.agree(name)
        if zone:
            self._move(name, zone)

    @rule(name=member, answer=st.sampled_from(("met", "met", "notmet")), age=recent)
    def answer(self, name: str, answer: str, age: int) -> None:
        """Did you meet?"""
        self.press(name, answer, age)
        if answer == "met":
            self.press(name, "m.save")

    @rule(undone=st.booleans())
    def log_unasked(self, undone: bool) -> None:
        """From the menu, a second before "did you meet?" comes; and perhaps taken back at once."""
        asked = self.rows(
            "select person_id, tandem_id, due_at from letter "
            "join appointment a on a.id = json_extract(args, '$.date') "
            "where kind = 'date_over' and letter.state = 'pending' order by due_at limit 1"
        )
        for person_id, tandem_id, due_at in asked:
            due = datetime.fromtimestamp(due_at, UTC)
            self.go_to(due - SECOND)
            people = self.opened.people.items()
            [name] = [name for name, someone in people if someone.person_id == person_id]
            self.press_data(name, f"meet:{tandem_id}")
            self.press(name, "m.save")
            if undone:
                self.press(name, "undo")
            self.go_to(due)

    @rule(name=who, language=st.sampled_from(LANGUAGES))
    def speak(self, name: str, language: str) -> None:
        self.press_data(name, f"speak:{language}")

    @rule(name=who, how=st.sampled_from(("told", "untold", "back")))
    def block(self, name: str, how: str) -> None:
        """The chat is closed; Telegram says so, or the next message finds out. Or it is open."""
        someone = self.opened.people[name]
        if how == "back":
            self.send(name, lambda someone: someone.status("member"))
            return
        self.opened.wire.blocked.add(someone.chat_id)
        if how == "told":
            self.take(someone, [someone.status("kicked")])

    @rule(name=member, told=st.booleans(), number=recent, just=just)
    def be_away(self, name: str, told: bool, number: int, just: timedelta) -> None:
        """While something comes."""
        self.block(name, "told" if told else "untold")
        self.go_to_next(number, just)
        self.block(name, "back")

    @rule(language=st.sampled_from(LANGUAGES), right=st.booleans())
    def arrive(self, language: str, right: bool) -> None:
        """The invited one opens the link, reads, consents, and looks at the name."""
        self.say("invited", f"/start {self.opened.code}")
        self.press_data("invited", f"read:{self.opened.code}:{language}")
        self.press("invited", "yes")
        self.press("invited", "name" if right else "rename")

    # What Telegram does.

    @rule(how=st.sampled_from(("again", "twice", "new id")))
    def come_again(self, how: str) -> None:
        """The last update once more: with its id, twice with it, or a press with a new one."""
        if self.last is None or self.last[0].chat_id in self.opened.wire.blocked:
            return
        someone, update, at = self.last
        if how == "new id":
            if "callback_query" in update:
                new = someone.press_data("x")["update_id"]
                self.take(someone, [{**update, "update_id": new}])
        elif abs(self.opened.clock() - at) < timedelta(days=1):
            self.take(someone, [update] * (1 + (how == "twice")), is_new=False)

    @rule(name=who, tag=st.sampled_from(TAGS))
    def press_twice(self, name: str, tag: str) -> None:
        """The same press with two ids, in one batch."""
        found = self.buttons(name, lambda data, _newest: data.split(":")[0] == tag)
        if found:
            message_id, data = found[0]
            someone = self.open_chat(name)
            self.take(someone, [someone.press_data(data, message_id) for _ in range(2)])

    # What the host and the hours do.

    @rule(how=st.sampled_from(("in order", "before", "after")))
    def restart(self, how: str) -> None:
        """In order; or the process dies at the next message, before Telegram has it or after."""
        if how == "in order":
            self.do(self.opened.restart)
        else:
            self.opened.wire.dies = how

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span: timedelta) -> None:
        """With a night in it, the daily work is done."""
        self.go_to(self.opened.clock() + span)
        if span >= timedelta(hours=13):
            self.do(lambda: forget_old(self.opened.programme.house))

    @rule(number=recent, just=just, dies=st.sampled_from(DEATHS))
    def wait_for_letter(self, number: int, just: timedelta, dies: str | None) -> None:
        """And perhaps the process dies as the letter leaves."""
        self._agree_on_a_date(number)
        self.opened.wire.dies = dies
        self.go_to_next(number, just)

    @rule(letters=st.integers(2, 6), dies=st.sampled_from(DEATHS))
    def live_through(self, letters: int, dies: str | None) -> None:
        """The next few instants at which something leaves, one by one."""
        self._agree_on_a_date(letters)
        self.opened.wire.dies = dies
        for _ in range(letters):
            self.go_to_next(0)

    @rule(minutes=st.sampled_from((1, 59, 120)))
    def set_back(self, minutes: int) -> None:
        self.go_to(self.opened.clock() - timedelta(minutes=minutes))

    @rule(
        name=member,
        zone=st.sampled_from(ZONES),
        near=st.none() | just,
        dies=st.sampled_from(DEATHS),
    )
    def move(self, name: str, zone: str, near: timedelta | None, dies: str | None) -> None:
        """Perhaps near the instant at which a letter leaves, or while it is in doubt."""
        self._agree_on_a_date(len(name))
        if near is not None:
            self.opened.wire.dies = dies
            self.go_to_next(0, near)
        self._move(name, zone)

    def _move(self, name: str, zone: str) -> None:
        house, person_id = self.opened.programme.house, self.opened.people[name].person_id

        async def move() -> None:
            async with house.database.transaction():
                await house.desk.move(person_id, zone)
                await house.tables.letters.write()

        self.do(move)

    @rule(
        name=who,
        priority=st.sampled_from((Priority.PROGRAMME, Priority.ANNOUNCEMENT)),
        number=st.integers(1, 3),
        hours=st.sampled_from((0, 1, 12, 30)),
    )
    def write_by_hand(self, name: str, priority: Priority, number: int, hours: int) -> None:
        """Letters of the programme; with hours, they are of use for so long."""
        now = self.opened.clock()
        letters = [
            Classed(
                to=self.opened.people[name].person_id,
                kind="welcome",
                of=priority,
                due=now,
                useful_until=now + timedelta(hours=hours) if hours else None,
            )
            for _ in range(number)
        ]
        house = self.opened.programme.house

        async def write() -> None:
            async with house.database.transaction():
                for letter in letters:
                    house.desk.letters.add(letter)
                await house.tables.letters.write()

        self.do(write)

    def _agree_on_a_date(self, tandem: int) -> None:
        """Where nothing waits, so that there is something to wait for."""
        if not self.due():
            self.log("mentor", tandem, "m.save", "agreed")
