"""The Bot API's methods that send files and places, and what was sent already.

Sources: core.telegram.org/bots/api#sendphoto and after it, #copymessage; tdlib/telegram-bot-api,
Client.cpp, process_send_*_query, process_copy_message_query, get_location.
"""

from dataclasses import replace
from typing import Any

from sandbox.attachments import read_file
from sandbox.chats import Place
from sandbox.refusal import bad, stricter
from sandbox.request import Request
from sandbox.sending import caption, find, send


async def send_photo(request: Request) -> Any:
    return send(request, **caption(request), photo=read_file(request, "photo"))


async def send_video(request: Request) -> Any:
    return send(request, **caption(request), video=read_file(request, "video"))


async def send_document(request: Request) -> Any:
    return send(request, **caption(request), document=read_file(request, "document"))


async def send_voice(request: Request) -> Any:
    return send(request, **caption(request), voice=read_file(request, "voice"))


async def send_audio(request: Request) -> Any:
    return send(request, **caption(request), audio=read_file(request, "audio"))


async def send_location(request: Request) -> Any:
    return send(request, place=_place(request))


async def send_venue(request: Request) -> Any:
    title, address = request.needed("title"), request.needed("address")
    return send(request, place=replace(_place(request), title=title, address=address))


async def copy_message(request: Request) -> Any:
    """Text, file and entities; a caption only where another is given; never the keyboard."""
    source = replace(request, values={**request.values, "chat_id": request.needed("from_chat_id")})
    original = find(source, "message to copy")
    content = {name: getattr(original, name) for name in COPIED}
    if original.file is not None and "caption" in request.values:
        content |= caption(request)
    return {"message_id": send(request, **content)["message_id"]}


COPIED = ("text", "entities", "photo", "video", "document", "voice", "audio", "sticker", "place")


def _place(request: Request) -> Place:
    for name in ("latitude", "longitude"):
        if name not in request.values:
            raise bad(f"{name} is empty")
    place = Place(
        latitude=request.values["latitude"],
        longitude=request.values["longitude"],
    )
    if abs(place.latitude) > 90 or abs(place.longitude) > 180:
        raise stricter("there is no such place on earth")
    return place
