"""Two transports that are each other's network: what one protocol writes, the event loop brings to the other."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from ._outbox import water_marks
from ._protocol_like import ProtocolLike

__all__ = ["LinkedTransport", "link_protocols"]

# Bytes that are on their way without counting as unsent, as with the buffers of a socket.
_IN_FLIGHT: Final = 65536
_PIECE: Final = 65536  # bytes; the most that comes with one data_received()


class LinkedTransport:
    """One end of a connection in memory that an event loop drives, where a `MemoryTransport` is driven by the test.

    It does what a socket's transport would do, in the same order and, as far as protocols can tell, at the same times:
    data comes in a later turn of the loop than the one it was written in, never inside another callback; what was
    written before `close()` arrives; who is not read from has to wait. `link_protocols()` makes a pair.
    """

    __slots__ = (
        "_can_write_eof",
        "_closing",
        "_context",
        "_eof_due",
        "_eof_written",
        "_extra",
        "_high",
        "_inbox",
        "_loop",
        "_lost",
        "_low",
        "_peer",
        "_protocol",
        "_queued",
        "_reading_paused",
        "_reset",
        "_scheduled",
        "_writer_paused",
    )

    def __init__(
        self,
        protocol: ProtocolLike,
        loop: asyncio.AbstractEventLoop,
        extra: Mapping[str, Any],
        can_write_eof: bool,
    ) -> None:
        """Prepare one end; `link_protocols()` gives it its other one."""
        self._protocol = protocol
        self._loop = loop
        self._extra = extra
        self._can_write_eof = can_write_eof
        self._context = contextvars.copy_context()
        self._peer: LinkedTransport = self
        self._inbox: deque[bytes] = deque()
        self._queued = 0  # bytes in the inbox
        self._eof_due = False
        self._reset: OSError | None = None
        self._scheduled = False
        self._reading_paused = False
        self._high, self._low = water_marks()
        self._writer_paused = False
        self._eof_written = False
        self._closing = False
        self._lost = False

    def __repr__(self) -> str:
        """Show its state."""
        state = "lost" if self._lost else "closing" if self._closing else "open"
        return (
            f"<LinkedTransport {state}, {self._queued} bytes to read, {self.get_write_buffer_size()} unsent>"
        )

    # -- reading -----------------------------------------------------------------------------------

    def is_reading(self) -> bool:
        """Return whether incoming data is delivered: not paused, not closing."""
        return not self._reading_paused and not self._closing

    def pause_reading(self) -> None:
        """Deliver nothing until `resume_reading()`."""
        self._reading_paused = True

    def resume_reading(self) -> None:
        """Deliver data again, from the loop's next turn on."""
        self._reading_paused = False
        if self._inbox or self._eof_due:
            self._schedule()

    # -- writing -----------------------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send `data`; after the closing it goes nowhere.

        Raises:
            TypeError: `data` is not bytes-like.
            RuntimeError: written after `write_eof()`.
        """
        if type(data) is not bytes:
            if not isinstance(data, bytes | bytearray | memoryview):
                raise TypeError(f"write() takes a bytes-like object, not {type(data).__name__}")
            data = bytes(data)
        if self._eof_written:
            raise RuntimeError("write() after write_eof()")
        if self._closing or not data:
            return
        peer = self._peer
        if peer._closing:
            # Nobody is there any more. What that one has sent is read first.
            self._reset = ConnectionResetError("the other end of the link is closed")
            self._schedule()
            return
        peer._inbox.append(data)
        peer._queued += len(data)
        if not peer._scheduled:
            peer._schedule()
        if peer._queued > _IN_FLIGHT:
            self._pause_if_full()

    def writelines(self, list_of_data: Any) -> None:
        """Write the pieces joined, as one write."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Return whether one direction can be closed alone; it cannot where TLS is pretended."""
        return self._can_write_eof

    def write_eof(self) -> None:
        """End the outgoing stream behind what was written; reading goes on.

        Raises:
            NotImplementedError: one direction cannot be closed alone.
        """
        if not self._can_write_eof:
            raise NotImplementedError("this transport cannot close one direction alone")
        if not self._closing and not self._eof_written:
            self._eof_written = True
            self._send_eof()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the water marks in bytes, with asyncio's rule for one left out: `low` is a quarter of `high`.

        Raises:
            ValueError: not `high >= low >= 0`.
        """
        self._high, self._low = water_marks(high, low)
        self._pause_if_full()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the water marks in bytes: low, high."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are unsent: those that the other end has not read, less what a socket would hold."""
        return max(0, self._peer._queued - _IN_FLIGHT)

    # -- the end, and the rest ---------------------------------------------------------------------

    def is_closing(self) -> bool:
        """Return whether the transport is closing or closed."""
        return self._closing

    def close(self) -> None:
        """Stop reading, send what is unsent, then call `connection_lost(None)`."""
        if self._closing:
            return
        self._closing = True
        self._forget_inbox()
        if not self._eof_written:
            self._send_eof()
        if not self.get_write_buffer_size():
            self._loop.call_soon(self._lose, None, context=self._context)

    def abort(self) -> None:
        """Close without sending what is unsent; what was never read has the other end's connection reset."""
        if self._lost:
            return
        unread = bool(self._inbox)
        self._closing = True
        self._forget_inbox()
        peer = self._peer
        while peer._queued > _IN_FLIGHT:
            peer._queued -= len(peer._inbox.pop())
        if unread:
            peer._reset = ConnectionResetError("the other end of the link was aborted")
            peer._schedule()
        else:
            self._send_eof()
        self._loop.call_soon(self._lose, None, context=self._context)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection under `name`, else `default`."""
        return self._extra.get(name, default)

    def set_protocol(self, protocol: ProtocolLike) -> None:
        """Have all further callbacks go to `protocol`; its `connection_made` is not called."""
        self._protocol = protocol

    def get_protocol(self) -> ProtocolLike:
        """Return the protocol that gets the callbacks."""
        return self._protocol

    # -- inside ------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        if not self._scheduled and not self._lost:
            self._scheduled = True
            self._loop.call_soon(self._deliver, context=self._context)

    def _send_eof(self) -> None:
        peer = self._peer
        peer._eof_due = True
        peer._schedule()

    def _forget_inbox(self) -> None:
        self._inbox.clear()
        self._queued = 0
        self._peer._note_room()

    def _deliver(self) -> None:
        """Do one thing that is due: give data to the protocol, or tell it of an end."""
        self._scheduled = False
        if self._closing or (self._reading_paused and self._reset is None):
            return
        try:
            if self._inbox and not self._reading_paused:
                data = self._take()
                peer = self._peer
                if peer._writer_paused or peer._closing:
                    peer._note_room()
                self._protocol.data_received(data)
            elif self._reset is not None:
                self._lose(self._reset)
            elif self._eof_due:
                self._eof_due = False
                if not self._protocol.eof_received():
                    self.close()
        except Exception as error:
            self._fail(error)
        if not self._scheduled and (self._inbox or self._eof_due or self._reset is not None):
            self._schedule()

    def _take(self) -> bytes:
        """Take from the inbox what one read of a socket would give."""
        inbox = self._inbox
        data = inbox.popleft()
        size = len(data)
        if not inbox and size <= _PIECE:
            self._queued = 0
            return data
        if inbox and size < _PIECE:
            pieces = [data]
            while inbox and size < _PIECE:
                pieces.append(inbox.popleft())
                size += len(pieces[-1])
            data = b"".join(pieces)
        if size > _PIECE:
            rest = [data[start : start + _PIECE] for start in range(_PIECE, len(data), _PIECE)]
            inbox.extendleft(reversed(rest))
            data = data[:_PIECE]
        self._queued -= len(data)
        return data

    def _note_room(self) -> None:
        """Take note that the other end has read something, or never will."""
        unsent = self.get_write_buffer_size()
        if self._closing:
            if not unsent and not self._lost:
                self._loop.call_soon(self._lose, None, context=self._context)
        elif self._writer_paused and unsent <= self._low:
            self._writer_paused = False
            self._loop.call_soon(self._resume_writer, context=self._context)

    def _resume_writer(self) -> None:
        if not self._lost and not self._writer_paused:
            self._protocol.resume_writing()

    def _pause_if_full(self) -> None:
        if not self._writer_paused and self.get_write_buffer_size() > self._high:
            self._writer_paused = True
            self._protocol.pause_writing()

    def _fail(self, error: Exception) -> None:
        """Do what event loops do when a protocol raises."""
        self._loop.call_exception_handler(
            {
                "message": "a callback of a protocol has failed",
                "exception": error,
                "transport": self,
                "protocol": self._protocol,
            }
        )
        self.abort()

    def _lose(self, error: Exception | None) -> None:
        if self._lost:
            return
        self._lost = self._closing = True
        self._inbox.clear()
        self._queued = 0
        self._protocol.connection_lost(error)


def link_protocols(
    a_protocol: ProtocolLike,
    b_protocol: ProtocolLike,
    *,
    a_extra: Mapping[str, Any] | None = None,
    b_extra: Mapping[str, Any] | None = None,
    can_write_eof: bool = True,
) -> tuple[LinkedTransport, LinkedTransport]:
    """Connect two protocols by the running event loop, without a socket; `b_protocol`, the server's, first.

    Args:
        a_protocol: one protocol.
        b_protocol: the other one.
        a_extra: what the first transport answers in `get_extra_info`, such as `{"peername": ("192.0.2.1", 80)}`.
        b_extra: what the second one answers.
        can_write_eof: whether one direction can be closed alone; it cannot under TLS.

    Returns:
        Both transports; the protocols have been told of them.

    Raises:
        RuntimeError: no event loop is running.
    """
    loop = asyncio.get_running_loop()
    a = LinkedTransport(a_protocol, loop, dict(a_extra or {}), can_write_eof)
    b = LinkedTransport(b_protocol, loop, dict(b_extra or {}), can_write_eof)
    a._peer = b
    b._peer = a
    b_protocol.connection_made(b)
    a_protocol.connection_made(a)
    return a, b
