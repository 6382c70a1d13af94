"""HTTP dates go out as IMF-fixdates, whatever the locale and the time zone are, and come in in three forms."""

from __future__ import annotations

import calendar
import email.utils
import math
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import format_date, parse_date

FIRST = calendar.timegm((1, 1, 1, 0, 0, 0))
LAST = calendar.timegm((9999, 12, 31, 23, 59, 59))
NOW = calendar.timegm((2026, 7, 15, 12, 0, 0))


@pytest.mark.parametrize(
    ("timestamp", "date"),
    [
        (784111777, "Sun, 06 Nov 1994 08:49:37 GMT"),  # RFC 9110, section 5.6.7
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (0.999, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951782400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (2**31, "Tue, 19 Jan 2038 03:14:08 GMT"),
        (2**32, "Sun, 07 Feb 2106 06:28:16 GMT"),
        (FIRST, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (LAST, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
)
def test_dates(timestamp: float, date: str) -> None:
    assert format_date(timestamp) == date


@pytest.mark.parametrize(
    "timestamp", [FIRST - 1, LAST + 1, 2**63, 2**64, -(2**64), 1e300, math.inf, -math.inf, math.nan]
)
def test_moments_that_no_date_can_be_made_of(timestamp: float) -> None:
    with pytest.raises(ValueError, match=r".+"):
        format_date(timestamp)


@given(st.integers(0, LAST))
def test_other_readers_read_the_same(timestamp: int) -> None:
    date = format_date(timestamp)
    assert len(date) == 29
    if time.gmtime(timestamp).tm_year >= 1000:  # the reader takes smaller years for short ones
        assert email.utils.parsedate_to_datetime(date).timestamp() == timestamp


@pytest.mark.parametrize("timestamp", [None, "1", b"1", 1j])
def test_what_is_no_number_is_no_moment(timestamp: Any) -> None:
    with pytest.raises(TypeError):
        format_date(timestamp)
    with pytest.raises(TypeError):
        parse_date("Sun, 06 Nov 1994 08:49:37 GMT", timestamp)


@pytest.mark.parametrize(
    ("value", "timestamp"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777),
        ("Sun Nov  6 08:49:37 1994", 784111777),
        ("Sun Nov 16 08:49:37 1994", 784975777),
        ("Sun Nov 06 08:49:37 1994", 784111777),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
        ("Tue, 19 Jan 2038 03:14:08 GMT", 2**31),
        ("Sun, 07 Feb 2106 06:28:16 GMT", 2**32),
        ("Mon, 01 Jan 0001 00:00:00 GMT", FIRST),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LAST),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951782400),
        ("Thu, 31 Dec 1998 23:59:60 GMT", 915148800),  # a leap second
        ("Mon, 06 Nov 1994 08:49:37 GMT", 784111777),  # it was a Sunday
        ("Thu, 01 Jan 2026 00:00:00 GMT", 1767225600),
    ],
)
def test_dates_that_are_read(value: str, timestamp: int) -> None:
    assert parse_date(value, NOW) == timestamp
    assert parse_date(value, float(NOW)) == timestamp


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "Sun",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Son, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun,  6 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08-49-37 GMT",
        "Sun, 06 Nov 1994 0\u0668:49:37 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Thu, 29 Feb 1900 08:49:37 GMT",
        "Sun, 29 Feb 2026 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sunday, 06 Nov 94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 31-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMX",
        "Sunday, 06-Nov-94 24:49:37 GMT",
        "Sunday,x06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-94x08:49:37 GMT",
        "Sunday, 06-nov-94 08:49:37 GMT",
        "Sunday, 0x-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-9x 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:3",
        "Weekday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov 36 08:49:37 1994",
        "Sun Nov  0 08:49:37 1994",
        "Sun Nov  x 08:49:37 1994",
        "Sun Nov  : 08:49:37 1994",  # the character behind 9
        "Sun Nov  / 08:49:37 1994",  # the one before 0
        "Sun Nov /6 08:49:37 1994",
        "Sun Nov 1: 08:49:37 1994",
        "Sun Nov  6 08:49:37 0000",
        "Sun Nov  6 08:49:3x 1994",
        "Sun Nov  6 08:49:37x1994",
        "Sun Nov  6x08:49:37 1994",
        "Sun Nov  6 08:49:37 199x",
        "Sun nov  6 08:49:37 1994",
        "Son Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 GM\udc80",
        "\ud800" * 29,
    ],
)
def test_values_that_are_no_dates(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_date(value, NOW)


@pytest.mark.parametrize("year", [1900, 2000, 2023, 2024, 2100])
def test_each_month_ends_with_its_last_day(year: int) -> None:
    for month in range(1, 13):
        last = calendar.monthrange(year, month)[1]
        name = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * month - 3 : 3 * month]
        assert parse_date(f"Sun, {last} {name} {year} 00:00:00 GMT", NOW) == calendar.timegm(
            (year, month, last, 0, 0, 0)
        )
        with pytest.raises(InvalidFieldValue):
            parse_date(f"Sun, {last + 1} {name} {year} 00:00:00 GMT", NOW)


