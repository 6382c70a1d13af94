# Compiled by mypyc.
"""The delimiters that may come next in multiparts within one another, and where the data ends before them.

The content of a part that is multipart itself is parted by its own delimiter; one of an enclosing multipart may come
all the same, and is an error, so that all of them are looked for (RFC 2046, section 5.1.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidewire_http_parser.multipart._delimiters import (
    BETWEEN,
    CLOSING,
    ENCLOSING,
    OTHER,
    UNDECIDED,
    Delimiter,
    judge_line,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []


class NestedDelimiters:
    """The delimiters of a multipart and of those that were entered in it.

    Args:
        delimiter: that of the outermost.

    Attributes:
        kind: what begins where the data ends, as one of the constants of `_delimiters`.
        line_end: where that line ends, for a delimiter of the innermost multipart.
    """

    __slots__ = ("_levels", "kind", "line_end")

    def __init__(self, delimiter: Delimiter) -> None:
        self._levels = [delimiter]  # those of the enclosing multiparts first
        self.kind: i64 = UNDECIDED
        self.line_end: i64 = 0

    @property
    def depth(self) -> i64:
        """How many multiparts have been entered and not left."""
        return len(self._levels) - 1

    def enter(self, delimiter: Delimiter) -> None:
        """Look for the delimiter of a multipart within, too."""
        self._levels.append(delimiter)

    def leave(self) -> None:
        """Look for the delimiter of the innermost multipart no more."""
        self._levels.pop()

    def collide(self, boundary: str) -> bool:
        """Tell whether a line can be a delimiter of this boundary and one of these at once."""
        for level in self._levels:
            if level.collides(boundary):
                return True
        return False

    def restart(self) -> None:
        """Begin again at position 0: the bytes are other ones."""
        for level in self._levels:
            level.restart()

    def data_end(self, buffer: bytes, pos: i64, at_eof: bool) -> i64:
        """Tell where the data ends that can be told to be such; `kind` and `line_end` say what begins there.

        Args:
            buffer: the bytes.
            pos: where the data begins.
            at_eof: whether there are no further bytes.
        """
        levels = self._levels
        innermost = self.depth
        size: i64 = len(buffer)
        start = pos
        while True:
            place: i64 = size
            index: i64 = innermost
            while index >= 0:
                place = levels[index].search(buffer, start, place)
                index -= 1
            if place == size:
                self.kind = UNDECIDED
                return self._held_from(buffer, pos)
            index = innermost
            while index >= 0:
                level = levels[index]
                if level.found and level.clear == place:
                    kind, self.line_end = judge_line(buffer, place + len(level.octets), at_eof)
                    if kind != OTHER:
                        if index < innermost and (kind == BETWEEN or kind == CLOSING):
                            kind = ENCLOSING
                        self.kind = kind
                        return place
                index -= 1
            start = place + 2

    def _held_from(self, buffer: bytes, pos: i64) -> i64:
        """Tell where the bytes begin that may be the beginning of a delimiter; their end where there are none."""
        size: i64 = len(buffer)
        longest: i64 = 0
        for level in self._levels:
            longest = max(longest, len(level.octets))
        # A delimiter has one CR, its first byte.
        place: i64 = buffer.rfind(b"\r", max(pos, size - longest + 1))
        if place >= 0:
            tail = buffer[place:]
            for level in self._levels:
                if level.octets.startswith(tail):
                    return place
        return size
