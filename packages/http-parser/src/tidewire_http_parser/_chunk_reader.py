# Compiled by mypyc.
"""The bytes that have come and were not read yet, and the chunks of bodies in them (RFC 9112, section 7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._chunked import check_partial_chunk_size, parse_chunk_size
from tidewire_http_parser._errors import InvalidChunk, LineTooLong, RemoteProtocolError
from tidewire_http_parser._field_section import FieldSection
from tidewire_http_parser._grammar import HEX
from tidewire_http_parser._leniencies import SPACE_AFTER_CHUNK_SIZE

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# A chunk of so many bytes is reported by itself, since joining it with others would copy it; and so many
# smaller ones are reported at once.
_LARGE_CHUNK: Final = 4096
_CHUNKS_TOGETHER: Final = 64
# Where a chunk's line was split, so many bytes at most were left of it, and so many that follow are read with them;
# joining all that follow would copy it.
_SPLIT_LINE: Final = 64
# Hexadecimal digits of a chunk size that are read without looking for the end of the line first.
_FEW_DIGITS: Final = 8

# States. Each names what comes next from the peer.
START: Final = 0  # a start line, or empty lines before it
FIELDS: Final = 1  # field lines of a head
LENGTH: Final = 2  # `_remaining` bytes of body
CLOSE_DELIMITED: Final = 3  # bytes of body until the peer closes
CHUNK_SIZE: Final = 4  # a chunk-size line
CHUNK_DATA: Final = 5  # `_remaining` bytes of a chunk
CHUNK_END: Final = 6  # the CRLF after a chunk's data
TRAILERS: Final = 7  # field lines of a trailer section
END: Final = 8  # nothing: the end of the message is yet to be reported
DONE: Final = 9  # nothing before next_message()
SWITCH: Final = 10  # nothing before switch() or decline()
SWITCHED: Final = 11  # nothing any more: the bytes belong to another protocol
CLOSED: Final = 12  # nothing any more: the peer has closed


class ChunkReader:
    """Reads chunks; the machine that they are a part of is the subclass's.

    Args:
        line_limit: bytes that a chunk's line may have.
        extension_limit: bytes that the extensions of all chunks of a body may have.
        section: reads the trailers, which are the subclass's part too.
        lenient: what is overlooked, as the bits of `_leniencies`.
    """

    __slots__ = (
        "_buffer",
        "_ends_chunk",
        "_extension_limit",
        "_extensions",
        "_held",
        "_lenient",
        "_line_limit",
        "_pos",
        "_received",
        "_remaining",
        "_section",
        "_state",
    )

    def __init__(self, line_limit: i64, extension_limit: i64, section: FieldSection, lenient: i64) -> None:
        self._line_limit: i64 = line_limit
        self._extension_limit: i64 = extension_limit
        self._lenient: i64 = lenient
        self._section = section
        self._buffer = b""  # bytes from the peer
        self._pos: i64 = 0  # how many of them have been read
        self._held = (
            b""  # the beginning of a chunk's line that goes on in the buffer, of which nothing has been read
        )
        self._ends_chunk = False  # whether a chunk ends with the data that was taken last
        self._state: i64 = START
        self._remaining: i64 = 0  # bytes left of the body or chunk
        self._received: i64 = 0  # bytes of body reported so far
        self._extensions: i64 = 0  # bytes of chunk extensions read so far

    def _append(self, data: bytes) -> None:
        """Take bytes from the peer to those that were not read yet."""
        left: i64 = len(self._buffer) - self._pos
        if left == 0:
            self._buffer = data
        else:
            rest = self._held + self._buffer[self._pos :]
            state = self._state
            if left <= _SPLIT_LINE < len(data) and not self._held and CHUNK_SIZE <= state <= CHUNK_END:
                self._held = rest
                self._buffer = data
            else:
                self._held = b""
                self._buffer = rest + data
        self._pos = 0

    def _chunk_bytes(self, inner_ends: list[int] | None, size: i64) -> bytes:
        """Take data of one chunk, or of several small ones; nothing where the last one, or a line, is next.

        `_ends_chunk` says whether a chunk ends with it.

        Args:
            inner_ends: what is appended to it: where chunks end before the end of the data.
            size: what is added to these.
        """
        if self._held:
            self._read_split_line()
        elif self._state == CHUNK_END:
            # A large chunk that is there as a whole, behind one that was: what most of a large body is made of.
            buffer = self._buffer
            available: i64 = len(buffer)
            start: i64 = self._pos + 2
            pos = start
            length: i64 = 0
            hexadecimal = HEX
            if available - start > _LARGE_CHUNK and buffer[start - 2] == 0x0D and buffer[start - 1] == 0x0A:
                while pos < start + _FEW_DIGITS and hexadecimal[buffer[pos]] != 255:
                    length = length * 16 + hexadecimal[buffer[pos]]
                    pos += 1
                if (
                    _LARGE_CHUNK <= length <= available - pos - 2
                    and buffer[pos] == 0x0D
                    and buffer[pos + 1] == 0x0A
                    and pos - start <= self._line_limit
                ):
                    self._pos = pos + 2 + length
                    self._received += length
                    self._ends_chunk = True
                    return buffer[pos + 2 : pos + 2 + length]
        if not self._begin_chunk():
            return b""
        piece = self._chunk_data()
        # Before the next one is looked at.
        self._ends_chunk = self._remaining == 0
        if len(piece) >= _LARGE_CHUNK or self._pos == len(self._buffer) or not self._begin_small_chunk():
            return piece
        return self._small_chunks(piece, inner_ends, size)

    def _small_chunks(self, piece: bytes, inner_ends: list[int] | None, size: i64) -> bytes:
        """Join a small chunk with those that came with it: a peer may send a body in millions of them."""
        pieces = [piece]
        count: i64 = 1
        joined: i64 = len(piece)
        while True:
            if inner_ends is not None:
                inner_ends.append(size + joined)
            piece = self._chunk_data()
            pieces.append(piece)
            count += 1
            joined += len(piece)
            self._ends_chunk = self._remaining == 0  # if not, it is all that is there
            if count == _CHUNKS_TOGETHER or joined >= _LARGE_CHUNK or self._pos == len(self._buffer):
                break
            if not self._begin_small_chunk():
                break
        return b"".join(pieces)

    def _begin_small_chunk(self) -> bool:
        """Go to the data of the next chunk; tell whether some of it is there, and it is worth joining with others."""
        try:
            return self._begin_chunk() and self._remaining < _LARGE_CHUNK
        except RemoteProtocolError:
            return False  # for the next call, which finds it again

    def _begin_chunk(self) -> bool:
        """Go to a chunk's data; tell whether some of it is there, and that the last chunk has not been read."""
        buffer = self._buffer
        if self._state == CHUNK_END:
            left: i64 = len(buffer) - self._pos
            if (left > 0 and buffer[self._pos] != 0x0D) or (left > 1 and buffer[self._pos + 1] != 0x0A):
                raise InvalidChunk("chunk data not followed by CRLF", buffer[self._pos : self._pos + 2])
            if left < 2:
                return False
            self._pos += 2
            self._state = CHUNK_SIZE
        if self._state == CHUNK_SIZE:
            if not self._read_chunk_size():
                return False
            if self._remaining == 0:
                self._section.begin_trailers()
                self._state = TRAILERS
                return False
            self._state = CHUNK_DATA
        return self._state == CHUNK_DATA and self._pos < len(buffer)

    def _read_split_line(self) -> None:
        """Go on with a chunk's line that was split, without a copy of all that came with its end."""
        held = self._held
        data = self._buffer
        state = self._state
        extensions = self._extensions
        self._held = b""
        self._buffer = held + data[:_SPLIT_LINE]
        crossed: i64 = -1
        try:
            self._begin_chunk()
            crossed = self._pos - len(held)
        except RemoteProtocolError:
            pass  # it is found again, with all of the line
        if crossed >= 0:
            self._buffer = data
            self._pos = crossed
        else:
            self._buffer = held + data
            self._pos = 0
            self._state = state
            self._extensions = extensions

    def _chunk_data(self) -> bytes:
        """Take what is there of a chunk's data."""
        piece = self._take(self._remaining)
        self._remaining -= len(piece)
        if self._remaining == 0:
            self._state = CHUNK_END
        return piece

    def _read_chunk_size(self) -> bool:
        """Read a chunk-size line; tell whether it is complete."""
        buffer = self._buffer
        start = self._pos
        pos = start
        size: i64 = 0
        hexadecimal = HEX
        # Most lines are but a few digits.
        end: i64 = min(len(buffer) - 2, start + _FEW_DIGITS)
        while pos < end and hexadecimal[buffer[pos]] != 255:
            size = size * 16 + hexadecimal[buffer[pos]]
            pos += 1
        if (
            start < pos <= end
            and buffer[pos] == 0x0D
            and buffer[pos + 1] == 0x0A
            and pos - start <= self._line_limit
        ):
            self._remaining = size
            self._pos = pos + 2
            return True
        return self._read_long_chunk_size()

    def _read_long_chunk_size(self) -> bool:
        """Read a chunk-size line that is long, incomplete or wrong."""
        buffer = self._buffer
        start = self._pos
        limit = self._line_limit
        spaces = self._lenient & SPACE_AFTER_CHUNK_SIZE != 0
        # Not from the end, as with field lines: chunks may be tiny, and many of them before the last LF.
        if buffer.find(b"\n", start, start + limit + 2) < 0:
            check_partial_chunk_size(buffer, start, limit, spaces)
            return False
        size, extensions, end = parse_chunk_size(buffer, start, limit, spaces)
        if self._extensions + extensions > self._extension_limit:
            line = buffer[start : end - 2]
            raise LineTooLong("chunk extensions too long", self._extension_limit, line, 413)
        self._extensions += extensions
        self._remaining = size
        self._pos = end
        return True

    def _take(self, size: i64) -> bytes:
        """Take at most so many bytes of the body, without a copy where they are all there is."""
        buffer = self._buffer
        pos = self._pos
        available: i64 = len(buffer) - pos
        if size > available:
            size = available
        self._pos = pos + size
        self._received += size
        if pos == 0 and size == len(buffer):
            return buffer
        return buffer[pos : pos + size]
