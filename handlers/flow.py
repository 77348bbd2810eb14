"""The grammar of conversations: what is heard where, and the one ConversationHandler made of it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from telegram import Update
from telegram.ext import Application, BaseHandler, CallbackContext, ConversationHandler

from handlers.buttons import Tap, unpack
from handlers.context import Context

END = ConversationHandler.END
Next = StrEnum | int | None
"""The step that hears the next typed text; END for none; None leaves it where it was."""

AnyTap = TypeVar("AnyTap", bound=Tap)
Ask = Callable[[Context], Awaitable[Next]]
TakeText = Callable[[Context, str], Awaitable[Next]]


class Idle(StrEnum):
    """Where somebody stands who is in no conversation."""

    HERE = "idle"


@dataclass(frozen=True)
class Tapped:
    """A button and who takes it; heard wherever the person stands."""

    tap: type[Tap]
    take: Callable[[Context, Any], Awaitable[Next]]
    strangers: bool = False


@dataclass(frozen=True)
class Begin:
    """A command and who answers it; the text behind it is given along."""

    command: str
    ask: TakeText
    strangers: bool = False


@dataclass(frozen=True)
class Replied:
    """A button, and who takes text typed as a reply to the message it stands under."""

    tap: type[Tap]
    take: Callable[[Context, Any, str], Awaitable[Next]]


def tapped(
    tap: type[AnyTap],
    take: Callable[[Context, AnyTap], Awaitable[Next]],
    *,
    strangers: bool = False,
) -> Tapped:
    return Tapped(tap, take, strangers)


def begun(command: str, ask: Ask) -> Begin:
    """A command that needs nothing behind it."""

    async def ask_alone(context: Context, _rest: str) -> Next:
        return await ask(context)

    return Begin(command, ask_alone)


@dataclass(frozen=True)
class Flow:
    """One conversation: commands that begin it, its buttons, replies, and steps that hear text."""

    begin: Sequence[Begin] = ()
    taps: Sequence[Tapped] = ()
    replies: Sequence[Replied] = ()
    steps: Mapping[StrEnum, TakeText] = field(default_factory=dict)


Unexpected = Callable[[Context, Update], Awaitable[Next]]
_Run = Callable[[Context], Awaitable[Next]]
Find = Callable[[Update], _Run | None]
Handler = BaseHandler[Update, CallbackContext[Any, Any, Any, Any], Any]

CONTEXT = "context"
"""Where bot_data holds the Context of the one update that is being answered."""


class _Hears(Handler):
    """A handler whose check finds what is to run, and runs it with our Context."""

    def __init__(self, find: Find) -> None:
        super().__init__(_never_called)
        self._find = find

    def check_update(self, update: object) -> _Run | None:
        return self._find(update) if isinstance(update, Update) else None

    async def handle_update(
        self,
        update: Update,  # noqa: ARG002 - PTB's signature
        application: Application[Any, Any, Any, Any, Any, Any],
        check_result: Any,
        context: CallbackContext[Any, Any, Any, Any],  # noqa: ARG002 - PTB's signature
    ) -> Next:
        next_step: Next = await check_result(application.bot_data[CONTEXT])
        return next_step


async def _never_called(_update: Update, _context: object) -> None:
    raise AssertionError("_Hears runs what its check found")


def conversation(flows: Iterable[Flow], unexpected: Unexpected) -> ConversationHandler[Any]:
    """All flows as ONE handler: with two, text typed into the second went to the first."""
    flows = list(flows)
    taps = _by_name((entry.tap.tag, entry) for flow in flows for entry in flow.taps)
    commands = _by_name((entry.command, entry) for flow in flows for entry in flow.begin)
    replies = _by_name((entry.tap.tag, entry) for flow in flows for entry in flow.replies)
    steps = _by_name((step, take) for flow in flows for step, take in flow.steps.items())
    states: dict[object, list[Handler]] = {
        step: [_Hears(_text_for(take))] for step, take in steps.items()
    }
    return ConversationHandler(
        entry_points=[
            _Hears(_tap_in(taps, unexpected)),
            _Hears(_command_in(commands, unexpected)),
            _Hears(_reply_in(replies, unexpected)),
        ],
        states={Idle.HERE: [], **states},
        fallbacks=[_Hears(lambda update: lambda context: unexpected(context, update))],
        allow_reentry=True,
    )


def _tap_in(taps: Mapping[str, Tapped], unexpected: Unexpected) -> Find:
    def find(update: Update) -> _Run | None:
        query = update.callback_query
        tap = unpack(query.data) if query and query.data else None
        entry = taps.get(tap.tag) if tap else None
        if entry is None:
            return None
        run: _Run = lambda context: entry.take(context, tap)  # noqa: E731
        return run if entry.strangers else _for_people(run, update, unexpected)

    return find


def _command_in(commands: Mapping[str, Begin], unexpected: Unexpected) -> Find:
    def find(update: Update) -> _Run | None:
        command, _, rest = (text_of(update) or "").partition(" ")
        entry = commands.get(command.removeprefix("/").partition("@")[0])
        if not command.startswith("/") or entry is None:
            return None
        run: _Run = lambda context: entry.ask(context, rest.strip())  # noqa: E731
        return run if entry.strangers else _for_people(run, update, unexpected)

    return find


def _reply_in(replies: Mapping[str, Replied], unexpected: Unexpected) -> Find:
    """Heard before any step: whoever replies to a message means that one, whatever is open."""

    def find(update: Update) -> _Run | None:
        text = typed_in(update)
        found = [(replies[tap.tag], tap) for tap in _taps_above(update) if tap.tag in replies]
        if text is None or not found:
            return None
        entry, tap = found[0]
        return _for_people(lambda context: entry.take(context, tap, text), update, unexpected)

    return find


def _taps_above(update: Update) -> list[Tap]:
    """What the buttons say under the message that this one replies to; Telegram brings them."""
    replied = update.message.reply_to_message if update.message else None
    rows = replied.reply_markup.inline_keyboard if replied and replied.reply_markup else ()
    told = [button.callback_data for row in rows for button in row]
    return [tap for data in told if isinstance(data, str) and (tap := unpack(data))]


def _for_people(run: _Run, update: Update, unexpected: Unexpected) -> _Run:
    """Strangers reach only what is meant for them; all else is unexpected."""

    async def run_if_known(context: Context) -> Next:
        if context.person_or_none is None:
            return await unexpected(context, update)
        return await run(context)

    return run_if_known


def text_of(update: Update) -> str | None:
    """The typed text of a new message; an edited one is not typed anew."""
    return update.message.text if update.message else None


def typed_in(update: Update) -> str | None:
    """The same, unless it is a command."""
    text = text_of(update)
    return None if text is None or text.startswith("/") else text


def _text_for(take: TakeText) -> Find:
    def find(update: Update) -> _Run | None:
        text = typed_in(update)
        if text is None:
            return None

        async def run(context: Context) -> Next:
            context.is_reply = _is_reply(update)
            return await take(context, text)

        return run

    return find


def _is_reply(update: Update) -> bool:
    message = update.message
    return bool(message and (message.reply_to_message or message.external_reply))


Value = TypeVar("Value")


def _by_name(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is heard in two places")
        found[name] = value
    return found
