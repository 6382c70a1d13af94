# Compiled by mypyc.
"""The way out: messages become frames, and are written whole, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tidewire_websocket._deflate import Deflater
from tidewire_websocket._frames import FIN, JOINED, RSV1, TEXT, frame_head, serialise_frame
from tidewire_websocket._masking import KEYS, masked_frame, utf8_of

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_http_io import ByteChannel

__all__: list[str] = []

# What became of a message that was to be sent.
SENT: Final = 0
SENT_WAIT: Final = 1  # written, and its sender has to wait for credit
BUSY: Final = 2  # not written, as another message is half written or being compressed
LARGE: Final = 3  # not written, as it is to be compressed off the loop
CLOSED: Final = 4  # not written, as nothing can be any more

# Bytes that are held back while a callback runs.
_CORK_LIMIT: Final = 65536

# A message is compressed as its socket has agreed on.
AS_AGREED: Final = -1

# Messages from this size on are compressed in a thread. As few as these zlib compresses in half a millisecond at the usual
# level, which the loop can spare; the way to a thread and back takes a fifth of that, and makes a sender wait.
OFF_LOOP: Final = 65536


class Outbound:
    """Writes to a channel.

    Args:
        channel: where frames go.
        masked: whether this side is the client, which masks.
        deflater: what compresses messages; None where that was not negotiated.
        limit: bytes that may be written ahead while the channel has no credit.

    Attributes:
        deflater: what compresses messages.
        busy: whether a message is half written or being compressed, so that no other may begin.
        closed: whether nothing may be written any more: the close frame is out, or the channel is closed.
    """

    __slots__ = (
        "_ahead",
        "_channel",
        "_corked",
        "_deferred",
        "_forgets",
        "_held",
        "_held_first",
        "_held_size",
        "_limit",
        "_masked",
        "busy",
        "closed",
        "deflater",
    )

    def __init__(self, channel: ByteChannel, masked: bool, deflater: Deflater | None, limit: int) -> None:
        self._channel: Any = channel
        self._masked = masked
        self.deflater = deflater
        self._limit: i64 = limit
        self._ahead: i64 = 0
        self._deferred: list[bytes] = []  # what waits until no message is half written
        self._forgets = False  # whether something of it was compressed elsewhere
        self._corked = False
        self._held_first: bytes | None = None  # in most callbacks the only one
        self._held: list[bytes] = []
        self._held_size: i64 = 0
        self.busy = False
        self.closed = False

    @property
    def masked(self) -> bool:
        """Whether this side is the client."""
        return self._masked

    @property
    def behind(self) -> bool:
        """Whether more was written ahead than may be."""
        return self._ahead > self._limit and not self._channel.is_writable

    def catch_up(self) -> None:
        """There was credit: what was written until then is no longer ahead."""
        self._ahead = 0

    def send_text(self, text: str, compress: int) -> int:
        """Send a text; see `send()`."""
        size: i64 = len(text)
        if size > JOINED:
            # Not encoded yet, as that may not be what is needed.
            if self.closed:
                return CLOSED
            if self.busy:
                return BUSY
            if self.deflater is None or compress == 0:
                return self._write_long(FIN | TEXT, utf8_of(text))
            if size >= OFF_LOOP:
                return LARGE
        return self.send(TEXT, text.encode(), compress)

    def send(self, opcode: int, payload: bytes, compress: int) -> int:
        """Send a whole message, or tell why not.

        Args:
            opcode: text or binary.
            payload: the message.
            compress: bits of window, 0 for no compression, -1 for what was agreed on.

        Returns:
            One of the constants above.
        """
        if self.closed:
            return CLOSED
        if self.busy:
            return BUSY
        return self.send_now(opcode, payload, compress)

    def send_now(self, opcode: int, payload: bytes, compress: int) -> int:
        """Send a whole message in one's own turn; see `send()`."""
        first: i64 = FIN | opcode
        deflater = self.deflater
        if deflater is not None and compress != 0 and payload:
            if len(payload) >= OFF_LOOP:
                return LARGE
            payload = deflater.compress(payload, max(0, compress))
            first |= RSV1
        return self.write_frame(first, payload)

    def write_frame(self, first: i64, payload: bytes) -> int:
        """Write a frame, whatever goes on; what may be written is known by whoever calls this."""
        if len(payload) > JOINED:
            return self._write_long(first, payload)
        self._write(serialise_frame(first, payload, self._masked))
        return self._charge(len(payload))

    def _write_long(self, first: i64, payload: Any) -> int:
        """Write a frame whose payload, bytes or a view of some, is copied once for its mask, or not at all."""
        size: i64 = len(payload)
        if self._masked:
            self._write(masked_frame(frame_head(first, size, True), KEYS.take(), payload))
        else:
            self.flush()
            self._channel.write_pieces([frame_head(first, size, False), payload])
        return self._charge(size)

    def cork(self) -> None:
        """Hold back what is written until `uncork()`, so that it goes out in one piece."""
        self._corked = True

    def uncork(self) -> None:
        """Send what was held back."""
        self._corked = False
        self.flush()

    def flush(self) -> None:
        """Send what was held back so far; whoever closes the channel calls this before."""
        first = self._held_first
        if first is None:
            return
        self._held_first = None
        self._held_size = 0
        if self._held:
            held = [first, *self._held]
            self._held = []
            first = b"".join(held)
        self._channel.write(first)

    def write_serialised(self, frame: bytes, compressed: bool) -> None:
        """Write a message that was serialised before, as soon as no other is half written.

        Args:
            frame: the message.
            compressed: whether it is compressed, in a context that is not the one of this side's deflater.
        """
        if self.busy:
            self._deferred.append(frame)
            self._forgets |= compressed
            self._ahead += len(frame)
            return
        if compressed and self.deflater is not None:
            self.deflater.forget()
        self._write(frame)
        self._charge(len(frame))

    def end_turn(self) -> None:
        """No message is half written any more."""
        self.busy = False
        if self._deferred:
            deferred = self._deferred
            self._deferred = []
            if self._forgets and self.deflater is not None:
                self.deflater.forget()
            self._forgets = False
            if not self.closed:
                self._write(b"".join(deferred))

    def _write(self, data: bytes) -> None:
        if not self._corked:
            self._channel.write(data)
            return
        if self._held_first is None:
            self._held_first = data
        else:
            self._held.append(data)
        self._held_size += len(data)
        if self._held_size > _CORK_LIMIT:
            self.flush()

    def _charge(self, size: i64) -> int:
        if self._channel.is_writable:
            self._ahead = 0
            return SENT
        self._ahead += size
        return SENT_WAIT if self._ahead > self._limit else SENT
