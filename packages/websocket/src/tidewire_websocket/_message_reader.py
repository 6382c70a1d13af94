# Compiled by mypyc.
"""Messages out of bytes (RFC 6455, section 5): frames are found and their heads checked, and messages wait to be taken.

Every split of the same bytes gives the same messages, and the same error; but a compressed message that is wrong in several
ways is refused for the one that is noticed first, since zlib gives nothing of a piece in which it finds an error.

What is more than one short frame that is here as a whole is left to `MessageAssembly`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tidewire_websocket._argument_types import require
from tidewire_websocket._close_codes import parse_close
from tidewire_websocket._deflate import Inflater
from tidewire_websocket._errors import InvalidFrame, InvalidText, WebSocketError
from tidewire_websocket._frames import (
    CLOSE,
    COMPRESSED,
    CONTROL,
    CONTROL_RSV1,
    DATA,
    FIN,
    KINDS,
    MASK,
    MAX_CONTROL,
    PING,
    REFUSED,
    TEXT,
    problem_of,
    read_length,
)
from tidewire_websocket._masking import make_message, unmask, unmask_text
from tidewire_websocket._message_assembly import MessageAssembly, refuse_size
from tidewire_websocket._message_parts import OVERHEAD, cost_of
from tidewire_websocket._message_types import (
    WSMessageBinary,
    WSMessageClose,
    WSMessagePing,
    WSMessagePong,
    WSMessageText,
    WSMessageTextBytes,
    WSMsgType,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["MessageReader"]

_INTERPRETED: Final = not __file__.endswith((".so", ".pyd"))

# A message in one frame of which so much is still to come gets a place of its own, which grows with what has come.
_LONG: Final = 65536
# "No limit", far below what 64 bits hold, so that sizes can be added.
_NO_LIMIT: Final = 1 << 60

_TEXT_TYPE: Final = WSMsgType.TEXT
_BINARY_TYPE: Final = WSMsgType.BINARY


class MessageReader:
    """Reads what a peer sends once the handshake is done.

    After `receive_data()` take the messages with `take()` until it gives None, and then look at `error`: where there is
    one, the connection is to be failed with its code, and nothing that comes after it is read. A close frame is the
    last message.

    Reading stops while more than `limit` bytes of messages were not taken, each counted with 128 bytes more: what has
    been fed waits as it came, and `take()` goes on with it. Whoever feeds stops feeding while `full` is true.

    Args:
        masked: whether frames must be masked, as a client's are, or must not be, as a server's (RFC 6455, section 5.1).
        max_size: bytes that a message may have, decompressed; 0 for no limit.
        limit: bytes of messages that are read ahead.
        inflater: what takes permessage-deflate off; None where it was not negotiated.
        decode_text: whether texts are `str`; else they are bytes, and valid UTF-8 all the same.
        in_parts: whether messages are not put together, but come as they come, in `MessagePart`s.

    Attributes:
        error: what the peer did wrong; None as long as there is nothing.
        in_parts: as above.
        discards: whether messages are dropped, so that only control frames are of interest.
        closed: whether a close frame has come.
        close_code: its code, 1005 where it has none; 0 where none has come.
    """

    __slots__ = (
        "_assembly",
        "_cost",
        "_decode_text",
        "_held",
        "_inflater",
        "_limit",
        "_masked",
        "_max_size",
        "_messages",
        "_next",
        "_reading",
        "_tail",
        "close_code",
        "closed",
        "discards",
        "error",
        "in_parts",
    )

    def __init__(
        self,
        masked: bool,
        max_size: int,
        limit: int = 262144,
        inflater: Inflater | None = None,
        decode_text: bool = True,
        in_parts: bool = False,
    ) -> None:
        if _INTERPRETED:
            require((masked, bool), (max_size, int), (limit, int), (decode_text, bool), (in_parts, bool))
        self._masked = masked
        self._max_size: i64 = _NO_LIMIT
        if 0 < max_size < _NO_LIMIT:
            self._max_size = max_size
        self._limit: i64 = min(max(limit, 1), _NO_LIMIT)
        self._inflater = inflater
        self._decode_text = decode_text
        self.in_parts = in_parts
        self._next: Any = None  # the message to be taken next: most find nobody before them
        self._messages: list[Any] = []  # those behind it
        self._cost: i64 = 0
        self._tail = b""  # the beginning of a frame's head, or of a control frame
        self._held: bytes | None = None  # what waits until messages were taken
        self._reading = False
        self._assembly = MessageAssembly(masked, self._max_size, inflater, decode_text, in_parts)
        self.error: WebSocketError | None = None
        self.discards = False
        self.closed = False
        self.close_code = 0

    @property
    def full(self) -> bool:
        """Whether more was read than should be before some of it was taken."""
        return self._cost >= self._limit

    @property
    def pending(self) -> bool:
        """Whether there is a message to take."""
        return self._next is not None

    def receive_data(self, data: bytes) -> None:
        """Read bytes.

        Args:
            data: any number of them.
        """
        if _INTERPRETED:
            require((data, bytes))
        if self.error is not None or self.closed:
            return
        if self._held is not None:
            self._held += data
            return
        if self._tail:
            data = self._tail + data
            self._tail = b""
        self._read(data)

    @property
    def buffer(self) -> Any:
        """Where the bytes that come next may be put, in place of `receive_data()`; mostly None, for nowhere.

        Within a long message it is a `memoryview` of what is missing of that, or of the next part of it. Whoever puts
        bytes there, at its beginning, calls `buffer_filled()`, and asks again; with the end of the message, if not
        before, it is over.
        """
        long = self._assembly.long
        return None if long is None or self._held is not None else long.missing()

    def buffer_filled(self, count: int) -> None:
        """Read bytes that were put into `buffer`.

        Args:
            count: how many, at least one.

        Raises:
            ValueError: there is no buffer, or it has less room.
        """
        assembly = self._assembly
        if not 0 < count <= assembly.room:
            raise ValueError("nothing was to be put into a buffer")
        try:
            message = assembly.filled(count)
            if message is not None:
                self.put(message)
        except WebSocketError as error:
            self._fail(error)

    def take(self) -> Any:
        """Return the next message, a `WSMessage` or, with `in_parts`, a `MessagePart`; None where there is none."""
        message: Any = self._next
        if message is None:
            return None
        if self._messages:
            self._next = self._messages.pop(0)
            self._cost -= cost_of(message)
        else:
            self._next = None
            self._cost = 0
        if self._held is not None and self._cost * 2 < self._limit:
            self._go_on()
        return message

    def discard(self) -> None:
        """Drop the messages that were not taken, and all that come; control frames are still read."""
        self.discards = True
        self._assembly.discard()
        self._next = None
        self._messages = []
        self._cost = 0
        self._go_on()

    def control_received(self, opcode: int, payload: bytes) -> None:
        """Take note of a control frame; here pings and pongs become messages, and close frames do.

        Raises:
            WebSocketError: it is a close frame that is not in order.
        """
        if opcode == CLOSE:
            code, reason = parse_close(payload)
            self.closed = True
            self.close_code = code
            if not self.discards:
                self.put(WSMessageClose(WSMsgType.CLOSE, code, reason))
        elif opcode == PING:
            self.put(WSMessagePing(WSMsgType.PING, payload, ""))
        else:
            self.put(WSMessagePong(WSMsgType.PONG, payload, ""))

    def put(self, message: Any) -> None:
        """Add a message behind those that wait."""
        if self._next is None:
            self._next = message
        else:
            self._messages.append(message)
        self._cost += cost_of(message)

    def _go_on(self) -> None:
        """Read what was held back."""
        data = self._held
        if data is not None and not self._reading:
            self._held = None
            self._read(data)

    def _read(self, data: bytes) -> None:
        self._reading = True
        try:
            self._read_frames(data)
        except WebSocketError as error:
            self._fail(error)
        finally:
            self._reading = False

    def _fail(self, error: WebSocketError) -> None:
        """Take note of an error; nothing is read any more."""
        # Its frames would keep the connection, in a circle, and what it was raised for would keep the data.
        error.__traceback__ = None
        error.__context__ = None
        cause = error.__cause__
        if cause is not None:
            cause.__traceback__ = None
        self.error = error
        self._assembly.clear()

    def _read_frames(self, data: bytes) -> None:
        pos: i64 = 0
        end: i64 = len(data)
        masked = self._masked
        assembly = self._assembly
        while pos < end:
            if self._cost >= self._limit:
                self._held = data[pos:]
                return
            if assembly.remaining > 0:
                stop: i64 = end if assembly.remaining > end - pos else pos + assembly.remaining
                message = assembly.read(data, pos, stop)
                if message is not None:
                    self.put(message)
                pos = stop
                continue
            if end - pos < 2:
                self._tail = data[pos:]
                return
            first: i64 = data[pos]
            second: i64 = data[pos + 1]
            # Most frames: a whole message, short, and here as a whole.
            if (first == 0x81 or first == 0x82) and assembly.opcode == 0 and assembly.joins:
                length: i64 = second ^ MASK if masked else second
                start: i64 = pos + 6 if masked else pos + 2
                if length <= MAX_CONTROL and start + length <= end:
                    self._put_frame(first, data, start, start + length)
                    pos = start + length
                    continue
            stop = self._read_head(data, pos, end, first, second)
            if stop < 0:
                self._tail = data[pos:]
                return
            if self.closed:
                return
            pos = stop

    def _put_frame(self, first: i64, data: bytes, start: i64, stop: i64) -> None:
        """Deliver a message of one frame that is here as a whole."""
        size: i64 = stop - start
        if size > self._max_size:
            refuse_size(self._max_size)
        message: Any
        if first == FIN | TEXT:
            text = self._short_text(data, start, stop)
            if self._decode_text:
                size = len(text)
                message = make_message(WSMessageText, _TEXT_TYPE, text)
            else:
                message = make_message(WSMessageTextBytes, _TEXT_TYPE, text.encode())
        else:
            payload = unmask(data, start, stop) if self._masked else data[start:stop]
            message = make_message(WSMessageBinary, _BINARY_TYPE, payload)
        if self._next is None:
            self._next = message
        else:
            self._messages.append(message)
        self._cost += OVERHEAD + size

    def _short_text(self, data: bytes, start: i64, stop: i64) -> str:
        try:
            return unmask_text(data, start, stop) if self._masked else data[start:stop].decode()
        except UnicodeDecodeError:
            raise InvalidText("a text that is not UTF-8")  # noqa: B904 - it would hold the data; see _read()

    def _read_head(self, data: bytes, pos: i64, end: i64, first: i64, second: i64) -> i64:
        """Read the head of a frame, and a control frame as a whole.

        Returns:
            Where what comes next begins; -1 where more is needed.
        """
        kind: i64 = KINDS[first]
        if kind == REFUSED or ((kind == COMPRESSED or kind == CONTROL_RSV1) and self._inflater is None):
            raise InvalidFrame(problem_of(first))
        if (second & MASK != 0) != self._masked:
            raise InvalidFrame("a frame without a mask" if self._masked else "a frame with a mask")
        length: i64 = second & 0x7F
        start: i64 = pos + 2
        if length > MAX_CONTROL:
            if kind >= CONTROL:
                raise InvalidFrame("a control frame of more than 125 bytes")
            bytes_of_length: i64 = 2 if length == 126 else 8
            start += bytes_of_length
            if start > end:
                return -1
            length = read_length(data, pos + 2, bytes_of_length)
        if self._masked:
            start += 4
        if start > end:
            return -1
        if kind >= CONTROL:
            if end - start < length:
                return -1
            payload = unmask(data, start, start + length) if self._masked else data[start : start + length]
            self.control_received(first & 0x0F, payload)
            return start + length
        assembly = self._assembly
        assembly.begin_frame(first, kind == COMPRESSED, length)
        if kind == DATA and first > FIN and assembly.joins:
            # A whole message.
            if length <= end - start:
                assembly.leave_frame()
                self._put_frame(first, data, start, start + length)
                return start + length
            if length - (end - start) >= _LONG:
                assembly.begin_long(
                    first == FIN | TEXT, data[start - 4 : start] if self._masked else b"\0\0\0\0"
                )
                return start
        if self._masked:
            assembly.unmask_with(data[start - 4 : start])
        if length == 0:
            message = assembly.end_frame(None)
            if message is not None:
                self.put(message)
        return start
