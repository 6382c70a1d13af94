# Compiled by mypyc.
"""HTTP dates (RFC 9110, section 5.6.7)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import InvalidFieldValue
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._octets import octets_of

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_date", "parse_date"]

# Not strftime(): that follows the locale.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DAY_NAMES: Final = {day.encode() for day in _DAYS}
_LONG_DAY_NAMES: Final = {
    b"Monday",
    b"Tuesday",
    b"Wednesday",
    b"Thursday",
    b"Friday",
    b"Saturday",
    b"Sunday",
}
_MONTH_NUMBERS: Final[dict[bytes, int]] = {
    month.encode(): number for number, month in enumerate(_MONTHS, start=1)
}
_MONTH_LENGTHS: Final = bytes([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

# What `seconds_since_epoch` returns for a date that is in no calendar; far below every date that is in one.
NO_MOMENT: Final = -4611686018427387904

# The years 1 to 9999, in seconds.
_FIRST: Final = -62135596800
_LAST: Final = 253402300799

# Seconds since the epoch. Where it expects a float compiled code takes whatever can be made one, here it does not.
Timestamp = int | float
NUMBER: Final = (int, float)


def format_date(timestamp: Timestamp) -> str:
    """Format a moment as an IMF-fixdate, such as `Sun, 06 Nov 1994 08:49:37 GMT`.

    Args:
        timestamp: seconds since the epoch; fractions are cut off.

    Raises:
        ValueError: the moment is before the year 1 or after the year 9999, or is no moment.
        TypeError: the timestamp is no number.
    """
    if INTERPRETED:
        require((timestamp, NUMBER))
    if not _FIRST <= timestamp < _LAST + 1:
        raise ValueError("an HTTP date is in the years 1 to 9999")
    moment = time.gmtime(timestamp)
    return (
        f"{_DAYS[moment.tm_wday]}, {moment.tm_mday:02} {_MONTHS[moment.tm_mon - 1]} {moment.tm_year:04} "
        f"{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02} GMT"
    )


def parse_date(value: str, now: Timestamp) -> int:
    """Read an HTTP date in one of its three forms (RFC 9110, section 5.6.7).

    The forms are IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`), that of RFC 850 (`Sunday, 06-Nov-94 08:49:37 GMT`)
    and that of asctime (`Sun Nov  6 08:49:37 1994`), each to the letter: dates are case-sensitive. The name of the
    day has to be one, but is not compared with the date. A leap second is the second after it.

    Args:
        value: the field value.
        now: seconds since the epoch. A year of two digits is the latest that makes a date of at most 50 years
            from now; nothing else depends on it.

    Returns:
        Seconds since the epoch; negative before it.

    Raises:
        InvalidFieldValue: the value is no HTTP date, or its date is in no calendar.
        ValueError: `now` is not in the years 1 to 9999.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((value, str), (now, NUMBER))
    if not _FIRST <= now <= _LAST:
        raise ValueError("now is not in the years 1 to 9999")
    octets = octets_of(value)
    length: i64 = len(octets)
    moment: i64 = NO_MOMENT
    if length == 29 and octets[3] == 0x2C:
        moment = _imf_fixdate(octets)
    elif length == 24 and octets[3] == 0x20:
        moment = _asctime_date(octets)
    else:
        moment = _rfc850_date(octets, int(now))
    if moment == NO_MOMENT:
        raise InvalidFieldValue("no HTTP date", octets)
    return moment


def seconds_since_epoch(year: i64, month: i64, day: i64, seconds: i64) -> i64:
    """Give the moment of a date and the seconds since its midnight, or `NO_MOMENT` where there is no such date.

    Args:
        year: 1 to 9999.
        month: 1 to 12.
        day: any number; that of what was no number is below 1 too.
        seconds: 0 to 86400.
    """
    last: i64 = _MONTH_LENGTHS[month]
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        last = 29
    if year < 1 or day < 1 or day > last:
        return NO_MOMENT
    # Years that begin in March, so that the leap day is the last one; eras of 400 years are all equally long.
    if month <= 2:
        year -= 1
        month += 12
    days = year * 365 + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1
    return (days - 719468) * 86400 + seconds


def _imf_fixdate(octets: bytes) -> i64:
    """`Sun, 06 Nov 1994 08:49:37 GMT`, 29 octets."""
    month: i64 = _MONTH_NUMBERS.get(octets[8:11], 0)
    if month == 0 or octets[0:3] not in _DAY_NAMES or octets[25:29] != b" GMT":
        return NO_MOMENT
    if octets[4] != 0x20 or octets[7] != 0x20 or octets[11] != 0x20 or octets[16] != 0x20:
        return NO_MOMENT
    day = _two_digits(octets, 5)
    century = _two_digits(octets, 12)
    year = _two_digits(octets, 14)
    seconds = _time_of_day(octets, 17)
    if century < 0 or year < 0 or seconds < 0:
        return NO_MOMENT
    return seconds_since_epoch(century * 100 + year, month, day, seconds)


def _asctime_date(octets: bytes) -> i64:
    """`Sun Nov  6 08:49:37 1994`, 24 octets."""
    month: i64 = _MONTH_NUMBERS.get(octets[4:7], 0)
    if month == 0 or octets[0:3] not in _DAY_NAMES:
        return NO_MOMENT
    if octets[7] != 0x20 or octets[10] != 0x20 or octets[19] != 0x20:
        return NO_MOMENT
    if octets[8] == 0x20:
        day: i64 = octets[9]
        day = day - 0x30 if 0x30 <= day <= 0x39 else -1
    else:
        day = _two_digits(octets, 8)
    century = _two_digits(octets, 20)
    year = _two_digits(octets, 22)
    seconds = _time_of_day(octets, 11)
    if century < 0 or year < 0 or seconds < 0:
        return NO_MOMENT
    return seconds_since_epoch(century * 100 + year, month, day, seconds)


def _rfc850_date(octets: bytes, now: i64) -> i64:
    """`Sunday, 06-Nov-94 08:49:37 GMT`; what follows the name of the day is 24 octets."""
    comma: i64 = octets.find(b",", 0, 10)
    if comma < 0 or len(octets) - comma != 24 or octets[:comma] not in _LONG_DAY_NAMES:
        return NO_MOMENT
    month: i64 = _MONTH_NUMBERS.get(octets[comma + 5 : comma + 8], 0)
    if month == 0 or octets[comma + 20 : comma + 24] != b" GMT":
        return NO_MOMENT
    if octets[comma + 1] != 0x20 or octets[comma + 11] != 0x20:
        return NO_MOMENT
    if octets[comma + 4] != 0x2D or octets[comma + 8] != 0x2D:
        return NO_MOMENT
    day = _two_digits(octets, comma + 2)
    year = _two_digits(octets, comma + 9)
    seconds = _time_of_day(octets, comma + 12)
    if year < 0 or seconds < 0:
        return NO_MOMENT
    today = time.gmtime(now)
    # The last moment that counts as at most 50 years away, as one number for each part but the year.
    this_second: i64 = today.tm_hour * 3600 + today.tm_min * 60 + today.tm_sec
    this_moment: i64 = (today.tm_mon * 100 + today.tm_mday) * 100000 + this_second
    last_year: i64 = today.tm_year + 50
    if (month * 100 + day) * 100000 + seconds > this_moment:
        last_year -= 1
    return seconds_since_epoch(last_year - (last_year - year) % 100, month, day, seconds)


def _time_of_day(octets: bytes, start: i64) -> i64:
    """Read `08:49:37`, eight octets; gives seconds, -1 where it is no time."""
    hour = _two_digits(octets, start)
    minute = _two_digits(octets, start + 3)
    second = _two_digits(octets, start + 6)
    if octets[start + 2] != 0x3A or octets[start + 5] != 0x3A:
        return -1
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 60:
        return -1
    return hour * 3600 + minute * 60 + second


def _two_digits(octets: bytes, start: i64) -> i64:
    """Read two digits; gives -1 where they are none."""
    tens: i64 = octets[start]
    ones: i64 = octets[start + 1]
    if tens < 0x30 or tens > 0x39 or ones < 0x30 or ones > 0x39:
        return -1
    return (tens - 0x30) * 10 + ones - 0x30
