"""The exchange: one request and its response, whatever protocol carries them.

Between a connection and the objects that users see stands an exchange. Everything here is per exchange and not per
connection, so that a protocol that interleaves exchanges (HTTP/2) can stand behind the same contract; the
conformance tests of this distribution are what holds a codec to it.

Outbound: any number of `send_interim()`; then `send_head()`, `send_data()` and, with a chunked body,
`send_trailers()`; or `respond()`, which is head and body in one. What is sent to an exchange that has ended is
dropped: whether the peer is still there is asked with `disconnected`. A writer waits for `writable()` before it goes on
whenever `is_writable` is false.

Inbound: the head is there from the start. Body data comes to a `Receiver`, or is kept until there is one, and
carries credit: the peer is slowed down until `consumed()` gives it back. Neither direction's end implies the other's.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from tidewire_http_parser import FieldBlock, Fields, RequestHead

__all__ = ["Receiver", "ResetReason", "ServerExchange", "Service"]


class ResetReason(enum.Enum):
    """Why an exchange ended before its end."""

    CANCEL = "cancel"  # the peer went away, or the exchange is not wanted any more
    REFUSED = "refused"  # provably never worked on: it is safe to send it again
    PROTOCOL = "protocol"  # the peer broke the protocol
    INTERNAL = "internal"  # this side failed
    TIMEOUT = "timeout"  # the peer was too slow


class Receiver(Protocol):
    """What takes the inbound part of an exchange."""

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        """Take a piece of the body, which is never empty; give its credit back with `consumed()`.

        Args:
            data: the piece.
            ends_chunk: whether a chunk of the transfer ends with it, where it came in chunks.
            inner_ends: where in it other chunks end, in bytes from its beginning; None where none does.
        """

    def end_received(self, trailers: Fields) -> None:
        """Take note that the body is complete."""

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        """Take note that the body will not be completed, and of the error behind it where there is one."""


class ServerExchange(Protocol):
    """The server's side of an exchange."""

    @property
    def head(self) -> RequestHead:
        """The head of the request."""

    @property
    def body_complete(self) -> bool:
        """Whether the whole body has come, so that `take_body()` has it."""

    @property
    def is_writable(self) -> bool:
        """Whether there is credit for writing on."""

    @property
    def disconnected(self) -> bool:
        """Whether the peer has gone, or the exchange was reset."""

    @property
    def finished(self) -> bool:
        """Whether the response is complete."""

    @property
    def head_sent(self) -> bool:
        """Whether the head of the final response is out."""

    def info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection: `peername`, `sockname`, `ssl_object`, ... as asyncio names it."""

    def receive(self, receiver: Receiver) -> None:
        """Deliver the body to a receiver: what was kept so far at once, and the rest as it comes."""

    def take_body(self) -> bytes:
        """Take the whole body, or what is there of it; its credit is given back."""

    def consumed(self, size: int) -> None:
        """Give back credit for so many bytes of body."""

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
            tidewire_http_parser.LocalProtocolError: a value that may not go out, or a second head.
        """

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        """Send a piece of the body.

        Raises:
            tidewire_http_parser.LocalProtocolError: before the head, or more or less than was declared.
        """

    def send_trailers(self, fields: Fields) -> None:
        """Send the trailer section, which ends the response; dropped where the framing has no room for one."""

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
            tidewire_http_parser.LocalProtocolError: a value that may not go out, fields that contradict the body, or a
                second head. Nothing has been sent then.
        """

    def writable(self) -> Awaitable[None]:
        """Wait for credit; it returns at once where there is some, or where the exchange has ended."""

    def when_disconnected(self, callback: Callable[[], None] | None) -> None:
        """Have a callback called when the peer goes before the response is complete; None takes it back."""

    def reset(self, reason: ResetReason) -> None:
        """End the exchange, now. With HTTP/1.1 that closes the connection."""


Service = Callable[[ServerExchange], None]
