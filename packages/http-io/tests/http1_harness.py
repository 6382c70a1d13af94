"""HTTP/1.1 under the conformance tests: each stream is a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from client_wire import ClientWire
from exchange_harness import Seen

from tidewire_http_parser import (
    Data,
    EndOfMessage,
    InterimHead,
    RequestHead,
    RequestParser,
    ResponseHead,
    ResponseParser,
    last_chunk,
    serialise_chunk,
    serialise_interim,
    serialise_response,
)

if TYPE_CHECKING:
    from wire import Recorder, Wire

    from tidewire_http_io import ByteChannel, ClientExchange, Exchange, ServerExchange
    from tidewire_testing import MemoryTransport

UPGRADE = [("Connection", "upgrade"), ("Upgrade", "echo")]


class Http1Stream:
    """What the streams of both sides have in common."""

    channel: ByteChannel

    def __init__(self, transport: MemoryTransport, method: str, chunked: bool) -> None:
        self.transport = transport
        self._method = method
        self._chunked = chunked
        self._tunnelled = False

    def _parser(self) -> RequestParser | ResponseParser:
        raise NotImplementedError

    @property
    def seen(self) -> Seen:
        seen = Seen(broken=self.transport.was_reset)
        parser = self._parser()
        parser.receive_data(self.transport.sent)
        over = self.transport.eof_sent or self.transport.is_closing()
        if over and not self.transport.was_reset and not self._tunnelled:
            parser.receive_eof()
        while not seen.ended:
            event = parser.next_event()
            if isinstance(event, InterimHead):
                seen.interims.append(event.status)
            elif isinstance(event, ResponseHead):
                seen.status = event.status
            elif isinstance(event, RequestHead):
                seen.method, seen.target = event.method, event.target
            elif isinstance(event, Data):
                seen.body += event.data
            elif isinstance(event, EndOfMessage):
                seen.trailers = list(event.trailers)
                if self._tunnelled:
                    seen.body, seen.ended = parser.trailing_data, over
                    break
                seen.ended = True
                assert parser.buffered == 0
            else:
                break
            if isinstance(event, (RequestHead, ResponseHead)) and not isinstance(event, InterimHead):
                seen.fields = {str(name): value for name, value in event.fields}
        return seen

    @property
    def may_send(self) -> bool:
        return self.transport.is_reading()

    def send(self, data: bytes) -> None:
        self.transport.feed(serialise_chunk(data) if self._chunked else data)

    def end(self, *trailers: tuple[str, str]) -> None:
        if self._tunnelled:
            self.transport.feed_eof()
        elif self._chunked:
            self.transport.feed(last_chunk(list(trailers)))

    def leave(self) -> None:
        self.transport.lose(ConnectionResetError("the peer has left"))

    def hold(self) -> None:
        self.transport.hold_writes()

    def release(self) -> None:
        self.transport.release_writes()


class Http1ServerStream(Http1Stream):
    """See `exchange_harness.Stream`; the client's side of a connection."""

    def __init__(
        self, transport: MemoryTransport, exchange: ServerExchange, method: str, chunked: bool
    ) -> None:
        super().__init__(transport, method, chunked)
        self.exchange = exchange

    def _parser(self) -> ResponseParser:
        parser = ResponseParser()
        parser.expect(self._method)
        return parser

    def begin(self, body_length: int | None = None) -> None:
        self.exchange.send_head(200, None, [], body_length=body_length)

    def answer(self, status: int, body: bytes | None = None) -> None:
        raise NotImplementedError

    def become_tunnel(self) -> None:
        self.channel = self.exchange.accept_tunnel(101, UPGRADE)
        self._tunnelled = True


class Http1ClientStream(Http1Stream):
    """See `exchange_harness.Stream`; the server's side of a connection."""

    def __init__(
        self,
        transport: MemoryTransport,
        exchange: ClientExchange,
        method: str,
        has_body: bool,
        length: int | None,
    ) -> None:
        super().__init__(transport, method, has_body and length is None)
        self.exchange = exchange
        self._length = length
        self._answered = False

    def _parser(self) -> RequestParser:
        return RequestParser()

    def begin(self, body_length: int | None = None) -> None:
        self.exchange.send_head(self._method, "/", [("Host", "example")], body_length=body_length)

    def answer(self, status: int, body: bytes | None = None) -> None:
        if status < 200 and status != 101:
            self.transport.feed(serialise_interim(status, []))
            return
        self._answered = True
        length = self._length if body is None else len(body)
        fields = UPGRADE if status == 101 else []
        head, _, _ = serialise_response(status, None, fields, length, self._method, True, True)
        self.transport.feed(head + (body or b""))

    def send(self, data: bytes) -> None:
        if not self._answered and not self._tunnelled:
            if not self.exchange.head_sent:
                self.begin()
            self.answer(200)
        super().send(data)

    def become_tunnel(self, first: bytes) -> None:
        self._method = "GET"
        self.exchange.send_head("GET", "/", [("Host", "example"), *UPGRADE], end=True)
        head, _, _ = serialise_response(101, None, UPGRADE, 0, "GET", True, True)
        self.transport.feed(head + first)
        self.channel = self.exchange.take_tunnel()
        self._tunnelled = True


class Http1Harness:
    """See `exchange_harness.Harness`; the server's side."""

    read_window = 4096
    write_window = 4096

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._transports: list[MemoryTransport] = []
        wire.service = lambda exchange: None

    def open(
        self, method: str = "GET", *, has_body: bool = False, length: int | None = None
    ) -> Http1ServerStream:
        transport = self._wire.connect()
        self._transports.append(transport)
        lines = ["Transfer-Encoding: chunked"] if has_body else []
        if length is not None:
            lines = [f"Content-Length: {length}"]
        transport.feed(self._wire.get("/", *lines, method=method))
        return Http1ServerStream(transport, self._wire.exchanges[-1], method, has_body and length is None)

    def open_tunnel(self, first: bytes = b"") -> Http1ServerStream:
        transport = self._wire.connect()
        self._transports.append(transport)
        transport.feed(self._wire.get("/", "Connection: upgrade", "Upgrade: echo", body=first))
        stream = Http1ServerStream(transport, self._wire.exchanges[-1], "GET", False)
        stream.become_tunnel()
        return stream

    def recorder(self, exchange: Exchange | None = None) -> Recorder:
        return self._wire.recorder(exchange)

    async def turn(self) -> None:
        for transport in self._transports:
            transport.settle()
        await self._wire.turn()


class Http1ClientHarness:
    """See `exchange_harness.Harness`; the client's side."""

    read_window = 4096
    write_window = 4096

    def __init__(self, wire: ClientWire) -> None:
        self._wire = wire

    def open(
        self, method: str = "GET", *, has_body: bool = False, length: int | None = None
    ) -> Http1ClientStream:
        connection, transport = self._wire.connect()
        return Http1ClientStream(transport, connection.begin(), method, has_body, length)

    def open_tunnel(self, first: bytes = b"") -> Http1ClientStream:
        stream = self.open()
        stream.become_tunnel(first)
        return stream

    def recorder(self, exchange: Exchange | None = None) -> Recorder:
        return self._wire.recorder(exchange)

    async def turn(self) -> None:
        await self._wire.turn()
