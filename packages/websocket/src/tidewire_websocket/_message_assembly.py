# Compiled by mypyc.
"""The message that is being read: its frames are checked against each other and the limits, and put together.

Nothing is kept of a frame before its declared length was compared with the limit (S22); what is kept of a message is
bounded by that limit, and by a count of empty fragments that a message of any size may have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tidewire_websocket._errors import InvalidFrame, MessageTooBig, TooManyFragments
from tidewire_websocket._frames import CONTINUATION, FIN, TEXT
from tidewire_websocket._long_message import LongMessage
from tidewire_websocket._masking import make_message, mask_range
from tidewire_websocket._message_parts import MessagePart, MessageParts
from tidewire_websocket._message_types import WSMessageBinary, WSMessageText, WSMessageTextBytes, WSMsgType

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_websocket._deflate import Inflater

__all__: list[str] = []

# Fragments with nothing in them that one message may have; they are allowed (RFC 6455, section 5.4), and no use.
_MAX_EMPTY_FRAGMENTS: Final = 4096

_TEXT_TYPE: Final = WSMsgType.TEXT
_BINARY_TYPE: Final = WSMsgType.BINARY


class MessageAssembly:
    """Makes one message after the other of data frames.

    For each frame call `begin_frame()`, say with `unmask_with()` or `begin_long()` how its payload comes, and hand that
    over with `read()`; where it has none, call `end_frame()`. Each of these may return what is complete by that.

    Args:
        masked: whether payloads are masked.
        max_size: bytes that a message may have, decompressed.
        inflater: what takes permessage-deflate off; None where it was not negotiated.
        decode_text: whether texts become `str`, or stay the bytes that they are, validated all the same.
        in_parts: whether messages are not put together, but come as they come, in `MessagePart`s.

    Attributes:
        joins: whether messages are put together; they are neither handed over in parts nor dropped.
        opcode: that of the message which is being read; 0 while there is none.
        remaining: bytes of its frame that are still to come.
        long: what takes the payload, where it has a place of its own.
    """

    __slots__ = (
        "_compressed",
        "_decode_text",
        "_empty",
        "_fin",
        "_first",
        "_in_parts",
        "_inflater",
        "_key",
        "_masked",
        "_max_size",
        "_parts",
        "_phase",
        "_raw_size",
        "_size",
        "joins",
        "long",
        "opcode",
        "remaining",
    )

    def __init__(
        self, masked: bool, max_size: i64, inflater: Inflater | None, decode_text: bool, in_parts: bool
    ) -> None:
        self._masked = masked
        self._max_size: i64 = max_size
        self._inflater = inflater
        self._decode_text = decode_text
        self._in_parts = in_parts
        self.joins = not in_parts
        # The message.
        self.opcode: i64 = 0
        self._compressed = False
        self._first = True
        self._size: i64 = 0  # bytes, decompressed
        self._raw_size: i64 = 0  # bytes, compressed; 0 where it is not
        self._empty: i64 = 0
        self._parts = MessageParts(decode_text)
        self.long: LongMessage | None = None  # in place of the parts
        # The frame of it that is being read.
        self.remaining: i64 = 0
        self._fin = False
        self._key = b""
        self._phase: i64 = 0

    def begin_frame(self, first: i64, compressed: bool, length: i64) -> None:
        """A data frame begins: it starts a message, or goes on with one.

        Args:
            first: the first byte of its head.
            compressed: whether that says that the message is compressed.
            length: bytes of payload, as declared.

        Raises:
            InvalidFrame: it does neither.
            MessageTooBig: the message would be above the limit.
            TooManyFragments: the message has very many with nothing in them.
        """
        opcode: i64 = first & 0x0F
        if opcode == CONTINUATION:
            if self.opcode == 0:
                raise InvalidFrame("a continuation of nothing")
        else:
            if self.opcode != 0:
                raise InvalidFrame("a message within a message")
            self.opcode = opcode
            self._compressed = compressed
            self._first = True
            self._size = 0
            self._raw_size = 0
            self._empty = 0
            self._parts.begin(opcode == TEXT)
        if length == 0 and not first & FIN:
            self._empty += 1
            if self._empty > _MAX_EMPTY_FRAGMENTS:
                raise TooManyFragments("a message of too many empty fragments")
        if self.joins:
            # What cannot be compressed becomes a little larger by it.
            if self._compressed:
                if length > self._max_size + (self._max_size >> 8) + 64 - self._raw_size:
                    refuse_size(self._max_size)
            elif length > self._max_size - self._size:
                refuse_size(self._max_size)
        self._fin = first & FIN != 0
        self.remaining = length

    def unmask_with(self, key: bytes) -> None:
        """Take the masking key of the frame."""
        self._key = key
        self._phase = 0

    def begin_long(self, text: bool, key: bytes) -> None:
        """The frame is a whole message, and gets a place of its own.

        Args:
            text: whether it is a text.
            key: the masking key; four zeros where there is none.
        """
        self.long = LongMessage(self.remaining, text, key, self._decode_text)

    def leave_frame(self) -> None:
        """The frame is a whole message, which somebody else makes."""
        self.opcode = 0
        self.remaining = 0

    def read(self, data: bytes, pos: i64, stop: i64) -> Any:
        """Read what is there of the frame's payload, at least a byte.

        Returns:
            The message or part that is complete by it; None where there is none.

        Raises:
            WebSocketError: the message is not in order.
        """
        size: i64 = stop - pos
        self.remaining -= size
        part: Any = None
        long = self.long
        if long is not None:
            self._size += size
            long.put(data, pos, stop)
        elif self.joins or self._in_parts:
            if self._masked:
                piece = mask_range(data, pos, stop, self._key, self._phase)
                self._phase = (self._phase + size) & 3
            else:
                piece = data[pos:stop]
            if self._in_parts:
                part = self._make_part(piece)
            elif self._compressed:
                self._raw_size += size
                self._inflate(piece, False)
            else:
                self._size += size
                self._parts.add(piece)
        return self.end_frame(part) if self.remaining == 0 else part

    @property
    def room(self) -> int:
        """How many bytes there is room for in the place of a long message; 0 where there is none."""
        long = self.long
        return 0 if long is None else long.room

    def filled(self, count: i64) -> Any:
        """Read bytes that were put into that place; see `read()`."""
        long = self.long
        assert long is not None
        self._size += count
        self.remaining -= count
        long.filled(count)
        return self.end_frame(None) if self.remaining == 0 else None

    def end_frame(self, part: Any) -> Any:
        """A frame is complete; return what is complete by that.

        Args:
            part: the part that its end has made; None where it had no payload, or parts are not handed over.

        Raises:
            WebSocketError: the message is not in order.
        """
        if not self._fin:
            return part
        made: Any = part
        if self.joins:
            if self._raw_size > 0:
                self._inflate(b"", True)
            made = self._make_whole()
        elif self._in_parts and part is None:
            made = self._make_part(b"")
        self.opcode = 0
        return made

    def discard(self) -> None:
        """Drop the message, and all that come."""
        self.joins = False
        self._in_parts = False
        self.clear()

    def clear(self) -> None:
        """Forget what was kept of the message."""
        self._parts.clear()
        self.long = None

    def _make_part(self, data: bytes) -> Any:
        first = self._first
        self._first = False
        return MessagePart(
            self.opcode == TEXT, data, first, self.remaining == 0 and self._fin, self._compressed
        )

    def _inflate(self, data: bytes, complete: bool) -> None:
        """Add a piece of a compressed message, or what its end makes of it; one byte more than allowed is enough."""
        inflater = self._inflater
        if inflater is None:
            raise InvalidFrame("a compressed message without an agreement")
        room: i64 = self._max_size - self._size + 1
        output = inflater.finish(room) if complete else inflater.inflate(data, room)
        size: i64 = len(output)
        if size >= room:
            refuse_size(self._max_size)
        self._size += size
        if size > 0:
            self._parts.add(output)

    def _make_whole(self) -> Any:
        """Return a message whose parts were collected."""
        payload: Any
        long = self.long
        if long is None:
            payload = self._parts.finish()
        else:
            self.long = None
            payload = long.finish()
        if self.opcode != TEXT:
            return make_message(WSMessageBinary, _BINARY_TYPE, payload)
        if self._decode_text:
            return make_message(WSMessageText, _TEXT_TYPE, payload)
        return make_message(WSMessageTextBytes, _TEXT_TYPE, payload)


def refuse_size(max_size: i64) -> None:
    """Refuse a message for its size.

    Raises:
        MessageTooBig: always.
    """
    raise MessageTooBig(f"a message of more than {max_size} bytes")
