"""The only sender, against a Telegram that misbehaves; the file and the network are real."""

import asyncio
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from bot.gate import FLOOD, Gate
from bot.polling import Stopped
from bot.post_office import IDLE, PostOffice, wait_for
from mentoring.letters import Letter, Priority
from storage.invitations import InvitationTable
from storage.letters import LetterTable, Mark
from tests.faults.branch import MORNING, Branch
from tests.faults.telegram_server import (
    Call,
    Held,
    Telegram,
    answer,
    refuse,
    reset,
)

SENT = ("sent", None)
MARK = "↻"


def is_marked(call: Call) -> bool:
    return MARK in call.text


def plain(text: str) -> str:
    return text.rsplit("\n", 1)[-1]


# Order


async def test_answers_of_a_chat_keep_their_order_one_at_a_time(
    branch: Branch, telegram: Telegram
) -> None:
    people = [await branch.person(chat) for chat in (11, 12, 13)]
    for number in range(20):
        for person in people:
            await branch.answer(f"{number:02}", to=person)
    await branch.office.drain()
    for chat in (11, 12, 13):
        own = [call.text for call in telegram.calls if call.chat_id == chat]
        assert own == [f"{number:02}" for number in range(20)]
    assert telegram.most_in_a_chat == 1


async def test_no_more_than_the_allowed_number_is_in_flight(
    branch: Branch, telegram: Telegram
) -> None:
    held = [Held() for _ in range(20)]
    for number, play in enumerate(held):
        telegram.will(f"note {number:02}", play)
        await branch.write(await branch.person(100 + number), f"note {number:02}")
    office = branch.open_again(in_flight=8)
    async with asyncio.TaskGroup() as group:
        group.create_task(office.drain())
        for play in held:
            await play.heard.wait()
            play.go.set()
    assert telegram.most_at_once <= 8
    assert len(telegram.calls) == office.sent == 20


async def test_an_answer_overtakes_a_thousand_announcements(
    branch: Branch, telegram: Telegram
) -> None:
    people = [await branch.person(chat) for chat in range(100, 120)]
    for person in people:
        await branch.write(person, *(f"news {number}" for number in range(50)))
    held = Held()
    telegram.will("news 3", held)
    office = branch.open_again(wait=wait_for)
    async with asyncio.TaskGroup() as group:
        group.create_task(office.run())
        await held.heard.wait()
        before = len(telegram.calls)
        answered = Held()
        telegram.will("at once", answered)
        await branch.answer("at once", to=people[-1])
        office.wake()
        await answered.heard.wait()
        assert telegram.texts.index("at once") - before <= 16
        office.stop()
        answered.go.set()
        held.go.set()
    assert len(telegram.calls) < 200


async def test_a_letter_in_doubt_keeps_the_later_ones_of_its_chat_only(
    branch: Branch, telegram: Telegram
) -> None:
    one, other = await branch.person(11), await branch.person(12)
    telegram.will("a1", reset)
    await branch.answer("a1", "a2", "a3", to=one)
    await branch.answer("b1", "b2", to=other)
    await branch.office.drain()
    own = [plain(call.text) for call in telegram.calls if call.chat_id == 11]
    assert own == ["a1", "a1", "a2", "a3"]
    texts = [plain(text) for text in telegram.texts]
    assert texts.index("b2") < len(texts) - 1 - texts[::-1].index("a1")


async def test_bulk_in_doubt_does_not_keep_an_answer(branch: Branch, telegram: Telegram) -> None:
    person = await branch.person(11)
    telegram.will("news", reset)
    await branch.write(person, "news", "more news")

    async def ask() -> None:
        await branch.answer("at once", to=person)
        branch.office.wake()

    instants: dict[str, float] = {}
    telegram.on_call = lambda call: instants.setdefault(plain(call.text), branch.hand.seconds)
    started = branch.hand.seconds
    branch.hand.on_wait.append(ask)
    await branch.office.drain()
    texts = [plain(text) for text in telegram.texts]
    assert texts == ["de news", "at once", "de news", "de more news"]
    assert instants["at once"] - started < 0.5


async def test_a_chat_keeps_its_order_when_a_stranger_becomes_a_person(
    branch: Branch, telegram: Telegram
) -> None:
    held = Held()
    telegram.will("as a stranger", held)
    await branch.answer("as a stranger", chat_id=11)
    person = await branch.person(11)
    await branch.answer("as a person", to=person)
    await branch.answer("another's", to=await branch.person(12))

    def let_go(call: Call) -> None:
        if call.text == "another's":
            held.go.set()

    telegram.on_call = let_go
    await branch.office.drain()
    assert telegram.most_in_a_chat == 1
    assert telegram.texts == ["as a stranger", "another's", "as a person"]


