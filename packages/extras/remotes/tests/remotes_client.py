"""A client without sockets."""

from __future__ import annotations

import asyncio
import http.client
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from tidewire_testing import MemoryTransport, ProtocolLike

PEER = ("192.0.2.1", 50000)
SOCKET = ("192.0.2.80", 8080)


@dataclass(frozen=True)
class Answer:
    """A response, as a client sees it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class _Received:
    """Bytes, as the standard library's client wants to have them."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def read_answer(data: bytes, method: str) -> Answer:
    """Read a response that is complete."""
    response = http.client.HTTPResponse(cast(Any, _Received(data)), method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())


class Connection:
    """One connection to a server."""

    def __init__(self, protocol: Any, extra: dict[str, Any]) -> None:
        self.transport = MemoryTransport(cast(ProtocolLike, protocol), extra=extra)
        self.transport.connect()

    def send(self, target: str, *lines: str, method: str = "GET", body: bytes = b"") -> None:
        """Send a request, the only one of this connection."""
        head = [f"{method} {target} HTTP/1.1", *lines, "Connection: close"]
        if not any(line.startswith("Host:") for line in lines):
            head.append("Host: example")
        if body:
            head.append(f"Content-Length: {len(body)}")
        self.transport.feed("\r\n".join([*head, "", ""]).encode() + body)

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the loop go round until something is so."""
        for _ in range(1000):
            if condition():
                return
            await asyncio.sleep(0)
        raise AssertionError("it never came to be so")


class Client:
    """Makes connections to a server."""

    def __init__(self, server: Callable[[], Any]) -> None:
        self.server = server

    def connect(self, **extra: Any) -> Connection:
        """Make a connection, of which the transport knows some things."""
        return Connection(self.server(), {"peername": PEER, "sockname": SOCKET, **extra})

    async def ask(
        self, target: str = "/", *lines: str, method: str = "GET", body: bytes = b"", **extra: Any
    ) -> Answer:
        """Send a request over a connection of its own, and wait for the answer."""
        connection = self.connect(**extra)
        connection.send(target, *lines, method=method, body=body)
        await connection.until(connection.transport.is_closing)
        return read_answer(connection.transport.written, method)
