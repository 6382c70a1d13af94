"""A duplex channel of bytes: what an exchange becomes whose peers leave HTTP (RFC 9110, sections 7.8 and 9.3.6).

It stands to what runs in it, such as websockets, as the exchange does to requests: the codec behind it may be another,
and the conformance tests of this distribution are what holds it to the contract.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol

__all__ = ["ByteChannel", "TunnelReceiver"]


class TunnelReceiver(Protocol):
    """What takes the bytes that come through a `ByteChannel`."""

    def data_received(self, data: bytes) -> None:
        """Take bytes, at least one."""

    def eof_received(self) -> None:
        """Take note that the peer sends no more; this side may go on."""

    def connection_lost(self, error: Exception | None) -> None:
        """Take note that the channel is closed, and of the error behind it where there is one. Called once."""


class BufferReceiver(TunnelReceiver, Protocol):
    """What can have bytes put where it wants them, see `ByteChannel.receive_buffered()`."""

    def get_buffer(self) -> memoryview | None:
        """Return where the bytes that come next are to be put, at least one of them; None for `data_received()`."""

    def buffer_updated(self, count: int) -> None:
        """Take note of bytes at the beginning of what `get_buffer()` has returned last."""


class ByteChannel(Protocol):
    """A duplex channel of bytes between two peers that have left HTTP."""

    @property
    def is_writable(self) -> bool:
        """Whether there is credit for writing on."""

    @property
    def closed(self) -> bool:
        """Whether nothing can be written any more, since `write_eof()` too: it is dropped."""

    def info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection, as asyncio names it."""

    def receive(self, receiver: TunnelReceiver) -> None:
        """Deliver what comes to a receiver: what was kept so far at once, and the rest as it comes."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def write_pieces(self, pieces: list[Any]) -> None:
        """Send several pieces, `bytes` or views of them, as one, which spares joining them."""

    def writable(self) -> Awaitable[None]:
        """Wait for credit; it returns at once where there is some, or where the channel is closed."""

    def write_eof(self) -> None:
        """Close this side once everything is sent, where the transport can do so, else both.

        Where the peer has closed its side, the channel is closed with it.
        """

    def pause_reading(self) -> None:
        """Let no more bytes come until `resume_reading()`; a few that are on their way may still do."""

    def resume_reading(self) -> None:
        """Let bytes come again."""

    def receive_buffered(self) -> bool:
        """From now on put what comes where the receiver, a `BufferReceiver`, wants it; else deliver it as ever.

        It spares a receiver that expects much a copy of it.

        Returns:
            Whether it is done; not every channel can.
        """

    def close(self) -> None:
        """Close the channel once everything is sent."""

    def abort(self) -> None:
        """Close the channel now."""
