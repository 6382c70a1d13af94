# Compiled by mypyc.
"""The dates of cookies, read as browsers read them (RFC 6265bis, section 5.1.1).

That is by far more lenient than HTTP dates are: a date is a bag of words, and the first that looks like a time, a
day, a month or a year is it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import InvalidFieldValue
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._dates import NO_MOMENT, seconds_since_epoch
from tidewire_http_parser.field_values._octets import octets_of

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["parse_cookie_date"]

# `delimiter` of the grammar: HTAB, and printable ASCII without digits, letters and the colon.
_DELIMITER: Final = bytes(
    [
        1
        if octet == 0x09
        or 0x20 <= octet <= 0x2F
        or 0x3B <= octet <= 0x40
        or 0x5B <= octet <= 0x60
        or 0x7B <= octet <= 0x7E
        else 0
        for octet in range(256)
    ]
)

# A time such as 24:00:00: it is the date's time, and makes the date invalid.
_OUT_OF_BOUNDS: Final = 1000000

_MONTH_NUMBERS: Final[dict[bytes, int]] = {
    b"jan": 1,
    b"feb": 2,
    b"mar": 3,
    b"apr": 4,
    b"may": 5,
    b"jun": 6,
    b"jul": 7,
    b"aug": 8,
    b"sep": 9,
    b"oct": 10,
    b"nov": 11,
    b"dec": 12,
}


def parse_cookie_date(value: str) -> int:
    """Read the date of a cookie (RFC 6265bis, section 5.1.1).

    What is neither time nor day, month or year is passed over, time zones among it: every date is read as
    Greenwich time. A year of two digits is 1970 to 2069.

    Args:
        value: the date, such as `Wed, 09 Jun 2021 10:18:14 GMT` or `Wed, 09-Jun-21 10:18:14 GMT`.

    Returns:
        Seconds since the epoch; negative before it.

    Raises:
        InvalidFieldValue: a part is missing or out of its bounds, the year is before 1601, or the date is in no
            calendar.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    octets = octets_of(value)
    moment = cookie_date(octets)
    if moment == NO_MOMENT:
        raise InvalidFieldValue("no date of a cookie", octets)
    return moment


def cookie_date(octets: bytes) -> i64:
    """Read the date of a cookie; gives `NO_MOMENT` for what is none."""
    seconds: i64 = -1
    day: i64 = -1
    month: i64 = 0
    year: i64 = -1
    length: i64 = len(octets)
    start: i64 = 0
    while start < length:
        if _DELIMITER[octets[start]]:
            start += 1
            continue
        end = start + 1
        while end < length and not _DELIMITER[octets[end]]:
            end += 1
        # Each word is the first thing that it can be and that was not found before.
        word_is: i64 = -1
        if seconds < 0:
            word_is = seconds = _time(octets, start, end)
        if word_is < 0 and day < 0:
            word_is = day = _number(octets, start, end, 1, 2)
        if word_is < 0 and month == 0:
            month = _MONTH_NUMBERS.get(octets[start : start + 3].lower(), 0) if end - start >= 3 else 0
            word_is = month - 1
        if word_is < 0 and year < 0:
            year = _number(octets, start, end, 2, 4)
        start = end
    if 0 <= year < 70:
        year += 2000
    elif 70 <= year < 100:
        year += 1900
    if seconds < 0 or seconds == _OUT_OF_BOUNDS or day < 0 or month == 0 or year < 1601:
        return NO_MOMENT
    return seconds_since_epoch(year, month, day, seconds)


def _time(octets: bytes, start: i64, end: i64) -> i64:
    """Read `hms-time`: three numbers of one or two digits with colons, and no digit behind them.

    Gives seconds since midnight, `_OUT_OF_BOUNDS`, or -1 for a word that is no time.
    """
    parts: i64 = 0
    total: i64 = 0
    valid = True
    index = start
    while True:
        if index >= end or octets[index] < 0x30 or octets[index] > 0x39:
            return -1
        number: i64 = octets[index]
        number -= 0x30
        index += 1
        if index < end and 0x30 <= octets[index] <= 0x39:
            number = number * 10 + octets[index] - 0x30
            index += 1
        if number > (23 if parts == 0 else 59):
            valid = False
        total = total * 60 + number
        parts += 1
        if parts == 3:
            break
        if index >= end or octets[index] != 0x3A:
            return -1
        index += 1
    if index < end and 0x30 <= octets[index] <= 0x39:
        return -1
    return total if valid else _OUT_OF_BOUNDS


def _number(octets: bytes, start: i64, end: i64, least: i64, most: i64) -> i64:
    """Read a number of so many digits at a word's start, with no digit behind it; gives -1 for none."""
    index = start
    number: i64 = 0
    while index < end and 0x30 <= octets[index] <= 0x39:
        if index - start == most:
            return -1
        number = number * 10 + octets[index] - 0x30
        index += 1
    return number if index - start >= least else -1
