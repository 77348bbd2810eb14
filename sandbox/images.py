"""What a picture is: its kind and its size in pixels, read from its first bytes."""

import struct


def kind_of(data: bytes) -> str | None:
    """The MIME type of a picture that Telegram takes as a photo, else None."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return None


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None for something that is no PNG or JPEG picture."""
    match kind_of(data):
        case "image/png":
            return _png(data)
        case "image/jpeg":
            return _jpeg(data)
        case _:
            return None


def _png(data: bytes) -> tuple[int, int] | None:
    if data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
