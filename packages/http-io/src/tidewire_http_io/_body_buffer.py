# Compiled by mypyc.
"""What was received of a body and has not been read.

Pieces stay as they came, so that the usual reader, who keeps up, gets them without a copy. What is behind that is
bounded by bytes alone: small pieces are merged when there are several. A search for a separator goes on where the
last one stopped, whatever happened in between, so that a line costs linear work however it is cut.

Credit for what was taken goes back in lots; none is held back once everything was taken, or the reader waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

NO_LIMIT: Final = 2**63 - 1

# Whether this is the interpreted build, which checks by itself what the compiled one enforces of arguments.
_INTERPRETED: Final = not __file__.endswith((".so", ".pyd"))

# Pieces below this are merged with their neighbours. It is far above what an object costs, and copying it costs
# less than what came with its arrival.
_SMALL: Final = 4096
# What pieces are merged to.
_MERGED: Final = 16384
# Credit that is held back, in bytes and in pieces: giving it back for every short line would cost more than the line.
_LOT: Final = 4096
_LOT_OF_PIECES: Final = 64
# Entries at the front of a list that were used up, before it is shortened.
_USED_UP: Final = 64

# From so many bytes on, copying them costs more than another step of whoever goes over the pieces.
_WORTH_A_STEP: Final = 32768
# Pieces below this are joined up to there.
_CHEAP_TO_JOIN: Final = 8192

_NEWLINE: Final = b"\n"


class BodyBuffer:
    """Takes pieces, and gives them out in whatever way they are read.

    Args:
        consumed: called with bytes and pieces of credit that are given back; None where nobody waits for any. It may
            bring more pieces before it returns.
        max_line: bytes that `take_line()` takes at most.

    Attributes:
        closed: whether what comes is dropped.
        locked: whether nothing can be taken: somebody waits for more, or an error comes before the data.
        max_line: as above.
        max_size: bytes that may be received before `append()` says that it is too much.
        size: bytes that are there.
        total: bytes that were received since the beginning.
    """

    __slots__ = (
        "_at_end",
        "_consumed",
        "_credited",
        "_ends",
        "_first",
        "_first_end",
        "_last_end",
        "_offset",
        "_owed",
        "_owed_pieces",
        "_pieces",
        "_scan_before",
        "_scan_index",
        "_searched",
        "_separator",
        "_tail",
        "closed",
        "locked",
        "max_line",
        "max_size",
        "size",
        "total",
    )

    def __init__(self, consumed: Callable[[int, int], None] | None, max_line: i64) -> None:
        self._consumed = consumed
        self.max_line: i64 = max_line
        self.max_size: i64 = NO_LIMIT
        self.closed = False
        self.locked = False
        self.size: i64 = 0
        self.total: i64 = 0
        self._pieces: list[bytes] = []  # never empty where there is a byte
        self._first: i64 = 0  # the first piece that is not used up
        self._offset: i64 = 0  # bytes of that one that are
        self._tail = bytearray()  # small pieces behind all others, merged
        # Where chunks end, counted from the beginning of the body, and the first of these that was not reached.
        self._ends: list[int] = []
        self._first_end: i64 = 0
        self._last_end: i64 = 0
        self._at_end = False  # whether reading stands where a chunk ends, which nobody was told
        self._credited: i64 = 0  # bytes at the front whose credit was given back already
        self._owed: i64 = 0  # credit that is held back
        self._owed_pieces: i64 = 0
        # The search: no `_separator` begins in the first `_searched` bytes. It goes on in the piece at `_scan_index`, the
        # tail where there is none; `_scan_before` bytes are before that (fewer than none where part of it was taken).
        self._separator: bytes = _NEWLINE
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

    # What is received.

    def append(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> bool:
        """Take a piece; see `Receiver.data_received()`. Tells whether more has come than may."""
        length: i64 = len(data)
        if length == 0 or self.closed:
            return False
        if inner_ends is not None:
            for inner_end in inner_ends:
                self._ends.append(self.total + inner_end)
        waits = self.size != 0
        self._keep(data, length)
        # A chunk's end is the piece that its credit is for. A piece without one is merged, or large enough to be
        # bounded by its bytes.
        if ends_chunk:
            self._ends.append(self.total)
            self._last_end = self.total
        else:
            self._owed_pieces += 1
            if waits:
                self._give_back()
        return self.total > self.max_size

    def extend(self, pieces: list[bytes], chunk_ends: list[int]) -> bool:
        """Take several pieces, none of them empty, as `append()` would take them.

        Args:
            pieces: the pieces.
            chunk_ends: where chunks end in them, in bytes from the first of them.
        """
        if self.closed:
            return False
        waits = self.size != 0 or len(pieces) > 1
        before = self.total
        for piece in pieces:
            self._keep(piece, len(piece))
        for chunk_end in chunk_ends:
            self._ends.append(before + chunk_end)
            self._last_end = before + chunk_end
        if self._last_end != self.total:
            self._owed_pieces += 1
            if waits:
                self._give_back()
        return self.total > self.max_size

    def _keep(self, data: bytes, length: i64) -> None:
        if self.size == 0 or length >= _SMALL:
            if self._tail:
                self._freeze()
            self._pieces.append(data)
        else:
            self._tail += data
            if len(self._tail) >= _MERGED:
                self._freeze()
        self.size += length
        self.total += length

    def end_chunk(self) -> None:
        """Take note that a chunk ends here, unless it had no bytes."""
        if self._last_end == self.total:
            return
        self._last_end = self.total
        if self.size:
            self._ends.append(self.total)
        else:
            self._at_end = True

    def push_back(self, data: bytes) -> None:
        """Put bytes in front of all others, to be taken again."""
        length: i64 = len(data)
        if length == 0:
            return
        if self.size and self._offset:
            self._pieces[self._first] = self._pieces[self._first][self._offset :]
            self._offset = 0
        if self._first:
            self._first -= 1
            self._pieces[self._first] = data
        else:
            self._pieces.insert(0, data)
        self.size += length
        self._credited += length
        self._at_end = False
        self._restart_search()

    def clear(self) -> None:
        """Throw away what is there; its credit is not given back."""
        self._pieces.clear()
        self._first = 0
        self._offset = 0
        self._tail = bytearray()
        self._ends.clear()
        self._first_end = 0
        self._at_end = False
        self._credited = 0
        self.size = 0
        self._restart_search()

    # What is taken.

    def take(self, n: i64) -> bytes:
        """Take up to `n` bytes, as many as there are; none where the buffer is locked."""
        if _INTERPRETED and not isinstance(n, int):
            raise TypeError(f"int expected; got {type(n).__name__}")
        if self.locked or self.size == 0 or n <= 0:
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
        self._taken(n)
        return data

    def take_all(self) -> bytes:
        """Take all the bytes that there are; none where the buffer is locked."""
        if self.locked or self.size == 0:
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
        self._taken(self.size)
        return data

    def take_any(self, n: i64) -> bytes:
        """Take some of the bytes that there are, up to `n`: all of a few; of many the first piece, or the first small ones.

        Unlike `take()` it copies nothing to fill up what it gives out.
        """
        if _INTERPRETED and not isinstance(n, int):
            raise TypeError(f"int expected; got {type(n).__name__}")
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

    def take_line(self) -> bytes | None:
        """Take a line with its end; None where there is none, or one that is too long."""
        return self.take_until(_NEWLINE, self.max_line)

    def take_until(self, separator: bytes, limit: i64) -> bytes | None:
        """Take what comes before a separator, and the separator.

        Args:
            separator: what to look for, at least one byte.
            limit: bytes to take at most.

        Returns:
            The bytes; None where there are none. If `size` is above the limit then, that is why.
        """
        if self.locked or self.size == 0:
            return None
        if separator is not self._separator and separator != self._separator:
            self._separator = separator
            self._restart_search()
        end = self._find_end(separator)
        if end < 0 or end > limit:
            return None
        return self.take(end)

    def take_chunk(self, limit: i64) -> tuple[bytes, bool] | None:
        """Take bytes up to where a chunk ends.

        Args:
            limit: bytes to take at most.

        Returns:
            The bytes, and whether a chunk ends with them; None where there is nothing. There are none, but an end,
            where they were taken before their end was known, or in another way.
        """
        if self.locked:
            return None
        if self._at_end:
            self._at_end = False
            return b"", True
        if self.size == 0:
            return None
        if self._first_end == len(self._ends):
            return self.take(limit), False
        until: i64 = self._ends[self._first_end]
        until -= self.total - self.size
        data = self.take(min(until, limit))
        ends = self._at_end
        self._at_end = False
        return data, ends

    def peek(self, n: i64) -> bytes:
        """The first `n` bytes, or as many as there are; they stay."""
        if self.size == 0:
            return b""
        start = self._pieces[self._first][self._offset :]
        return start[:n] if len(start) >= n else start + self._following(self._first, n - len(start))

    def acknowledge(self) -> None:
        """Give credit back for everything that is there: its reader has seen it, and waits for more.

        Where chunks end in it is forgotten, since that would not be bounded by the credit any more.
        """
        self._owed += self.size - self._credited
        self._credited = self.size
        self._owed_pieces += len(self._ends) - self._first_end
        self._ends.clear()
        self._first_end = 0
        self.settle()

    def settle(self) -> None:
        """Give back what is held back of the credit."""
        if self._owed or self._owed_pieces:
            self._give_back()

    def _taken(self, n: i64) -> None:
        """Account for `n` bytes that are gone from the front; comes last, since it may bring more."""
        self.size -= n
        if self._searched > n:
            self._searched -= n
            self._scan_before -= n
        else:
            self._restart_search()
        self._at_end = False
        if self._first_end < len(self._ends):
            self._pass_ends()
        if self._credited:
            covered = min(n, self._credited)
            self._credited -= covered
            n -= covered
        self._owed += n
        if self._owed >= _LOT or self._owed_pieces >= _LOT_OF_PIECES or self.size == 0:
            self._give_back()

    def _pass_ends(self) -> None:
        position: i64 = self.total - self.size
        index = self._first_end
        count: i64 = len(self._ends)
        while index < count:
            end: i64 = self._ends[index]
            if end > position:
                break
            self._at_end = end == position
            index += 1
        self._owed_pieces += index - self._first_end
        if index == count:
            self._ends.clear()
            index = 0
        elif index >= _USED_UP and index * 2 >= count:
            del self._ends[:index]
            index = 0
        self._first_end = index

    def _give_back(self) -> None:
        size = self._owed
        pieces = self._owed_pieces
        self._owed = 0
        self._owed_pieces = 0
        if self._consumed is not None:
            self._consumed(size, pieces)

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

    def _restart_search(self) -> None:
        self._searched = 0
        self._scan_index = self._first
        self._scan_before = -self._offset

    def _find_end(self, separator: bytes) -> i64:
        """Search on; the bytes up to the separator's end, -1 where it is not there."""
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
