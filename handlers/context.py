"""What a step of a conversation has at hand: who speaks, in which language, and the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from handlers.buttons import Keyboard, facing, markup
from handlers.outgoing import Outgoing
from locales import Html, Speech, speech
from mentoring.cards import Card, new_key
from mentoring.desk import Desk
from mentoring.people import Person
from mentoring.refusals import NotYours


@dataclass(frozen=True)
class Answer:
    """Something said back in this chat. `edits` names the message it changes."""

    outgoing: Outgoing
    edits: str | None = None


@dataclass
class Context:
    """One update, being answered. Nothing of it outlives the update but what is written down."""

    desk: Desk
    bot_username: str
    chat_id: int
    telegram_code: str | None
    telegram_name: str
    t: Speech
    person_or_none: Person | None
    tapped_message: int | None = None
    card_key: str | None = None
    is_reply: bool = False
    """Whether the typed text is Telegram's reply to another message, which stands above it."""
    answers: list[Answer] = field(default_factory=list)
    error: Exception | None = None

    @property
    def person(self) -> Person:
        """Who speaks. Raises NotYours for a stranger: the grammar lets none come here."""
        if self.person_or_none is None:
            raise NotYours
        return self.person_or_none

    @property
    def now(self) -> datetime:
        return self.desk.now()

    @property
    def today(self) -> date:
        return self.desk.today(self.person)

    def speak(self, language: str) -> None:
        """From here on the answer is in that language."""
        self.t = speech(language)

    def say(self, sentence: str, keyboard: Keyboard = (), /, **values: object) -> None:
        """A new message: a literal of the catalogue and its values."""
        self.post(self.t(sentence, **values), keyboard)

    def post(self, text: Html, keyboard: Keyboard = ()) -> None:
        """A new message with a text that is composed already."""
        self._answer("send_message", {"text": text, **_common(keyboard, self.t)})

    def show(self, text: Html, keyboard: Keyboard = ()) -> None:
        """The card that was tapped changes in place; without a tap it is a new message."""
        if self.tapped_message is None:
            self.post(text, keyboard)
            return
        params = {"message_id": self.tapped_message, "text": text, **_common(keyboard, self.t)}
        self._answer("edit_message_text", params, edits=f"{self.chat_id}:{self.tapped_message}")

    def show_code(self, link: str, caption: Html, keyboard: Keyboard = ()) -> None:
        """A picture with a link's QR code; drawn when it leaves."""
        self._answer("send_photo", {"qr": link, "caption": caption, **_common(keyboard, self.t)})

    def send_calendar(self, entry: Mapping[str, object], caption: Html, keyboard: Keyboard) -> None:
        """A calendar file; written when it leaves."""
        params = {"calendar": entry, "caption": caption, **_common(keyboard, self.t)}
        self._answer("send_document", params)

    def anew(self) -> None:
        """From here on the answer is a new message: what was tapped stays as it is."""
        self.tapped_message = None

    def call(self, method: str, **params: object) -> None:
        """Any other method of the bot for this chat."""
        self._answer(method, params)

    def start_over(self) -> None:
        """Forgets what was about to be said."""
        self.answers.clear()

    async def open_card(self, kind: str, content: dict[str, Any]) -> Card:
        """A new card of this person; its key belongs into every button of it."""
        card = Card(new_key(), self.person.id, kind, content)
        await self.desk.cards.put(card)
        return card

    async def card(self, key: str | None, *kinds: str) -> Card:
        """The person's open card of such a kind. Raises NotYours: closed, another's or none."""
        card = key and await self.desk.cards.get(key, person_id=self.person.id)
        if not card or card.kind not in kinds:
            raise NotYours
        return card

    async def keep(self, card: Card, **values: object) -> Card:
        """Writes values into an open card."""
        kept = Card(card.key, card.person_id, card.kind, {**card.content, **values})
        await self.desk.cards.put(kept)
        return kept

    def expects_text(self, card: Card) -> None:
        """The next typed text belongs to this card (return the step that hears it)."""
        self.card_key = card.key

    def _answer(self, method: str, params: dict[str, object], *, edits: str | None = None) -> None:
        self.answers.append(Answer(Outgoing(method, params), edits))


def _common(keyboard: Keyboard, t: Speech) -> dict[str, object]:
    common: dict[str, object] = {"parse_mode": "HTML"}
    if keyboard:
        common["reply_markup"] = facing(markup(keyboard), right_to_left=t.right_to_left)
    return common
