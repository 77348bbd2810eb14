"""What a phone has at hand to send: a small picture, a second of voice, a sticker's emoji."""

import struct
import zlib
from functools import cache

STICKER = "👋"
OPUS_SILENCE = b"\xf8\xff\xfe"  # one frame of 20 ms
FRAMES = 50


@cache
def photo() -> bytes:
    """A PNG of 160 by 120 pixels: an evening over hills."""
    width, height = 160, 120
    rows = b"".join(
        b"\0" + b"".join(_pixel(x, y, height) for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


@cache
def voice() -> bytes:
    """A second of silence in OGG Opus, the format of Telegram's voice messages."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    sound = [OPUS_SILENCE] * FRAMES
    pages = (2, 0, [head]), (0, 0, [tags]), (4, FRAMES * 960, sound)
    return b"".join(
        _page(flags, place, number, packets) for number, (flags, place, packets) in enumerate(pages)
    )


def _pixel(x: int, y: int, height: int) -> bytes:
    hill = height * 0.72 - abs((x * 3) % 160 - 80) * 0.22
    if y > hill:
        return bytes((38, 62 + y // 4, 58))
    return bytes((250 - y // 2, 176 - y // 3, 110 + y // 2))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _page(flags: int, place: int, number: int, packets: list[bytes]) -> bytes:
    """One OGG page (RFC 3533); every packet is shorter than 255 bytes."""
    lacing = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqII", 0, flags, place, 1, number)
    tail = bytes((len(lacing),)) + lacing + b"".join(packets)
    return head + struct.pack("<I", _checksum(head + b"\0\0\0\0" + tail)) + tail


def _checksum(data: bytes) -> int:
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
            register &= 0xFFFFFFFF
    return register
