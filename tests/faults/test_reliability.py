"""What befalls a host: a full or failing disk, a locked file, a twin, an outage, a flood, a poison.

The table of all faults is docs/reliability.md. Each test is a real process that serves real phones
through the sandbox; where it ends, it ends with one line.
"""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    closing,
)
from pathlib import Path

from bot.gate import BURST
from sandbox.faults import Fault, Trouble
from sandbox.people import Person
from sandbox.shapes import chat, user
from tests.faults.served import (
    ANOTHER,
    MENTEE,
    MENTOR,
    PATIENCE,
    Life,
    Served,
    first_of,
    until,
)
from tests.faults.sweep_people import Phone, data_of, words
from tests.faults.troubles import full, locked, no_flush

FLOOD = 1000
TRIES = 10
"""So often has somebody knocked who surely waits for a lock."""
MEGABYTE = 1024 * 1024


async def test_a_full_disk_ends_it_and_what_was_said_meanwhile_is_answered_once_there_is_room(
    cramped: Served,
) -> None:
    phone = cramped.phone(MENTEE)
    async with cramped.bot() as life:
        await cramped.settled(phone)
        with full(cramped.path.parent):
            phone.say("/menu")
            await ends_with(cramped, life, "SQLITE_FULL")
            async with cramped.bot() as next_life:
                await ends_with(cramped, next_life, "SQLITE_FULL")
            assert len(phone.heard) == 1
    await is_answered_once(cramped, phone, answers_before=1)


async def ends_with(served: Served, life: Life, name: str) -> None:
    """One line, with SQLite's name for what is wrong; what was said is not confirmed."""
    mailbox = served.world.mailbox
    confirmed = served.world.wait_for(lambda: not mailbox.unconfirmed, PATIENCE)
    await first_of(life.process.wait(), confirmed)
    assert mailbox.unconfirmed == 1, "it was confirmed, and not kept"
    code, said = await life.end()
    assert (code, len(said)) == (1, 1), said
    assert said[0].startswith(f"Stopped by an error ({name}): OperationalError at storage/")


async def is_answered_once(served: Served, phone: Phone, *, answers_before: int) -> None:
    """The next life hears what was not confirmed, and the file is whole."""
    async with served.bot() as life:
        await phone.text()
        await served.polled()
    assert len(phone.heard) == answers_before + 1
    assert life.said == []
    assert served.rows("pragma integrity_check") == [("ok",)]
    assert served.rows("select count(*) from seen") == [(answers_before + 1,)]
    states = "select distinct state, repeat from letter where kind = 'answer'"
    assert served.rows(states) == [("sent", 0)]


async def is_stopped(
    served: Served, trouble: Callable[[Life], AbstractAsyncContextManager[None]], name: str
) -> None:
    """In that trouble nothing can be kept: it ends, and the next life answers once."""
    phone = served.phone(MENTEE)
    async with served.bot() as life:
        await served.settled(phone)
        async with trouble(life):
            phone.say("/menu")
            await ends_with(served, life, name)
    assert len(phone.heard) == 1
    await is_answered_once(served, phone, answers_before=1)


async def test_a_disk_that_does_not_take_a_commit_ends_it_and_the_update_is_answered_once(
    served: Served,
) -> None:
    await is_stopped(served, lambda life: no_flush(life.process.pid), "SQLITE_IOERR_FSYNC")


async def test_a_second_instance_on_the_same_database_ends_and_the_first_goes_on(
    served: Served,
) -> None:
    phone = served.phone(MENTEE)
    async with served.bot() as first:
        await served.polled()
        async with served.bot() as second:
            ended = await first_of(second.end(), first.end())
            assert ended == 0, "the second goes on, and the first has ended"
            name = served.path.name
            line = f"DATABASE_URL: another bot is running on {name}; stop it first."
            assert await second.end() == (1, [line])
        phone.say("/menu")
        await phone.text()
        await served.polled()
    assert first.said == []
    assert len(phone.heard) == 1


async def test_of_two_with_one_token_the_one_that_telegram_refuses_ends_and_the_other_serves(
    served: Served, tmp_path: Path
) -> None:
    """With a database of its own the newcomer knows nobody; Telegram serves whoever asked last."""
    async with served.bot() as first:
        await served.polled()
        async with served.bot(path=tmp_path / "other.sqlite3", planted=()) as second:
            ended = await first_of(first.end(), second.end())
            assert ended == 0, "the newcomer has ended"
            line = "BOT_TOKEN: another process uses this token; stop it first."
            assert await first.end() == (1, [line])
            await served.polled()


