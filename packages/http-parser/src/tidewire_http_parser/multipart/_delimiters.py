# Compiled by mypyc.
"""Delimiters, the lines that part a multipart (RFC 2046, section 5.1.1).

A delimiter is the whole of a line: CRLF, two hyphens, the boundary, two more hyphens for the closing one, and white
space that a relay may have added. The section lets a reader look at the line's beginning only; then a boundary that
begins with another one could not be told from it, and two readers could see different parts. So here:

- where the boundary is followed by a byte that a boundary could go on with, the line is of another boundary, or none:
  it is data;
- where it is followed by anything else that does not end the line, it is no delimiter of any boundary, and yet others
  might take it for one: it is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# bcharsnospace (RFC 2046, section 5.1.1). The space may be within a boundary and not at its end.
_BCHARS: Final = b"'()+_,-./:=?0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BCHAR: Final = bytes([1 if octet in _BCHARS else 0 for octet in range(256)])
_LONGEST: Final = 70

# White space after a delimiter. No sender may send any; a relay of mail pads a line to a length of 80 or so.
PADDING: Final = 128

# What a line that begins as a delimiter is.
OTHER: Final = 0  # data
UNDECIDED: Final = 1  # whichever its further bytes make of it
BETWEEN: Final = 2  # the delimiter before another part
CLOSING: Final = 3  # the delimiter after the last part
MALFORMED: Final = 4  # neither this delimiter nor of another boundary
OVERPADDED: Final = 5  # a delimiter with too much white space behind it
ENCLOSING: Final = 6  # the delimiter of an enclosing multipart


def problem_of_boundary(boundary: str) -> str:
    """Say what is wrong with a boundary, in a few words; nothing where it is none."""
    if not boundary:
        return "empty boundary"
    if len(boundary) > _LONGEST:
        return "boundary longer than 70 characters"
    if not boundary.isascii():
        return "boundary with characters outside ASCII"
    for octet in boundary.encode("ascii"):
        if not BCHAR[octet] and octet != 0x20:
            return "boundary with a character that none may have"
    if boundary.endswith(" "):
        return "boundary with a space at its end"
    return ""


class Delimiter:
    """The delimiter of one multipart, and how far the bytes at hand were searched for it.

    Each byte is searched once for each delimiter, whatever is found in between: several of them are looked for at a
    time within a nested multipart, and a peer decides how often.

    Attributes:
        boundary: the boundary.
        octets: what the line begins with, the CRLF before it first.
        clear: nothing like it begins before this position.
        found: whether it begins at that position.
    """

    __slots__ = ("boundary", "clear", "found", "octets")

    def __init__(self, boundary: str) -> None:
        self.boundary: Final = boundary
        self.octets: Final = b"\r\n--" + boundary.encode("ascii")
        self.clear: i64 = 0
        self.found = False

    def restart(self) -> None:
        """Begin again at position 0: the bytes are other ones."""
        self.clear = 0
        self.found = False

    def search(self, buffer: bytes, start: i64, bound: i64) -> i64:
        """Tell where the next line begins that begins as this delimiter.

        Args:
            buffer: the bytes.
            start: where to begin; never before the one of an earlier call.
            bound: the last position of interest, the end of the bytes at most.

        Returns:
            The position, or `bound` where there is none before it.
        """
        if self.clear < start:
            self.clear = start
            self.found = False
        if not self.found:
            if self.clear > bound:
                return bound
            place: i64 = buffer.find(self.octets, self.clear, bound + len(self.octets))
            if place < 0:
                self.clear = bound + 1
                return bound
            self.clear = place
            self.found = True
        return min(bound, self.clear)

    def collides(self, boundary: str) -> bool:
        """Tell whether a line can be a delimiter of this boundary and of another one at once."""
        mine = self.boundary
        return mine == boundary or mine + "--" == boundary or mine == boundary + "--"


def judge_line(buffer: bytes, pos: i64, at_eof: bool) -> tuple[i64, i64]:
    """Decide what a line is that begins as a delimiter.

    Args:
        buffer: the bytes.
        pos: where the boundary ends.
        at_eof: whether there are no further bytes.

    Returns:
        What the line is, as one of the constants above; and where it ends: behind the CRLF of a delimiter before another
        part, but before that of a closing one, since it may be the first byte of an enclosing multipart's delimiter.
    """
    size: i64 = len(buffer)
    ends = at_eof
    if pos == size:
        return UNDECIDED, 0
    kind: i64 = BETWEEN
    if buffer[pos] == 0x2D:
        if pos + 1 == size:
            return UNDECIDED, 0
        if buffer[pos + 1] != 0x2D:
            return OTHER, 0
        kind = CLOSING
        pos += 2
    elif BCHAR[buffer[pos]]:
        return OTHER, 0
    if kind == BETWEEN:
        ends = False
    elif pos < size and BCHAR[buffer[pos]]:
        return OTHER, 0
    start: i64 = pos
    while pos < size and (buffer[pos] == 0x20 or buffer[pos] == 0x09):
        pos += 1
        if pos - start > PADDING:
            return OVERPADDED, 0
    if pos == size:
        return (CLOSING, pos) if ends else (UNDECIDED, 0)
    if buffer[pos] != 0x0D:
        return MALFORMED, 0
    if pos + 1 == size:
        return UNDECIDED, 0
    if buffer[pos + 1] != 0x0A:
        return MALFORMED, 0
    return (BETWEEN, pos + 2) if kind == BETWEEN else (CLOSING, pos)
