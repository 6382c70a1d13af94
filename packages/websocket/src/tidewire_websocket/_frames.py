# Compiled by mypyc.
"""Frames (RFC 6455, section 5.2): what their heads may say, and how they are read and written.

The first byte is FIN, RSV1, RSV2, RSV3 and four bits of opcode. The second is MASK and seven bits of length: 0 to 125,
126 for two bytes that follow, 127 for eight. Then come the four bytes of the masking key, from clients only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_websocket._errors import InvalidFrame
from tidewire_websocket._masking import KEYS, masked_frame

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

FIN: Final = 0x80
RSV1: Final = 0x40
MASK: Final = 0x80

MAX_CONTROL: Final = 125

# Above this a head and its payload are written apart from each other, as joining them would copy the payload.
JOINED: Final = 32768

# What the first byte of a frame is.
REFUSED: Final = 0
DATA: Final = 1
COMPRESSED: Final = 2  # data with RSV1, which permessage-deflate has defined (RFC 7692, section 6)
CONTROL: Final = 3
# RFC 7692 gives RSV1 of a control frame no meaning, and some peers that have negotiated it set it all the same.
CONTROL_RSV1: Final = 4


def _kind(first: int) -> int:
    """Tell what a frame is that begins with a byte."""
    opcode = first & 0x0F
    if first & 0x30:
        return REFUSED
    if opcode in (CLOSE, PING, PONG):
        if not first & FIN:
            return REFUSED
        return CONTROL_RSV1 if first & RSV1 else CONTROL
    if opcode in (TEXT, BINARY):
        return COMPRESSED if first & RSV1 else DATA
    return DATA if opcode == CONTINUATION and not first & RSV1 else REFUSED


KINDS: Final = bytes([_kind(first) for first in range(256)])


def problem_of(first: i64) -> str:
    """Tell what is wrong with a frame whose first byte is not in order."""
    opcode: i64 = first & 0x0F
    if opcode >= CLOSE and opcode <= PONG and not first & FIN:
        return "a control frame in fragments"
    if (opcode > BINARY and opcode < CLOSE) or opcode > PONG:
        return f"a frame with opcode {opcode}"
    return "a frame with reserved bits that nothing was negotiated for"


def read_length(data: bytes, pos: i64, size: i64) -> i64:
    """Read a length of two or eight bytes, which must not fit fewer.

    Args:
        data: what it stands in.
        pos: where it begins.
        size: how many bytes it has.

    Raises:
        InvalidFrame: it is not in order.
    """
    if data[pos] >= 0x80 and size == 8:
        raise InvalidFrame("a frame of more than 2**63 bytes")
    length: i64 = 0
    stop: i64 = pos + size
    while pos < stop:
        length = length << 8 | data[pos]
        pos += 1
    if length <= (MAX_CONTROL if size == 2 else 0xFFFF):
        raise InvalidFrame("a length in more bytes than it needs")
    return length


def frame_head(first: i64, length: i64, masked: bool) -> bytes:
    """Write the head of a frame, up to the masking key.

    Args:
        first: the first byte: FIN, RSV1 and the opcode.
        length: bytes of payload.
        masked: whether a masking key follows.
    """
    mask: i64 = MASK if masked else 0
    if length <= MAX_CONTROL:
        return bytes([first, mask | length])
    if length <= 0xFFFF:
        return bytes([first, mask | 126, length >> 8, length & 0xFF])
    return bytes([first, mask | 127]) + int(length).to_bytes(8, "big")


def _short_heads(first: int) -> list[bytes]:
    return [bytes([first, length]) for length in range(MAX_CONTROL + 1)]


# The heads of most frames that a server sends, and that a client sends but for the mask.
_TEXT_HEADS: Final = _short_heads(FIN | TEXT)
_BINARY_HEADS: Final = _short_heads(FIN | BINARY)


def serialise_frame(first: i64, payload: bytes, masked: bool) -> bytes:
    """Write a frame in one piece.

    Args:
        first: as in `frame_head()`.
        payload: the payload.
        masked: whether this side is the client, which masks what it sends (RFC 6455, section 5.3).
    """
    length: i64 = len(payload)
    if masked:
        return masked_frame(frame_head(first, length, True), KEYS.take(), payload)
    if length <= MAX_CONTROL:
        if first == FIN | TEXT:
            return _TEXT_HEADS[length] + payload
        if first == FIN | BINARY:
            return _BINARY_HEADS[length] + payload
    return frame_head(first, length, False) + payload
