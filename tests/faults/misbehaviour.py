"""Servers on loopback that do to a client what networks do."""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

ME = {"id": 123456789, "is_bot": True, "first_name": "Tandem", "username": "tandem_bot"}


def answer(result: object, status: str = "200 OK") -> bytes:
    """A whole answer of the Bot API."""
    body = json.dumps({"ok": True, "result": result}).encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class Line:
    """One connection, as the server sees it, and what the test waits for."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def hear(self) -> bytes:
        """One whole request."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return head + await self.reader.readexactly(length)

    async def say(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    def reset(self) -> None:
        """Ends it with a RST in place of a FIN."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()

    async def until_gone(self) -> None:
        """Until the client has let go."""
        while await self.reader.read(2**16):
            pass


Play = Callable[[Line], Awaitable[None]]


@dataclass
class Server:
    """Where it listens, how many connections it has seen, and when it has let go of one."""

    port: int = 0
    lines: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def serving(play: Play, *, small_buffer: bool = False) -> AsyncIterator[Server]:
    """Plays the same to every connection, and closes it at the end of the play."""
    server, playing = Server(), set[asyncio.Task[None]]()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.lines += 1
        task = asyncio.current_task()
        assert task is not None
        playing.add(task)
        try:
            await play(Line(reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client let go first, or the test is over
        finally:
            playing.discard(task)
            writer.close()
            server.closed.set()

    listener = socket.create_server(("127.0.0.1", 0))
    if small_buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    server.port = listener.getsockname()[1]
    listening = await asyncio.start_server(accept, sock=listener)
    try:
        yield server
    finally:
        listening.close()
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        await asyncio.sleep(0)  # the loop's turn to close the sockets


@dataclass(frozen=True)
class Closer:
    """A server in a thread: it can close a connection while the client's event loop stands."""

    port: int
    heard: list[bytes]
    close: threading.Event
    closed: threading.Event


@contextmanager
def closing_behind_the_loop() -> Iterator[Closer]:
    """Answers, closes when told; then answers on a second connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)
    closer = Closer(listener.getsockname()[1], [], threading.Event(), threading.Event())

    def serve_one() -> None:
        line, _ = listener.accept()
        with line:
            line.settimeout(5)
            closer.heard.append(line.recv(2**16))
            line.sendall(answer(ME))
            closer.close.wait(5)
        closer.closed.set()

    def serve_two() -> None:
        serve_one()
        serve_one()

    thread = threading.Thread(target=serve_two)
    thread.start()
    try:
        yield closer
    finally:
        closer.close.set()
        thread.join()
        listener.close()