async def test_letters_are_written_in_the_readers_language_of_that_moment(
    branch: Branch, telegram: Telegram
) -> None:
    person = await branch.person(11, language="uk")
    await branch.write(person, "hello")
    async with branch.database.transaction():
        await branch.people.speak(person, "ar")
    await branch.office.drain()
    assert telegram.texts == ["ar hello"]


async def test_what_is_due_later_stays(branch: Branch, telegram: Telegram) -> None:
    person = await branch.person(11)
    await branch.write(person, "later", due=timedelta(seconds=1))
    await branch.office.drain()
    assert telegram.calls == []
    assert await branch.states() == [("pending", None)]


async def test_what_need_not_be_said_any_more_is_cancelled(
    branch: Branch, telegram: Telegram
) -> None:
    await branch.write(await branch.person(11), "x", kind="needless")
    await branch.office.drain()
    assert telegram.calls == []
    assert await branch.states() == [("cancelled", None)]


async def test_a_letter_that_cannot_be_written_fails_alone(
    branch: Branch, telegram: Telegram
) -> None:
    person = await branch.person(11)
    await branch.write(person, "x", kind="broken")
    await branch.write(person, "fine")
    await branch.office.drain()
    assert telegram.texts == ["de fine"]
    assert await branch.states() == [("failed", "KeyError"), SENT]


async def test_a_newer_edit_of_a_card_replaces_the_one_that_waits(
    branch: Branch, telegram: Telegram
) -> None:
    person = await branch.person(11)
    for text in ("old", "new"):
        await branch.answer(text, to=person, method="edit_message_text", message_id=5, edits="11:5")
    await branch.office.drain()
    assert telegram.texts == ["new"]


async def test_commands_are_set_for_the_chat(branch: Branch, telegram: Telegram) -> None:
    commands = [{"command": "menu", "description": "Main menu"}]
    await branch.answer(chat_id=44, method="set_my_commands", commands=commands)
    await branch.answer(chat_id=44, method="delete_my_commands")
    await branch.answer(chat_id=-45, method="leave_chat")
    await branch.office.drain()
    called = [(call.method, call.chat_id) for call in telegram.calls]
    assert sorted(called) == [("deletemycommands", 44), ("leavechat", -45), ("setmycommands", 44)]


# Pace


async def test_a_429_of_one_chat_leaves_the_rest_alone(branch: Branch, telegram: Telegram) -> None:
    one, other = await branch.person(11), await branch.person(12)
    telegram.will("a000", refuse(429, "Too Many Requests: retry after 30", retry_after=30))
    # More than a look holds: they must not hide the others.
    await branch.answer(*(f"a{number:03}" for number in range(100)), to=one)
    await branch.answer("b1", "b2", to=other)
    await branch.write(await branch.person(13), "c1")
    started = branch.hand.seconds
    instants: dict[str, float] = {}
    telegram.on_call = lambda call: instants.update({call.text: branch.hand.seconds})
    await branch.office.drain()
    assert [round(instants[text] - started) for text in ("b1", "b2", "de c1")] == [0, 0, 0]
    assert instants["a000"] - started >= 30
    own = [call.text for call in telegram.calls if call.chat_id == 11]
    assert own == ["a000", *(f"a{number:03}" for number in range(100))]
    assert not any(map(is_marked, telegram.calls))


async def test_a_429_storm_stops_all_and_costs_no_letter(
    branch: Branch, telegram: Telegram
) -> None:
    for number in range(40):
        await branch.write(await branch.person(100 + number), "news")
    too_many = refuse(429, "Too Many Requests: retry after 30", retry_after=30)
    began, waits = branch.hand.seconds, list[float]()
    telegram.on_call = lambda _call: waits.append(branch.hand.seconds - began)

    async def in_the_storm(request: web.Request, call: Call) -> web.StreamResponse:
        return await (answer if waits[-1] >= 30 else too_many)(request, call)

    telegram.will("news", *[in_the_storm] * 100)
    await branch.office.drain()
    storm, calm = [at for at in waits if at < 30], [at for at in waits if at >= 30]
    assert len(storm) < 8 + FLOOD, "somebody is written to in the storm"
    assert len(calm) == 40
    assert not any(map(is_marked, telegram.calls))
    assert Counter(await branch.states()) == {SENT: 40}


