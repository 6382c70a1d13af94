# Compiled by mypyc.
"""Range requests (RFC 9110, section 14, and If-Range of section 13.1.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tidewire_http_parser._argument_types import INT_OR_NONE, require
from tidewire_http_parser._errors import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED, TOKEN
from tidewire_http_parser.field_values._dates import NUMBER, Timestamp, parse_date
from tidewire_http_parser.field_values._entity_tags import ETag, parse_etag
from tidewire_http_parser.field_values._octets import octets_of
from tidewire_http_parser.field_values._syntax import COMMA, next_element, skip_space

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = [
    "ContentRange",
    "RangeSpec",
    "format_content_range",
    "parse_content_range",
    "parse_if_range",
    "parse_range",
    "resolve_ranges",
]

# Software that asks for several ranges asks for a few. Each of them costs the head of a body part, and a field
# value has room for thousands (S34).
_LIMIT: Final = 16

# What fits 64 bits whatever it is.
_DIGITS: Final = 18
_LARGEST: Final = 999999999999999999


class RangeSpec(NamedTuple):
    """One range as it was asked for.

    Attributes:
        first: the position of its first byte, from 0; None for the last bytes of a representation.
        last: the position of its last byte, None for all that follow; where `first` is None, how many bytes from the
            end it is.
    """

    first: int | None
    last: int | None


class ContentRange(NamedTuple):
    """What Content-Range says of a part, or of a representation in which no range could be satisfied.

    Attributes:
        first: the position of the first byte of the part, from 0; None where there is no part.
        last: the position of its last byte; None where there is no part.
        length: the length of the whole representation in bytes; None where it is unknown.
    """

    first: int | None
    last: int | None
    length: int | None


def parse_range(value: str, limit: int = _LIMIT) -> list[RangeSpec] | None:
    """Read the value of Range.

    A number of more than 18 digits counts as the largest one with 18: a position behind every end.

    Args:
        value: the field value, such as `bytes=0-499, -500`.
        limit: how many ranges there may be.

    Returns:
        The ranges in their order, at least one; None where the unit is not bytes, for such a Range is to be ignored
        (RFC 9110, section 14.2).

    Raises:
        InvalidFieldValue: the value is malformed, a range ends before it begins, or there are too many. A server
            may ignore the field or answer 416.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((value, str), (limit, int))
    octets = octets_of(value)
    length: i64 = len(octets)
    index: i64 = 0
    while index < length and TOKEN[octets[index]]:
        index += 1
    if index == 0 or index >= length or octets[index] != 0x3D:
        raise InvalidFieldValue("no range unit", octets)
    if octets[:index].lower() != b"bytes":
        return None
    index += 1
    ranges: list[RangeSpec] = []
    while True:
        index = next_element(octets, index, length)
        if index >= length:
            break
        if len(ranges) >= limit:
            raise InvalidFieldValue("too many ranges", octets)
        index = skip_space(octets, _add_range(ranges, octets, index), length)
        if index < length and octets[index] != COMMA:
            raise InvalidFieldValue("malformed range", octets)
    if not ranges:
        raise InvalidFieldValue("no range", octets)
    return ranges


def _add_range(ranges: list[RangeSpec], octets: bytes, start: i64) -> i64:
    """Read one range that begins here; give the place behind it."""
    dash = _end_of_digits(octets, start)
    if dash >= len(octets) or octets[dash] != 0x2D:
        raise InvalidFieldValue("malformed range", octets)
    end = _end_of_digits(octets, dash + 1)
    if dash == start:
        if end == dash + 1:
            raise InvalidFieldValue("malformed range", octets)
        ranges.append(RangeSpec(None, _number(octets, dash + 1, end)))
    elif end == dash + 1:
        ranges.append(RangeSpec(_number(octets, start, dash), None))
    else:
        first = _number(octets, start, dash)
        last = _number(octets, dash + 1, end)
        if first > last:
            raise InvalidFieldValue("a range that ends before it begins", octets)
        ranges.append(RangeSpec(first, last))
    return end


