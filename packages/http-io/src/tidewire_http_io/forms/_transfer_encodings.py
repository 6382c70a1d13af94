# Compiled by mypyc.
"""Content-Transfer-Encoding, both ways and piece by piece (RFC 2045, section 6).

What each keeps between two pieces is bounded, and what it makes of a piece is at most three times as long.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Final

from tidewire_http_io.forms._form_errors import InvalidTransferEncoding

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

_HTAB: Final = 0x09
_LF: Final = 0x0A
_CR: Final = 0x0D
_SP: Final = 0x20
_EQUALS: Final = 0x3D

BASE64: Final = "base64"
QUOTED_PRINTABLE: Final = "quoted-printable"
# Those that change nothing.
_IDENTITIES: Final = ("", "7bit", "8bit", "binary")

_WHITE_SPACE: Final = b"\t\n\r "
# White space that may be within four characters of base64, or at the end of a line of quoted-printable. Lines have 76
# characters at most, and a relay of mail may pad them.
_PADDING: Final = 1024

# A line of encoded data has 76 characters at most (RFC 2045, sections 6.7 and 6.8), for 57 bytes in base64.
_LINE: Final = 76
_LINE_BYTES: Final = 57

_HEX: Final = b"0123456789ABCDEFabcdef"
_OCTETS: Final[dict[bytes, bytes]] = {
    bytes((first, second)): bytes((int(bytes((first, second)), 16),)) for first in _HEX for second in _HEX
}
_PRINTED: Final[tuple[bytes, ...]] = tuple(
    bytes((octet,)) if 0x20 <= octet < 0x7F and octet != _EQUALS else b"=%02X" % octet for octet in range(256)
)


class Base64Decoder:
    """Decodes base64. White space is passed over; anything else that is not of the alphabet is an error."""

    __slots__ = ("_ended", "_rest")

    def __init__(self) -> None:
        self._rest = b""  # up to three characters
        self._ended = False  # whether there was padding

    def decode(self, data: bytes) -> bytes:
        """Decode a piece.

        Raises:
            InvalidTransferEncoding: it is no base64.
        """
        text = self._rest + data.translate(None, _WHITE_SPACE)
        whole: i64 = len(text) & ~3
        self._rest = text[whole:]
        if self._ended and text:
            raise InvalidTransferEncoding("bytes behind the end of base64 data", text)
        if whole == 0:
            return b""
        if self._rest:
            text = text[:whole]
        self._ended = text.endswith(b"=")
        try:
            return binascii.a2b_base64(text, strict_mode=True)
        except binascii.Error as error:
            failure = InvalidTransferEncoding("data that is not base64", text)
            failure.__cause__ = error
            raise failure  # noqa: B904 - compiled code loses what stands behind `from`

    def finish(self) -> bytes:
        """Take note of the end.

        Raises:
            InvalidTransferEncoding: it comes too early.
        """
        if self._rest:
            raise InvalidTransferEncoding("base64 data ends too early", self._rest)
        return b""


class QuotedPrintableDecoder:
    """Decodes quoted-printable. Line ends stay as they are, white space before them is dropped."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""  # what may be the beginning of an escape, or white space at the end of a line

    def decode(self, data: bytes) -> bytes:
        """Decode a piece.

        Raises:
            InvalidTransferEncoding: it is no quoted-printable.
        """
        text = self._rest + data
        parts: list[bytes] = []
        pos: i64 = 0
        while True:
            end: i64 = text.find(b"\n", pos)
            if end < 0:
                break
            stop: i64 = end
            if stop > pos and text[stop - 1] == _CR:
                stop -= 1
            line_end = text[stop : end + 1]
            line = text[pos:stop].rstrip(b" \t")
            if line.endswith(b"="):
                line = line[:-1]
                line_end = b""
            _append_unescaped(parts, line)
            parts.append(line_end)
            pos = end + 1
        stop = _certain_end(text, pos)
        _append_unescaped(parts, text[pos:stop])
        self._rest = text[stop:]
        if len(self._rest) > _PADDING:
            raise InvalidTransferEncoding("too much white space in quoted-printable data")
        return b"".join(parts)

    def finish(self) -> bytes:
        """Take note of the end, and return what was held back.

        Raises:
            InvalidTransferEncoding: it comes within an escape.
        """
        rest = self._rest.rstrip(b" \t")
        if rest.startswith(b"="):
            raise InvalidTransferEncoding("quoted-printable data ends within an escape", rest)
        return rest