async def test_the_gate_paces_bulk_and_lets_a_burst_of_answers_pass(
    branch: Branch, telegram: Telegram
) -> None:
    person = await branch.person(11)
    instants: dict[str, float] = {}
    telegram.on_call = lambda call: instants.update({call.text: branch.hand.seconds})
    office = branch.open_again(gate=Gate(branch.hand.now))
    branch.hand.seconds += 10
    await branch.write(person, "one", "two")
    await branch.answer(*"abcdefg", to=person)
    started = branch.hand.seconds
    await office.drain()
    waits = [round(instants[text] - started) for text in (*"abcdefg", "de one", "de two")]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 3, 4]


# Once, and marked when it may be twice


async def test_no_message_leaves_before_its_mark_is_committed(
    branch: Branch, telegram: Telegram
) -> None:
    found: list[list[tuple[str]]] = []
    telegram.on_call = lambda call: found.append(
        branch.committed(f"select state from letter where args like '%{plain(call.text)[-4:]}%'")
    )
    for number in range(10):
        person = await branch.person(100 + number)
        await branch.answer(f"x{number:03}", to=person)
        await branch.write(person, f"y{number:03}")
    await branch.office.drain()
    assert found == [[("sending",)]] * 20
    assert await branch.states() == [SENT] * 20


async def test_a_refused_connection_is_tried_until_it_works_once_and_unmarked(
    branch: Branch, telegram: Telegram
) -> None:
    await telegram.close()
    for number in range(10):
        await branch.write(await branch.person(100 + number), f"n{number}")
    pauses: list[float] = []

    async def look_at_the_clock() -> None:
        pauses.append(branch.hand.seconds)

    branch.hand.on_wait.extend([*[look_at_the_clock] * 5, telegram.open])
    await branch.office.drain()
    assert sorted(Counter(telegram.texts).items()) == [(f"de n{n}", 1) for n in range(10)]
    assert [after - before for before, after in pairwise(pauses)] == [IDLE, 1 - IDLE, 2, 4]
    assert await branch.states() == [SENT] * 10


async def test_a_reset_after_the_request_is_sent_once_more_with_one_mark(
    branch: Branch, telegram: Telegram
) -> None:
    telegram.will("news", reset)
    await branch.write(await branch.person(11), "news")
    await branch.office.drain()
    assert [is_marked(call) for call in telegram.calls] == [False, True]
    assert telegram.calls[1].text.count(MARK) == 1
    assert plain(telegram.calls[1].text) == "de news"
    assert (branch.office.sent, branch.office.repeats) == (1, 1)
    assert await branch.states() == [SENT]


@pytest.mark.parametrize("code", [500, 502, 503])
async def test_a_5xx_is_in_doubt(branch: Branch, telegram: Telegram, code: int) -> None:
    telegram.will("hello", refuse(code, "Bad Gateway"))
    await branch.answer("hello", to=await branch.person(11))
    await branch.office.drain()
    assert [is_marked(call) for call in telegram.calls] == [False, True]


async def test_a_second_doubt_is_the_last(branch: Branch, telegram: Telegram) -> None:
    telegram.will("hello", reset, reset)
    await branch.answer("hello", "next", to=await branch.person(11))
    await branch.office.drain()
    assert [plain(text) for text in telegram.texts] == ["hello", "hello", "next"]
    assert await branch.states() == [("doubt", "doubt"), SENT]


async def test_what_telegram_fails_to_do_is_tried_five_times_with_growing_rests(
    branch: Branch, telegram: Telegram
) -> None:
    telegram.will("hello", *[refuse(500, "Internal Server Error")] * 5)
    instants: list[float] = []

    def look_at_the_clock(call: Call) -> None:
        if "hello" in call.text:
            instants.append(branch.hand.seconds)

    telegram.on_call = look_at_the_clock
    await branch.answer("hello", "next", to=await branch.person(11))
    await branch.office.drain()
    assert [plain(text) for text in telegram.texts] == [*["hello"] * 5, "next"]
    assert [text.count(MARK) for text in telegram.texts] == [0, 1, 1, 1, 1, 0]
    assert [round(after - before) for before, after in pairwise(instants)] == [1, 4, 15, 60]
    assert await branch.states() == [("doubt", "doubt"), SENT]