async def test_a_database_that_is_locked_for_a_moment_is_waited_for(served: Served) -> None:
    phone = served.phone(MENTEE)
    async with served.bot() as life:
        await served.settled(phone)
        phone.say("/meeting")
        message_id, _ = await phone.fresh("m.save")
        await served.polled()
        with locked(served.path):
            phone.tap(message_id, "m.save")
            before = life.naps()
            await life.while_it_lives(until(lambda: life.naps() >= before + TRIES))
            assert served.rows("select count(*) from meeting") == [(0,)]
        await life.while_it_lives(phone.edit(message_id, "undo"))
    assert life.said == []
    assert served.rows("select count(*) from meeting") == [(1,)]


async def test_a_database_that_stays_locked_ends_it_and_the_update_is_answered_once(
    served: Served,
) -> None:
    @asynccontextmanager
    async def trouble(_life: Life) -> AsyncIterator[None]:
        with locked(served.path):
            yield

    await is_stopped(served, trouble, "SQLITE_BUSY")


async def test_who_writes_a_thousand_messages_at_once_keeps_nobody_else_waiting(
    served: Served,
) -> None:
    """The pace's seconds stand still meanwhile, so that all that leaves can be counted."""
    flooder, others = served.phone(MENTEE), [served.phone(id_) for id_ in (MENTOR, ANOTHER)]
    still = ("the_pace_stands_still_when_told_to", *served.planted)
    async with served.bot(planted=still) as life:
        for other in others:
            await served.settled(other)
        before = life.peak()
        life.process.send_signal(signal.SIGUSR1)
        for _ in range(FLOOD):
            flooder.say("/menu")
        await asyncio.gather(*(other.ask(3) for other in others))
        await served.polled()
        await served.world.wait_for(lambda: len(flooder.heard) >= BURST, PATIENCE)
        grown = life.peak() - before
    assert len(flooder.heard) == BURST, "the flooder takes what is everybody's"
    for other in others:
        assert [words(each.message) for each in other.heard] == [menu(other)] * 4
    answers = "select count(*) from letter where kind = 'answer'"
    assert served.rows(answers) == [(FLOOD + 4 * len(others),)]
    assert grown < 16 * MEGABYTE, "what came is kept in memory"
    assert life.said == []


def menu(phone: Phone) -> str:
    """What it was answered before anybody was in the way."""
    return words(phone.heard[0].message)


async def test_updates_that_come_twice_swapped_a_day_old_or_with_another_number_count_once_each(
    served: Served,
) -> None:
    phone, other, faults = served.phone(MENTEE), served.phone(MENTOR), served.world.faults
    async with served.bot() as life:
        for each in (phone, other):
            await served.settled(each)
        phone.say("/meeting")
        message_id, _ = await phone.fresh("m.save")
        faults.plant(Trouble(fault=Fault.TWICE))
        phone.tap(message_id, "m.save")
        faults.plant(Trouble(fault=Fault.SWAP))
        for each in (phone, other):
            each.say("/menu")
        faults.plant(Trouble(fault=Fault.AGE))
        phone.say("/menu")
        await served.quiet()
        for number in (5, 10**9):  # smaller than those before, and far beyond
            served.world.mailbox.jump(number)
            phone.say("/menu")
            await served.quiet()
    assert served.rows("select count(*) from meeting") == [(1,)]
    shown = served.world.chats[phone.id].messages[message_id]
    assert data_of(shown, "undo"), "the second press has another answer"
    menus = [sum(words(each.message) == menu(of) for each in of.heard) for of in (phone, other)]
    assert menus == [5, 2]
    assert life.said == []


async def test_poison_is_set_aside_and_whoever_wrote_beside_it_is_answered(
    served: Served,
) -> None:
    """One update that nobody can read, one whose handler raises, and two good ones around them."""
    first, broken, last = (served.phone(person) for person in (MENTEE, MENTOR, ANOTHER))
    with closing(sqlite3.connect(served.path)) as file:
        file.execute(
            "create trigger breaks before insert on card when new.person_id = (select id from "
            f"person where chat_id = {MENTOR}) begin select raise(abort, 'broken'); end"
        )
    first.say("/menu")
    unreadable(served, first.id)
    broken.say("/meeting")
    last.say("/menu")
    async with served.bot() as life:
        await life.while_it_lives(served.quiet())
    assert [len(phone.heard) for phone in (first, broken, last)] == [1, 1, 1]
    [told] = broken.heard
    assert "something went wrong on our side" in words(told.message)
    [unread, aside] = life.said
    assert "cannot be read: KeyError" in unread
    assert "update set aside reference=" in aside
    assert served.rows("select count(*) from seen") == [(4,)]
    assert served.rows("select count(*) from aside") == [(1,)]


def unreadable(served: Served, person: int) -> None:
    """A message without the date that every message has."""
    who: Person = served.world.chats[person].person
    message = {"message_id": 1, "chat": chat(who), "from": user(who), "text": "/menu"}
    served.world.mailbox.put("message", message)
