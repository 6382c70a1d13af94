"""HTTP/1.1 under the conformance tests: each stream is a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange_harness import Seen

from tidewire_http_parser import (
    Data,
    EndOfMessage,
    InterimHead,
    ResponseHead,
    ResponseParser,
    last_chunk,
    serialise_chunk,
)

if TYPE_CHECKING:
    from wire import Recorder, Wire

    from tidewire_http_io import ServerExchange
    from tidewire_testing import MemoryTransport


class Http1Stream:
    """See `exchange_harness.Stream`."""

    def __init__(
        self, transport: MemoryTransport, exchange: ServerExchange, method: str, chunked: bool
    ) -> None:
        self.transport = transport
        self.exchange = exchange
        self._method = method
        self._chunked = chunked

    @property
    def seen(self) -> Seen:
        seen = Seen()
        parser = ResponseParser()
        parser.expect(self._method)
        parser.receive_data(self.transport.sent)
        if self.transport.is_closing() and not self.transport.was_reset:
            parser.receive_eof()
        while not seen.ended:
            event = parser.next_event()
            if isinstance(event, InterimHead):
                seen.interims.append(event.status)
            elif isinstance(event, ResponseHead):
                seen.status = event.status
                seen.fields = {str(name): value for name, value in event.fields}
            elif isinstance(event, Data):
                seen.body += event.data
            elif isinstance(event, EndOfMessage):
                seen.trailers = list(event.trailers)
                seen.ended = True
                assert parser.buffered == 0
            else:
                break
        seen.broken = self.transport.was_reset
        return seen

    @property
    def may_send(self) -> bool:
        return self.transport.is_reading()

    def send(self, data: bytes) -> None:
        self.transport.feed(serialise_chunk(data) if self._chunked else data)

    def end(self, *trailers: tuple[str, str]) -> None:
        if self._chunked:
            self.transport.feed(last_chunk(list(trailers)))

    def leave(self) -> None:
        self.transport.lose(ConnectionResetError("the peer has left"))

    def hold(self) -> None:
        self.transport.hold_writes()

    def release(self) -> None:
        self.transport.release_writes()


class Http1Harness:
    """See `exchange_harness.Harness`."""

    read_window = 4096
    write_window = 4096

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._transports: list[MemoryTransport] = []
        wire.service = lambda exchange: None

    def open(self, method: str = "GET", *, has_body: bool = False, length: int | None = None) -> Http1Stream:
        transport = self._wire.connect()
        self._transports.append(transport)
        lines = ["Transfer-Encoding: chunked"] if has_body else []
        if length is not None:
            lines = [f"Content-Length: {length}"]
        transport.feed(self._wire.get("/", *lines, method=method))
        return Http1Stream(transport, self._wire.exchanges[-1], method, has_body and length is None)

    def recorder(self, exchange: ServerExchange | None = None) -> Recorder:
        return self._wire.recorder(exchange)

    async def turn(self) -> None:
        for transport in self._transports:
            transport.settle()
        await self._wire.turn()
