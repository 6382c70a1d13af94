# Compiled by mypyc.
"""The client's side of an HTTP/1.1 connection (RFC 9112): one exchange after the other, never two at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tidewire_http_io._carrier import READ_SIZE
from tidewire_http_io._exchange import ResetReason
from tidewire_http_io._http1_client_exchange import Http1ClientExchange
from tidewire_http_io._options import ClientOptions
from tidewire_http_io._readiness import last_words
from tidewire_http_io._sweep import Sweep
from tidewire_http_io._timed_carrier import SEND, TimedCarrier
from tidewire_http_io._tls_closure import is_cut_off
from tidewire_http_io._tunnel import Tunnel
from tidewire_http_parser import (
    ConnectionClosed,
    EndOfMessage,
    InterimHead,
    LocalProtocolError,
    RemoteProtocolError,
    ResponseHead,
    ResponseParser,
    UnexpectedData,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_http_io._types import Loop, Transport

__all__ = ["ClientConnection"]

# Interim responses to one request. A few of them make sense; each would renew the time-out of a client that waits.
_INTERIMS: Final = 64

# What a connection's deadline is about, beside what every `TimedCarrier` waits for.
_RESPONSE: Final = 2  # the next bytes of the response


class ClientConnection(TimedCarrier):
    """One connection of a client; a protocol in asyncio's sense, for `loop.create_connection()`.

    Args:
        loop: the event loop.
        sweep: looks after the connection's deadline.
        options: how the connection is treated.
        released: called when an exchange is over, and `reusable` has its answer for the time after; and once more
            when the connection is lost. Where an exchange is given up that is the same, and one call.

    Attributes:
        exchanges: how many exchanges there were.
    """

    __slots__ = (
        "_advancing",
        "_exchange",
        "_options",
        "_parser",
        "_read_bufsize",
        "_read_timeout",
        "_released",
        "_tunnel",
        "exchanges",
    )

    def __init__(
        self,
        loop: Loop,
        sweep: Sweep,
        options: ClientOptions,
        released: Callable[[Any], None] | None = None,
    ) -> None:
        super().__init__(loop, sweep, options.write_bufsize, options.send_timeout)
        self._options = options
        self._released = released
        self._parser = ResponseParser(options.limits, options.leniencies)
        self._read_bufsize: i64 = options.read_bufsize
        self._read_timeout: float = options.read_timeout
        self._exchange: Http1ClientExchange | None = None
        self._advancing = False
        self._tunnel: Tunnel | None = None
        self.exchanges: i64 = 0

    def __repr__(self) -> str:
        state = "lost" if self.lost else "idle" if self._exchange is None else "busy"
        return f"<ClientConnection {'tunnel' if self._tunnel is not None else state}>"

    # What the client calls.

    @property
    def reusable(self) -> bool:
        """Whether a new exchange may begin.

        The last request is sent and its response read, both to their ends; neither of them asked for the connection
        to be closed; nothing has come since. What is to be sent before the first request is the end of a handshake,
        which may go out with it.
        """
        transport = self.transport
        return (
            self._exchange is None
            and self._tunnel is None
            and transport is not None
            and not self.lost
            and not self.peer_gone
            and not self.draining
            and not self.reading_paused
            and self._parser.at_start
            and not transport.is_closing()
            and (self.exchanges == 0 or transport.get_write_buffer_size() == 0)
        )

    def begin(self) -> Http1ClientExchange:
        """Begin an exchange.

        Raises:
            tidewire_http_parser.LocalProtocolError: the connection is not `reusable`.
        """
        if not self.reusable:
            raise LocalProtocolError("the connection is not ready for another exchange")
        self.exchanges += 1
        exchange = Http1ClientExchange(self)
        self._exchange = exchange
        return exchange

    def set_timeouts(self, read_timeout: float, send_timeout: float) -> None:
        """Replace the time-outs of the options, for the exchange that is on.

        Args:
            read_timeout: seconds that a response's next bytes may take; 0 for no limit.
            send_timeout: seconds in which the peer has to take some of what waits for it; 0 for no limit.
        """
        self._read_timeout = read_timeout
        self._send_timeout = send_timeout
        if self._deadline_kind == SEND:
            self._await_sending()
        else:
            self._await_response()

    # What the transport calls.

    def connection_made(self, transport: Transport) -> None:
        """The connection is there."""
        self.attach(transport)
        self._sweep.watch(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        if isinstance(exc, ConnectionError):
            self.take_last_words()
        self.lost = True
        self.peer_gone = True
        self._sweep.unwatch(self)
        exchange = self._exchange
        self._exchange = None
        # Whoever is told may fail; the pool, and those who wait, go on all the same.
        try:
            if exchange is not None and not (exchange.finished and exchange.inbound_ended):
                exchange.lose(ResetReason.CANCEL if exchange.head_sent else ResetReason.REFUSED, exc)
            tunnel = self._tunnel
            if tunnel is not None:
                self._tunnel = None
                tunnel.lose(exc)
        finally:
            self.release_writers()
            self._release()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._tunnel is not None:
            self._tunnel.feed(data)
            return
        if self.lost:
            return
        exchange = self._exchange
        if exchange is None or exchange.inbound_ended or not exchange.head_sent:
            # What nobody asked for is no answer to the next request.
            self._abandon(ResetReason.CANCEL, None)
            return
        exchange.response_begun = True
        if len(data) >= READ_SIZE and not self._reads_long:
            self.read_long(True)  # what fills a read is a long body
        try:
            self._parser.receive_data(data)
        except RemoteProtocolError as error:
            self._fail(error)
            return
        self._advance()

    def eof_received(self) -> bool:
        """The peer has closed its side."""
        if self._tunnel is not None:
            return self._tunnel.feed_eof() and self.is_half_closable()
        self.peer_gone = True
        exchange = self._exchange
        if exchange is None or self.lost:
            return False
        if exchange.inbound_ended or not exchange.head_sent:
            self._abandon(ResetReason.CANCEL, None)
        elif not is_cut_off(self.info("ssl_object", None)):
            self._parser.receive_eof()
            self._advance()
        # Else it is lost, as the transport tells next.
        return False

    def pause_writing(self) -> None:
        """The transport holds more than it should."""
        super().pause_writing()
        self._await_sending()

    def resume_writing(self) -> None:
        """The transport has room again."""
        if self._deadline_kind == SEND:
            self._deadline_kind = 0
            self._await_response()
        super().resume_writing()

    def deadline_passed(self) -> None:
        """The peer was too slow."""
        if self._deadline_kind == SEND and self._is_sending():
            self._await_sending()
            return
        self._abandon(ResetReason.TIMEOUT, None)

    # What exchanges call.

    def take_last_words(self) -> None:
        """See `Carrier`. A server that answers early and closes has its answer lie there (RFC 9112, section 9.6)."""
        exchange = self._exchange
        if exchange is None or exchange.finished or self.lost or self.info("ssl_object", None) is not None:
            return
        sock = self.info("socket", None)
        if sock is None:
            return
        for data in last_words(sock.fileno(), READ_SIZE):
            self.data_received(data)
            if self._exchange is not exchange or exchange.inbound_ended or self.reading_paused:
                return

    def credit_returned(self) -> None:
        """See `Carrier`."""
        if self.reading_paused and self._tunnel is None and not self.lost and self._has_room():
            self.resume_reading()
            self._await_response()

    def outbound_finished(self) -> None:
        """See `Carrier`."""
        exchange = self._exchange
        if exchange is None:
            return
        if exchange.inbound_ended:
            self._end(exchange)
        else:
            self._await_response()

    def request_sent(self, method: str) -> None:
        """See `Carrier`."""
        self._parser.expect(method)

    # The machine.

    def _advance(self) -> None:
        """Read what has come, as far as it goes."""
        if self._advancing:
            return  # from within: the loop goes on
        self._advancing = True
        try:
            self._run()
        except RemoteProtocolError as error:
            self._fail(error)
        finally:
            self._advancing = False

    def _run(self) -> None:
        parser = self._parser
        while True:
            exchange = self._exchange
            if exchange is None or self.lost:
                return
            if exchange.response_head is None:
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
            if isinstance(event, EndOfMessage):
                self._end_response(exchange, event)
                return
            if isinstance(event, InterimHead):
                exchange.interims += 1
                if exchange.interims > _INTERIMS:
                    raise UnexpectedData("too many interim responses")
                exchange.take_interim(event)
            elif isinstance(event, ResponseHead):
                if event.status == 101 and not exchange.asked_to_switch:
                    raise RemoteProtocolError("101 (Switching Protocols) where nothing was offered")
                exchange.take_head(event)
            elif isinstance(event, ConnectionClosed):
                self._abandon(ResetReason.CANCEL, None)
                return
            else:
                self._await_response()
                return

    def _take_data(self, exchange: Http1ClientExchange, pieces: list[bytes], chunk_ends: list[int]) -> bool:
        """Take what has come of a body; tell whether the exchange goes on."""
        exchange.feed(pieces, chunk_ends)
        if exchange.is_full(self._read_bufsize):
            self.pause_reading()
        return self._exchange is exchange and not self.lost

    def _end_response(self, exchange: Http1ClientExchange, event: EndOfMessage) -> None:
        """The response is complete, the request may not be."""
        if self._reads_long:
            self.read_long(False)
        head = exchange.response_head
        if head is not None and head.offers_switch:
            self._switch(exchange)
            exchange.end_inbound(event.trailers)
            return
        exchange.end_inbound(event.trailers)
        if self._exchange is not exchange:
            return
        if exchange.finished:
            self._end(exchange)
        elif not exchange.keep_alive or self.peer_gone or self._parser.buffered:
            # The server has said that it reads no more (RFC 9112, section 9.6), or is not to be trusted.
            self._abandon(ResetReason.CANCEL, None)
        else:
            self._await_response()

    def _switch(self, exchange: Http1ClientExchange) -> None:
        """Leave HTTP. Whoever has waited for it takes the channel, or resets the exchange."""
        self._exchange = None
        if self._deadline_kind != SEND:
            self._await_nothing()
        tunnel = Tunnel(self, self._parser.switch())
        self._tunnel = tunnel
        exchange.switched = tunnel

    def _end(self, exchange: Http1ClientExchange) -> None:
        """The exchange is over: get ready for the next one, or close."""
        self._exchange = None
        self._await_nothing()
        self._read_timeout = self._options.read_timeout
        self._send_timeout = self._options.send_timeout
        transport = self.transport
        if not exchange.keep_alive or self.draining or self.peer_gone or transport is None:
            self.close()
        elif self._parser.buffered or self._held:
            # See data_received(): what was answered while its head waited for a body was not the request.
            self.drop()
        elif transport.get_write_buffer_size() > 0:
            # The server has answered a request that it cannot have read to its end.
            self.close()
        else:
            self._parser.next_message()
            self.resume_reading()
        self._release()

    def _release(self) -> None:
        if self._released is not None:
            self._released(self)

    def _has_room(self) -> bool:
        """Whether more of the response's body can be kept."""
        exchange = self._exchange
        return exchange is None or exchange.has_room(self._read_bufsize)

    def _fail(self, error: RemoteProtocolError) -> None:
        """The peer does not speak HTTP."""
        # Its frames would keep the connection, in a circle.
        error.__traceback__ = None
        self._abandon(ResetReason.PROTOCOL, error)

    def _abandon(self, reason: ResetReason, error: Exception | None) -> None:
        """Give the exchange up, and the connection with it."""
        exchange = self._exchange
        self._exchange = None
        self._await_nothing()
        try:
            if exchange is not None:
                exchange.lose(reason if exchange.head_sent else ResetReason.REFUSED, error)
            tunnel = self._tunnel
            if tunnel is not None:
                self._tunnel = None
                tunnel.lose(error)
        finally:
            self.drop()

    def _await_response(self) -> None:
        """Set the deadline for the peer's next bytes, where it is the peer's turn."""
        if self._deadline_kind == SEND:
            return
        exchange = self._exchange
        if (
            exchange is None
            or self.reading_paused
            or exchange.inbound_ended
            or not (exchange.finished or exchange.response_head is not None)
            or self._read_timeout <= 0
        ):
            self._await_nothing()
        else:
            self._deadline_kind = _RESPONSE
            self.deadline = self._sweep.after(self._read_timeout)