async def test_news_wait_half_a_day_for_a_telegram_that_fails(
    branch: Branch, telegram: Telegram
) -> None:
    """The clock of what is due goes with the seconds of the pace."""
    began = branch.hand.seconds
    passed: list[float] = []
    branch.letters = LetterTable(
        branch.database, lambda: MORNING + timedelta(seconds=branch.hand.seconds - began)
    )
    telegram.on_call = lambda _call: passed.append(branch.hand.seconds - began)
    telegram.will("news", *[refuse(502, "Bad Gateway")] * 300)
    await branch.write(await branch.person(11), "news", priority=Priority.PARTNER)
    await branch.open_again().drain()
    rests = [round(after - before) for before, after in pairwise(passed)]
    assert rests[:6] == [1, 4, 15, 60, 80, 160], "at last as long as it has waited"
    assert max(rests) == 900
    assert 12 * 3600 < passed[-1] < 12.5 * 3600
    assert await branch.states() == [("doubt", "doubt")]


async def test_news_that_are_old_already_are_not_given_up_at_one_failure(
    branch: Branch, telegram: Telegram
) -> None:
    """Their reader was away, or the network; Telegram has failed only once."""
    telegram.will("news", refuse(502, "Bad Gateway"))
    person = await branch.person(11)
    await branch.write(person, "news", priority=Priority.PARTNER, due=timedelta(days=-2))
    await branch.office.drain()
    assert [is_marked(call) for call in telegram.calls] == [False, True]
    assert await branch.states() == [SENT]


async def test_an_old_answer_holds_up_its_person_for_a_minute_at_most(
    branch: Branch, telegram: Telegram
) -> None:
    instants: list[float] = []
    telegram.on_call = lambda _call: instants.append(branch.hand.seconds)
    telegram.will("hello", *[refuse(502, "Bad Gateway")] * 4)
    await branch.answer("hello", to=await branch.person(11))
    await branch.database.execute("update letter set due_at = due_at - 3600")
    await branch.office.drain()
    assert [round(after - before) for before, after in pairwise(instants)] == [1, 4, 15, 60]


async def test_a_failed_transaction_of_somebody_else_does_not_put_it_to_sleep(
    branch: Branch, telegram: Telegram
) -> None:
    """Whoever goes on after it has letters that wait, as before."""
    await branch.write(await branch.person(11), "news")
    office, look = branch.open_again(), branch.letters.look

    async def fail_once(**given: Any) -> Any:
        branch.letters.look = look  # type: ignore[method-assign]
        raise sqlite3.OperationalError

    branch.letters.look = fail_once  # type: ignore[method-assign]
    async with asyncio.TaskGroup() as group:
        office._sender.open(group)
        with pytest.raises(sqlite3.OperationalError):
            async with office.transaction():
                pass
        assert office._alarm.next_look <= branch.hand.now()


async def test_news_that_telegram_failed_to_take_survive_a_crash(
    branch: Branch, telegram: Telegram
) -> None:
    telegram.will("news", *[refuse(502, "Bad Gateway")] * 12)
    await branch.write(await branch.person(11), "news")
    held = Held()
    telegram.will("news", held)
    await kill_while(branch, held)
    office = branch.open_again()
    await office.recover()
    await office.drain()
    assert await branch.states() == [SENT]


@pytest.mark.parametrize(
    ("plays", "end"),
    [
        ("5555", "sent"),
        ("r5", "sent"),
        ("5r", "sent"),
        ("5r5r", "doubt"),
        ("r5r", "doubt"),
        ("5rr", "doubt"),
    ],
)
async def test_failures_and_lost_answers_are_counted_apart(
    branch: Branch, telegram: Telegram, plays: str, end: str
) -> None:
    kinds = {"5": refuse(502, "Bad Gateway"), "r": reset}
    telegram.will("hello", *map(kinds.__getitem__, plays))
    await branch.answer("hello", to=await branch.person(11))
    await branch.office.drain()
    assert telegram.plays == {"hello": []}
    assert [state for state, _ in await branch.states()] == [end]


async def test_a_429_or_a_refused_connection_between_doubts_adds_no_mark(
    branch: Branch, telegram: Telegram
) -> None:
    telegram.will("hello", reset, refuse(429, "Too Many Requests", retry_after=3))
    await branch.answer("hello", to=await branch.person(11))
    await branch.office.drain()
    assert [text.count(MARK) for text in telegram.texts] == [0, 1, 1]


async def test_an_outage_costs_no_letter(branch: Branch, telegram: Telegram) -> None:
    for number in range(40):
        await branch.write(await branch.person(100 + number), "news")
    down = refuse(502, "Bad Gateway")

    async def while_down(request: web.Request, call: Call) -> web.StreamResponse:
        return await (down if telegram.plays["getme"] else answer)(request, call)

    telegram.will("getme", *[down] * 20)
    telegram.will("news", *[while_down] * 100)
    await branch.office.drain()
    assert telegram.plays["getme"] == []
    assert len(telegram.calls) < 40 + 2 * 8, "nothing but the question goes ahead"
    assert Counter(await branch.states()) == {SENT: 40}


