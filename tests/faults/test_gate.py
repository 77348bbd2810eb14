"""The pace, exactly: time is in the test's hand, answers come when the test says."""

import heapq
import math
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from bot.gate import BURST, LATE, LIMIT, WINDOW, Gate, Pace

START = 1000.0


@dataclass
class Hand:
    """A monotonic clock that the test moves."""

    seconds: float = START

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Wish:
    """A call that wants to leave; `delay` until its answer, `journey` of it until it arrives."""

    chat_id: int
    pace: Pace
    delay: float
    journey: float


@dataclass(frozen=True)
class Trip:
    wish: Wish
    left: float
    arrived: float


@dataclass
class Street:
    """Lets wishes leave as soon as the gate does, in their order but past those that wait."""

    hand: Hand = field(default_factory=Hand)
    gate: Gate = field(init=False)
    answers: list[tuple[float, int, Wish]] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gate(self.hand)

    def send(self, wishes: list[Wish]) -> list[Trip]:
        waiting = list(wishes)
        while waiting:
            self._hear_answers()
            waits = [self._wait(wish) for wish in waiting]
            if min(waits) <= 0:
                self._leave(waiting.pop(waits.index(min(waits))))
            else:
                self._pass_by(min(waits))
        return self.trips

    def _wait(self, wish: Wish) -> float:
        return max(self.gate.wait(wish.pace), self.gate.chat_wait(wish.chat_id, wish.pace))

    def _leave(self, wish: Wish) -> None:
        now = self.hand.seconds
        self.gate.leave(wish.chat_id, wish.pace)
        heapq.heappush(self.answers, (now + wish.delay, len(self.trips), wish))
        self.trips.append(Trip(wish, now, now + wish.delay * wish.journey))

    def _pass_by(self, wait: float) -> None:
        answer = self.answers[0][0] if self.answers else math.inf
        # A hair more than asked for, as a timer does: sums of floats come out a hair too early.
        self.hand.seconds = min(self.hand.seconds + wait + 1e-6, max(answer, self.hand.seconds))
        assert self.hand.seconds < math.inf

    def _hear_answers(self) -> None:
        while self.answers and self.answers[0][0] <= self.hand.seconds:
            _, _, wish = heapq.heappop(self.answers)
            self.gate.answered(wish.chat_id, wish.pace)


def widest(instants: list[float], seconds: float = 1.0) -> int:
    """The most instants within any so many seconds, both ends counted."""
    most, instants = 0, sorted(instants)
    for first, at in enumerate(instants):
        most = max(most, bisect_right(instants, at + seconds) - first)
    return most


wishes = some.builds(
    Wish,
    chat_id=some.integers(1, 12),
    pace=some.sampled_from([Pace.ANSWER, Pace.BULK, Pace.BULK, Pace.FREE]),
    delay=some.sampled_from([0.0, 0.003, 0.05, 0.4, 1.0, 2.5]),
    journey=some.sampled_from([0.0, 0.5, 1.0]),
)
crowds = some.builds(
    Wish,
    chat_id=some.integers(1, 10_000),
    pace=some.sampled_from([Pace.ANSWER, Pace.BULK]),
    delay=some.sampled_from([0.0, 0.003, 0.05, 0.4, 1.0, 2.5]),
    journey=some.sampled_from([0.0, 0.5, 1.0]),
)


@settings(deadline=None, max_examples=150)
@given(some.lists(crowds, min_size=31, max_size=120))
def test_no_sliding_second_at_telegram_holds_more_than_thirty(given_: list[Wish]) -> None:
    trips = Street().send(given_)
    assert widest([trip.arrived for trip in trips]) <= LIMIT
    assert widest([trip.left for trip in trips]) <= LIMIT


@settings(deadline=None, max_examples=150)
@given(some.lists(wishes, max_size=60))
def test_a_chat_gets_one_bulk_letter_a_second_and_answers_in_a_burst(given_: list[Wish]) -> None:
    trips = Street().send(given_)
    for chat_id in {wish.chat_id for wish in given_}:
        own = [trip for trip in trips if trip.wish.chat_id == chat_id]
        bulk = [trip.arrived for trip in own if trip.wish.pace is Pace.BULK]
        assert widest(bulk, 0.999) <= 1
        answers = [trip.left for trip in own if trip.wish.pace is Pace.ANSWER]
        for seconds in (0.5, 1.0, 3.0, 10.0):
            assert widest(answers, seconds) <= BURST + math.floor(seconds + 1e-3)


