"""The tests of storms and lost answers can fail: each does, on a post with a defect planted."""

import asyncio
import math
import sys
from collections.abc import Callable
from typing import Any

import pytest

import bot.gate
import bot.marks
import bot.outage
import bot.sender
import bot.verdicts
from bot.alarm import Alarm
from bot.gate import Gate
from bot.ledger import Ledger
from bot.marks import Parcel, final
from bot.rounds import Rounds
from bot.sender import Sender
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


def a_commit_that_comes_too_late_to_be_stopped_is_forgotten(patch: Patch) -> None:
    committed = Rounds._committed

    def forget(self: Rounds, its: Any) -> None:
        if not isinstance(sys.exception(), asyncio.CancelledError):
            committed(self, its)

    patch.setattr(Rounds, "_committed", forget)


def what_a_stop_keeps_is_not_written_down(patch: Patch) -> None:
    patch.setattr(bot.sender, "unsent", lambda letter: Mark(letter.id, "sending"))


def whoever_is_told_to_stop_claims_on(patch: Patch) -> None:
    patch.setattr(Sender, "is_open", property(lambda self: self._group is not None))


def a_look_forgets_what_was_rung_within_it(patch: Patch) -> None:
    looking, write = list[Alarm](), Ledger.write

    async def write_then_look(self: Ledger) -> int:
        written = await write(self)
        looking[-1].next_look = math.inf
        return written

    patch.setattr(Alarm, "looks", lambda self: looking.append(self))
    patch.setattr(Ledger, "write", write_then_look)


alone = post.test_a_429_of_one_chat_leaves_the_rest_alone
storm = post.test_a_429_storm_stops_all_and_costs_no_letter
reset = post.test_a_reset_after_the_request_is_sent_once_more_with_one_mark
refused = post.test_a_refused_connection_is_tried_until_it_works_once_and_unmarked
five_times = post.test_what_telegram_fails_to_do_is_tried_five_times_with_growing_rests
outage = post.test_an_outage_costs_no_letter
commit = post.test_a_commit_that_fails_is_raised_as_it_is_and_what_was_sent_stays_sent
cancelled = post.test_what_was_claimed_in_the_last_commit_before_a_stop_waits_unmarked
marked_once = post.test_a_mark_of_a_commit_whose_writer_was_cancelled_is_not_written_again
stopped = post.test_nothing_is_claimed_once_the_office_was_told_to_stop
rung = post.test_news_that_come_while_a_closed_chat_is_noted_are_not_lost

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
    (a_commit_that_comes_too_late_to_be_stopped_is_forgotten, cancelled, "'sending'"),
    (a_commit_that_comes_too_late_to_be_stopped_is_forgotten, marked_once, r"\(1, 'sent'\)"),
    (what_a_stop_keeps_is_not_written_down, cancelled, "'sending'"),
    (whoever_is_told_to_stop_claims_on, stopped, r"assert \[1, 2\] == \[1\]"),
    (a_look_forgets_what_was_rung_within_it, rung, r"5010\.0 - 5000\.0"),
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