@pytest.mark.parametrize("method", ["edit_message_text", "delete_message", "set_my_commands"])
async def test_what_may_happen_twice_unnoticed_is_repeated_unmarked(
    branch: Branch, telegram: Telegram, method: str
) -> None:
    params: dict[str, dict[str, Any]] = {
        "edit_message_text": {"text": "card", "message_id": 5},
        "delete_message": {"message_id": 5},
        "set_my_commands": {"commands": []},
    }
    name = method.replace("_", "")
    telegram.will(name, reset, refuse(500, "Internal"), reset)
    await branch.answer(to=await branch.person(11), method=method, **params[method])
    await branch.office.drain()
    assert [call.method for call in telegram.calls] == [name] * 4
    assert not any(map(is_marked, telegram.calls))
    assert await branch.states() == [SENT]


async def test_a_process_that_dies_while_sending_repeats_it_marked(
    branch: Branch, telegram: Telegram
) -> None:
    held = Held()
    telegram.will("hello", held)
    await branch.answer("hello", "next", to=await branch.person(11))
    await kill_while(branch, held)
    office = branch.open_again()
    await office.recover()
    await office.drain()
    assert [text.count(MARK) for text in telegram.texts] == [0, 1, 0]
    assert [plain(text) for text in telegram.texts] == ["hello", "hello", "next"]
    assert await branch.states() == [SENT, SENT]


async def test_a_process_that_dies_again_and_again_gives_up_after_five(
    branch: Branch, telegram: Telegram
) -> None:
    await branch.answer("hello", to=await branch.person(11))
    await branch.answer("a stranger's", chat_id=77)
    for _ in range(6):
        held = Held()
        telegram.will("stranger's", Held())
        telegram.will("hello", held)
        office = branch.open_again()
        await office.recover()
        if await branch.states() == [("doubt", "interrupted")]:
            break
        await kill_while(branch, held)
    texts = Counter(plain(text) for text in telegram.texts)
    assert texts == {"hello": 5, "a stranger's": 5}


async def test_what_was_written_but_not_claimed_is_not_marked_after_a_crash(
    branch: Branch, telegram: Telegram
) -> None:
    held = Held()
    telegram.will("first", held)
    await branch.answer("first", "second", to=await branch.person(11))
    office = branch.open_again(gate=Gate(branch.hand.now))
    branch.hand.seconds += 10
    await branch.write(await branch.person(12), "bulk 1")
    await branch.write(await branch.person(13), "bulk 2")
    await kill_while(branch, held)
    assert await branch.states() == [
        ("sending", None),
        ("pending", None),
        ("pending", None),
        ("pending", None),
    ]
    office = branch.open_again()
    await office.recover()
    await office.drain()
    assert [text.count(MARK) for text in telegram.texts if "bulk" in text] == [0, 0]


async def kill_while(branch: Branch, held: Held) -> None:
    """The process ends while Telegram has the message and has not answered."""
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        working = group.create_task(branch.office.drain())
        await held.heard.wait()
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    held.go.set()


async def test_stopping_finishes_and_marks_what_is_in_flight(
    branch: Branch, telegram: Telegram
) -> None:
    held = Held()
    telegram.will("first", held)
    await branch.answer("first", "second", to=await branch.person(11))
    office = branch.open_again(wait=wait_for)
    async with asyncio.TaskGroup() as group:
        group.create_task(office.run())
        await held.heard.wait()
        office.stop()
        held.go.set()
    assert await branch.states() == [SENT, ("pending", None)]


async def test_a_commit_that_fails_is_raised_as_it_is_and_what_was_sent_stays_sent(
    branch: Branch, telegram: Telegram
) -> None:
    held = Held()
    telegram.will("first", held)
    await branch.answer("first", to=await branch.person(11))
    office = branch.open_again(wait=wait_for)
    await branch.database.execute(
        "create temp trigger full after update on letter when new.state = 'sending' "
        "and new.args like '%second%' begin select raise(abort, 'disk is full'); end"
    )

    async def fail() -> None:
        with pytest.raises(sqlite3.IntegrityError, match="disk is full"):
            await office.run()

    async with asyncio.TaskGroup() as group:
        group.create_task(fail())
        await held.heard.wait()
        await branch.answer("second", to=await branch.person(12))
        office.wake()
        held.go.set()
    assert await branch.states() == [SENT, ("pending", None)]


