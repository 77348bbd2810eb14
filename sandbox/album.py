"""sendMediaGroup: two to ten messages in one call, all or none, shown as one album.

Sources: core.telegram.org/bots/api#sendmediagroup and #inputmedia; tdlib/telegram-bot-api,
Client.cpp (get_input_message_contents, get_input_media); td/telegram/MessagesManager.cpp,
send_message_group. As there, no keyboard is read; here one is refused like every parameter that
is not known.

Assumed: an item counts as a message against the limits. Telegram publishes no number for albums,
and calls what it takes here "an Array describing messages to be sent".
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sandbox import rules
from sandbox.attachments import read_file
from sandbox.refusal import Refused, bad, stricter
from sandbox.request import Request
from sandbox.rules import Upload
from sandbox.sending import LONGEST_CAPTION, marked, send_album
from sandbox.text import Formatted, units

MOST = 10
ALONE = ("document", "audio")  # "can be only grouped in an album with messages of the same type"


async def send_media_group(request: Request) -> Any:
    """Captions are read before any file, files before the mixture is looked at."""
    items = _items(request)
    words = [_caption(item) for item in items]
    pairs = zip(items, words, strict=True)
    contents = [_content(*pair, number) for number, pair in enumerate(pairs, start=1)]
    _check_mixture(items)
    return send_album(request, contents)


def _items(request: Request) -> list[Request]:
    """Each item as a call of its own, its file under its kind as sendPhoto and others have it."""
    given = request.needed("media")
    if not isinstance(given, list):
        raise bad("Expected an Array of InputMedia")
    if not given:
        raise bad("There are no messages to send")
    items = [_item(request, each) for each in given]
    if len(items) > MOST:
        raise bad("Too many messages to send as an album")
    if len(items) == 1:
        # "must include 2-10 items"; TDLib sends one as a message without an album.
        raise stricter("an album has 2 to 10 items")
    return items


def _item(request: Request, given: Any) -> Request:
    if not isinstance(given, dict):
        raise _unreadable("expected an Object")
    if "type" not in given:
        raise _unreadable('Can\'t find field "type"')
    kind, media = str(given["type"]).lower(), given.get("media")
    if kind == "animation":
        raise _unreadable('type "animation" can\'t be used in sendMediaGroup')
    if kind == "live_photo":
        raise stricter("live photos are not known here")
    if kind not in rules.ITEMS:
        raise _unreadable(f'type "{kind}" is unsupported')
    if not media or not _is_there(request, media):
        raise _unreadable("media not found")
    values = rules.read(rules.ITEMS[kind], given)
    return replace(request, values={**values, "type": kind, kind: media})


def _is_there(request: Request, media: object) -> bool:
    """Whether the part that attach:// names has come along."""
    if not isinstance(media, str) or not media.startswith("attach://"):
        return True
    return isinstance(request.body.get(media.removeprefix("attach://")), Upload)


def _caption(item: Request) -> Formatted:
    try:
        return marked(item, "caption")
    except Refused as error:
        reason = error.description.removeprefix("Bad Request: ")
        raise _unreadable(reason[:1].upper() + reason[1:]) from None


def _content(item: Request, words: Formatted, number: int) -> dict[str, Any]:
    if units(words.text) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    try:
        file = read_file(item, item.values["type"])
    except Refused as error:
        reason = error.description.removeprefix("Bad Request: ")
        if not reason.isupper():
            raise
        # A constant comes from Telegram's servers, once the item was read and uploaded.
        told = f'failed to send message #{number} with the error message "{reason}"'
        raise bad(told) from None
    return {"text": words.text or None, "entities": words.entities, item.values["type"]: file}


def _check_mixture(items: Sequence[Request]) -> None:
    kinds = [item.values["type"] for item in items]
    for kind in kinds:
        if kind in ALONE and set(kinds) != {kind}:
            raise bad(f"{kind} can't be mixed with other media types")
    above = {item.values.get("show_caption_above_media", False) for item in items}
    if len(above) > 1:
        raise bad("Parameter show_caption_above_media must be the same for all messages")


def _unreadable(reason: str) -> Refused:
    if reason.lower().startswith("sandbox: "):
        return bad(reason)
    return bad(f"can't parse InputMedia: {reason}")
