"""kill -9 at a hundred instants while twenty people play: nothing lost, nothing twice."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.sweep import SLEEPERS, Sweep, sweep
from tests.faults.sweep_checks import (
    defects,
    doubled,
    forgotten,
    reminders,
    repeats,
    unanswered,
    unmarked,
)
from tests.faults.sweep_kills import Moment

KILLS = int(os.environ.get("TANDEM_KILLS", "100"))
SEED = int(os.environ.get("TANDEM_SEED", "20260309"))


def report(it: Sweep) -> None:
    """For `pytest -s` and for a failure."""
    record = it.record
    print(  # noqa: T201
        f"\n{it.kills} kills in {it.seconds:.0f} s, {it.updates} updates, "
        f"{sum(len(phone.heard) for phone in it.phones)} messages and edits, "
        f"{repeats(it)} marked repeats, {len(record.saved)} meetings, "
        f"{len(record.corrected)} corrected, {len(record.contested)} contested, "
        f"{len(record.undone)} undone, {len(record.answered)} answers, "
        f"{len(record.arrived)} arrivals, {len(record.paired)} tandems, {reminders(it)} reminders; "
        f"{it.killer.in_transit} with a send accepted and not answered, {it.killer.late} late; "
        f"most departures of a letter: {it.rows('select max(tries) from letter')[0][0]}; "
        f"{', '.join(f'{moment}: {n}' for moment, n in sorted(it.killer.struck.items()))}"
    )


async def test_no_kill_loses_or_doubles_anything(tmp_path: Path) -> None:
    it = await sweep(tmp_path, seed=SEED, kills=KILLS)
    report(it)
    assert defects(it) == []
    assert it.kills == KILLS
    assert repeats(it) > 0
    if it.seconds > 150:
        assert reminders(it) == 2 * SLEEPERS
    if len(Moment) <= KILLS:
        assert set(it.killer.struck) == set(Moment)


@pytest.mark.parametrize(
    ("defect", "moments", "enough", "sees"),
    [
        ("confirm_before_commit", tuple(Moment), forgotten, unanswered),
        ("no_mark", tuple(Moment), unmarked, unmarked),
        # Few updates are repeated by chance: these kills keep Telegram from hearing "done".
        ("nothing_seen", (Moment.CONFIRM_BEFORE,), doubled, doubled),
    ],
)
async def test_the_sweep_finds_a_planted_defect(
    tmp_path: Path,
    defect: str,
    moments: tuple[Moment, ...],
    enough: Callable[[Sweep], list[str]],
    sees: Callable[[Sweep], list[str]],
) -> None:
    command = ("-m", "tests.faults.sweep_defects", defect)
    it = await sweep(
        tmp_path,
        seed=SEED,
        kills=40,
        command=command,
        moments=moments,
        enough=lambda it: bool(enough(it)),
    )
    report(it)
    assert sees(it) != []
