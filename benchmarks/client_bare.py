"""The floor of the clients benchmark: canned requests, and as little as possible read of the answers."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from client_rows import DOCUMENT, PIECE, UPLOAD, Site

__all__ = ["bare_protocol"]


class _Connection(asyncio.Protocol):
    """A connection that knows how long its answers are."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self._waiter: asyncio.Future[Any] | None = None
        self._room: asyncio.Future[None] | None = None
        self._pieces: list[bytes] = []
        self._size = 0
        self._missing = -1
        self._counts = False

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            head, _, data = data.partition(b"\r\n\r\n")
            at = head.index(b"Content-Length: ") + 16
            self._size = self._missing = int(head[at : head.index(b"\r\n", at)])
            self._pieces = []
        self._missing -= len(data)
        if not self._counts:
            self._pieces.append(data)
        if not self._missing and self._waiter is not None:
            self._waiter.set_result(self._size if self._counts else b"".join(self._pieces))
            self._missing, self._pieces = -1, []

    def pause_writing(self) -> None:
        self._room = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._room is not None:
            self._room.set_result(None)
            self._room = None

    async def send(self, data: bytes) -> None:
        """Send a piece of a long body."""
        self.transport.write(data)
        if self._room is not None:
            await self._room

    async def ask(self, request: bytes, *, counts: bool = False) -> Any:
        """Send the end of a request, and return the body of the answer, or how long it was."""
        self._counts = counts
        self._waiter = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._waiter


class _Client:
    """Connections to one server, which are used again.

    Args:
        url: the server's.
        context: the context of TLS.
    """

    def __init__(self, url: str, context: ssl.SSLContext | None) -> None:
        parts = urlsplit(url)
        self._where = parts.hostname, parts.port
        self._context = context
        self._idle: list[_Connection] = []
        self._every: list[_Connection] = []
        self.common = f"Host: {parts.netloc}\r\nAccept: */*\r\n".encode()
        self.get = b"GET / HTTP/1.1\r\n" + self.common + b"\r\n"

    async def connect(self) -> _Connection:
        """Open a connection."""
        loop = asyncio.get_running_loop()
        host, port = self._where
        _, connection = await loop.create_connection(_Connection, host, port, ssl=self._context)
        return connection

    async def ask(self, request: bytes, *, counts: bool = False) -> Any:
        """Send a request on a connection that is kept."""
        connection = await self.take()
        answer = await connection.ask(request, counts=counts)
        self._idle.append(connection)
        return answer

    async def take(self) -> _Connection:
        """Take a connection that is kept."""
        if self._idle:
            return self._idle.pop()
        connection = await self.connect()
        self._every.append(connection)
        return connection

    def put(self, connection: _Connection) -> None:
        """Keep a connection."""
        self._idle.append(connection)

    async def ask_once(self) -> Any:
        """Send a request on a connection of its own."""
        connection = await self.connect()
        body = await connection.ask(self.get)
        connection.transport.close()
        return body

    def close(self) -> None:
        """Close every connection."""
        for connection in self._every:
            connection.transport.close()


def _senders(plain: _Client, site: Site) -> dict[str, Callable[[], Any]]:
    """The functions that send long bodies."""
    pieces = site.transfer // PIECE

    async def send_file() -> Any:
        connection = await plain.take()
        head = b"POST / HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n" % (plain.common, site.transfer)
        await connection.send(head)
        with open(site.file, "rb") as file:  # noqa: ASYNC230
            for _ in range(pieces - 1):
                await connection.send(file.read(PIECE))
            answer = await connection.ask(file.read(PIECE))
        plain.put(connection)
        return answer

    async def send_pieces() -> Any:
        connection = await plain.take()
        await connection.send(b"POST / HTTP/1.1\r\n%bTransfer-Encoding: chunked\r\n\r\n" % plain.common)
        piece = bytes(PIECE)
        for _ in range(pieces):
            await connection.send(b"%x\r\n%b\r\n" % (PIECE, piece))
        answer = await connection.ask(b"0\r\n\r\n")
        plain.put(connection)
        return answer

    return {"send_file": send_file, "send_pieces": send_pieces}


@asynccontextmanager
async def bare_protocol(site: Site) -> AsyncIterator[dict[str, Callable[[], Any]]]:
    """The client; see `client_contenders`."""
    plain = _Client(site.http, None)
    near = _Client(site.near, None)
    fresh = _Client(site.fresh, None)
    context = ssl.create_default_context(cafile=site.authority) if site.https else None
    secure = _Client(site.https, context)

    async def post() -> Any:
        body = json.dumps(DOCUMENT).encode()
        head = b"POST /json HTTP/1.1\r\n%bContent-Type: application/json\r\n" % plain.common
        return json.loads(await plain.ask(head + b"Content-Length: %d\r\n\r\n" % len(body) + body))

    async def upload() -> Any:
        head = b"POST / HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n" % (plain.common, len(UPLOAD))
        return await plain.ask(head + UPLOAD)

    large = b"GET /large HTTP/1.1\r\n" + plain.common + b"\r\n"
    long = b"GET /long HTTP/1.1\r\n" + plain.common + b"\r\n"
    yield {
        "get": lambda: plain.ask(plain.get),
        "near": lambda: near.ask(near.get),
        "post": post,
        "upload": upload,
        "download": lambda: plain.ask(large),
        "connect": fresh.ask_once,
        "receive": lambda: plain.ask(long, counts=True),
        "tls": lambda: secure.ask(secure.get),
        "handshake": secure.ask_once,
        **_senders(plain, site),
    }
    plain.close()
    near.close()
    secure.close()
