"""A server without sockets: connections in memory, a clock that the test moves, and the client's eyes."""

from __future__ import annotations

import asyncio
import itertools
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tidewire_http_io import Acceptor, Exchange, ResetReason, ServerExchange, ServerOptions, Sweep
from tidewire_http_parser import (
    Data,
    EndOfMessage,
    InterimHead,
    Marker,
    RemoteProtocolError,
    ResponseHead,
    ResponseParser,
)
from tidewire_testing import FakeClock, MemoryTransport

EPOCH = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110's examples
PEER = ("192.0.2.1", 50000)


@dataclass
class Answer:
    """A response, as a client sees it."""

    status: int
    fields: dict[str, str]
    body: bytes = b""
    trailers: list[tuple[str, str]] = field(default_factory=list)
    complete: bool = False
    interims: list[int] = field(default_factory=list)


class Recorder:
    """A receiver that keeps what it gets; it gives credit back at once, or when it is told to."""

    def __init__(self, exchange: Exchange | None = None) -> None:
        self.exchange = exchange
        self.body = b""
        self.pieces: list[tuple[bytes, bool]] = []
        self.trailers: list[tuple[str, str]] | None = None
        self.resets: list[ResetReason] = []
        self.errors: list[Exception | None] = []
        self.ends = 0
        self.on_end: Callable[[], None] | None = None
        self.on_reset: Callable[[], None] | None = None

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        assert data
        assert not self.ends
        assert not self.resets
        self.body += data
        ends = [0, *(inner_ends or ()), len(data)]
        for start, end in itertools.pairwise(ends):
            self.pieces.append((data[start:end], ends_chunk or end != len(data)))
        if self.exchange is not None:
            self.exchange.consumed(len(data), len(ends) - 1)

    def end_received(self, trailers: list[tuple[str, str]]) -> None:
        assert not self.resets
        self.ends += 1
        self.trailers = trailers
        self._finish(self.on_end)

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        assert not self.ends
        self.resets.append(reason)
        self.errors.append(error)
        self._finish(self.on_reset)

    def _finish(self, callback: Callable[[], None] | None) -> None:
        self.on_end = self.on_reset = None
        if callback is not None:
            callback()


class Wire:
    """An `Acceptor`, its clock and its connections.

    Args:
        options: the options of the server, by name.

    Attributes:
        service: what exchanges are given to; it answers `ok` as long as the test has set nothing else.
        exchanges: those that there were.
        refused: the errors of which the acceptor told.
    """

    recorder = Recorder

    def __init__(self, **options: Any) -> None:
        self.clock = FakeClock(1000.0)
        self.loop = asyncio.get_running_loop()
        self.service: Callable[[ServerExchange], None] = respond_ok
        self.exchanges: list[ServerExchange] = []
        self.refused: list[tuple[RemoteProtocolError, Any]] = []
        self.sweep = Sweep(self.clock.call_later, self.clock.time, lambda: EPOCH + self.clock.now - 1000.0)
        self._transports: weakref.WeakSet[MemoryTransport] = weakref.WeakSet()
        self.acceptor = Acceptor(
            self._serve,
            loop=self.loop,
            options=ServerOptions(**options),
            refused=lambda error, peer, size: self.refused.append((error, peer)),
            sweep=self.sweep,
        )

    def _serve(self, exchange: ServerExchange) -> None:
        self.exchanges.append(exchange)
        self.service(exchange)

    def connect(self, *, extra: dict[str, Any] | None = None, **how: Any) -> MemoryTransport:
        """Make a connection."""
        transport = MemoryTransport(self.acceptor(), extra={"peername": PEER, **(extra or {})}, **how)
        transport.connect()
        self._transports.add(transport)
        return transport

    def close(self) -> None:
        """Lose what is left of the connections."""
        for transport in list(self._transports):
            transport.lose()
        assert not self.acceptor.connections
        assert self.clock.pending == 0

    async def turn(self, times: int = 3) -> None:
        """Let the loop go round, so that what was put off with `call_soon()` runs."""
        for _ in range(times):
            await asyncio.sleep(0)

    @staticmethod
    def get(
        target: str = "/", *lines: str, method: str = "GET", version: str = "1.1", body: bytes = b""
    ) -> bytes:
        """The bytes of a request."""
        head = [f"{method} {target} HTTP/{version}", "Host: example", *lines, "", ""]
        return "\r\n".join(head).encode() + body

    @staticmethod
    def answers(data: bytes, *methods: str, eof: bool = False) -> list[Answer]:
        """The responses in some bytes, read by the client's parser.

        Args:
            data: the bytes, which have to be responses to their end.
            methods: the methods of the requests; GET where there are too few.
            eof: whether the server closes after them.
        """
        parser = ResponseParser()
        for method in methods:
            parser.expect(method)
        for _ in range(data.count(b"HTTP/1.1 ")):
            parser.expect("GET")
        parser.receive_data(data)
        if eof:
            parser.receive_eof()
        found: list[Answer] = []
        interims: list[int] = []
        while True:
            event = parser.next_event()
            if isinstance(event, InterimHead):
                interims.append(event.status)
            elif isinstance(event, ResponseHead):
                fields = {str(name): value for name, value in event.fields}
                found.append(Answer(event.status, fields, interims=interims))
                interims = []
            elif isinstance(event, Data):
                found[-1].body += event.data
            elif isinstance(event, EndOfMessage):
                found[-1].complete = True
                found[-1].trailers = list(event.trailers)
            elif isinstance(event, Marker) and event.name == "PAUSED" and parser.buffered:
                parser.next_message()
            else:
                return found

    def statuses(self, data: bytes, *methods: str) -> list[int]:
        """The status codes of the responses in some bytes."""
        return [answer.status for answer in self.answers(data, *methods)]


def respond_ok(exchange: ServerExchange) -> None:
    """Answer at once."""
    exchange.respond(200, None, [], b"ok")