# Whoever writes letters is cancelled while the commit runs


async def answer_cancelled_in_its_commit(
    branch: Branch,
    text: str,
    to: int,
    *,
    before: Callable[[], Awaitable[None]] | None = None,
    then: Callable[[], object] = lambda: None,
) -> None:
    """As at a stop of the process: the thread carries the commit out all the same.

    `before` goes on in the transaction, `then` in the moment of the cancellation.
    """
    connection, args = branch.database._connection, {"text": text}
    execute = connection.execute_fetchall

    async def impatient(sql: str, trip: Any = None) -> Any:
        if trip.statements[-1][0] == "commit" and asyncio.current_task() is writing:
            writing.cancel()
            then()
        return await execute(sql, trip)

    async def write() -> None:
        async with branch.office.transaction():
            call: dict[str, object] = {"method": "send_message", "params": args}
            branch.letters.answer(call, person_id=to, chat_id=None)
            await branch.letters.write()
            if before is not None:
                await before()

    connection.execute_fetchall = impatient  # type: ignore[method-assign,assignment]
    writing = asyncio.ensure_future(write())
    with pytest.raises(asyncio.CancelledError):
        await writing
    connection.execute_fetchall = execute  # type: ignore[method-assign]


async def test_what_was_claimed_by_somebody_cancelled_in_the_commit_leaves(
    branch: Branch, telegram: Telegram
) -> None:
    office, person = branch.open_again(wait=wait_for), await branch.person(11)
    heard = asyncio.Event()
    telegram.on_call = lambda _call: heard.set()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(office.run())
        await asyncio.sleep(0)
        await answer_cancelled_in_its_commit(branch, "hello", person)
        await heard.wait()
        office.stop()
    assert telegram.texts == ["hello"]
    assert await branch.states() == [SENT]


async def test_what_was_claimed_in_the_last_commit_before_a_stop_waits_unmarked(
    branch: Branch, telegram: Telegram
) -> None:
    office, person = branch.open_again(wait=wait_for), await branch.person(11)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(office.run())
        await asyncio.sleep(0)
        await answer_cancelled_in_its_commit(branch, "hello", person, then=office.stop)
    assert telegram.calls == []
    rows = branch.committed("select state, repeat, tries from letter")
    assert rows == [("pending", 0, 0)]
    await branch.open_again().drain()
    assert telegram.texts == ["hello"]


def noted(office: PostOffice, letter_id: int) -> asyncio.Event:
    """Set when the call of that letter has ended, and its mark waits for a commit."""
    event, note = asyncio.Event(), office._sender._ledger.note

    def note_and_tell(mark: Mark, *more: Any) -> None:
        note(mark, *more)
        if mark.letter_id == letter_id:
            event.set()

    office._sender._ledger.note = note_and_tell  # type: ignore[method-assign,assignment]
    return event


async def test_a_mark_of_a_commit_whose_writer_was_cancelled_is_not_written_again(
    branch: Branch, telegram: Telegram
) -> None:
    """It would put back among the waiting what has left meanwhile."""
    person, other = await branch.person(11), await branch.person(12)
    office, held, marks = branch.open_again(wait=wait_for), Held(), list[Mark]()
    telegram.will("hello", held)
    await branch.answer("hello", to=person)
    mark, ended = branch.letters.mark, noted(office, 1)

    async def written(given: Any) -> None:
        marks.extend(given)
        await mark(given)

    async def let_go() -> None:
        held.go.set()
        await ended.wait()

    branch.letters.mark = written  # type: ignore[method-assign,assignment]
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(office.run())
        await held.heard.wait()
        await answer_cancelled_in_its_commit(
            branch, "another's", other, before=let_go, then=office.stop
        )
    assert [(m.letter_id, m.state) for m in marks] == [(1, "sent"), (2, "pending")]
    assert await branch.states() == [SENT, ("pending", None)]


async def test_nothing_is_claimed_once_the_office_was_told_to_stop(
    branch: Branch, telegram: Telegram
) -> None:
    held, person = Held(), await branch.person(11)
    telegram.will("first", held)
    await branch.answer("first", to=person)
    office = branch.open_again(wait=wait_for)
    claimed: list[int] = []
    claim = branch.letters.claim

    async def noted(ids: Sequence[int]) -> None:
        claimed.extend(ids)
        await claim(ids)

    branch.letters.claim = noted  # type: ignore[method-assign]
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(office.run())
        await held.heard.wait()
        await branch.answer("second", to=await branch.person(12))
        office.stop()
        async with office.transaction():
            pass
        held.go.set()
    assert claimed == [1]
    assert await branch.states() == [SENT, ("pending", None)]