def _certain_end(text: bytes, pos: i64) -> i64:
    """Tell where the bytes of an incomplete line end that mean the same whatever follows."""
    end: i64 = len(text)
    stop: i64 = end
    while stop > pos and (text[stop - 1] == _SP or text[stop - 1] == _HTAB or text[stop - 1] == _CR):
        stop -= 1
    if stop > pos and text[stop - 1] == _EQUALS:
        return stop - 1
    if stop == end and stop > pos + 1 and text[stop - 2] == _EQUALS:
        return stop - 2
    return stop


def _append_unescaped(parts: list[bytes], line: bytes) -> None:
    if b"=" not in line:
        parts.append(line)
        return
    pieces = line.split(b"=")
    parts.append(pieces[0])
    count: i64 = len(pieces)
    index: i64 = 1
    while index < count:
        piece = pieces[index]
        octet = _OCTETS.get(piece[:2])
        if octet is None:
            raise InvalidTransferEncoding("malformed escape in quoted-printable data", b"=" + piece)
        parts.append(octet)
        if len(piece) > 2:
            parts.append(piece[2:])
        index += 1


class Base64Encoder:
    """Encodes base64, in lines of 76 characters."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""  # less than a line

    def encode(self, data: bytes) -> bytes:
        """Encode a piece; what makes no line is held back."""
        data = self._rest + data
        size: i64 = len(data)
        lines: list[bytes] = []
        pos: i64 = 0
        while pos + _LINE_BYTES <= size:
            lines.append(binascii.b2a_base64(data[pos : pos + _LINE_BYTES], newline=False))
            pos += _LINE_BYTES
        self._rest = data[pos:]
        if not lines:
            return b""
        lines.append(b"")
        return b"\r\n".join(lines)

    def finish(self) -> bytes:
        """Encode what was held back."""
        rest = self._rest
        self._rest = b""
        return binascii.b2a_base64(rest, newline=False)


class QuotedPrintableEncoder:
    """Encodes quoted-printable; CRLF is a line's end and stays, bytes that it could be mistaken for are escaped."""

    __slots__ = ("_column", "_held")

    def __init__(self) -> None:
        self._column: i64 = 0
        self._held = b""  # a CR or white space, for which it matters what follows

    def encode(self, data: bytes) -> bytes:
        """Encode a piece; its last byte may be held back."""
        return self._encode(self._held + data, False)

    def finish(self) -> bytes:
        """Encode what was held back."""
        return self._encode(self._held, True)

    def _encode(self, data: bytes, at_end: bool) -> bytes:
        parts: list[bytes] = []
        column = self._column
        size: i64 = len(data)
        pos: i64 = 0
        while pos < size:
            octet: i64 = data[pos]
            piece = _PRINTED[octet]
            if octet == _CR or octet == _SP or octet == _HTAB:
                following: i64 = _CR  # what white space at the end is escaped as before
                if pos + 1 < size:
                    following = data[pos + 1]
                elif not at_end:
                    break
                if octet == _CR:
                    if following == _LF:
                        parts.append(b"\r\n")
                        column = 0
                        pos += 2
                        continue
                elif following == _CR or following == _LF:
                    piece = b"=20" if octet == _SP else b"=09"
                else:
                    piece = b" " if octet == _SP else b"\t"
            width: i64 = len(piece)
            # One character is left for the sign of a line that goes on.
            if column + width >= _LINE:
                parts.append(b"=\r\n")
                column = 0
            parts.append(piece)
            column += width
            pos += 1
        self._column = column
        self._held = data[pos:]
        return b"".join(parts)


def transfer_encoding_name(value: str) -> str:
    """Return the name that is the value of Content-Transfer-Encoding, empty where it changes nothing."""
    name = value.strip(" \t")
    if name.isascii():
        name = name.lower()
    return "" if name in _IDENTITIES else name


def aligned_end(text: bytes) -> int:
    """Tell where the last four characters of base64 end, or the white space behind them.

    Returns:
        The position; 0 where there is something else than white space and less than four characters.

    Raises:
        InvalidTransferEncoding: there are less than four characters, and more than a little white space.
    """
    left: i64 = len(text.translate(None, _WHITE_SPACE))
    surplus: i64 = left & 3
    if left < 4 and surplus and len(text) > _PADDING:
        raise InvalidTransferEncoding("too much white space in base64 data")
    pos: i64 = len(text)
    while surplus > 0:
        pos -= 1
        octet: i64 = text[pos]
        if octet != _SP and octet != _HTAB and octet != _CR and octet != _LF:
            surplus -= 1
    return 0 if left < 4 and left else pos
