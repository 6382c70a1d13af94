"""A client of HTTP without sockets: it sends lines as they are, and reads what came back."""

from __future__ import annotations

import asyncio
import http.client
import io
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, cast

from ._memory_transport import MemoryTransport
from ._protocol_like import ProtocolLike

__all__ = ["WireAnswer", "WireClient", "WireConnection", "WireRunner", "WireServers"]

# Of the blocks for documentation (RFC 5737): nobody has these addresses.
_PEER = ("192.0.2.1", 50000)
_SOCKET = ("192.0.2.80", 8080)
_LOOK = 0.001  # seconds between two looks at what depends on others than the loop


class _Received:
    """Bytes, as the standard library's client wants to have them."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


@dataclass(frozen=True)
class WireAnswer:
    """A response, as the standard library's client understands it.

    Attributes:
        status: the status code.
        reason: the reason phrase.
        headers: the fields.
        body: the body, without its framing; decoded it is not.
    """

    status: int
    reason: str
    headers: http.client.HTTPMessage
    body: bytes

    @classmethod
    def read(cls, data: bytes, method: str = "GET") -> Self:
        """Read a response that is complete.

        Args:
            data: its bytes.
            method: the method of the request.

        Raises:
            http.client.HTTPException: it is no response, or breaks off.
        """
        response = http.client.HTTPResponse(cast(Any, _Received(data)), method=method)
        response.begin()
        return cls(response.status, response.reason, response.headers, response.read())

    @property
    def text(self) -> str:
        """The body as text, which is UTF-8."""
        return self.body.decode()


class WireConnection:
    """One connection to a server, for one request.

    Args:
        protocol: the server's protocol.
        extra: what its transport knows.

    Attributes:
        transport: the server's transport, by which the test is the client and the network.
    """

    def __init__(self, protocol: ProtocolLike, extra: dict[str, Any]) -> None:
        self.transport = MemoryTransport(protocol, extra=extra)
        self.transport.connect()
        self._method = "GET"

    def send(self, target: str, *lines: str, method: str = "GET", body: bytes = b"") -> None:
        """Send a request, the only one of this connection.

        Args:
            target: the request's target.
            lines: fields, as they go out. Host is added where it is missing, Content-Length where there is a body.
            method: the method.
            body: the body.
        """
        head = [f"{method} {target} HTTP/1.1", *lines, "Connection: close"]
        if not any(line.lower().startswith("host:") for line in lines):
            head.append("Host: example")
        if body:
            head.append(f"Content-Length: {len(body)}")
        self._method = method
        self.transport.feed("\r\n".join([*head, "", ""]).encode() + body)

    async def until(
        self, condition: Callable[[], object], *, turns: int = 1000, seconds: float | None = None
    ) -> None:
        """Let the loop go round until something is so.

        Args:
            condition: what is asked in each turn.
            turns: how often it is asked.
            seconds: how long it is asked, in place of that, where it depends on a thread, a timer or another process.

        Raises:
            AssertionError: it never came to be so.
        """
        loop = asyncio.get_running_loop()
        patience = f"{turns} turns of the loop" if seconds is None else f"{seconds} seconds"
        deadline = loop.time() + (seconds or 0)
        asked = 0
        while not condition():
            asked += 1
            if asked >= turns if seconds is None else loop.time() > deadline:
                raise AssertionError(f"it never came to be so in {patience}; {self.transport!r}")
            await asyncio.sleep(0 if seconds is None else _LOOK)

    async def answer(self, *, seconds: float | None = None) -> WireAnswer:
        """Wait until the server has closed the connection, or has said that it will send no more; read its response.

        Args:
            seconds: see `until()`.

        Raises:
            AssertionError: it does neither.
            http.client.HTTPException: what it sent is no response, or breaks off.
        """
        transport = self.transport
        await self.until(lambda: transport.eof_sent or transport.is_closing(), seconds=seconds)
        return WireAnswer.read(self.transport.written, self._method)


class WireClient:
    """Makes connections to a server.

    Args:
        server: makes the server's protocol for a connection, such as `AppRunner.server`.
    """

    def __init__(self, server: Callable[[], Any]) -> None:
        self._server = server

    def connect(self, **extra: Any) -> WireConnection:
        """Make a connection.

        Args:
            extra: what its transport knows, beside `peername` and `sockname`, or in place of them.
        """
        return WireConnection(self._server(), {"peername": _PEER, "sockname": _SOCKET, **extra})

    async def ask(
        self, target: str = "/", *lines: str, method: str = "GET", body: bytes = b"", **extra: Any
    ) -> WireAnswer:
        """Send a request over a connection of its own, and read the answer.

        Args:
            target: see `WireConnection.send()`.
            lines: see `WireConnection.send()`.
            method: see `WireConnection.send()`.
            body: see `WireConnection.send()`.
            extra: see `connect()`.

        Raises:
            AssertionError: the server does not close the connection.
        """
        connection = self.connect(**extra)
        connection.send(target, *lines, method=method, body=body)
        return await connection.answer()


class WireRunner(Protocol):
    """What runs an application; `tidewire_web.AppRunner` does."""

    @property
    def server(self) -> Callable[[], Any] | None:
        """Makes the protocol for a connection; there after `setup()`."""

    def setup(self) -> Awaitable[object]:
        """Start the application."""

    def cleanup(self) -> Awaitable[object]:
        """Stop it."""


class WireServers:
    """Runs applications without sockets, and stops them at the end; an asynchronous context, as for a fixture.

    Args:
        make_runner: makes a runner of an application, such as `AppRunner`.
        options: what it is called with beside that.
    """

    def __init__(self, make_runner: Callable[..., WireRunner], **options: Any) -> None:
        self._make_runner = make_runner
        self._options = options
        self._exits = AsyncExitStack()
        self._clients: dict[int, tuple[object, WireClient]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self._exits.aclose()

    async def start(self, app: Any, **options: Any) -> WireClient:
        """Run an application; returns a client of it.

        Args:
            app: the application.
            options: what its runner is made with, beside the options of all.
        """
        runner = self._make_runner(app, **{**self._options, **options})
        # Also where it fails: what has started by then is to be stopped.
        self._exits.push_async_callback(runner.cleanup)
        await runner.setup()
        assert runner.server is not None
        return WireClient(runner.server)

    async def ask(
        self, app: Any, target: str = "/", *lines: str, method: str = "GET", body: bytes = b""
    ) -> WireAnswer:
        """Send a request to an application, which is started when it is asked first; see `WireClient.ask()`."""
        if id(app) not in self._clients:
            self._clients[id(app)] = (app, await self.start(app))
        return await self._clients[id(app)][1].ask(target, *lines, method=method, body=body)