async def test_news_that_come_while_a_closed_chat_is_noted_are_not_lost(
    branch: Branch, telegram: Telegram
) -> None:
    """Else they would be marked when the office looks by itself, seconds later."""
    gone, held = await branch.person(11), Held()
    telegram.will("first", refuse(403, "Forbidden: bot was blocked by the user"))
    telegram.will("second", held)
    await branch.write(gone, "first")
    await branch.write(await branch.person(12), "second")
    unreach, instants = branch.people.unreach, list[float]()
    ended = noted(branch.office, 2)

    async def unreach_slowly(*given: Any, **named: Any) -> None:
        held.go.set()
        await ended.wait()
        instants.append(branch.hand.seconds)
        await unreach(*given, **named)

    branch.people.unreach = unreach_slowly  # type: ignore[method-assign]
    await branch.office.drain()
    assert len(instants) == 1
    assert branch.hand.seconds - instants[0] < 1
    assert await branch.states() == [("absent", None), SENT]


# Refusals


async def test_not_modified_counts_as_sent(branch: Branch, telegram: Telegram) -> None:
    telegram.will("card", refuse(400, "Bad Request: message is not modified: specified new ..."))
    await branch.answer(
        "card", to=await branch.person(11), method="edit_message_text", message_id=5
    )
    await branch.office.drain()
    assert await branch.states() == [SENT]
    assert len(telegram.calls) == 1


