# Compiled by mypyc.
"""The server's side of an HTTP/1.1 connection (RFC 9112): requests come, one exchange after the other.

It is an asyncio protocol without asyncio's base class. Handlers may run inside `data_received()`, up to their
first wait, so everything here is written for being called again from within: what comes in during `_advance()` is
picked up by its loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_io._byte_channel import ByteChannel
from tidewire_http_io._exchange import ResetReason
from tidewire_http_io._http1_server_exchange import Http1ServerExchange
from tidewire_http_io._lingering_carrier import LINGER, LingeringCarrier
from tidewire_http_io._refusals import RequestTimeout, refusal_of
from tidewire_http_io._server_context import ServerContext
from tidewire_http_io._tcp_keepalive import keep_alive_by_system
from tidewire_http_io._timed_carrier import SEND
from tidewire_http_io._tunnel import Tunnel
from tidewire_http_parser import (
    ConnectionClosed,
    EndOfMessage,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_http_io._types import Transport

__all__: list[str] = []

# Bytes of a body from which on reads are long ones.
_LONG_BODY: Final = 1048576
# Pipelined requests that are answered in one go, before other connections get their turn.
_PIPELINE_BURST: Final = 16
# Bytes of requests that are kept while an earlier one is being answered, before reading pauses.
_PIPELINE_BUFFER: Final = 65536
# Bytes of an unwanted body that are read and thrown away to keep the connection, and seconds to do so in. With TLS only
# the seconds count: a peer that was promised the connection is not told that it is closed as long as it is read from.
_DISCARD_LIMIT: Final = 65536
_DISCARD_TIME: Final = 1.0

# What a connection's deadline is about, beside what every `LingeringCarrier` waits for.
_HEAD: Final = 11  # the head of a request
_IDLE: Final = 12  # the next request
_DISCARD: Final = 13  # the rest of a body that nobody wants
_BODY: Final = 14  # the next bytes of a body that somebody reads


class ServerConnection(LingeringCarrier):
    """One connection of a server, from when it is accepted.

    Args:
        context: what it shares with the server's other connections.
    """

    __slots__ = (
        "_advancing",
        "_broken",
        "_discarded",
        "_discarding",
        "_dispatched",
        "_exchange",
        "_parser",
        "_read_bufsize",
        "_tunnel",
    )

    def __init__(self, context: ServerContext) -> None:
        super().__init__(context)
        self._parser = RequestParser(context.options.limits)
        self._read_bufsize: i64 = context.options.read_bufsize
        self._exchange: Http1ServerExchange | None = None
        self._dispatched = False  # whether the service has the current exchange
        self._advancing = False
        self._broken = False  # whether what the peer sends cannot be understood any more
        self._discarding = False  # whether the rest of the request's body is thrown away
        self._discarded: i64 = 0
        self._tunnel: Tunnel | None = None  # what the connection has become, if it speaks HTTP no more

    def __repr__(self) -> str:
        state = "lost" if self.lost else "lingering" if self._lingering else "idle"
        exchange = self._exchange
        if exchange is not None:
            state = f"busy: {exchange.head.method} {exchange.head.target[:100]!r}"
        if self._tunnel is not None:
            state = "tunnel"
        return f"<ServerConnection {state}>"

    @property
    def idle(self) -> bool:
        """Whether no request has begun to come in."""
        return self._exchange is None and self._parser.at_start

    # What the transport calls.

    def connection_made(self, transport: Transport) -> None:
        """The connection is there."""
        self.attach(transport)
        self._context.connections.add(self)
        self._sweep.watch(self)
        self._await(_HEAD, self._context.options.head_timeout)
        if self._context.options.tcp_keepalive:
            keep_alive_by_system(transport)
        if self._context.draining:
            # It was accepted before the server stopped to listen, and made after.
            self.close_gracefully()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.lost = True
        self.peer_gone = True
        self._context.connections.discard(self)
        self._sweep.unwatch(self)
        exchange = self._exchange
        self._exchange = None
        # Whoever is told may fail; the others are told all the same.
        try:
            if exchange is not None and not (exchange.finished and exchange.inbound_ended):
                try:
                    exchange.lose(ResetReason.CANCEL, exc)
                finally:
                    exchange.tell_disconnected()
        finally:
            self.release_writers()
            tunnel = self._tunnel
            if tunnel is not None:
                self._tunnel = None
                tunnel.lose(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._tunnel is not None:
            self._tunnel.feed(data)
            return
        if self.lost or self._broken or self._lingering:
            return
        self._parser.receive_data(data)
        self._advance()

    def eof_received(self) -> bool:
        """The peer has closed its side; a truthy answer keeps this side open for the response."""
        if self._tunnel is not None:
            return self._tunnel.feed_eof() and self._may_stay_open()
        self.peer_gone = True
        if self._lingering or self.lost:
            return False
        self._parser.receive_eof()
        self._advance()
        exchange = self._exchange
        if exchange is not None:
            exchange.tell_disconnected()
        elif not self._parser.buffered:
            return False
        # Else there are pipelined requests that wait for their turn.
        return self._may_stay_open()

    def pause_writing(self) -> None:
        """The transport holds more than it should."""
        super().pause_writing()
        if self.deadline == 0.0 or self._deadline_kind == _BODY:
            self._await_sending()

    def resume_writing(self) -> None:
        """The transport has room again."""
        if self._deadline_kind == SEND and not self.lost and not self._lingering:
            self._await_nothing()
            if self._exchange is not None and self._dispatched:
                self._await_body(self._exchange)
        super().resume_writing()
        if self._exchange is None and (self._parser.buffered or self.peer_gone):
            self.loop.call_soon(self._advance)

    # What the server calls.

    def close_gracefully(self) -> None:
        """Close now where no request is being worked on, else after the response."""
        self.draining = True
        if self._exchange is None and not self._lingering and self._tunnel is None:
            self.close()

    def deadline_passed(self) -> None:
        """The peer was too slow."""
        kind = self._deadline_kind
        if kind == SEND or kind == LINGER:
            super().deadline_passed()
        elif kind == _HEAD and not self.idle:
            self._refuse(RequestTimeout("the request took too long"))
        elif kind == _DISCARD:
            self._linger()
        elif kind == _BODY:
            self._give_up_body()
        else:
            self.close()

    # What exchanges call.

    def credit_returned(self) -> None:
        """See `Carrier`."""
        # Where a full pipeline is what had reading paused, the next request's turn resumes it.
        if (
            self.reading_paused
            and self._tunnel is None
            and self._has_room()
            and self._parser.buffered <= _PIPELINE_BUFFER
        ):
            self.resume_reading()
            if self._exchange is not None:
                self._await_body(self._exchange)

    def outbound_finished(self) -> None:
        """See `Carrier`."""
        if self._advancing or self.lost:
            return  # the loop of _advance() sees it
        if self._parser.buffered:
            # There may be a pipelined request: not from here, which is inside of the handler of the one before.
            self.loop.call_soon(self._advance)
        else:
            self._advance()

    def continue_sent(self) -> None:
        """See `Carrier`."""
        if self._exchange is not None and not self._advancing:
            self._await_body(self._exchange)

    def leaves_body(self) -> bool:
        """See `Carrier`."""
        return self._parser.body_left > _DISCARD_LIMIT

    def switch(self) -> ByteChannel:
        """See `Carrier`."""
        self._exchange = None
        if self._deadline_kind != SEND:
            self._await_nothing()
        tunnel = Tunnel(self, self._parser.switch())
        self._tunnel = tunnel
        if self.peer_gone:
            tunnel.feed_eof()
        return tunnel

    # The machine.

    def _advance(self) -> None:
        """Work on what has come, as far as it goes."""
        if self._advancing or self.lost or self._lingering or self._tunnel is not None:
            return
        self._advancing = True
        self.cork()
        try:
            self._run()
        except RemoteProtocolError as error:
            self._refuse(error)
        finally:
            self._advancing = False
            self.uncork()

    def _run(self) -> None:
        parser = self._parser
        answered: i64 = 0
        while not self.lost and not self._lingering and self._tunnel is None:
            exchange = self._exchange
            if exchange is None and not self.is_writable:
                # A peer that sends requests and does not read the answers gets no more of them (S16).
                self._bound_pipeline()
                return
            if exchange is not None and exchange.inbound_ended:
                if not exchange.finished:
                    if not self._dispatched:
                        self._dispatch(exchange)
                        continue
                    self._bound_pipeline()
                    return
                if not self._begin_next(exchange):
                    return
                if parser.buffered == 0 and not self.peer_gone:
                    return
                answered += 1
                if answered == _PIPELINE_BURST:
                    self.loop.call_soon(self._advance)
                    return
                continue  # the answer may have taken the credit for writing that the next request needs
            if (
                exchange is not None
                and exchange.finished
                and not self._discarding
                and not self._begin_discarding(exchange)
            ):
                return
            if exchange is None:
                event = parser.next_event()
            else:
                pieces: list[bytes] = []
                chunk_ends: list[int] = []
                try:
                    event = parser.read_body(pieces, chunk_ends)
                except RemoteProtocolError:
                    # What came before comes before.
                    if pieces and not self._take_data(exchange, pieces, chunk_ends):
                        return
                    raise
                if pieces and not self._take_data(exchange, pieces, chunk_ends):
                    return
            if isinstance(event, RequestHead):
                self._begin_exchange(event)
            elif isinstance(event, EndOfMessage):
                self._end_inbound(event)
            elif isinstance(event, ConnectionClosed):
                self.close()
            elif self._need_data():
                return

    def _begin_exchange(self, head: RequestHead) -> None:
        exchange = Http1ServerExchange(head, self)
        if not exchange.has_body:
            exchange.end_inbound([])  # not asking the parser, which would only confirm it
        elif head.body_length > _LONG_BODY or head.chunked:
            self.read_long(True)
        self._exchange = exchange
        self._dispatched = False
        self._await_nothing()

    def _dispatch(self, exchange: Http1ServerExchange) -> None:
        self._dispatched = True
        self._context.exchanges += 1
        self._context.service(exchange)

    def _need_data(self) -> bool:
        """Bytes are missing: have the service begin with what there is. Tells whether there is nothing else to do."""
        exchange = self._exchange
        if exchange is None:
            if self._deadline_kind != _HEAD and not self._parser.at_start:
                self._await(_HEAD, self._context.options.head_timeout)
        elif not self._dispatched:
            self._dispatch(exchange)
            return False
        if self.reading_paused and self._has_room():
            self.resume_reading()
            return False
        if exchange is not None:
            self._await_body(exchange)
        return True

    def _await_body(self, exchange: Http1ServerExchange) -> None:
        """Set the deadline for the next bytes of a body, where it is the peer's turn."""
        if self._deadline_kind == _BODY or self.deadline == 0.0:
            if self.reading_paused or exchange.inbound_ended or exchange.awaits_continue:
                self.deadline = 0.0
            else:
                self._await(_BODY, self._context.options.body_timeout)

    def _has_room(self) -> bool:
        """Whether more of the request's body can be kept."""
        exchange = self._exchange
        return exchange is None or exchange.has_room(self._read_bufsize)

    def _take_data(self, exchange: Http1ServerExchange, pieces: list[bytes], chunk_ends: list[int]) -> bool:
        """Take what has come of a body; tell whether the connection goes on."""
        if self._discarding:
            for piece in pieces:
                self._discarded += len(piece)
            if self._discarded > _DISCARD_LIMIT and self.is_half_closable():
                self._linger()
        else:
            exchange.feed(pieces, chunk_ends)
            if exchange.is_full(self._read_bufsize):
                self.pause_reading()
        return not self.lost and not self._lingering

    def _end_inbound(self, event: EndOfMessage) -> None:
        if self._deadline_kind == _BODY:
            self.deadline = 0.0
        if self._reads_long:
            self.read_long(False)
        if self._exchange is not None:
            self._exchange.end_inbound(event.trailers)

    def _begin_next(self, exchange: Http1ServerExchange) -> bool:
        """The exchange is over: get ready for the next one. Tells whether there will be one."""
        self._discarding = False
        if not exchange.keep_alive or self.draining:
            if not self.draining and (self._parser.buffered or not exchange.body_complete):
                self._linger()
            else:
                self._exchange = None
                self.close()
            return False
        self._exchange = None
        if exchange.offers_switch:
            self._parser.decline()
        self._parser.next_message()
        self.resume_reading()
        self._await(_IDLE, self._context.keepalive_timeout)
        return True

    def _begin_discarding(self, exchange: Http1ServerExchange) -> bool:
        """The response is out, the request's body is not in. Tells whether the connection is kept."""
        exchange.abandon_inbound()
        if not exchange.keep_alive or self.draining:
            self._linger()
            return False
        self._discarding = True
        self._discarded = 0
        exchange.unconsumed = 0
        exchange.unconsumed_pieces = 0
        self.resume_reading()
        self._await(_DISCARD, _DISCARD_TIME)
        return True

    def _bound_pipeline(self) -> None:
        """Slow down a peer that sends requests faster than they are answered."""
        if not self.reading_paused and not self.peer_gone and self._parser.buffered > _PIPELINE_BUFFER:
            self.pause_reading()

    def _refuse(self, error: RemoteProtocolError) -> None:
        """The peer does not speak HTTP: say so, where that is still possible, and close."""
        # Its frames would keep the connection, in a circle.
        error.__traceback__ = None
        self._broken = True
        exchange = self._exchange
        if exchange is not None and self._dispatched and not exchange.finished:
            # The handler gets to know when it reads on, and answers.
            if exchange.break_inbound(ResetReason.PROTOCOL, error):
                self._linger()
            return
        self._exchange = None
        if exchange is None or not exchange.finished:
            refusal = refusal_of(error, self._sweep.date)
            self.write(refusal)
            if self._context.refused is not None:
                self._context.refused(error, self.info("peername", None), len(refusal))
        self._linger()

    def _give_up_body(self) -> None:
        """The next bytes of a body take too long: whoever reads it is told, and answers."""
        exchange = self._exchange
        self._broken = True
        if exchange is not None and exchange.break_inbound(ResetReason.TIMEOUT, None):
            self._linger()

    def _linger(self) -> None:
        """See `LingeringCarrier`; whatever exchange there was is over."""
        if not self.lost and not self._lingering:
            exchange = self._exchange
            self._exchange = None
            self._close_lingering(
                exchange is not None and (exchange.keep_alive or exchange.ends_with_connection)
            )
