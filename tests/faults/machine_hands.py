"""The hands of the machine: how people press and type, how hours pass, and how it all ends.

Every deed is a window of the world, and after each all promises are looked at.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from tests.dialogues.people import Someone
from tests.faults.machine_checks import Checks
from tests.faults.machine_world import World

WHO = ("mentor", "mentor", "mentee", "mentee", "other mentor", "coordinator", "invited")
"""Whoever is named twice does twice as much."""

Meant = Callable[[str, bool], bool]
"""Whether a button of this data, in the newest message or not, is the one to press."""


class Hands(RuleBasedStateMachine):
    """No rules yet.

    With a planted defect: `sql` is what it changes in the tables, `only` the promise it breaks.
    """

    sql: tuple[str, ...] = ()
    only: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world: World | None = None
        self.last: tuple[Someone, dict[str, Any], datetime] | None = None
        self.is_broken = False

    def open_world(self, start: datetime) -> None:
        self.world = self.runner.run(World.begin(start, self.sql))
        self.checks = Checks(self.world, self.only)

    def teardown(self) -> None:
        try:
            if self.world is not None and not self.is_broken:
                self.run_out()
        finally:
            if self.world is not None:
                self.runner.run(self.world.end())
            self.runner.close()

    @property
    def opened(self) -> World:
        assert self.world is not None
        return self.world

    # People.

    def send(self, name: str, update: Callable[[Someone], dict[str, Any]]) -> None:
        someone = self.open_chat(name)
        self.take(someone, [update(someone)])

    def take(self, someone: Someone, updates: list[dict[str, Any]], *, is_new: bool = True) -> None:
        take = self.opened.programme.take
        self.do(lambda: take(*updates), by=someone, updates=updates, is_new=is_new)
        self.last = someone, updates[-1], self.opened.clock()

    def open_chat(self, name: str) -> Someone:
        """Whoever does something has the chat open."""
        someone = self.opened.people[name]
        self.opened.wire.blocked.discard(someone.chat_id)
        return someone

    def buttons(self, name: str, is_meant: Meant) -> list[tuple[int, str]]:
        """Buttons of that chat as (message, data), the newest first, each once."""
        buttons = self.opened.wire.buttons[self.opened.people[name].chat_id]
        newest = buttons[-1][0] if buttons else 0
        found = [each for each in reversed(buttons) if is_meant(each[1], each[0] == newest)]
        return list(dict.fromkeys(found))

    def press_data(self, name: str, data: str, message_id: int = 100) -> None:
        self.send(name, lambda someone: someone.press_data(data, message_id))

    def press_one_of(self, name: str, is_meant: Meant, number: int = 0) -> None:
        found = self.buttons(name, is_meant)
        if found:
            message_id, data = found[number % len(found)]
            self.press_data(name, data, message_id)

    def press(self, name: str, tag: str, age: int = 0) -> None:
        self.press_one_of(name, lambda data, _newest: data.split(":")[0] == tag, age)

    def say(self, name: str, text: str) -> None:
        self.send(name, lambda someone: someone.message(text=text))

    def begin_with(self, name: str, command: str, tag: str, tandem: int) -> None:
        """A command, and which tandem, where there are several."""
        self.say(name, command)
        choice = self.buttons(name, lambda data, newest: newest and data.startswith(f"{tag}:"))
        if len(choice) > 1:
            message_id, data = choice[tandem % len(choice)]
            self.press_data(name, data, message_id)

    def agree(self, name: str) -> None:
        """Whoever was asked last says yes."""
        for other in dict.fromkeys(WHO):
            if other != name and self.buttons(
                other, lambda data, newest: newest and data.startswith("d.yes")
            ):
                self.press(other, "d.yes")

    # The hours.

    def do(self, deed: Callable[[], Awaitable[None]], **about: Any) -> None:
        async def look() -> None:
            await self.checks.look(await self.opened.window(deed, **about))

        try:
            self.runner.run(look())
        except BaseException:
            self.is_broken = True
            raise

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.runner.run(self.opened.programme.rows(sql))

    def due(self) -> list[datetime]:
        """When what waits is due, the next first."""
        sql = "select distinct due_at from letter where state = 'pending' order by due_at"
        return [datetime.fromtimestamp(row[0], UTC) for row in self.rows(sql)]

    def go_to(self, instant: datetime) -> None:
        async def go() -> None:
            self.opened.clock.at = instant

        self.do(go)

    def go_to_next(self, number: int, just: timedelta = timedelta(0)) -> None:
        """To just before, at or after an instant at which a letter that waits is due."""
        instants = self.due()
        if instants:
            self.go_to(instants[min(number, len(instants) - 1)] + just)

    def run_out(self) -> None:
        """Everybody comes back, and time runs on until nothing waits."""
        for name in dict.fromkeys(WHO):
            self.send(name, lambda someone: someone.status("member"))
        for _ in range(60):
            ahead = [instant for instant in self.due() if instant > self.opened.clock()]
            if not ahead:
                return
            self.go_to(ahead[0])
        raise AssertionError("letters wait without an end")
