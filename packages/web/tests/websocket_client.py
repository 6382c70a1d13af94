"""Clients of websockets: one without sockets, of which each byte is the test's, and one over a real connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, ClassVar

from web_client import Client, Connection, request

from tidewire_http_io import ClientConnection, ClientOptions, Sweep
from tidewire_http_parser import ResponseHead, ResponseParser
from tidewire_websocket import (
    DeflateOptions,
    Handshake,
    MessageReader,
    WSMessage,
    check_handshake,
    handshake_fields,
    new_key,
    serialise_close,
    serialise_message,
    serialise_ping,
)
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions


def handshake(
    target: str = "/", *lines: str, without: str = "", method: str = "GET", **options: Any
) -> bytes:
    """The bytes of a handshake; one of its fields can be left out."""
    fields = handshake_fields(options.pop("key", "AAAAAAAAAAAAAAAAAAAAAA=="), **options)
    kept = [f"{name}: {value}" for name, value in fields if name != without]
    return request(target, *kept, *lines, method=method)


class Peer:
    """The client of a websocket in memory."""

    opened: ClassVar[list[Peer]] = []

    def __init__(self, connection: Connection, head: ResponseHead, agreed: Handshake) -> None:
        self.connection = connection
        self.transport = connection.transport
        self.head = head
        self.fields = {str(name).lower(): value for name, value in head.fields}
        self.agreed = agreed
        self._reader = MessageReader(False, 0)

    @classmethod
    async def open(
        cls,
        client: Client,
        target: str = "/",
        *lines: str,
        protocols: Sequence[str] = (),
        deflate: DeflateOptions | None = None,
        rest: bytes = b"",
        **extra: Any,
    ) -> Peer:
        """Do the handshake; `rest` comes with it."""
        connection = client.connect(**extra)
        key = new_key()
        options: dict[str, Any] = {"protocols": protocols, "deflate": deflate}
        connection.transport.feed(handshake(target, *lines, key=key, **options) + rest)
        await connection.until(lambda: b"\r\n\r\n" in connection.transport.written)
        head, _, frames = connection.transport.take().partition(b"\r\n\r\n")
        parser = ResponseParser()
        parser.expect("GET")
        parser.receive_data(head + b"\r\n\r\n")
        event = parser.next_event()
        assert isinstance(event, ResponseHead)
        peer = cls(connection, event, check_handshake(key, event.status, event.fields, **options))
        peer._reader.receive_data(frames)
        cls.opened.append(peer)
        return peer

    @classmethod
    def lose_all(cls) -> None:
        """Have every client go, so that no handler waits for one."""
        while cls.opened:
            cls.opened.pop().transport.lose()

    def send(self, *messages: str | bytes) -> None:
        """Send messages."""
        self.transport.feed(b"".join(serialise_message(message, masked=True) for message in messages))

    def ping(self, data: bytes = b"") -> None:
        """Send a ping."""
        self.transport.feed(serialise_ping(data, masked=True))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Send a close frame."""
        self.transport.feed(serialise_close(code, reason, masked=True))

    def look(self) -> list[tuple[int, Any]]:
        """What has come since the last call: types and data."""
        data = self.transport.take()
        if data:
            self._reader.receive_data(data)
        found: list[tuple[int, Any]] = []
        while (message := self._reader.take()) is not None:
            assert isinstance(message, WSMessage)
            found.append((int(message.type), message.data))
        assert self._reader.error is None
        return found

    async def hear(self, number: int = 1) -> list[tuple[int, Any]]:
        """Wait for so many messages, control frames among them."""
        found: list[tuple[int, Any]] = []

        def heard() -> bool:
            found.extend(self.look())
            return len(found) >= number

        await self.connection.until(heard)
        return found

    async def settle(self) -> None:
        """Let everything happen that is due, the end of the connection too."""
        for _ in range(10):
            await asyncio.sleep(0)
        self.transport.settle()
        for _ in range(10):
            await asyncio.sleep(0)


async def connect(
    port: int,
    target: str = "/",
    *,
    deflate: DeflateOptions | None = None,
    **options: Any,
) -> WebSocket:
    """Open a websocket to a server on this machine, over a real connection; it is to be closed."""
    loop = asyncio.get_running_loop()
    protocol: Any = ClientConnection(loop, Sweep(loop.call_later, loop.time, time.time), ClientOptions())
    await loop.create_connection(lambda: protocol, "127.0.0.1", port)
    exchange = protocol.begin()
    key = new_key()
    fields = [("Host", f"127.0.0.1:{port}"), *handshake_fields(key, deflate=deflate)]
    exchange.send_request("GET", target, fields, b"")
    head = await exchange.response()
    assert head is not None
    agreed = check_handshake(key, head.status, head.fields, deflate=deflate)
    return WebSocket(
        exchange.take_tunnel(), server=False, options=WebSocketOptions(**options), deflate=agreed.deflate
    )
