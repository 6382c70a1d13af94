# Compiled by mypyc.
"""Bytes in the pieces that they came in: put behind, taken from the front, searched once.

Pieces stay as they came, so that whoever keeps up gets them without a copy. What is behind that is bounded by bytes
alone: small pieces are merged when there are several. A search for a separator goes on where the last one stopped,
whatever happened in between, so that a line costs linear work however it is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Pieces below this are merged with their neighbours. It is far above what an object costs, and copying it costs
# less than what came with its arrival.
_SMALL: Final = 4096
# What pieces are merged to.
_MERGED: Final = 16384
# Pieces at the front that were used up, before they are forgotten.
_USED_UP: Final = 64

# From so many bytes on, copying them costs more than another step of whoever goes over the pieces.
_WORTH_A_STEP: Final = 32768
# Pieces below this are joined up to there.
_CHEAP_TO_JOIN: Final = 8192


class PieceQueue:
    """Takes pieces, and gives their bytes out in the order they came.

    Attributes:
        size: bytes that are there.
    """

    __slots__ = (
        "_first",
        "_offset",
        "_pieces",
        "_scan_before",
        "_scan_index",
        "_searched",
        "_separator",
        "_tail",
        "size",
    )

    def __init__(self) -> None:
        self.size: i64 = 0
        self._pieces: list[bytes] = []  # never empty where there is a byte
        self._first: i64 = 0  # the first piece that is not used up
        self._offset: i64 = 0  # bytes of that one that are
        self._tail = bytearray()  # small pieces behind all others, merged
        # The search: no `_separator` begins in the first `_searched` bytes. It goes on in the piece at `_scan_index`, the
        # tail where there is none; `_scan_before` bytes are before that (fewer than none where part of it was taken).
        self._separator = b""
        self._searched: i64 = 0
        self._scan_index: i64 = 0
        self._scan_before: i64 = 0

    @property
    def pieces(self) -> int:
        """How many objects hold the bytes."""
        return len(self._pieces) - self._first + (1 if self._tail else 0)

    @property
    def searched(self) -> int:
        """How many of the bytes the next search for the same separator passes over."""
        return self._searched

    # What comes.

    def append(self, data: bytes, length: i64) -> None:
        """Put a piece of some length, which is not 0, behind all others."""
        if self.size == 0 or length >= _SMALL:
            if self._tail:
                self._freeze()
            self._pieces.append(data)
        else:
            self._tail += data
            if len(self._tail) >= _MERGED:
                self._freeze()
        self.size += length

    def push_back(self, data: bytes, length: i64) -> None:
        """Put a piece of some length, which is not 0, in front of all others."""
        if self.size and self._offset:
            self._pieces[self._first] = self._pieces[self._first][self._offset :]
            self._offset = 0
        if self._first:
            self._first -= 1
            self._pieces[self._first] = data
        else:
            self._pieces.insert(0, data)
        self.size += length
        self._restart_search()

    def clear(self) -> None:
        """Throw away what is there."""
        self._pieces.clear()
        self._first = 0
        self._offset = 0
        self._tail = bytearray()
        self.size = 0
        self._restart_search()

    # What goes.

    def take(self, n: i64) -> bytes:
        """Take up to `n` bytes, as many as there are."""
        if self.size == 0 or n <= 0:
            return b""
        if n >= self.size:
            return self.take_all()
        piece = self._pieces[self._first]
        start = self._offset
        end = start + n
        length: i64 = len(piece)
        if end < length:
            data = piece[start:end]
            self._offset = end
        elif end == length:
            data = piece[start:] if start else piece
            self._next_piece()
        else:
            data = self._gather(n)
        self.size -= n
        if self._searched > n:
            self._searched -= n
            self._scan_before -= n
        else:
            self._restart_search()
        return data

    def take_all(self) -> bytes:
        """Take all the bytes that there are."""
        if self.size == 0:
            return b""
        if self._tail:
            self._freeze()
        pieces = self._pieces
        data = pieces[self._first]
        if self._offset:
            data = data[self._offset :]
        if len(pieces) - self._first > 1:
            pieces[self._first] = data
            data = b"".join(pieces[self._first :] if self._first else pieces)
        pieces.clear()
        self._first = 0
        self._offset = 0
        self.size = 0
        self._restart_search()
        return data

    def take_any(self, n: i64) -> bytes:
        """Take some of the bytes that there are, up to `n`: all of a few; of many the first piece, or the first small ones.

        Unlike `take()` it copies nothing to fill up what it gives out.
        """
        if self.size < _WORTH_A_STEP or self._first == len(self._pieces):
            return self.take(n)
        pieces = self._pieces
        index = self._first
        count: i64 = len(pieces)
        size: i64 = len(pieces[index]) - self._offset
        last = size
        while last < _CHEAP_TO_JOIN and size < _WORTH_A_STEP and index + 1 < count:
            index += 1
            last = len(pieces[index])
            if last < _CHEAP_TO_JOIN:
                size += last
        return self.take(min(size, n))

    def peek(self, n: i64) -> bytes:
        """The first `n` bytes, or as many as there are; they stay."""
        if self.size == 0:
            return b""
        start = self._pieces[self._first][self._offset :]
        return start[:n] if len(start) >= n else start + self._following(self._first, n - len(start))

    def _freeze(self) -> None:
        self._pieces.append(bytes(self._tail))
        self._tail = bytearray()

    def _next_piece(self) -> None:
        """Leave the first piece behind."""
        first = self._first
        self._pieces[first] = b""
        first += 1
        self._offset = 0
        count: i64 = len(self._pieces)
        if first == count:
            self._pieces.clear()
            self._scan_index -= first
            first = 0
            if self._tail:
                self._freeze()
        elif first >= _USED_UP and first * 2 >= count:
            del self._pieces[:first]
            self._scan_index -= first
            first = 0
        self._first = first

    def _gather(self, n: i64) -> bytes:
        """Take the first `n` bytes off the pieces, of which they need several."""
        parts: list[bytes] = []
        while n > 0:
            piece = self._pieces[self._first]
            if self._offset:
                piece = piece[self._offset :]
            length: i64 = len(piece)
            if length > n:
                parts.append(piece[:n])
                self._offset += n
                break
            parts.append(piece)
            n -= length
            self._next_piece()
        return b"".join(parts)

    # The search.

    def find_end(self, separator: bytes) -> i64:
        """Search on for a separator of at least one byte; the bytes up to its end, -1 where it is not there."""
        if separator is not self._separator and separator != self._separator:
            self._separator = separator
            self._restart_search()
        length: i64 = len(separator)
        index = self._scan_index
        before = self._scan_before
        searched = self._searched
        count: i64 = len(self._pieces)
        found: i64 = -1
        while index < count:
            piece = self._pieces[index]
            size: i64 = len(piece)
            found = piece.find(separator, searched - before)
            if found >= 0:
                searched = before + found
                break
            if length > 1:
                # One that begins at the end of this piece goes on in those behind it.
                searched = max(searched, before + size - length + 1)
                border = piece[searched - before :] + self._following(index, length - 1)
                found = border.find(separator)
                if found >= 0:
                    searched += found
                    break
                if searched + len(border) < before + size + length - 1:
                    searched += max(0, len(border) - length + 1)
                    break  # not all of those have come
            before += size
            searched = before
            index += 1
        if index == count and self._tail:
            found = self._tail.find(separator, searched - before)
            # What is left of it to be searched is less than a separator.
            searched = before + found if found >= 0 else max(searched, before + len(self._tail) - length + 1)
        self._scan_index = index
        self._scan_before = before
        self._searched = searched
        return searched + length if found >= 0 else -1

    def _restart_search(self) -> None:
        self._searched = 0
        self._scan_index = self._first
        self._scan_before = -self._offset

    def _following(self, index: i64, n: i64) -> bytes:
        """The first `n` bytes behind a piece, or as many as there are."""
        parts = b""
        count: i64 = len(self._pieces)
        index += 1
        while n > len(parts) and index < count:
            parts += self._pieces[index][: n - len(parts)]
            index += 1
        if n > len(parts):
            parts += bytes(self._tail[: n - len(parts)])
        return parts
