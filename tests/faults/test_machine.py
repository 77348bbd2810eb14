"""The machine plays at random and finds no broken promise; planted ones it finds.

TANDEM_EXAMPLES=1000 plays longer than CI does.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import Machine
from tests.faults.machine_defects import DEFECTS, Patch, Sql
from tests.faults.machine_world import Broken

EXAMPLES = int(os.environ.get("TANDEM_EXAMPLES", "80"))
BATCH = 10
"""Of one seed; after so many, Hypothesis would play variants of what it has played."""
SEARCH = 200

PLAY = settings(
    max_examples=BATCH,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    # What is found is said as it was found: making it small takes minutes.
    phases=[Phase.generate],
)


def play(examples: int, sql: Sql = (), only: str | None = None) -> None:
    for number in range(-(-examples // BATCH)):
        machine: Any = type("Machine", (Machine,), {"sql": sql, "only": only})
        run_state_machine_as_test(seed(number)(machine), settings=PLAY)


def test_every_promise_holds_whatever_happens() -> None:
    play(EXAMPLES)


@pytest.mark.parametrize(
    ("defect", "promise"), DEFECTS.items(), ids=lambda it: getattr(it, "__name__", it)
)
def test_a_planted_defect_is_found(
    defect: Callable[[Patch], Sql], promise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = defect(monkeypatch)
    with pytest.raises(Broken, match=rf"^\[{promise}\] "):
        play(SEARCH, sql, promise)
