"""Files that a call brings or names, with Telegram's refusals.

Source: core.telegram.org/bots/api#sending-files; tdlib/telegram-bot-api, Client.cpp,
get_input_file and process_send_photo_query; td/telegram/files/FileManager.cpp.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.chats import File
from sandbox.images import kind_of, size_of
from sandbox.refusal import Refused, bad, stricter
from sandbox.request import MEGABYTE, Request
from sandbox.rules import Upload
from sandbox.text import is_encodable
from sandbox.world import World

# td/telegram/files/FileType.cpp
TYPES = {
    "photo": "Photo",
    "video": "Video",
    "document": "Document",
    "voice": "VoiceNote",
    "audio": "Audio",
}
SOUNDS = (b"OggS", b"ID3", b"\xff\xfb", b"\0\0\0\x20ftypM4A", b"\0\0\0\x1cftypM4A")


def read_file(request: Request, what: str) -> File:
    """The file of a call: uploaded, or known by its file_id."""
    given = request.values.get(what)
    if isinstance(given, str) and given.startswith("attach://"):
        given = request.body.get(given.removeprefix("attach://"))
    if given is None:
        raise bad(f"There is no {what} in the request")
    if isinstance(given, Upload):
        return _upload(request, given, what)
    if given.startswith(("http://", "https://")):
        raise stricter("files are not fetched by URL")
    return _known(request.world, given, what)


def _upload(request: Request, upload: Upload, what: str) -> File:
    if not upload.data:
        raise bad("file must be non-empty")
    if not is_encodable(upload.name):
        raise bad("strings must be encoded in UTF-8")
    # core.telegram.org/bots/api#sending-files: "10 MB max size for photos, 50 MB for other files"
    most = 10 if what == "photo" else 50
    if len(upload.data) > most * MEGABYTE:
        raise Refused(413, "Request Entity Too Large")
    if what == "photo":
        return _picture(request.world, upload)
    if what == "video" and upload.data[4:8] != b"ftyp":
        # sendVideo: "Telegram clients support MPEG4 videos (other formats may be sent as Document)"
        raise stricter("a video is MPEG4")
    if what == "voice" and not upload.data.startswith(SOUNDS):
        # sendVoice: "Audio must be in an .OGG file encoded with OPUS, or in .MP3 format, or in
        # .M4A format (other formats may be sent as Audio or Document)"
        raise stricter("a voice message is OGG, MP3 or M4A")
    mime = "audio/ogg" if upload.data.startswith(b"OggS") else upload.mime
    told = _told(request.values, what)
    return request.world.keep(upload.data, upload.name, mime, what, **told)


def _told(values: Mapping[str, Any], what: str) -> dict[str, Any]:
    """What a call says of a file that it uploads; a known file stays as it was uploaded."""
    told: dict[str, Any] = {}
    if what in {"voice", "audio", "video"}:
        told["seconds"] = values.get("duration", 0)
    if what == "audio":
        told["title"] = values.get("title", "")
    if what == "video":
        told["size"] = values.get("width", 0), values.get("height", 0)
    return told


def _picture(world: World, upload: Upload) -> File:
    size = size_of(upload.data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    # sendPhoto: "width and height must not exceed 10000 in total. ... ratio must be at most 20"
    if not all(size) or sum(size) > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    mime = kind_of(upload.data) or upload.mime
    return world.keep(upload.data, upload.name, mime, "photo", size=size)


def _known(world: World, file_id: str, what: str) -> File:
    file = world.files.get(file_id)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if file.kind != what:
        raise bad(f"can't use file of type {TYPES[file.kind]} as {TYPES[what]}")
    return file
