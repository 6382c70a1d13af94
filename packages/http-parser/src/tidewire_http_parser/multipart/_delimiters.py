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

from tidewire_http_parser._grammar import INTERPRETED

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# bcharsnospace (RFC 2046, section 5.1.1). The space may be within a boundary and not at its end.
_BCHARS: Final = b"'()+_,-./:=?0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BCHAR: Final = bytes([1 if octet in _BCHARS else 0 for octet in range(256)])
_LONGEST: Final = 70

# Bytes from which on searching in lanes is worth a table.
_WORTH_A_TABLE: Final = 4096

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

    __slots__ = ("_shifts", "boundary", "clear", "found", "octets")

    def __init__(self, boundary: str) -> None:
        self.boundary: Final = boundary
        self.octets: Final = b"\r\n--" + boundary.encode("ascii")
        self.clear: i64 = 0
        self.found = False
        self._shifts: bytes | None = None  # made when it is needed

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
            place = self._find(buffer, bound + len(self.octets))
            if place < 0:
                self.clear = bound + 1
                return bound
            self.clear = place
            self.found = True
        return min(bound, self.clear)

    def _find(self, buffer: bytes, stop: i64) -> i64:
        size: i64 = len(buffer)
        stop = min(stop, size)
        if INTERPRETED or stop - self.clear < _WORTH_A_TABLE:
            place: i64 = buffer.find(self.octets, self.clear, stop)
            return place
        shifts = self._shifts
        if shifts is None:
            shifts = self._shifts = shifts_of(self.octets)
        return find_in_lanes(buffer, self.octets, shifts, self.clear, stop)

    def collides(self, boundary: str) -> bool:
        """Tell whether a line can be a delimiter of this boundary and of another one at once."""
        mine = self.boundary
        return mine == boundary or mine + "--" == boundary or mine == boundary + "--"


def shifts_of(octets: bytes) -> bytes:
    """Make a table of how far a search may go on, by the byte where an occurrence would end; see `find_in_lanes()`.

    Args:
        octets: what is searched, 2 to 255 bytes.
    """
    length: i64 = len(octets)
    shifts = bytearray([length]) * 256
    index: i64 = 0
    while index < length:
        shifts[octets[index]] = length - 1 - index
        index += 1
    return bytes(shifts)


def find_in_lanes(buffer: bytes, octets: bytes, shifts: bytes, start: i64, stop: i64) -> i64:
    """Do what `buffer.find(octets, start, stop)` does, faster where there is no occurrence.

    Horspool's algorithm looks at one byte in about as many as an occurrence has. How far it goes on depends on the
    byte that it waits for, and so it is run in four parts of the bytes at once. Where something looks like an
    occurrence, `find()` goes on, so that nobody can have that happen often.

    Args:
        buffer: the bytes.
        octets: what to search, 2 to 255 bytes.
        shifts: what `shifts_of()` has made of it.
        start: where to begin.
        stop: where to end, no more than the bytes there are.
    """
    length: i64 = len(octets)
    if stop - start < length:
        return -1
    # How far to go on where the last byte of an occurrence is, and no occurrence.
    again: i64 = length - 1 - octets.rfind(octets[length - 1 :], 0, length - 1)
    # Places where an occurrence may end: of each part the first one that is not ruled out, and where the part ends.
    a: i64 = start + length - 1
    quarter: i64 = (stop - a) // 4
    b: i64 = a + quarter
    c: i64 = b + quarter
    d: i64 = c + quarter
    a_end: i64 = b
    b_end: i64 = c
    c_end: i64 = d
    while a < a_end and b < b_end and c < c_end and d < stop:
        a_shift: i64 = shifts[buffer[a]]
        b_shift: i64 = shifts[buffer[b]]
        c_shift: i64 = shifts[buffer[c]]
        d_shift: i64 = shifts[buffer[d]]
        if a_shift == 0 or b_shift == 0 or c_shift == 0 or d_shift == 0:
            a_shift = a_shift if a_shift > 0 else _shift_if_none(buffer, octets, a, again)
            b_shift = b_shift if b_shift > 0 else _shift_if_none(buffer, octets, b, again)
            c_shift = c_shift if c_shift > 0 else _shift_if_none(buffer, octets, c, again)
            d_shift = d_shift if d_shift > 0 else _shift_if_none(buffer, octets, d, again)
            if a_shift == 0 or b_shift == 0 or c_shift == 0 or d_shift == 0:
                break
        a += a_shift
        b += b_shift
        c += c_shift
        d += d_shift
    place = _first_open(buffer, octets, shifts, again, a, a_end)
    if place >= a_end:
        place = _first_open(buffer, octets, shifts, again, b, b_end)
        if place >= b_end:
            place = _first_open(buffer, octets, shifts, again, c, c_end)
            if place >= c_end:
                place = _first_open(buffer, octets, shifts, again, d, stop)
                if place >= stop:
                    return -1
    found: i64 = buffer.find(octets, place - length + 1, stop)
    return found


def _first_open(buffer: bytes, octets: bytes, shifts: bytes, again: i64, place: i64, end: i64) -> i64:
    """Tell the first place where an occurrence may end; `end` or more where there is none."""
    while place < end:
        shift: i64 = shifts[buffer[place]]
        if shift == 0:
            shift = _shift_if_none(buffer, octets, place, again)
            if shift == 0:
                break
        place += shift
    return place


def _shift_if_none(buffer: bytes, octets: bytes, place: i64, again: i64) -> i64:
    """Tell how far to go on where no occurrence ends; 0 where one may."""
    first: i64 = place - len(octets) + 1
    return 0 if buffer[first] == octets[0] and buffer[first + 1] == octets[1] else again


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
