# Compiled by mypyc.
"""What was received of a body and has not been read.

The bytes are in a `PieceQueue`; here is what belongs to them: where chunks end, how much may come, and the credit.
That for what was taken goes back in lots; none is held back once everything was taken, or the reader waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tidewire_http_io._piece_queue import PieceQueue

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

NO_LIMIT: Final = 2**63 - 1

# Whether this is the interpreted build, which checks by itself what the compiled one enforces of arguments.
_INTERPRETED: Final = not __file__.endswith((".so", ".pyd"))

# Credit that is held back, in bytes and in pieces: giving it back for every short line would cost more than the line.
_LOT: Final = 4096
_LOT_OF_PIECES: Final = 64
# Ends of chunks that reading has passed, before they are forgotten.
_USED_UP: Final = 64

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
        total: bytes that were received since the beginning.
    """

    __slots__ = (
        "_at_end",
        "_consumed",
        "_credited",
        "_ends",
        "_first_end",
        "_last_end",
        "_owed",
        "_owed_pieces",
        "_queue",
        "closed",
        "locked",
        "max_line",
        "max_size",
        "total",
    )

    def __init__(self, consumed: Callable[[int, int], None] | None, max_line: i64) -> None:
        self._consumed = consumed
        self.max_line: i64 = max_line
        self.max_size: i64 = NO_LIMIT
        self.closed = False
        self.locked = False
        self.total: i64 = 0
        self._queue = PieceQueue()
        # Where chunks end, counted from the beginning of the body, and the first of these that was not reached.
        self._ends: list[int] = []
        self._first_end: i64 = 0
        self._last_end: i64 = 0
        self._at_end = False  # whether reading stands where a chunk ends, which nobody was told
        self._credited: i64 = 0  # bytes at the front whose credit was given back already
        self._owed: i64 = 0  # credit that is held back
        self._owed_pieces: i64 = 0

    @property
    def size(self) -> i64:
        """Bytes that are there."""
        return self._queue.size

    @property
    def pieces(self) -> int:
        """How many objects hold the bytes."""
        return self._queue.pieces

    # What is received.

    def append(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> bool:
        """Take a piece; see `Receiver.data_received()`. Tells whether more has come than may."""
        length: i64 = len(data)
        if length == 0 or self.closed:
            return False
        if inner_ends is not None:
            for inner_end in inner_ends:
                self._ends.append(self.total + inner_end)
        waits = self._queue.size != 0
        self._queue.append(data, length)
        self.total += length
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
        queue = self._queue
        waits = queue.size != 0 or len(pieces) > 1
        before = self.total
        size: i64 = 0
        for piece in pieces:
            length: i64 = len(piece)
            queue.append(piece, length)
            size += length
        self.total += size
        for chunk_end in chunk_ends:
            self._ends.append(before + chunk_end)
            self._last_end = before + chunk_end
        if self._last_end != self.total:
            self._owed_pieces += 1
            if waits:
                self._give_back()
        return self.total > self.max_size

    def end_chunk(self) -> None:
        """Take note that a chunk ends here, unless it had no bytes."""
        if self._last_end == self.total:
            return
        self._last_end = self.total
        if self._queue.size:
            self._ends.append(self.total)
        else:
            self._at_end = True

    def push_back(self, data: bytes) -> None:
        """Put bytes in front of all others, to be taken again."""
        length: i64 = len(data)
        if length == 0:
            return
        self._queue.push_back(data, length)
        self._credited += length
        self._at_end = False

    def clear(self) -> None:
        """Throw away what is there; its credit is not given back."""
        self._queue.clear()
        self._ends.clear()
        self._first_end = 0
        self._at_end = False
        self._credited = 0

    # What is taken.

    def take(self, n: i64) -> bytes:
        """Take up to `n` bytes, as many as there are; none where the buffer is locked."""
        if _INTERPRETED and not isinstance(n, int):
            raise TypeError(f"int expected; got {type(n).__name__}")
        if self.locked:
            return b""
        data = self._queue.take(n)
        if data:
            self._taken(len(data))
        return data

    def take_all(self) -> bytes:
        """Take all the bytes that there are; none where the buffer is locked."""
        if self.locked:
            return b""
        data = self._queue.take_all()
        if data:
            self._taken(len(data))
        return data

    def take_any(self, n: i64) -> bytes:
        """Take some of the bytes that there are, up to `n`: all of a few; of many the first piece, or the first small ones.

        Unlike `take()` it copies nothing to fill up what it gives out.
        """
        if _INTERPRETED and not isinstance(n, int):
            raise TypeError(f"int expected; got {type(n).__name__}")
        if self.locked:
            return b""
        data = self._queue.take_any(n)
        if data:
            self._taken(len(data))
        return data

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
        if self.locked or self._queue.size == 0:
            return None
        end = self._queue.find_end(separator)
        if end < 0 or end > limit:
            return None
        data = self._queue.take(end)
        self._taken(end)
        return data

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
        if self._queue.size == 0:
            return None
        if self._first_end == len(self._ends):
            return self.take(limit), False
        until: i64 = self._ends[self._first_end]
        until -= self.total - self._queue.size
        data = self.take(min(until, limit))
        ends = self._at_end
        self._at_end = False
        return data, ends

    def peek(self, n: i64) -> bytes:
        """The first `n` bytes, or as many as there are; they stay."""
        return self._queue.peek(n)

    def acknowledge(self) -> None:
        """Give credit back for everything that is there: its reader has seen it, and waits for more.

        Where chunks end in it is forgotten, since that would not be bounded by the credit any more.
        """
        self._owed += self._queue.size - self._credited
        self._credited = self._queue.size
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
        self._at_end = False
        if self._first_end < len(self._ends):
            self._pass_ends()
        if self._credited:
            covered = min(n, self._credited)
            self._credited -= covered
            n -= covered
        self._owed += n
        if self._owed >= _LOT or self._owed_pieces >= _LOT_OF_PIECES or self._queue.size == 0:
            self._give_back()

    def _pass_ends(self) -> None:
        position: i64 = self.total - self._queue.size
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
