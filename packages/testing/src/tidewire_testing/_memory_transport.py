"""A transport in memory: the test is the network, and nothing happens unless the test says so."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._outbox import Outbox
from ._protocol_like import ProtocolLike

__all__ = ["MemoryTransport"]


class MemoryTransport:
    """An asyncio transport without a loop and without a socket, driven by the test.

    It has the methods of `asyncio.Transport`, and the ones with which a test plays the peer and the
    operating system: `connect`, `feed`, `feed_eof`, `lose`, `hold_writes`, `release_writes`, `settle`.
    It is not a subclass of `asyncio.Transport`, as the transports of other loops are not either.

    What a real loop does one iteration later happens here in `settle()`; that is the call of
    `connection_lost` after `close()` or `abort()`. As with a loop, no callback for incoming data or for
    the end of the connection runs inside another callback: what becomes due in one is done as soon as it
    has returned.

    An exception out of a callback goes to the caller of the method that led to it, usually the test. asyncio
    would log it and drop the connection; call `lose(exc)` to go on like that.
    """

    def __init__(
        self,
        protocol: ProtocolLike,
        *,
        extra: Mapping[str, Any] | None = None,
        immediate_close: bool = False,
        immediate_resume: bool = True,
        can_write_eof: bool = True,
    ) -> None:
        """Prepare a transport for `protocol`; nothing is called before `connect()`.

        Args:
            protocol: the protocol under test.
            extra: what `get_extra_info` answers, such as `{"peername": ("192.0.2.1", 50000)}`.
            immediate_close: call `connection_lost` at once when the transport has closed, instead of in
                `settle()`. Inside a callback, at once means when the callback has returned.
            immediate_resume: deliver what was queued as soon as `resume_reading()` is called; otherwise in
                the next `settle()` or `feed()`, which is nearer to a loop.
            can_write_eof: whether one direction can be closed alone; it cannot under TLS.
        """
        self._protocol = protocol
        self._extra: dict[str, Any] = dict(extra or {})
        self._immediate_resume = immediate_resume
        self._can_write_eof = can_write_eof

        self._connected = False
        self._busy = False
        self._inbox: deque[bytes | None] = deque()
        self._eof_fed = False
        self._reading_paused = False
        self._reads_due = True
        self._outbox = Outbox()
        self._eof_written = False
        self._closing = False
        self._reset = False
        self._loss_due = False
        self._loss_at_once = immediate_close
        self._loss_reason: Exception | None = None
        self._lost = False

    def __repr__(self) -> str:
        """Show the state of both directions."""
        state = "lost" if self._lost else "closing" if self._closing else "open" if self._connected else "new"
        reading = "reading" if self.is_reading() else "not reading"
        queued, unsent = len(self._inbox), self._outbox.unsent
        return f"<MemoryTransport {state}, {reading}, {queued} queued, {unsent} bytes unsent>"

    # -- what a test sees --------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether `connect()` was called; it stays true after the end."""
        return self._connected

    @property
    def lost(self) -> bool:
        """Whether `connection_lost` was called."""
        return self._lost

    @property
    def was_reset(self) -> bool:
        """Whether the connection broke off: by `abort()`, or by `lose()` with an error."""
        return self._reset

    @property
    def written(self) -> bytes:
        """Everything written so far, sent or not; not what was written after the closing."""
        return bytes(self._outbox.written)

    @property
    def sent(self) -> bytes:
        """What has left of `written`: all of it, unless writes were held."""
        return self._outbox.sent

    @property
    def eof_sent(self) -> bool:
        """Whether the protocol called `write_eof()` and nothing written before it is unsent."""
        return self._eof_written and not self._outbox.unsent and not self._reset

    @property
    def writes(self) -> list[bytes]:
        """The single writes, in order; one `writelines` is one write, an empty write is none."""
        return list(self._outbox.writes)

    @property
    def discarded(self) -> list[bytes]:
        """The writes made after the closing, which went nowhere."""
        return list(self._outbox.discarded)

    def take(self) -> bytes:
        """Return what was written since the last `take()`."""
        return self._outbox.take()

    # -- what a test does --------------------------------------------------------------------------

    def connect(self) -> None:
        """Call the protocol's `connection_made` with this transport.

        Raises:
            RuntimeError: it was called before.
        """
        if self._connected:
            raise RuntimeError("this transport is connected already")
        self._connected = True
        self._run(lambda: self._protocol.connection_made(self))

    def feed(self, data: bytes) -> None:
        """Deliver `data` to the protocol in one `data_received`, or queue it while reading is paused.

        After the closing nothing is delivered, and `data` is forgotten.

        Args:
            data: one or more bytes.

        Raises:
            ValueError: `data` is empty, which no transport delivers.
            RuntimeError: not connected yet, or fed after `feed_eof()`.
        """
        self._require_connection("feed()")
        if not data:
            raise ValueError("no transport delivers an empty piece; feed_eof() ends the stream")
        if self._eof_fed:
            raise RuntimeError("feed() after feed_eof()")
        self._enqueue(bytes(data))

    def feed_eof(self) -> None:
        """End the incoming stream: call `eof_received` after all that was fed, and close on a false result.

        Raises:
            RuntimeError: not connected yet, or ended before.
        """
        self._require_connection("feed_eof()")
        if self._eof_fed:
            raise RuntimeError("feed_eof() after feed_eof()")
        self._eof_fed = True
        self._enqueue(None)

    def lose(self, exc: Exception | None = None) -> None:
        """Drop the connection and call `connection_lost`; nothing happens if it was called already.

        Where the transport has closed before and only `settle()` is missing, that is the reason.

        Args:
            exc: the reason the protocol is told, such as a `ConnectionResetError`.

        Raises:
            RuntimeError: not connected yet.
        """
        self._require_connection("lose()")
        self._break_off(exc, reset=exc is not None)
        self._loss_at_once = True
        self._turn()

    def settle(self) -> None:
        """Do what a loop would do in its next iteration.

        That is: deliver what waits after `resume_reading()`, then call `connection_lost` where the
        transport has closed and everything is sent.

        Raises:
            RuntimeError: called from inside a callback of the protocol.
        """
        if self._busy:
            raise RuntimeError("settle() inside a callback of the protocol")
        self._reads_due = self._reads_due or not self._reading_paused
        self._turn(settling=True)

    def hold_writes(self) -> None:
        """Let what is written from now on accumulate as unsent, as if the peer had stopped reading.

        Above the high-water mark the protocol's `pause_writing` is called.
        """
        self._outbox.holding = True

    def release_writes(self, size: int | None = None) -> None:
        """Send what was held, and call `resume_writing` at or below the low-water mark.

        Args:
            size: send at most so many bytes, and go on holding; None sends everything and ends the hold.

        Raises:
            ValueError: `size` is negative.
        """
        self._outbox.release(size)
        if not self._loss_due and self._outbox.resume_writer():
            self._run(self._protocol.resume_writing)
        self._note_flushed()
        self._turn()

    # -- the transport: reading --------------------------------------------------------------------

    def is_reading(self) -> bool:
        """Return whether incoming data is delivered: not paused, not closing."""
        return not self._reading_paused and not self._closing

    def pause_reading(self) -> None:
        """Queue what is fed from now on; again, or after the closing, it does nothing."""
        if self.is_reading():
            self._reading_paused = True
            self._reads_due = False

    def resume_reading(self) -> None:
        """Deliver what was queued, one fed piece per `data_received`, and go on reading.

        Called inside a callback of the protocol, it delivers when the callback has returned.
        """
        if self._closing or not self._reading_paused:
            return
        self._reading_paused = False
        self._reads_due = self._immediate_resume
        self._turn()

    # -- the transport: writing --------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take `data` for sending; after the closing it goes nowhere but to `discarded`.

        Raises:
            TypeError: `data` is not bytes-like.
            RuntimeError: not connected yet, or written after `write_eof()`.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"write() takes a bytes-like object, not {type(data).__name__}")
        self._require_connection("write()")
        if self._eof_written:
            raise RuntimeError("write() after write_eof()")
        piece = bytes(data)
        if not piece:
            return
        if self._closing:
            self._outbox.discarded.append(piece)
            return
        self._outbox.add(piece)
        self._pause_if_full()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Write the pieces joined, as one write."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Return whether `write_eof()` is supported, as the constructor was told."""
        return self._can_write_eof

    def write_eof(self) -> None:
        """End the outgoing stream once everything is sent; reading goes on.

        Raises:
            NotImplementedError: the transport was made with `can_write_eof=False`.
            RuntimeError: not connected yet.
        """
        if not self._can_write_eof:
            raise NotImplementedError("this transport cannot close one direction alone")
        self._require_connection("write_eof()")
        if not self._closing:
            self._eof_written = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the water marks in bytes, with asyncio's rule for one left out: `low` is a quarter of `high`.

        Raises:
            ValueError: not `high >= low >= 0`.
        """
        self._outbox.set_limits(high, low)
        self._pause_if_full()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the water marks in bytes: low, high."""
        return self._outbox.low, self._outbox.high

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are unsent."""
        return self._outbox.unsent

    # -- the transport: the end, and the rest ------------------------------------------------------

    def is_closing(self) -> bool:
        """Return whether the transport is closing or closed."""
        return self._closing

    def close(self) -> None:
        """Stop reading, send what is unsent (after `release_writes()`), then call `connection_lost(None)`.

        The call comes in `settle()`, or at once with `immediate_close=True`.
        """
        if self._closing:
            return
        self._closing = True
        self._inbox.clear()
        self._note_flushed()
        self._turn()

    def abort(self) -> None:
        """Close without sending what is unsent; `connection_lost(None)` is called as after `close()`."""
        self._break_off(None, reset=True)
        self._turn()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the constructor's `extra` holds under `name`, else `default`."""
        return self._extra.get(name, default)

    def set_protocol(self, protocol: ProtocolLike) -> None:
        """Have all further callbacks go to `protocol`; its `connection_made` is not called."""
        self._protocol = protocol

    def get_protocol(self) -> ProtocolLike:
        """Return the protocol that gets the callbacks; it is kept after the end."""
        return self._protocol

    # -- inside ------------------------------------------------------------------------------------

    def _require_connection(self, what: str) -> None:
        if not self._connected:
            raise RuntimeError(f"{what} before connect()")

    def _enqueue(self, piece: bytes | None) -> None:
        if self._closing:
            return
        self._inbox.append(piece)
        self._reads_due = self._reads_due or not self._reading_paused
        self._turn()

    def _pause_if_full(self) -> None:
        if self._outbox.pause_writer():
            self._run(self._protocol.pause_writing)

    def _note_flushed(self) -> None:
        if self._closing and not self._outbox.unsent:
            self._loss_due = True

    def _break_off(self, exc: Exception | None, *, reset: bool) -> None:
        if self._loss_due:
            return
        self._closing = True
        self._reset = reset
        self._loss_reason = exc
        self._inbox.clear()
        self._outbox.drop()
        self._loss_due = True

    def _run(self, callback: Callable[[], None]) -> None:
        outer, self._busy = self._busy, True
        try:
            callback()
        finally:
            self._busy = outer
        self._turn()

    def _turn(self, *, settling: bool = False) -> None:
        """Do what is due, one callback after the other, never one inside another."""
        if self._busy or not self._connected:
            return
        self._busy = True
        try:
            while True:
                if self._inbox and self._reads_due and self.is_reading():
                    self._deliver(self._inbox.popleft())
                elif self._loss_due and not self._lost and (settling or self._loss_at_once):
                    self._lost = True
                    self._protocol.connection_lost(self._loss_reason)
                else:
                    break
        finally:
            self._busy = False

    def _deliver(self, piece: bytes | None) -> None:
        if piece is not None:
            self._protocol.data_received(piece)
        elif not self._protocol.eof_received():
            self.close()