@settings(deadline=None, max_examples=50)
@given(some.lists(wishes, max_size=60))
def test_what_counts_nothing_never_waits(given_: list[Wish]) -> None:
    free = [Wish(wish.chat_id, Pace.FREE, wish.delay, wish.journey) for wish in given_]
    assert all(trip.left == START for trip in Street().send(free))


def test_a_restart_forgets_nothing_and_starts_full() -> None:
    hand = Hand()
    gate = Gate(hand)
    assert gate.wait(Pace.ANSWER) == gate.wait(Pace.BULK) > 1.0
    hand.seconds += WINDOW
    assert gate.wait(Pace.ANSWER) == gate.wait(Pace.BULK) == 0


def test_bulk_leaves_evenly_and_fast() -> None:
    street = Street()
    street.send([Wish(chat, Pace.BULK, 0.01, 1.0) for chat in range(300)])
    left = [trip.left for trip in street.trips]
    gaps = [after - before for before, after in pairwise(left)]
    assert min(gaps) >= 1 / LIMIT - LATE - 1e-4
    assert 299 / (left[-1] - left[0]) > 0.97 * LIMIT


def test_an_answer_that_never_comes_costs_a_place_and_not_the_queue() -> None:
    lost = [Wish(0, Pace.ANSWER, 3600.0, 1.0)]
    trips = Street().send(lost + [Wish(chat, Pace.BULK, 0.0, 1.0) for chat in range(1, 100)])
    assert trips[-1].left < START + 6.0


def test_thirty_answers_that_lack_stop_everything_that_counts() -> None:
    hand = Hand(START)
    gate = Gate(hand)
    hand.seconds += 2.0
    for chat in range(LIMIT):
        gate.leave(chat, Pace.ANSWER)
    assert gate.wait(Pace.ANSWER) == gate.wait(Pace.BULK) == math.inf
    assert gate.wait(Pace.FREE) == 0


def test_a_429_of_one_chat_stops_that_chat_alone() -> None:
    hand = Hand()
    gate = Gate(hand)
    hand.seconds += 2.0
    gate.hold(7, 30.0)
    assert [gate.chat_wait(7, pace) for pace in Pace] == [30.0, 30.0, 30.0]
    assert [gate.chat_wait(8, pace) for pace in Pace] == [0.0, 0.0, 0.0]
    assert [gate.wait(pace) for pace in Pace] == [0.0, 0.0, 0.0]
    hand.seconds += 30.0
    assert gate.chat_wait(7, Pace.BULK) == 0


def test_a_429_of_no_chat_or_of_many_at_once_stops_all() -> None:
    hand = Hand()
    for chats in ([None], [1, 2, 3]):
        gate = Gate.open(hand)
        for chat in chats:
            gate.hold(chat, 30.0)
        assert [gate.wait(pace) for pace in Pace] == [30.0, 30.0, 30.0]


def test_429s_of_few_chats_or_far_apart_stop_no_others() -> None:
    hand = Hand()
    gate = Gate.open(hand)
    for chat in (1, 1, 1, 2):
        gate.hold(chat, 30.0)
    hand.seconds += 1.5
    gate.hold(3, 30.0)
    assert gate.wait(Pace.BULK) == 0


def test_chats_that_rest_are_forgotten() -> None:
    hand = Hand()
    gate = Gate(hand)
    for chat in range(5000):
        gate.leave(chat, Pace.ANSWER)
        gate.answered(chat, Pace.ANSWER)
        hand.seconds += 0.1
    assert len(gate._chats) < 1100


def test_an_open_gate_lets_everything_pass() -> None:
    gate = Gate.open(Hand())
    for _ in range(1000):
        assert gate.wait(Pace.BULK) == gate.chat_wait(1, Pace.BULK) == 0
        gate.leave(1, Pace.BULK)