def resolve_ranges(ranges: list[RangeSpec], length: int) -> list[range]:
    """Find out which bytes of a representation ranges mean (RFC 9110, sections 14.1.2 and 15.3.7.2).

    Ranges that overlap, or follow each other without a gap, become one; it is where the first of them was. What
    is left never has more bytes than the representation.

    Args:
        ranges: what `parse_range` gave.
        length: the length of the representation in bytes.

    Returns:
        Positions of bytes; no range of them is empty. An empty list says that nothing can be satisfied: the
        answer is 416 with `Content-Range: bytes */length`.

    Raises:
        ValueError: the length is negative or has more than 18 digits.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((ranges, list), (length, int))
        require(*[(spec, tuple) for spec in ranges])
        require(*[(number, INT_OR_NONE) for spec in ranges for number in spec])
    if not 0 <= length <= _LARGEST:
        raise ValueError("a length is 0 or more, of at most 18 digits")
    if len(ranges) == 1:
        only = _resolve(ranges[0], length)
        return [only] if only else []
    order: list[tuple[int, int, int]] = []
    for place, spec in enumerate(ranges):
        found = _resolve(spec, length)
        if found:
            order.append((found.start, found.stop, place))
    order.sort()
    # By place, one of each group of ranges that touch each other; the numbers of the last are still growing.
    merged: list[tuple[int, int, int]] = []
    for start, stop, place in order:
        if merged and start <= merged[-1][2]:
            before = merged[-1]
            merged[-1] = (min(before[0], place), before[1], max(before[2], stop))
        else:
            merged.append((place, start, stop))
    merged.sort()
    return [range(start, stop) for _, start, stop in merged]


def _resolve(spec: RangeSpec, length: int) -> range:
    """Give the bytes of one range; none where it cannot be satisfied."""
    first, last = spec
    if first is None:
        return range(max(length - (last or 0), 0), length)
    return range(first, length if last is None else min(last + 1, length))


def parse_content_range(value: str) -> ContentRange:
    """Read the value of Content-Range.

    Args:
        value: the field value, such as `bytes 0-499/1234`, `bytes 0-499/*` or `bytes */1234`.

    Raises:
        InvalidFieldValue: the value is malformed or contradicts itself, a number has more than 18 digits, or
            the unit is not bytes: such a response is not to be put together with others (RFC 9110, section 14.4).
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    octets = octets_of(value)
    if octets[:6].lower() != b"bytes ":
        raise InvalidFieldValue("no Content-Range of bytes", octets)
    size: i64 = len(octets)
    first: int | None = None
    last: int | None = None
    length: int | None = None
    slash: i64 = 7
    if octets[6:7] != b"*":
        dash = _end_of_digits(octets, 6)
        slash = _end_of_digits(octets, dash + 1)
        if octets[dash : dash + 1] != b"-":
            raise InvalidFieldValue("malformed Content-Range", octets)
        first = _exact_number(octets, 6, dash)
        last = _exact_number(octets, dash + 1, slash)
    if octets[slash : slash + 1] != b"/":
        raise InvalidFieldValue("malformed Content-Range", octets)
    if first is None or octets[slash + 1 :] != b"*":
        if _end_of_digits(octets, slash + 1) != size:
            raise InvalidFieldValue("malformed Content-Range", octets)
        length = _exact_number(octets, slash + 1, size)
    if first is not None and last is not None and (last < first or (length is not None and last >= length)):
        raise InvalidFieldValue("a Content-Range that contradicts itself", octets)
    return ContentRange(first, last, length)


def format_content_range(content_range: ContentRange) -> str:
    """Make the value of Content-Range.

    Args:
        content_range: what it says.

    Raises:
        LocalProtocolError: it has only one of `first` and `last`, neither part nor length, a negative number or one
            of more than 18 digits, or a part that ends before it begins or behind the length.
        TypeError: the argument is no ContentRange.
    """
    if INTERPRETED:
        require((content_range, tuple))
        require(*[(number, INT_OR_NONE) for number in content_range])
    first, last, length = content_range
    for number in content_range:
        if number is not None and not 0 <= number <= _LARGEST:
            raise LocalProtocolError("a position is 0 or more, of at most 18 digits")
    if first is None or last is None:
        if first is not last or length is None:
            raise LocalProtocolError("a Content-Range has a first and a last position, or a length alone")
        return f"bytes */{length:d}"
    if last < first or (length is not None and last >= length):
        raise LocalProtocolError("a Content-Range that contradicts itself")
    return f"bytes {first:d}-{last:d}/{'*' if length is None else int(length)}"


def parse_if_range(value: str, now: Timestamp) -> ETag | int:
    """Read the value of If-Range.

    Args:
        value: the field value: an entity tag or a date.
        now: seconds since the epoch, as for `parse_date`.

    Returns:
        The entity tag, or the date in seconds since the epoch.

    Raises:
        InvalidFieldValue: the value is neither.
        ValueError: `now` is not in the years 1 to 9999.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((value, str), (now, NUMBER))
    # Both may begin with a W, but only a date goes on with a letter.
    if value.startswith(('"', "W/")):
        return parse_etag(value)
    return parse_date(value, now)


def _end_of_digits(octets: bytes, start: i64) -> i64:
    """Give the place behind the digits that begin here."""
    length: i64 = len(octets)
    index = start
    while index < length and 0x30 <= octets[index] <= 0x39:
        index += 1
    return index


def _number(octets: bytes, start: i64, end: i64) -> i64:
    """Read digits, at least one; what has too many of them is the largest number."""
    while start < end and octets[start] == 0x30:
        start += 1
    if end - start > _DIGITS:
        return _LARGEST
    number: i64 = 0
    while start < end:
        number = number * 10 + octets[start] - 0x30
        start += 1
    return number


def _exact_number(octets: bytes, start: i64, end: i64) -> i64:
    """Read digits, one to eighteen.

    Raises:
        InvalidFieldValue: there are fewer or more.
    """
    if not 0 < end - start <= _DIGITS:
        raise InvalidFieldValue("a position of 1 to 18 digits expected", octets)
    return _number(octets, start, end)
