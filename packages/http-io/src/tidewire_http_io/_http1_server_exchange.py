# Compiled by mypyc.
"""One request and its response on an HTTP/1.1 connection of a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tidewire_http_io._carrier import Carrier
from tidewire_http_io._exchange import Receiver, ResetReason
from tidewire_http_parser import (
    Data,
    FieldBlock,
    Fields,
    LocalProtocolError,
    RequestHead,
    last_chunk,
    serialise_chunk,
    serialise_interim,
    serialise_response,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# What serialise_response() says of a body that has no length of its own.
_CHUNKED: Final = -1
_NO_BODY: Final = -3


class Http1Exchange:
    """A `ServerExchange`; see there for what users of it call.

    Args:
        head: the head of the request.
        carrier: the connection it came by.

    Attributes:
        keep_alive: whether the connection may live on after the response.
        inbound_ended: whether the request's body is complete, or will not be completed.
        unconsumed: bytes of body for which no credit was given back yet.
        has_body: whether there is a body, or an end that is more than that.
        offers_switch: whether the parser waits for the protocol to be switched, or for that to be declined.
        interim_sent: whether a 100 (Continue) has gone out.
    """

    __slots__ = (
        "_body_length",
        "_carrier",
        "_chunked",
        "_gone",
        "_mute",
        "_on_disconnect",
        "_pieces",
        "_receiver",
        "_reset",
        "_reset_error",
        "_trailers",
        "body_complete",
        "finished",
        "has_body",
        "head",
        "head_sent",
        "inbound_ended",
        "interim_sent",
        "keep_alive",
        "offers_switch",
        "unconsumed",
    )

    def __init__(self, head: RequestHead, carrier: Carrier) -> None:
        self.head = head
        self._carrier = carrier
        self.keep_alive: bool = head.keep_alive
        self.offers_switch: bool = head.offers_switch
        self.has_body: bool = head.body_length != 0 or self.offers_switch
        self.head_sent = False
        self.finished = False
        self.interim_sent = False
        self._chunked = False  # whether the response's body goes out in chunks
        self._mute = False  # whether the response has no body on the wire, as one to HEAD
        self._body_length: i64 = -1  # bytes of a declared body that are still to be sent; -1: none declared
        self.inbound_ended = False
        self.body_complete = False
        self.unconsumed: i64 = 0
        self._pieces: list[Data] | None = None  # what came before there was a receiver
        self._receiver: Receiver | None = None
        self._trailers: Fields | None = None  # set once the body is complete
        self._gone = False  # whether nothing more can be sent either
        self._reset: ResetReason | None = None  # why the body will not be completed
        self._reset_error: Exception | None = None
        self._on_disconnect: Callable[[], None] | None = None

    def __repr__(self) -> str:
        state = "finished" if self.finished else "responding" if self.head_sent else "waiting"
        return f"<Http1Exchange {self.head.method} {self.head.target[:100]!r} {state}>"

    # What users of the exchange call.

    @property
    def is_writable(self) -> bool:
        """See `ServerExchange`."""
        return self._carrier.is_writable

    @property
    def disconnected(self) -> bool:
        """See `ServerExchange`."""
        return self._gone or self._carrier.peer_gone

    def info(self, name: str, default: Any = None) -> Any:
        """See `ServerExchange`."""
        return self._carrier.info(name, default)

    def receive(self, receiver: Receiver) -> None:
        """See `ServerExchange`."""
        # Credit that is given back in the meantime may let more pieces come, which have to keep their order.
        while self._pieces is not None:
            pieces = self._pieces
            self._pieces = None
            for piece in pieces:
                receiver.data_received(piece.data, piece.ends_chunk, piece.inner_ends)
        if self._trailers is not None:
            receiver.end_received(self._trailers)
        elif self._reset is not None:
            receiver.reset_received(self._reset, self._reset_error)
        else:
            self._receiver = receiver

    def take_body(self) -> bytes:
        """See `ServerExchange`."""
        pieces = self._pieces
        if pieces is None:
            return b""
        self._pieces = None
        body = pieces[0].data if len(pieces) == 1 else b"".join([piece.data for piece in pieces])
        self.consumed(len(body))
        return body

    def consumed(self, size: int) -> None:
        """See `ServerExchange`."""
        self.unconsumed -= size
        self._carrier.credit_returned()

    def when_disconnected(self, callback: Callable[[], None] | None) -> None:
        """See `ServerExchange`."""
        self._on_disconnect = callback

    def writable(self) -> Any:
        """See `ServerExchange`."""
        return self._carrier.writable()

    def send_interim(self, status: int, fields: Fields) -> None:
        """See `ServerExchange`."""
        if self.head_sent:
            raise LocalProtocolError("an interim response after the head of the final one")
        if not self.head.http_1_1 or self._gone:
            return  # an HTTP/1.0 client knows no interim responses (RFC 9110, section 15.2)
        if status == 100:
            self.interim_sent = True
        self._carrier.write(serialise_interim(status, fields))

    def send_head(
        self, status: int, reason: str | None, fields: Fields, *, body_length: int | None, end: bool = False
    ) -> None:
        """See `ServerExchange`."""
        if end and body_length is None:
            body_length = 0
        self._carrier.write(self._head(status, reason, fields, body_length, None))
        if end:
            self._end_outbound()

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        """See `ServerExchange`."""
        if not self.head_sent or self.finished:
            if self._gone:
                return
            raise LocalProtocolError("body data outside of a response")
        if data and not self._mute:
            if self._chunked:
                data = serialise_chunk(data)
            elif self._body_length >= 0:
                if len(data) > self._body_length:
                    raise LocalProtocolError("more body than Content-Length declares")
                self._body_length -= len(data)
            self._carrier.write(data)
        if end:
            if self._chunked:
                self._carrier.write(last_chunk([]))
            self._end_outbound()

    def send_trailers(self, fields: Fields) -> None:
        """See `ServerExchange`."""
        if not self.head_sent or self.finished:
            if self._gone:
                return
            raise LocalProtocolError("trailers outside of a response")
        if self._chunked:
            self._carrier.write(last_chunk(fields))
        self._end_outbound()

    def respond(
        self, status: int, reason: str | None, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        """See `ServerExchange`."""
        head = self._head(status, reason, fields, len(body), block)
        if body and not self._mute:
            if self._chunked:
                body = serialise_chunk(body) + last_chunk([])
            self._body_length = -1
            if len(body) <= 65536:
                self._carrier.write(head + body)
            else:
                self._carrier.write(head)
                self._carrier.write(body)
        else:
            self._carrier.write(head + last_chunk([]) if self._chunked else head)
        self._end_outbound()

    def reset(self, reason: ResetReason) -> None:
        """See `ServerExchange`."""
        if not self._gone and not (self.finished and self.inbound_ended):
            self.lose(reason, None)
            self._carrier.drop()

    @property
    def awaits_continue(self) -> bool:
        """Whether the client has announced to wait for 100 (Continue), and has got none and sent nothing."""
        return (
            not self.inbound_ended
            and not self.interim_sent
            and self._pieces is None
            and self.unconsumed == 0
            and bool(self.head.expect_continue)
        )

    # What the connection calls.

    def feed(self, piece: Data) -> None:
        """Deliver or keep a piece of the body."""
        self.unconsumed += len(piece.data)
        if self._receiver is not None:
            self._receiver.data_received(piece.data, piece.ends_chunk, piece.inner_ends)
        elif self._pieces is None:
            self._pieces = [piece]
        else:
            self._pieces.append(piece)

    def end_inbound(self, trailers: Fields) -> None:
        """Take note that the body is complete."""
        self.inbound_ended = True
        if self._reset is not None:
            return
        self.body_complete = True
        self._trailers = trailers
        receiver = self._receiver
        if receiver is not None:
            # Receivers know their exchange: together they would be a circle.
            self._receiver = None
            receiver.end_received(trailers)

    def abandon_inbound(self) -> None:
        """Take note that the rest of the body is thrown away, since the response is complete."""
        self._pieces = None
        self._tell_reset(ResetReason.CANCEL, None)

    def break_inbound(self, reason: ResetReason, error: Exception | None) -> bool:
        """Take note that the body will not be completed; the response may still go out.

        Tells whether that is complete, which a receiver may have made it just now.
        """
        if not self.inbound_ended:
            self.inbound_ended = True
            self.keep_alive = False
            self._tell_reset(reason, error)
        return self.finished

    def lose(self, reason: ResetReason, error: Exception | None) -> None:
        """Take note that nothing more comes or goes."""
        self._gone = True
        self.break_inbound(reason, error)
        self.keep_alive = False
        self._carrier.release_writers()
        self.tell_disconnected()

    def tell_disconnected(self) -> None:
        """Tell whoever wants to know that the peer has gone before the response was complete."""
        callback = self._on_disconnect
        self._on_disconnect = None
        if callback is not None and not self.finished:
            callback()

    def _tell_reset(self, reason: ResetReason, error: Exception | None) -> None:
        if self._reset is not None:
            return
        self._reset = reason
        self._reset_error = error
        receiver = self._receiver
        if receiver is not None:
            self._receiver = None
            receiver.reset_received(reason, error)

    def _head(
        self,
        status: int,
        reason: str | None,
        fields: Fields,
        body_length: int | None,
        block: FieldBlock | None,
    ) -> bytes:
        """Serialise the head of the final response and take note of its framing."""
        if self.head_sent:
            raise LocalProtocolError("a second final response to one request")
        request = self.head
        if self.awaits_continue:
            # There is no telling whether the body will come, hence where the next request begins (RFC 9110,
            # section 10.1.1).
            self.keep_alive = False
        data, framing, keep_alive = serialise_response(
            status,
            reason,
            fields,
            body_length,
            request.method,
            request.http_1_1,
            self.keep_alive and not self._carrier.draining,
            block,
        )
        self.head_sent = True
        self.keep_alive = keep_alive
        if framing >= 0:
            self._body_length = framing
        elif framing == _CHUNKED:
            self._chunked = True
        elif framing == _NO_BODY:
            self._mute = True
        return data

    def _end_outbound(self) -> None:
        if self._body_length > 0:
            self.keep_alive = False
            raise LocalProtocolError("less body than Content-Length declares")
        self.finished = True
        self._on_disconnect = None
        self._carrier.response_finished()
