# Compiled by mypyc.
"""A connection that speaks another protocol from here on: a duplex channel of bytes (RFC 9110, sections 7.8 and 9.3.6).

It is what an exchange becomes by 101 (Switching Protocols), or by a 2xx response to CONNECT. What runs in it, such as
websockets, knows this channel and no transport.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tidewire_http_io._buffered_reading import BufferedReading
from tidewire_http_io._byte_channel import TunnelReceiver
from tidewire_http_io._carrier import Carrier

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Bytes that are kept while there is no receiver, before reading pauses.
_KEPT: Final = 65536


class Tunnel:
    """A `ByteChannel`; see there for what users of it call.

    Args:
        carrier: the connection.
        data: the bytes that have come with the switch.
    """

    __slots__ = (
        "_carrier",
        "_eof",
        "_eof_written",
        "_error",
        "_kept",
        "_kept_size",
        "_lost",
        "_receiver",
        "_resumes",
    )

    def __init__(self, carrier: Carrier, data: bytes) -> None:
        self._carrier = carrier
        self._receiver: TunnelReceiver | None = None
        self._kept: list[bytes] = []
        self._kept_size: i64 = 0
        # Whether reading was paused for want of a receiver, or by the exchange, and goes on with a receiver.
        self._resumes: bool = carrier.reading_paused
        self._eof = False
        self._eof_written = False
        self._lost = False
        self._error: Exception | None = None
        if data:
            self.feed(data)

    def __repr__(self) -> str:
        return f"<Tunnel {'closed' if self.closed else 'open'}>"

    # What users of the channel call.

    @property
    def is_writable(self) -> bool:
        """See `ByteChannel`."""
        return self._carrier.is_writable

    @property
    def closed(self) -> bool:
        """See `ByteChannel`."""
        return self._lost or self._eof_written or self._carrier.lost

    def info(self, name: str, default: Any = None) -> Any:
        """See `ByteChannel`."""
        return self._carrier.info(name, default)

    def receive(self, receiver: TunnelReceiver) -> None:
        """See `ByteChannel`."""
        # More may come while what was kept is delivered, and has to keep its order.
        while self._kept:
            kept = self._kept
            self._kept = []
            self._kept_size = 0
            for data in kept:
                receiver.data_received(data)
        self._receiver = receiver
        if self._eof:
            receiver.eof_received()
        if self._lost:
            if self._receiver is not None:
                self._receiver = None
                receiver.connection_lost(self._error)
        elif self._resumes:
            self.resume_reading()

    def write(self, data: bytes) -> None:
        """See `ByteChannel`."""
        if data and not self._eof_written:
            self._carrier.write(data)

    def write_pieces(self, pieces: list[Any]) -> None:
        """See `ByteChannel`."""
        if not self._eof_written:
            self._carrier.write_pieces(pieces)

    def writable(self) -> Any:
        """See `ByteChannel`."""
        return self._carrier.writable()

    def write_eof(self) -> None:
        """See `ByteChannel`."""
        if self.closed:
            return
        self._eof_written = True
        if self._eof:
            self._carrier.close()  # asyncio leaves a connection open whose sides were closed one by one
        else:
            self._carrier.write_eof()

    def pause_reading(self) -> None:
        """See `ByteChannel`."""
        self._resumes = False
        self._carrier.pause_reading()

    def resume_reading(self) -> None:
        """See `ByteChannel`."""
        self._resumes = False
        # After its end asyncio would read the end once more.
        if not self._eof:
            self._carrier.resume_reading()

    def receive_buffered(self) -> bool:
        """See `ByteChannel`."""
        receiver = self._receiver
        if receiver is None or self._eof or self._lost:
            return False
        return self._carrier.read_by(BufferedReading(self._carrier, receiver))

    def close(self) -> None:
        """See `ByteChannel`."""
        if not self._carrier.lost:
            self._carrier.close()

    def abort(self) -> None:
        """See `ByteChannel`."""
        self._carrier.drop()

    # What the connection calls.

    def feed(self, data: bytes) -> None:
        """Deliver or keep bytes from the peer."""
        if self._receiver is not None:
            self._receiver.data_received(data)
            return
        self._kept.append(data)
        self._kept_size += len(data)
        if self._kept_size > _KEPT:
            self._resumes = True
            self._carrier.pause_reading()

    def feed_eof(self) -> bool:
        """The peer has closed its side. Tells whether this side stays open."""
        if not self._eof:
            self._eof = True
            if self._receiver is not None:
                self._receiver.eof_received()
        return not self.closed

    def lose(self, error: Exception | None) -> None:
        """The connection is gone."""
        if self._lost:
            return
        self._lost = True
        self._error = error
        receiver = self._receiver
        if receiver is not None:
            self._receiver = None
            receiver.connection_lost(error)
