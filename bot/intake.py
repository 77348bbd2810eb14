"""Intake: a batch of updates is one transaction; whatever they answer leaves after its commit."""

import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from telegram import Bot, CallbackQuery, Chat, Message, Update
from telegram.ext import Application, ConversationHandler

from bot.logs import describe, person_key
from handlers.context import Context
from handlers.flow import CONTEXT, Idle
from handlers.letters import apology
from handlers.refusals import explain
from locales import language_for, speech
from mentoring.desk import Desk
from mentoring.people import Person
from mentoring.refusals import Refusal
from storage.database import Database
from storage.intake import IntakeTable, Place
from storage.letters import Gathered, LetterTable
from storage.people import PeopleTable

_log = logging.getLogger(__name__)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


@dataclass
class _Batch:
    """What was read before the updates of a batch, and what of it has changed since."""

    people: dict[int, Person]
    places: dict[int, Place]
    moved: dict[int, Place | None] = field(default_factory=dict)


class Intake:
    """Takes updates in their order, one after another, under the single writer."""

    def __init__(
        self,
        *,
        application: AnyApplication,
        conversation: ConversationHandler[Any],
        database: Database,
        transaction: Callable[[], AbstractAsyncContextManager[None]],
        desk: Desk,
        people: PeopleTable,
        letters: LetterTable,
        table: IntakeTable,
        default_language: str,
        hash_key: bytes,
    ) -> None:
        """`transaction`: the post office's, whose letters leave with its commit."""
        self._application = application
        self._conversation = conversation
        self._database = database
        self._transaction = transaction
        self._desk = desk
        self._people = people
        self._letters = letters
        self._table = table
        self._default_language = default_language
        self._hash_key = hash_key
        application.add_error_handler(self._remember_error)

    async def take(self, updates: Sequence[Update]) -> None:
        """Handles the updates and commits; raises only when nothing of them was kept.

        Updates seen before have no second effect. A handler that raises costs its own update:
        that is set aside with a reference, and its writer gets an apology.
        """
        gathered = self._letters.gathered()
        try:
            async with self._transaction():
                await self._take_new(updates)
                await self._letters.write()
        except BaseException:
            self._letters.put_back(gathered)
            raise

    async def _take_new(self, updates: Sequence[Update]) -> None:
        chats = {u.effective_chat.id for u in updates if u.effective_chat}
        known = await self._table.known([u.update_id for u in updates], list(chats))
        new = {u.update_id: u for u in updates if u.update_id not in known.seen}
        batch = _Batch(known.people, known.places)
        for update in new.values():
            await self._take_one(update, batch)
        await self._table.stand(batch.moved)
        await self._table.see(list(new), self._desk.now())

    async def _take_one(self, update: Update, batch: _Batch) -> None:
        chat = update.effective_chat
        if chat is None or update.effective_user is None:
            return
        if chat.type != Chat.PRIVATE:
            self._leave(chat.id)
        elif update.my_chat_member is not None:
            await self._hear_status(update, chat.id)
        else:
            await self._answer(update, chat.id, batch)

    def _leave(self, chat_id: int) -> None:
        self._letters.answer(
            {"method": "leave_chat", "params": {}}, person_id=None, chat_id=chat_id
        )

    async def _hear_status(self, update: Update, chat_id: int) -> None:
        assert update.my_chat_member is not None
        reachable = update.my_chat_member.new_chat_member.status not in ("kicked", "left")
        await self._people.reach(chat_id, reachable=reachable, now=self._desk.now())
        _log.info("update status=%s person=%s", reachable, self._hash(chat_id))

    async def _answer(self, update: Update, chat_id: int, batch: _Batch) -> None:
        person = batch.people.get(chat_id)
        if person is not None and not person.reachable:
            await self._people.reach(chat_id, reachable=True, now=self._desk.now())
        place = self._place_of(person, batch)
        context = self._context(update, chat_id, person, place)
        gathered = self._letters.gathered()
        try:
            async with self._database.attempt():
                step = await self._run(update, context, place)
        except Refusal as refusal:
            self._undo(context, gathered, person, place)
            explain(context, refusal)
            step = place[0]
        except Exception as error:
            if not self._database.in_transaction:
                raise  # nothing of the batch is left: it must not be marked as seen
            self._undo(context, gathered, person, place)
            await self._set_aside(update, context, error)
            step = place[0]
        self._write_down(context, batch, step)
        _log.info("update %s person=%s step=%s", _kind(update), self._hash(chat_id), step)

    def _place_of(self, person: Person | None, batch: _Batch) -> Place:
        idle = (Idle.HERE.value, None)
        if person is None:
            return idle
        if person.id in batch.moved:
            return batch.moved[person.id] or idle
        return batch.places.get(person.id, idle)

    async def _run(self, update: Update, context: Context, place: Place) -> str:
        """One update through PTB, which remembers nothing before or after. Returns the step."""
        assert update.effective_user is not None
        key = (context.chat_id, update.effective_user.id)
        # The one private name of PTB that we use; a test pins it.
        conversations: Any = self._conversation._conversations
        conversations[key] = place[0]
        self._application.bot_data[CONTEXT] = context
        try:
            await self._application.process_update(update)
            if context.error is not None:
                raise context.error
            step: str = conversations.get(key, Idle.HERE.value)
            return str(step)
        finally:
            conversations.pop(key, None)
            self._application.bot_data.clear()

    async def _remember_error(self, _update: object, context: Any) -> None:
        context.bot_data[CONTEXT].error = context.error

    def _undo(
        self, context: Context, gathered: Gathered, person: Person | None, place: Place
    ) -> None:
        """Everything as it was before the update, but for what the person is told now."""
        self._letters.put_back(gathered)
        context.start_over()
        context.person_or_none = person
        context.card_key = place[1]

    def _write_down(self, context: Context, batch: _Batch, step: str) -> None:
        person = context.person_or_none
        for answer in context.answers:
            self._letters.answer(
                {
                    "method": answer.outgoing.method,
                    "params": answer.outgoing.params,
                    "language": context.t.language,
                },
                person_id=person.id if person else None,
                chat_id=context.chat_id,
                edits=answer.edits,
            )
        if person is None:
            return
        batch.people[context.chat_id] = person
        place = None if step == Idle.HERE else (step, context.card_key)
        if place != batch.moved.get(person.id, batch.places.get(person.id)):
            batch.moved[person.id] = place

    async def _set_aside(self, update: Update, context: Context, error: Exception) -> None:
        """Kind and place of the error are kept, never a text: it could be somebody's words."""
        reference = secrets.token_hex(4)
        what = describe(error, frames=1)
        _log.error("update set aside reference=%s error=%s", reference, what)
        await self._table.set_aside(
            reference=reference, update_id=update.update_id, error=what, now=self._desk.now()
        )
        outgoing = apology(context.t, reference, known=context.person_or_none is not None)
        context.call(outgoing.method, **outgoing.params)

    def _context(
        self, update: Update, chat_id: int, person: Person | None, place: Place
    ) -> Context:
        user = update.effective_user
        assert user is not None
        stored = person.language if person else None
        query = update.callback_query
        return Context(
            desk=self._desk,
            bot_username=self._bot.username,
            chat_id=chat_id,
            telegram_code=user.language_code,
            telegram_name=user.full_name,
            t=speech(language_for(stored, user.language_code, self._default_language)),
            person_or_none=person,
            tapped_message=_card(query) if query else None,
            card_key=place[1],
        )

    @property
    def _bot(self) -> Bot:
        bot: Bot = self._application.bot
        return bot

    def _hash(self, chat_id: int) -> str:
        return person_key(chat_id, self._hash_key)


def _card(query: CallbackQuery) -> int | None:
    """The message that the button stands under; None under a file, whose text cannot change."""
    message = query.message
    return message.message_id if isinstance(message, Message) and message.text else None


def _kind(update: Update) -> str:
    if update.callback_query is not None:
        return "tap"
    return "edit" if update.edited_message is not None else "message"
