# Compiled by mypyc.
"""The half of an HTTP/1.1 connection that both sides share: its transport, and the credit for writing to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_http_io._byte_channel import ByteChannel
    from tidewire_http_io._types import Loop, Transport

__all__: list[str] = []

# Bytes that asyncio's socket transports read at once. Their own 256 KiB are more than malloc() keeps at hand: for
# each read it may ask the system for memory, and give it back.
READ_SIZE: Final = 65536
# While a long body comes, theirs it is: what is given back then stays at hand, and there are fewer reads.
_LONG_READ_SIZE: Final = 262144
# Bytes that are held back while a callback runs, so that what it writes goes out in one piece.
_CORK_LIMIT: Final = 65536
# Above this a copy costs more than a call of the system for each piece.
_JOINED: Final = 262144
# Whether asyncio's writelines() tells when it holds too much: in 3.12.0 to 3.12.8 and 3.13.0 to 3.13.1 it does not
# (CVE-2024-12254), and a peer that reads nothing would have all that is written kept for it. The number, as mypyc would
# take version_info for that of the oldest version.
_WRITELINES_PAUSES: Final = not (
    0x030C0000 <= sys.hexversion < 0x030C09F0 or 0x030D0000 <= sys.hexversion < 0x030D02F0
)


class Carrier:
    """Owns a transport.

    It is one half of a protocol in asyncio's sense, without its base class, which would give each instance a
    dictionary.

    Args:
        loop: the event loop.
        write_bufsize: bytes that the transport may hold before writers have to wait.

    Attributes:
        is_writable: whether there is credit for writing on.
        peer_gone: whether the peer has closed its side.
        proxied: what `info()` is to say other than the transport, as a proxy has told it; None for nothing.
        file_unsent: bytes of a file that wait for the peer, past the transport.
        draining: whether the connection is to be closed after the current response.
        reading_paused: whether nothing comes, since this side has no room for it.
    """

    __slots__ = (
        "_corked",
        "_held",
        "_held_size",
        "_joins",
        "_reads_long",
        "_sizes_reads",
        "_waiters",
        "_write_bufsize",
        "draining",
        "file_unsent",
        "is_writable",
        "loop",
        "lost",
        "peer_gone",
        "proxied",
        "reading_paused",
        "transport",
    )

    def __init__(self, loop: Loop, write_bufsize: i64) -> None:
        self.loop = loop
        self.transport: Transport | None = None
        self.lost = False  # whether the transport is closed, so that nothing can be written
        self.is_writable = True
        self.peer_gone = False
        self.proxied: dict[str, Any] | None = None
        self.file_unsent: i64 = 0
        self.draining = False
        self._write_bufsize: i64 = write_bufsize
        self.reading_paused = False
        self._corked = False
        self._held: list[bytes] = []
        self._held_size: i64 = 0
        self._reads_long = False
        self._sizes_reads = False  # whether the transport can be told how much to read at once
        self._joins = False  # whether pieces are joined for a transport that would keep too many of them
        self._waiters: list[Any] = []

    # What the transport calls.

    def pause_writing(self) -> None:
        """The transport holds more than it should."""
        self.is_writable = False

    def resume_writing(self) -> None:
        """The transport has room again."""
        self.is_writable = True
        self.release_writers()

    # What exchanges call.

    def write(self, data: bytes) -> None:
        """Send bytes; where the connection is lost they are dropped."""
        if self.lost:
            return
        if self._corked or self._held:
            self._held.append(data)
            self._held_size += len(data)
            if not self._corked or self._held_size > _CORK_LIMIT:
                self._write_held()
        elif self.transport is not None:
            self.transport.write(data)

    def write_pieces(self, pieces: list[Any]) -> None:
        """Send several pieces, bytes or views of bytes, as one, without joining them here."""
        if self._corked or self._held:
            self.write(b"".join(pieces))
        elif self.transport is not None and not self.lost and not self.transport.is_closing():
            # Where sending has failed, and this side was not told yet, writelines() would watch a socket that is closed.
            if not self._joins:
                self.transport.writelines(pieces)
            elif _size_of(pieces) <= _JOINED:
                self.transport.write(b"".join(pieces))
            else:
                for piece in pieces:
                    self.transport.write(piece)

    def write_soon(self, data: bytes) -> None:
        """Send bytes with those that are written next, or at the event loop's next turn: a head with its body."""
        if self.lost:
            return
        if not self._corked and not self._held:
            self.loop.call_soon(self._write_held)
        self._held.append(data)
        self._held_size += len(data)

    def writable(self) -> Any:
        """An awaitable that is done when there is credit for writing on, or when there will never be."""
        future = self.loop.create_future()
        if self.is_writable or self.lost:
            future.set_result(None)
        else:
            waiters = self._waiters
            while waiters and waiters[-1].done():
                waiters.pop()  # who has given up, perhaps to try again and again
            waiters.append(future)
        return future

    @property
    def unsent(self) -> i64:
        """Bytes that were written, or are to be sent of a file, and that the system has not taken."""
        return self.file_unsent + (0 if self.transport is None else self.transport.get_write_buffer_size())

    def flush(self) -> None:
        """Send what is held back, without waiting for what may follow."""
        self._write_held()

    def tell_when_empty(self, empty: bool) -> None:
        """Have writers wait until the transport holds nothing at all, or again until it holds no more than it should."""
        if self.transport is not None and not self.lost and not self.transport.is_closing():
            self.transport.set_write_buffer_limits(0 if empty else self._write_bufsize)

    def release_writers(self) -> None:
        """Let everyone go on who waits for credit."""
        waiters = self._waiters
        self._waiters = []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def info(self, name: str, default: Any) -> Any:
        """What is known of the connection, by the names that asyncio's transports use."""
        if self.proxied is not None and name in self.proxied:
            return self.proxied[name]
        if self.transport is None:
            return default
        if name == "transport":
            # Whoever writes to it writes behind all that was written here.
            self._write_held()
            return default if self.lost else self.transport
        return self.transport.get_extra_info(name, default)

    def take_last_words(self) -> None:
        """Take what the peer had sent before sending to it failed; a client may find its answer there."""

    def credit_returned(self) -> None:
        """Take note that body data was consumed."""
        raise NotImplementedError

    def outbound_finished(self) -> None:
        """Take note that this side's message is complete."""
        raise NotImplementedError

    def request_sent(self, method: str) -> None:
        """Take note that the head of a request goes out now."""
        raise NotImplementedError

    def continue_sent(self) -> None:
        """Take note that a peer which waited for 100 (Continue) has got it."""
        raise NotImplementedError

    def leaves_body(self) -> bool:
        """Whether more of a body is to come than is read for the sake of the connection, once nobody wants it."""
        return False

    def switch(self) -> ByteChannel:
        """Leave HTTP: what comes from here on belongs to the channel."""
        raise NotImplementedError

    def pause_reading(self) -> None:
        """Let nothing more come for now."""
        if not self.reading_paused and self.transport is not None and not self.lost:
            self.reading_paused = True
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Let data come again."""
        if not self.reading_paused:
            return
        self.reading_paused = False
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def read_by(self, protocol: Any) -> bool:
        """Have the transport call another protocol; tell whether it does."""
        if self.transport is None or self.lost or self.transport.is_closing():
            return False
        self.transport.set_protocol(protocol)
        return True

    def write_eof(self) -> None:
        """Close this side once everything is sent; both where the transport, as TLS does, has no halves."""
        self.uncork()
        if self.lost or self.transport is None:
            return
        if self.is_half_closable():
            self.transport.write_eof()
        else:
            self.close()

    def is_half_closable(self) -> bool:
        """Whether one side can be closed alone, which with TLS none can."""
        return self.transport is None or self.transport.can_write_eof()

    def drop(self) -> None:
        """Close the connection now, whatever has not been sent."""
        self.lost = True
        if self.transport is not None:
            self.transport.abort()

    # What subclasses call.

    def attach(self, transport: Transport) -> None:
        """Take the transport when the connection is made."""
        self.transport = transport
        self._joins = not _WRITELINES_PAUSES and type(transport).__module__.startswith("asyncio.")
        transport.set_write_buffer_limits(self._write_bufsize)
        self._sizes_reads = (
            getattr(transport, "max_size", 0) > READ_SIZE
        )  # uvloop's read into a buffer of their own
        self.read_long(False)

    def read_long(self, long: bool) -> None:
        """Read more at once, for a long body, or as much as is best for what is short."""
        if self._sizes_reads:
            socket_transport: Any = self.transport
            socket_transport.max_size = _LONG_READ_SIZE if long else READ_SIZE
        self._reads_long = long

    def cork(self) -> None:
        """Hold back what is written until `uncork()`."""
        self._corked = True

    def uncork(self) -> None:
        """Send what was held back, in one piece."""
        self._corked = False
        if self._held:
            self._write_held()

    def close(self) -> None:
        """Close the connection once everything is sent."""
        self.uncork()
        self.lost = True
        # asyncio's transports of TLS that are closed twice know nothing any more, not even what they still hold.
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()

    def _write_held(self) -> None:
        held = self._held
        if not held:
            return
        self._held = []
        self._held_size = 0
        if self.transport is not None and not self.lost:
            if len(held) == 1:
                self.transport.write(held[0])
            else:
                self.transport.write(b"".join(held))


def _size_of(pieces: list[Any]) -> i64:
    size: i64 = 0
    for piece in pieces:
        size += len(piece)
    return size
