"""The tests of `test_reliability.py` and `test_hours.py` can fail: each does, for its own reason.

The bot has a defect planted (`served_defects.py`), and the very test is played with it.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.faults import test_hours as hours
from tests.faults import test_reliability as host
from tests.faults.served import Served

outage = hours.test_after_an_outage_what_is_still_useful_comes_once_and_what_is_gone_is_not_invented
jumps = hours.test_a_clock_that_jumps_forward_and_back_and_forward_reminds_once
set_back = hours.test_a_clock_that_is_set_back_two_hours_keeps_nobody_waiting
no_sync = host.test_a_disk_that_does_not_take_a_commit_ends_it_and_the_update_is_answered_once
stays_locked = host.test_a_database_that_stays_locked_ends_it_and_the_update_is_answered_once
locked = host.test_a_database_that_is_locked_for_a_moment_is_waited_for
twin = host.test_a_second_instance_on_the_same_database_ends_and_the_first_goes_on
flood = host.test_who_writes_a_thousand_messages_at_once_keeps_nobody_else_waiting
numbers = host.test_updates_that_come_twice_swapped_a_day_old_or_with_another_number_count_once_each
poison = host.test_poison_is_set_aside_and_whoever_wrote_beside_it_is_answered
full_disk = host.test_a_full_disk_ends_it_and_what_was_said_meanwhile_is_answered_once_there_is_room
one_token = host.test_of_two_with_one_token_the_one_that_telegram_refuses_ends_and_the_other_serves
outage_of_an_hour = partial(outage, hours=1, letter=hours.SOON)
outage_of_a_day = partial(outage, hours=25, letter=hours.OVER)

PROOFS: tuple[tuple[str, Callable[[Served], Awaitable[None]], str], ...] = (
    ("what_is_late_is_dropped", outage_of_an_hour, "what cannot be sent is given up"),
    ("what_was_not_sent_is_in_doubt", outage_of_an_hour, "a mark, or another letter, came first"),
    ("reminders_are_of_use_for_ever", outage_of_a_day, r"== \[2, 1\]"),
    ("an_answer_waits_for_its_hour", set_back, "one is kept waiting"),
    ("what_is_late_is_dropped", jumps, r"assert \[1, 0\] == \[2, 1\]"),
    ("what_was_sent_ahead_of_the_clock_is_due", jumps, r"== \[2, 1\]"),
    ("what_fails_is_confirmed", no_sync, "confirmed, and not kept"),
    ("nothing_is_flushed", no_sync, "confirmed, and not kept"),
    ("nobody_waits_for_a_lock", locked, r"it has ended: .*SQLITE_BUSY"),
    ("what_fails_is_confirmed", stays_locked, "confirmed, and not kept"),
    ("nobody_takes_the_lock", twin, "the first has ended"),
    ("the_gate_is_open", flood, "takes what is everybody's"),
    ("what_came_is_kept_in_memory", flood, "kept in memory"),
    ("smaller_numbers_are_old", numbers, r"assert \[4, 2\] == \[5, 2\]"),
    ("a_press_has_no_key", numbers, "the second press has another answer"),
    ("what_cannot_be_read_stops_all", poison, "it has ended: .*KeyError"),
    ("what_raises_stops_all", poison, "it has ended: .*RuntimeError"),
    ("what_went_wrong_is_glossed_over", poison, "something went wrong on our side"),
)


@pytest.mark.parametrize(
    ("defect", "test", "says"), PROOFS, ids=[defect for defect, _, _ in PROOFS]
)
async def test_it_finds(served: Served, defect: str, test: Any, says: str) -> None:
    served.planted = (defect,)
    with pytest.raises(AssertionError, match=says):
        await test(served)


async def test_a_full_disk_finds_what_fails_and_is_confirmed(cramped: Served) -> None:
    cramped.planted = ("what_fails_is_confirmed",)
    with pytest.raises(AssertionError, match="confirmed, and not kept"):
        await full_disk(cramped)


async def test_one_token_finds_a_conflict_that_is_tried_again(
    served: Served, tmp_path: Path
) -> None:
    served.planted = ("a_conflict_is_tried_again",)
    with pytest.raises(AssertionError, match="the newcomer has ended"):
        await one_token(served, tmp_path)