@pytest.mark.parametrize(
    ("now", "value", "year"),
    [
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 15-Jul-26 12:00:00 GMT", 2026),
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 15-Jul-76 12:00:00 GMT", 2076),  # exactly 50 years
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 15-Jul-76 12:00:01 GMT", 1976),
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 16-Jul-76 00:00:00 GMT", 1976),
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 01-Aug-76 00:00:00 GMT", 1976),
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 30-Jun-76 23:00:00 GMT", 2076),
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 15-Jul-77 12:00:00 GMT", 1977),
        ((2026, 7, 15, 12, 0, 0), "Wednesday, 15-Jul-00 12:00:00 GMT", 2000),
        ((1999, 12, 31, 0, 0, 0), "Saturday, 01-Jan-00 12:00:00 GMT", 2000),
        ((1999, 12, 31, 0, 0, 0), "Saturday, 01-Jan-49 12:00:00 GMT", 2049),
        ((1999, 12, 31, 0, 0, 0), "Saturday, 01-Jan-50 12:00:00 GMT", 1950),
        ((2080, 1, 1, 0, 0, 0), "Saturday, 01-Jan-29 12:00:00 GMT", 2129),
    ],
)
def test_a_year_of_two_digits_is_at_most_fifty_years_away(
    now: tuple[int, int, int, int, int, int], value: str, year: int
) -> None:
    assert time.gmtime(parse_date(value, calendar.timegm(now))).tm_year == year


@pytest.mark.parametrize("now", [FIRST - 1, LAST + 1, math.nan, math.inf, -math.inf, 2**64])
def test_now_is_a_moment(now: float) -> None:
    with pytest.raises(ValueError, match="now"):
        parse_date("Sun, 06 Nov 1994 08:49:37 GMT", now)


@given(st.integers(FIRST, LAST))
@example(FIRST)
@example(LAST)
def test_what_is_written_is_read(timestamp: int) -> None:
    assert parse_date(format_date(timestamp), NOW) == timestamp
    if timestamp >= calendar.timegm((1000, 1, 1, 0, 0, 0)):
        assert parse_date(time.asctime(time.gmtime(timestamp)), NOW) == timestamp


@given(st.integers(NOW - 49 * 365 * 86400, NOW + 49 * 365 * 86400))
def test_recent_dates_of_rfc_850_are_read(timestamp: int) -> None:
    moment = time.gmtime(timestamp)
    day = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")[moment.tm_wday] + "day"
    date = format_date(timestamp)
    value = f"{day}, {date[5:7]}-{date[8:11]}-{date[14:16]} {date[17:25]} GMT"
    assert parse_date(value, NOW) == timestamp


@given(st.text(st.characters(codec=None)) | st.text("SunNov, 0619-:GMT"))
def test_nothing_else_is_raised(value: str) -> None:
    try:
        moment = parse_date(value, NOW)
    except InvalidFieldValue:
        return
    assert FIRST <= moment <= LAST
