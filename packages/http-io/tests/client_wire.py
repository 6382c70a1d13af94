"""A client without sockets: connections in memory, a clock that the test moves, and the server's bytes."""

from __future__ import annotations

import asyncio
import weakref
from typing import Any

from wire import EPOCH, PEER, Recorder

from tidewire_http_io import ClientConnection, ClientExchange, ClientOptions, Sweep
from tidewire_testing import FakeClock, MemoryTransport

HOST = [("Host", "example")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class TunnelRecorder:
    """What takes the bytes of a tunnel, and keeps them."""

    def __init__(self) -> None:
        self.data = b""
        self.pieces = 0
        self.eofs = 0
        self.losses: list[Exception | None] = []

    def data_received(self, data: bytes) -> None:
        assert data
        assert not self.eofs
        assert not self.losses
        self.data += data
        self.pieces += 1

    def eof_received(self) -> None:
        assert not self.losses
        self.eofs += 1

    def connection_lost(self, error: Exception | None) -> None:
        self.losses.append(error)


class ClientWire:
    """Connections of a client, and their clock.

    Args:
        options: the options of the client, by name.

    Attributes:
        released: what `reusable` was each time when a connection was released.
    """

    recorder = Recorder

    def __init__(self, **options: Any) -> None:
        self.clock = FakeClock(1000.0)
        self.loop = asyncio.get_running_loop()
        self.sweep = Sweep(self.clock.call_later, self.clock.time, lambda: EPOCH)
        self.options = ClientOptions(**options)
        self.released: list[bool] = []
        self._transports: weakref.WeakSet[MemoryTransport] = weakref.WeakSet()

    def connect(self, **how: Any) -> tuple[ClientConnection, MemoryTransport]:
        """Make a connection."""
        extra = {"peername": PEER, **how.pop("extra", {})}
        connection = ClientConnection(self.loop, self.sweep, self.options, self._release)
        transport = MemoryTransport(connection, extra=extra, **how)
        transport.connect()
        self._transports.add(transport)
        return connection, transport

    def get(self, **how: Any) -> tuple[ClientConnection, MemoryTransport, ClientExchange]:
        """Make a connection and send a request without a body."""
        connection, transport = self.connect(**how)
        exchange = connection.begin()
        exchange.send_head("GET", "/", HOST, end=True)
        return connection, transport, exchange

    def post(
        self, body_length: int | None = None, *fields: tuple[str, str]
    ) -> tuple[ClientConnection, MemoryTransport, ClientExchange]:
        """Make a connection and send the head of a request with a body."""
        connection, transport = self.connect()
        exchange = connection.begin()
        exchange.send_head("POST", "/", [*HOST, *fields], body_length=body_length)
        return connection, transport, exchange

    def close(self) -> None:
        """Lose what is left of the connections."""
        for transport in list(self._transports):
            transport.lose()
        assert len(self.sweep) == 0
        assert self.clock.pending == 0

    async def turn(self, times: int = 3) -> None:
        """Let the loop go round, and what was closed be lost."""
        for transport in list(self._transports):
            transport.settle()
        for _ in range(times):
            await asyncio.sleep(0)

    def _release(self, connection: ClientConnection) -> None:
        self.released.append(connection.reusable)
