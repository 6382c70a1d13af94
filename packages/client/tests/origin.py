"""A server on the loopback interface, and the shortest way to send it a request."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

from yarl import URL

from tidewire_client._connection import Connection
from tidewire_client._connection_key import ConnectionKey, connection_key
from tidewire_client._connector import BaseConnector
from tidewire_client._timeouts import ClientTimeout
from tidewire_http_io import Acceptor, ClientExchange, ResetReason, ServerExchange

NO_TIMEOUT = ClientTimeout()


class Origin:
    """Answers each request with its method, target and the number of its connection.

    Attributes:
        made: how many connections were made.
        targets: the targets of the requests, in their order.
        held: exchanges for `/hold`, which are not answered.
    """

    def __init__(self) -> None:
        self.made = 0
        self.targets: list[str] = []
        self.held: list[ServerExchange] = []
        self._acceptor = Acceptor(self._serve, loop=asyncio.get_running_loop())
        self._server: asyncio.Server | None = None
        self._scheme = "http"
        self.port = 0

    async def start(self, *, host: str = "127.0.0.1", path: str | None = None, ssl: Any = None) -> None:
        """Begin to listen."""
        loop: Any = asyncio.get_running_loop()
        if path is not None:
            self._server = await loop.create_unix_server(self._protocol, path)
            return
        self._scheme = "http" if ssl is None else "https"
        self._server = await loop.create_server(self._protocol, host, 0, ssl=ssl)
        assert self._server is not None
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop_all()
        while self._acceptor.connections:  # noqa: ASYNC110 - they tell nobody of their end
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    def drop_all(self) -> None:
        """Close every connection."""
        self._acceptor.abort()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._acceptor.connections)

    @property
    def url(self) -> URL:
        """Where it listens."""
        return URL.build(scheme=self._scheme, host="localhost", port=self.port, path="/")

    def key(self, **how: Any) -> ConnectionKey:
        """Make the key of connections to it."""
        return connection_key(self.url, **how)

    def _protocol(self) -> Any:
        self.made += 1
        return self._acceptor()

    def _serve(self, exchange: ServerExchange) -> None:
        target = exchange.head.target
        self.targets.append(target)
        body = f"{exchange.head.method} {target}".encode()
        if target == "/hold":
            self.held.append(exchange)
        elif target == "/close":
            exchange.respond(200, None, [("Connection", "close")], body)
        elif target == "/drop":
            exchange.reset(ResetReason.INTERNAL)
        elif target.startswith("/keep-alive/"):
            exchange.respond(200, None, [("Keep-Alive", target[len("/keep-alive/") :])], body)
        else:
            exchange.respond(200, None, [], body)


class Body:
    """Takes the body of a response to its end."""

    def __init__(self, exchange: ClientExchange) -> None:
        self._exchange = exchange
        self._data = b""
        self.done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        self._data += data
        self._exchange.consumed(len(data), 1 + len(inner_ends or ()))

    def end_received(self, trailers: list[tuple[str, str]]) -> None:
        if not self.done.done():
            self.done.set_result(self._data)

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionResetError(reason.value))


async def lease(connector: BaseConnector, key: ConnectionKey) -> Connection:
    """Get a connection, as a session does."""
    return connector.acquire(key) or await connector.connect(key, NO_TIMEOUT)


async def fetch(connector: BaseConnector, key: ConnectionKey, target: str = "/") -> bytes:
    """Send a request and read its answer to the end, as a session does."""
    return await fetch_on(await lease(connector, key), target)


async def fetch_on(connection: Connection, target: str = "/") -> bytes:
    """Send a request on a connection and read its answer to the end."""
    try:
        exchange: ClientExchange = connection.open_exchange()
        exchange.send_head("GET", target, [("Host", "origin")], end=True)
        if await exchange.response() is None:
            assert exchange.reset_reason is not None
            raise ConnectionResetError(exchange.reset_reason.value)
        body = Body(exchange)
        exchange.receive(body)
        return await body.done
    finally:
        connection.release()


async def cancel_when_made(connector: BaseConnector, key: ConnectionKey) -> None:
    """Ask for a connection, and cancel that between when it is made and when whoever asked gets to know."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(connector.connect(key, NO_TIMEOUT))

    def look() -> None:
        if any(connection.transport is not None for connection in connector._transports._strays):
            task.cancel()
        elif not task.done():
            loop.call_soon(look)

    loop.call_soon(look)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


def unused_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
