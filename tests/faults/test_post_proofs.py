"""The tests of storms and lost answers can fail: each does, on a post with a defect planted."""

from collections.abc import Callable
from typing import Any

import pytest

import bot.gate
import bot.marks
import bot.outage
import bot.post_office
import bot.verdicts
from bot.gate import Gate
from bot.marks import Parcel, final
from storage.letters import LetterTable, Mark
from tests.faults import test_gate as gate
from tests.faults import test_post_office as post
from tests.faults.branch import Branch
from tests.faults.telegram_server import Telegram

Patch = pytest.MonkeyPatch


def a_429_is_not_heeded(patch: Patch) -> None:
    patch.setattr(Gate, "hold", lambda *_: None)


def a_429_of_one_stops_all(patch: Patch) -> None:
    hold = Gate.hold
    patch.setattr(Gate, "hold", lambda self, _chat, seconds: hold(self, None, seconds))


def many_429s_are_none_of_the_bots_business(patch: Patch) -> None:
    patch.setattr(bot.gate, "FLOOD", 1000)


def a_few_429s_are_a_flood(patch: Patch) -> None:
    patch.setattr(bot.gate, "FLOOD", 1)


def what_is_in_doubt_counts_as_sent(patch: Patch) -> None:
    def sent(parcel: Parcel) -> Mark:
        return final(parcel.letter, "sent")

    patch.setattr(bot.marks, "_lost", sent)


def what_is_in_doubt_comes_again_unmarked(patch: Patch) -> None:
    def again(parcel: Parcel) -> Mark:
        return Mark(parcel.letter.id, "pending", "doubt")

    patch.setattr(bot.marks, "_lost", again)


def what_was_not_sent_is_in_doubt(patch: Patch) -> None:
    patch.setattr(bot.verdicts, "is_unsent", lambda _error: False)


def a_failure_is_the_end(patch: Patch) -> None:
    patch.setattr(bot.marks, "DEPARTURES", 1)


def nothing_is_ever_given_up(patch: Patch) -> None:
    patch.setattr(bot.marks, "DEPARTURES", 1000)


def nobody_rests(patch: Patch) -> None:
    patch.setattr(bot.marks, "RESTS", (0.0,) * 4)


def an_outage_is_not_noticed(patch: Patch) -> None:
    patch.setattr(bot.outage, "DOUBTS", 1000)


def what_ends_beside_a_failed_commit_is_forgotten(patch: Patch) -> None:
    async def mark(*_given: object) -> None:
        return None

    patch.setattr(LetterTable, "mark", mark)


alone = post.test_a_429_of_one_chat_leaves_the_rest_alone
storm = post.test_a_429_storm_stops_all_and_costs_no_letter
reset = post.test_a_reset_after_the_request_is_sent_once_more_with_one_mark
refused = post.test_a_refused_connection_is_tried_until_it_works_once_and_unmarked
five_times = post.test_what_telegram_fails_to_do_is_tried_five_times_with_growing_rests
outage = post.test_an_outage_costs_no_letter
commit = post.test_a_commit_that_fails_is_raised_as_it_is_and_what_was_sent_stays_sent

PROOFS: tuple[tuple[Callable[[Patch], None], Any, str], ...] = (
    (a_429_is_not_heeded, alone, ">= 30"),
    (a_429_of_one_stops_all, alone, r"assert \[30, 30, 30\] == \[0, 0, 0\]"),
    (many_429s_are_none_of_the_bots_business, storm, "somebody is written to in the storm"),
    (what_is_in_doubt_counts_as_sent, reset, r"assert \[False\] == \[False, True\]"),
    (what_is_in_doubt_comes_again_unmarked, reset, r"assert \[False, False\] == \[False, True\]"),
    (what_was_not_sent_is_in_doubt, refused, "↻"),
    (a_failure_is_the_end, five_times, r"assert \['hello', 'next'\] == "),
    (nothing_is_ever_given_up, five_times, "At index 5 diff: 'hello' != 'next'"),
    (nobody_rests, five_times, r" == \[1, 4, 15, 60\]"),
    (an_outage_is_not_noticed, outage, "Left contains 20 more items"),
    (what_ends_beside_a_failed_commit_is_forgotten, commit, "'sending'"),
)


@pytest.mark.parametrize(
    ("defect", "test", "says"), PROOFS, ids=[defect.__name__ for defect, _, _ in PROOFS]
)
async def test_it_finds(
    branch: Branch,
    telegram: Telegram,
    monkeypatch: Patch,
    defect: Callable[[Patch], None],
    test: Any,
    says: str,
) -> None:
    defect(monkeypatch)
    with pytest.raises(AssertionError, match=says):
        await test(branch, telegram)


@pytest.mark.parametrize(
    ("defect", "test"),
    [
        (
            many_429s_are_none_of_the_bots_business,
            gate.test_a_429_of_no_chat_or_of_many_at_once_stops_all,
        ),
        (a_few_429s_are_a_flood, gate.test_429s_of_few_chats_or_far_apart_stop_no_others),
        (a_429_of_one_stops_all, gate.test_a_429_of_one_chat_stops_that_chat_alone),
    ],
)
def test_it_finds_at_the_gate(
    monkeypatch: Patch, defect: Callable[[Patch], None], test: Callable[[], None]
) -> None:
    defect(monkeypatch)
    with pytest.raises(AssertionError):
        test()
