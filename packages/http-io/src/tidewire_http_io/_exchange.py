"""The exchange: one request and its response, whatever protocol carries them.

Between a connection and the objects that users see stands an exchange. Everything here is per exchange and not per
connection, so that a protocol that interleaves exchanges (HTTP/2) can stand behind the same contract; the
conformance tests of this distribution are what holds a codec to it.

Outbound: any number of `send_interim()`; then `send_head()`, `send_data()` and, with a chunked body,
`send_trailers()`; or `respond()`, which is head and body in one. What is sent to an exchange that has ended is
dropped: whether the peer is still there is asked with `disconnected`. A writer waits for `writable()` before it goes on
whenever `is_writable` is false.

Inbound: the head is there from the start. Body data comes to a `Receiver`, or is kept until there is one, and
carries credit: the peer is slowed down until `consumed()` gives it back. Credit is counted in bytes and in pieces, so
that neither many bytes nor very many small pieces pile up. Neither direction's end implies the other's.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from tidewire_http_io._byte_channel import ByteChannel
from tidewire_http_parser import FieldBlock, Fields, InterimHead, RequestHead, ResponseHead

__all__ = [
    "ClientExchange",
    "Exchange",
    "Outbound",
    "Receiver",
    "ResetReason",
    "SendFile",
    "ServerExchange",
    "Service",
]


class ResetReason(enum.Enum):
    """Why an exchange ended before its end."""

    CANCEL = "cancel"  # the peer went away, or the exchange is not wanted any more
    REFUSED = "refused"  # provably never worked on: it is safe to send it again
    PROTOCOL = "protocol"  # the peer broke the protocol
    INTERNAL = "internal"  # this side failed
    TIMEOUT = "timeout"  # the peer was too slow


class Receiver(Protocol):
    """What takes the inbound part of an exchange.

    One that has a method `pieces_received(pieces, chunk_ends)` besides gets several pieces of the body in one call of
    it, where a codec has them: a list of bytes, none of them empty, and a list of where chunks of the transfer end,
    in bytes from the first of them. They count as one piece for each of these, and one for what is behind the last.
    """

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        """Take a piece of the body, which is never empty; give its credit back with `consumed()`.

        It counts as one piece, and as one more for each of `inner_ends`.

        Args:
            data: the piece.
            ends_chunk: whether a chunk of the transfer ends with it, where it came in chunks.
            inner_ends: where in it other chunks end, in bytes from its beginning; None where none does.
        """

    def end_received(self, trailers: Fields) -> None:
        """Take note that the body is complete."""

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        """Take note that the body will not be completed, and of the error behind it where there is one."""


class Outbound(Protocol):
    """The way out of an exchange, the same on both sides: the body of a request, or that of a response."""

    @property
    def is_writable(self) -> bool:
        """Whether there is credit for writing on."""

    @property
    def disconnected(self) -> bool:
        """Whether the peer has gone, or the exchange was reset."""

    def writable(self) -> Awaitable[None]:
        """Wait for credit; it returns at once where there is some, or where the exchange has ended."""

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        """Send a piece of the body.

        Raises:
            tidewire_http_parser.LocalProtocolError: before the head, or more or less than was declared.
        """

    def send_trailers(self, fields: Fields) -> None:
        """Send the trailer section, which ends the message; dropped where the framing has no room for one."""

    def reset(self, reason: ResetReason) -> None:
        """End the exchange, now. With HTTP/1.1 that closes the connection."""


class Exchange(Outbound, Protocol):
    """What both sides of an exchange have: a message that goes out, and the body of one that comes in."""

    @property
    def body_complete(self) -> bool:
        """Whether the whole body has come, so that `take_body()` has it."""

    @property
    def trailers(self) -> Fields:
        """The trailers behind the body that came; none before its end."""

    @property
    def bytes_sent(self) -> int:
        """Bytes of this side's message that were given to the connection, its head and framing included."""

    @property
    def finished(self) -> bool:
        """Whether this side's message is complete."""

    @property
    def head_sent(self) -> bool:
        """Whether the head of this side's message is out; on the server that of the final response."""

    @property
    def sendfile(self) -> SendFile | None:
        """What sends files, once the head is out; None where codec, connection or system cannot do that."""

    def info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection: `peername`, `sockname`, `ssl_object`, ... as asyncio names it.

        `transport` is the transport itself, where the exchange has one to itself and the peer is there: what is written
        to it goes out as it is, behind all that was sent.
        """

    def receive(self, receiver: Receiver) -> None:
        """Deliver the body to a receiver: what was kept so far at once, and the rest as it comes."""

    def take_body(self) -> bytes:
        """Take the whole body, or what is there of it; its credit is given back."""

    def consumed(self, size: int, pieces: int) -> None:
        """Give back credit for so many bytes of body, and for so many pieces."""


class SendFile(Protocol):
    """Sends a part of a file as body data, without its passing through this process."""

    def __call__(self, file: int, offset: int, count: int) -> Awaitable[int]:
        """Send bytes of a file as the peer takes them, until the file or the connection ends or the system cannot.

        Nothing else may be sent meanwhile. A call that is cancelled has sent what it has sent, of which `bytes_sent`
        tells; the response can then only be broken off.

        Args:
            file: the file's descriptor, which stays open.
            offset: where to begin, in bytes.
            count: how many to send.

        Returns:
            How many were sent. Where that is not all, and the peer has not gone, `send_data()` may send the rest.

        Raises:
            tidewire_http_parser.LocalProtocolError: more than was declared.
        """


class ServerExchange(Exchange, Protocol):
    """The server's side of an exchange."""

    @property
    def head(self) -> RequestHead:
        """The head of the request."""

    @property
    def status(self) -> int:
        """The status code of the final response, 0 as long as its head has not gone out."""

    @property
    def awaits_continue(self) -> bool:
        """Whether the client has announced to wait for 100 (Continue), and has got none and sent nothing."""

    def hop_by_hop_fields(self, status: int, fields: Fields, *, body_length: int | None) -> Fields:
        """Name the fields that the codec will add to a head, so that they can be seen, or set otherwise, before.

        Args:
            status: the status code.
            fields: names and values, as they will be given to `send_head()`.
            body_length: bytes of body where that is known, else None.

        Returns:
            Of Content-Length, Transfer-Encoding and Connection those that would be added; none with a codec that
            frames by other means.

        Raises:
            tidewire_http_parser.LocalProtocolError: as `send_head()` would.
        """

    def send_interim(self, status: int, fields: Fields) -> None:
        """Send an interim response (RFC 9110, section 15.2)."""

    def send_head(
        self, status: int, reason: str | None, fields: Fields, *, body_length: int | None, end: bool = False
    ) -> None:
        """Send the head of the final response.

        Args:
            status: the status code.
            reason: the reason phrase, None for the usual one.
            fields: names and values; what they say of the framing is obeyed, what they leave open is added.
            body_length: bytes of body that will follow where that is known, else None.
            end: whether the response ends with its head.

        Raises:
            tidewire_http_parser.LocalProtocolError: a value that may not go out, 101 (see `accept_tunnel()`), or a
                second head.
        """

    def accept_tunnel(self, status: int, fields: Fields) -> ByteChannel:
        """Answer that the protocol is switched, and leave HTTP.

        Args:
            status: 101 for a request with Upgrade, 2xx for one of CONNECT.
            fields: names and values, for 101 those of Connection and Upgrade among them.

        Raises:
            tidewire_http_parser.LocalProtocolError: the request has asked for no switch or its body is not complete,
                a status that switches nothing, or a value that may not go out.
        """

    def respond(
        self, status: int, reason: str | None, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        """Send head and body together and end the response.

        Args:
            status: the status code.
            reason: the reason phrase, None for the usual one.
            fields: names and values, as with `send_head()`.
            body: the body.
            block: further fields, which were validated before.

        Raises:
            tidewire_http_parser.LocalProtocolError: a value that may not go out, 101 (see `accept_tunnel()`), fields
                that contradict the body, or a second head. Nothing has been sent then.
        """

    def when_disconnected(self, callback: Callable[[], None] | None, *, or_finished: bool = False) -> None:
        """Have a callback called when the peer goes before the response is complete; None takes it back.

        Args:
            callback: called once.
            or_finished: whether it is called, too, when the response is complete.
        """


class ClientExchange(Exchange, Protocol):
    """The client's side of an exchange.

    A final response may come before the request is complete: whoever sends looks at `response_head`, and stops where
    nobody wants the rest.
    """

    @property
    def response_head(self) -> ResponseHead | None:
        """The head of the final response, None as long as it is not there."""

    @property
    def response_begun(self) -> bool:
        """Whether anything of a response has come; without that, a safe request may be sent again."""

    @property
    def reset_reason(self) -> ResetReason | None:
        """Why the exchange will not be completed; None where it may still be."""

    @property
    def reset_error(self) -> Exception | None:
        """The error behind that, where there is one."""

    def send_head(
        self,
        method: str,
        target: str,
        fields: Fields,
        *,
        body_length: int | None = 0,
        http_1_1: bool = True,
        end: bool = False,
    ) -> None:
        """Send the head of the request.

        Args:
            method: the method.
            target: the request target; it depends on the method and on whether a proxy is in between.
            fields: names and values, Host among them; what they say of the framing is obeyed, what they leave open
                is added.
            body_length: bytes of body that will follow where that is known, else None.
            http_1_1: whether the request is HTTP/1.1 or, for the sake of old servers, HTTP/1.0.
            end: whether the request ends with its head.

        Raises:
            tidewire_http_parser.LocalProtocolError: a value that may not go out, or a second head. Nothing has
                been sent then.
        """

    def send_request(
        self, method: str, target: str, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        """Send head and body together and end the request, which is HTTP/1.1; see `send_head()`.

        Args:
            method: the method.
            target: the request target.
            fields: names and values; Host is among them or in the block.
            body: the body.
            block: further fields, which were validated before.

        Raises:
            tidewire_http_parser.LocalProtocolError: as with `send_head()`.
        """

    def when_interim(self, callback: Callable[[InterimHead], None] | None) -> None:
        """Have a callback called with the head of each interim response, such as 100 (Continue) and 103."""

    def response(self) -> Awaitable[ResponseHead | None]:
        """Wait for the head of the final response; None where it will not come, see `reset_reason`."""

    def take_tunnel(self) -> ByteChannel:
        """Leave HTTP, after 101 (Switching Protocols) or a 2xx response to CONNECT.

        Whoever does not want the channel calls `reset()`; what comes through it is kept until it is taken.

        Raises:
            tidewire_http_parser.LocalProtocolError: the response is another, the channel was taken before, or the
                request is not complete (RFC 9110, section 7.8).
        """


Service = Callable[[ServerExchange], None]