@pytest.mark.parametrize(
    "why",
    [
        "message to edit not found",
        "message can't be edited",
        "there is no text in the message to edit",
    ],
)
async def test_a_refused_edit_becomes_a_new_message(
    branch: Branch, telegram: Telegram, why: str
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Menu", "callback_data": "menu"}]]}
    telegram.will("card", refuse(400, f"Bad Request: {why}"))
    await branch.answer(
        "card",
        to=await branch.person(11),
        method="edit_message_text",
        message_id=5,
        reply_markup=keyboard,
    )
    await branch.office.drain()
    edit, message = telegram.calls
    assert (edit.method, message.method) == ("editmessagetext", "sendmessage")
    assert message.params == {
        name: value for name, value in edit.params.items() if name != "message_id"
    }
    assert await branch.states() == [SENT]


async def test_another_refusal_fails_with_its_kind_alone(
    branch: Branch, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    why = "Bad Request: can't parse entities: Kovalenko"
    telegram.will("secret words", refuse(400, why))
    await branch.answer("secret words", to=await branch.person(778899))
    await branch.office.drain()
    assert await branch.states() == [("failed", "BadRequest")]
    assert caplog.messages == ["letter 1 of kind answer: REFUSED (BadRequest)"]
    assert await branch.database.execute("select 1 from letter where args <> ''") == []


async def test_who_has_blocked_the_bot_gets_nothing_unasked_any_more(
    branch: Branch, telegram: Telegram
) -> None:
    person = await branch.person(11)
    telegram.will("first", refuse(403, "Forbidden: bot was blocked by the user"))
    await branch.write(person, "first", "second")
    await branch.office.drain()
    assert telegram.texts == ["de first"]
    assert await branch.states() == [("absent", None)] * 2
    await branch.answer("they wrote again", to=person)
    await branch.office.drain()
    assert telegram.texts == ["de first", "they wrote again"]


async def test_news_wait_for_somebody_who_has_blocked_the_bot_and_come_when_they_return(
    branch: Branch, telegram: Telegram
) -> None:
    person = await branch.person(11)
    telegram.will("first", refuse(403, "Forbidden: bot was blocked by the user"))
    await branch.write(person, "first")
    await branch.office.drain()
    await branch.write(person, "second")
    await branch.office.drain()
    assert telegram.texts == ["de first"]
    async with branch.database.transaction():
        await branch.people.reach(11, reachable=True, now=MORNING)
    await branch.office.drain()
    assert telegram.texts == ["de first", "de first", "de second"]
    assert await branch.states() == [SENT] * 2


async def test_a_clock_that_is_set_back_sends_nothing_into_a_closed_chat_for_ever(
    branch: Branch, telegram: Telegram
) -> None:
    """The chat was opened in what is the time to come now."""
    person = await branch.person(11)
    async with branch.database.transaction():
        later = MORNING + timedelta(minutes=5)
        await branch.people.reach(11, reachable=False, now=later)
        await branch.people.reach(11, reachable=True, now=later)
    for _ in range(9):
        telegram.will("first", refuse(403, "Forbidden: bot was blocked by the user"))
    await branch.write(person, "first")
    await branch.office.drain()
    assert telegram.texts == ["de first"]
    assert await branch.states() == [("absent", None)]


async def test_what_is_written_before_somebody_consents_waits_for_them(
    branch: Branch, telegram: Telegram
) -> None:
    person = await branch.person(None)
    await branch.write(person, "hello")
    await branch.office.drain()
    assert (telegram.calls, await branch.states()) == ([], [("absent", None)])
    async with branch.database.transaction():
        await InvitationTable(branch.database).consent(
            person, chat_id=11, language="de", version=1, now=MORNING
        )
    await branch.office.drain()
    assert telegram.texts == ["de hello"]
    assert await branch.states() == [SENT]


async def test_what_nobody_came_for_is_forgotten_and_a_deed_cancels_it(branch: Branch) -> None:
    person = await branch.person(None)
    async with branch.database.transaction():
        for key in ("deed", None):
            branch.letters.add(Letter(to=person, kind="question", due=MORNING, cancel=key))
        await branch.letters.write()
        await branch.letters.cancel("deed")
    assert await branch.states() == [("cancelled", None), ("absent", None)]
    async with branch.database.transaction():
        await branch.letters.forget(MORNING)
    assert len(await branch.states()) == 2
    async with branch.database.transaction():
        await branch.letters.forget(MORNING + timedelta(seconds=1))
    assert await branch.states() == []


@pytest.mark.parametrize(
    ("code", "why"),
    [(401, "Unauthorized"), (404, "Not Found"), (409, "Conflict: terminated by other getUpdates")],
)
async def test_a_refused_token_stops_the_office_with_one_line(
    branch: Branch, telegram: Telegram, code: int, why: str
) -> None:
    telegram.will("hello", refuse(code, why))
    await branch.answer("hello", "next", to=await branch.person(11))
    with pytest.raises(Stopped, match=r"^BOT_TOKEN: "):
        async with asyncio.timeout(10):
            await branch.office.run()
    assert await branch.states() == [("pending", None), ("pending", None)]
    assert len(telegram.calls) == 1


# Strangers


async def test_a_strangers_repeat_says_so_in_the_language_of_the_answer(
    branch: Branch, telegram: Telegram
) -> None:
    telegram.will("hello", reset)
    args: dict[str, object] = {"method": "send_message", "params": {"text": "hello"}}
    async with branch.database.transaction():
        branch.letters.answer({**args, "language": "ar"}, person_id=None, chat_id=77)
        await branch.letters.write()
    await branch.office.drain()
    assert ["ربما وصلتكم" in text for text in telegram.texts] == [False, True]


@pytest.mark.parametrize("end", ["sent", "refused", "in doubt", "given way"])
async def test_nothing_of_a_stranger_is_on_disk_when_the_office_is_idle(
    branch: Branch, telegram: Telegram, end: str
) -> None:
    chat_id = 7_345_678_901
    traces = (str(chat_id).encode(), chat_id.to_bytes(6, "big"))
    if end == "refused":
        telegram.will("consent", refuse(403, "Forbidden"))
    elif end == "in doubt":
        telegram.will("consent", reset, reset)
    await branch.answer("language", "consent", chat_id=chat_id)
    for text in ("card", "card again")[: 2 if end == "given way" else 0]:
        await branch.answer(
            text,
            chat_id=chat_id,
            method="edit_message_text",
            message_id=5,
            edits=f"{chat_id}:5",
        )
    assert any(trace in branch.bytes_on_disk() for trace in traces)
    await branch.answer("a known one's", to=await branch.person(11))
    await branch.office.drain()
    assert await branch.states() == [SENT]
    assert [trace for trace in traces if trace in branch.bytes_on_disk()] == []


async def test_the_running_office_empties_the_log_as_soon_as_it_is_idle(
    branch: Branch, telegram: Telegram
) -> None:
    chat_id = 7_345_678_901
    await branch.answer("language", chat_id=chat_id)
    on_disk: list[bool] = []

    async def wait(event: asyncio.Event, seconds: float) -> None:
        if seconds > IDLE and not branch.office.in_flight and not event.is_set():
            on_disk.append(chat_id.to_bytes(6, "big") in branch.bytes_on_disk())
            branch.office.stop()
        await wait_for(event, seconds)

    await branch.open_again(wait=wait, now=time.monotonic).run()
    assert on_disk == [False]
