"""The body of a request to the Bot API, written under a write timeout, which aiohttp lacks."""

import asyncio
import select
from collections.abc import Iterator
from secrets import token_hex
from typing import IO
from urllib.parse import urlencode

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload
from telegram.request import RequestData

PIECE = 64 * 1024
"""Bytes; each piece has the whole write timeout, so that a slow but steady upload gets through."""

_QUOTES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
"""As browsers quote the names in a form. Other scripts stay as they are, in UTF-8."""


class Body(Payload):
    """Bytes that know whether the first of them has left, and whether they left too slowly."""

    def __init__(self, content: bytes, content_type: str, timeout: float | None) -> None:
        super().__init__(content, content_type=content_type)
        self._content = content
        self._timeout = timeout
        self._size = len(content)
        self.has_left = False
        self.is_late = False

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write everything; the headers leave together with the first piece."""
        if is_hung_up(writer.transport):
            raise ConnectionResetError("closed before the first byte")
        self.has_left = True
        try:
            for piece in self._pieces():
                async with asyncio.timeout(self._timeout):
                    await writer.write(piece)
                    await writer.drain()
        except TimeoutError:
            self.is_late = True
            # Closing would wait until the peer has read what is buffered: for ever, perhaps.
            if writer.transport is not None:
                writer.transport.abort()
            raise

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Asked for by aiohttp's `Payload`."""
        return self._content.decode(encoding, errors)

    def _pieces(self) -> Iterator[memoryview]:
        """At least one, if only an empty one: it carries the headers."""
        view = memoryview(self._content)
        for start in range(0, max(len(view), 1), PIECE):
            yield view[start : start + PIECE]


def body_of(request: RequestData, timeout: float | None) -> Body:
    """A form; with files in it a multipart form."""
    if request.contains_files:
        return _multipart(request, timeout)
    # A lone surrogate costs one character of the message and not the message.
    form = urlencode(request.json_parameters, errors="replace")
    return Body(form.encode("ascii"), "application/x-www-form-urlencoded", timeout)


def is_hung_up(transport: asyncio.BaseTransport | None) -> bool:
    """Whether the server has closed its side: it will not answer what has not left yet.

    The kernel knows before the event loop does. Bytes that wait to be read (a TLS session ticket)
    are no hint, so only the hang-up itself is asked for; where the system cannot tell, no.
    """
    if transport is None or transport.is_closing():
        return True
    if not hasattr(select, "POLLRDHUP"):
        return False
    line = select.poll()
    line.register(transport.get_extra_info("socket").fileno(), select.POLLRDHUP)
    return bool(line.poll(0))


def _multipart(request: RequestData, timeout: float | None) -> Body:
    boundary = token_hex(16)
    parts = [_field(name, text) for name, text in request.json_parameters.items()]
    for name, (filename, content, mimetype) in request.multipart_data.items():
        parts.append(_file(name, filename, mimetype) + _bytes(content))
    start, end = f"--{boundary}\r\n".encode(), f"--{boundary}--\r\n".encode()
    content = b"".join(start + part + b"\r\n" for part in parts) + end
    return Body(content, f"multipart/form-data; boundary={boundary}", timeout)


def _field(name: str, text: str) -> bytes:
    head = f'Content-Disposition: form-data; name="{name.translate(_QUOTES)}"\r\n\r\n'
    return (head + text).encode(errors="replace")


def _file(name: str, filename: str, mimetype: str) -> bytes:
    name, filename = name.translate(_QUOTES), filename.translate(_QUOTES)
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
    return f"{disposition}\r\nContent-Type: {mimetype}\r\n\r\n".encode(errors="replace")


def _bytes(content: bytes | IO[bytes]) -> bytes:
    return content if isinstance(content, bytes) else content.read()
