"""HTTP dates are IMF-fixdates, whatever the locale and the time zone are."""

from __future__ import annotations

import calendar
import email.utils
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser.field_values import format_date

FIRST = calendar.timegm((1, 1, 1, 0, 0, 0))
LAST = calendar.timegm((9999, 12, 31, 23, 59, 59))


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
