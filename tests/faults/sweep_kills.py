"""The process under fire: started again and again, and killed inside its work."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from sandbox.faults import Fault

ROOT = Path(__file__).parents[2]
LATEST = 5.0
"""Seconds after the first look for updates at which a kill comes, if its moment did not."""


class Moment(StrEnum):
    """When a kill falls. `before`: Telegram never hears the call; `after`: only its answer is lost.

    `time` counts from the first look for updates, `any time` from the process's start. A
    confirmation is the getUpdates that takes updates off Telegram's hands; a tap is acknowledged
    just before its transaction.
    """

    MESSAGE_BEFORE = "message before"
    MESSAGE_AFTER = "message after"
    EDIT_BEFORE = "edit before"
    EDIT_AFTER = "edit after"
    CONFIRM_BEFORE = "confirm before"
    CONFIRM_AFTER = "confirm after"
    TAP = "tap"
    TIME = "time"
    ANY_TIME = "any time"


_CALLS = {
    "sendmessage": (Moment.MESSAGE_BEFORE, Moment.MESSAGE_AFTER),
    "sendphoto": (Moment.MESSAGE_BEFORE, Moment.MESSAGE_AFTER),
    "editmessagetext": (Moment.EDIT_BEFORE, Moment.EDIT_AFTER),
    "getupdates": (Moment.CONFIRM_BEFORE, Moment.CONFIRM_AFTER),
    "answercallbackquery": (Moment.TAP,),
}
_TIMED = (Moment.TIME, Moment.ANY_TIME)
_LOST = (Moment.MESSAGE_BEFORE, Moment.EDIT_BEFORE, Moment.CONFIRM_BEFORE)


class Killer:
    """Chooses the moment of each kill from a shuffled deck, and strikes."""

    def __init__(self, rng: random.Random, moments: Sequence[Moment] = tuple(Moment)) -> None:
        self.struck: Counter[Moment] = Counter()
        self.late = 0
        """Kills whose moment did not come: nothing of the kind was sent in time."""
        self.in_transit = 0
        """Kills while Telegram had a send that it had not answered yet."""
        self._moments = moments
        self._rng = rng
        self._deck: list[Moment] = []
        self._process: asyncio.subprocess.Process | None = None
        self._moment: Moment | None = None
        self._countdown = 0
        self._timer: asyncio.TimerHandle | None = None
        self._confirmed = 0
        self._idle = 0
        self._accepted = 0

    async def life(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        """One process, from its start to its death."""
        self._choose()
        process = self._process = await start(command, environment, log)
        if self._moment is Moment.ANY_TIME and self._idle < 2:
            self._strike_in(self._rng.uniform(0, 3))
        try:
            async with asyncio.timeout(60):
                await process.wait()
        finally:
            self._disarm()
            moment, self._moment = self._moment, None
        assert process.returncode == -signal.SIGKILL, f"it ended by itself: {tail_of(log)}"
        assert moment is not None
        if moment in _TIMED or self._countdown <= 0:
            self.struck[moment] += 1
        else:
            self.late += 1
        # A letter is given up after five departures: no row of lives that send nothing whole.
        self._idle = self._idle + 1 if self._accepted < 4 else 0

    def meddle(self, method: str, body: Mapping[str, object]) -> Fault | None:
        """The sandbox asks before each call."""
        name = method.lower()
        if name in ("sendmessage", "sendphoto", "editmessagetext"):
            self._accepted += 1
        elif name == "getupdates":
            if self._timer is None and self._moment is not None:
                self._strike_in(self._seconds())
            offset = int(str(body.get("offset") or 0))
            if offset <= self._confirmed:
                return None
            if self._moment is not Moment.CONFIRM_BEFORE:
                self._confirmed = offset
        if self._moment not in _CALLS.get(name, ()):
            return None
        self._countdown -= 1
        if self._countdown:
            return None
        return self._strike_at_call(self._moment)

    def _strike_at_call(self, moment: Moment) -> Fault | None:
        delay = self._rng.choice([0.0, self._rng.uniform(0, 0.006)])
        if moment in _LOST:
            self._strike()
            return Fault.LOSE_REQUEST
        if moment in (Moment.MESSAGE_AFTER, Moment.EDIT_AFTER):
            self.in_transit += not delay
        if delay and moment is not Moment.CONFIRM_AFTER:
            self._strike_in(delay)
        else:
            self._strike()
        return None

    def _choose(self) -> None:
        if not self._deck:
            self._deck = list(self._moments)
            self._rng.shuffle(self._deck)
        self._moment = self._deck.pop()
        if self._idle >= 2:
            self._countdown = self._rng.randint(8, 14)
        else:
            self._countdown = self._rng.randint(1, 8)
        self._accepted = 0

    def _seconds(self) -> float:
        """From the first look for updates to the kill, if nothing comes before."""
        if self._moment not in _TIMED:
            return LATEST
        return self._rng.uniform(1.5, 3) if self._idle >= 2 else self._rng.uniform(0, 3)

    def _strike_in(self, seconds: float) -> None:
        self._disarm()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._strike)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _strike(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)


def tail_of(log: Path) -> str:
    """What the bot said last."""
    return log.read_text("utf-8", "replace")[-2000:]


async def start(
    command: Sequence[str], environment: dict[str, str], log: Path
) -> asyncio.subprocess.Process:
    """The bot as a child; what it says goes into the log."""
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            sys.executable, *command, env=environment, cwd=ROOT, stdout=file, stderr=file
        )


async def strike_often(
    killer: Killer,
    command: Sequence[str],
    environment: dict[str, str],
    log: Path,
    *,
    kills: int,
    enough: Callable[[], bool],
) -> int:
    """So many lives, or until it is enough; how many it were."""
    for number in range(kills):
        if enough():
            return number
        await killer.life(command, environment, log)
    return kills
