"""Dates of cookies are read as RFC 6265bis, section 5.1.1, says."""

from __future__ import annotations

import calendar
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import format_date, parse_cookie_date

JUNE = calendar.timegm((2021, 6, 9, 10, 18, 14))


@pytest.mark.parametrize(
    "value",
    [
        "Wed, 09 Jun 2021 10:18:14 GMT",
        "Wed, 09-Jun-21 10:18:14 GMT",
        "Wednesday, 09-Jun-21 10:18:14 GMT",
        "Wed Jun  9 10:18:14 2021",
        "10:18:14 9 june 2021",
        "2021 junk 9 10:18:14",  # a month goes by its first three letters
        "2021 9 10:18:14 JUNE",
        "9th Jun 2021 10:18:14.123",
        "Wed, 09 Jun 2021 10:18:14 +0200",  # time zones are passed over
        "Jun 9 21 10:18:14 22",  # the first of each kind counts
        "((9)) Jun [2021] @10:18:14",
        '"Wed, 09 Jun 2021 10:18:14 GMT"',
        "9\tJun\t2021\t10:18:14",
        "9 Jun 2021 10:18:14 Jul 3 11:11:11",
        "99999 9 Jun 2021 10:18:14",  # five digits are neither day nor year
    ],
)
def test_one_date_in_many_forms(value: str) -> None:
    assert parse_cookie_date(value) == JUNE


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("1 Jan 70 0:0:0", (1970, 1, 1, 0, 0, 0)),
        ("1 Jan 69 0:0:0", (2069, 1, 1, 0, 0, 0)),
        ("1 Jan 99 0:0:0", (1999, 1, 1, 0, 0, 0)),
        ("1 Jan 00 0:0:0", (2000, 1, 1, 0, 0, 0)),
        ("1 Jan 1601 00:00:00", (1601, 1, 1, 0, 0, 0)),
        ("31 Dec 9999 23:59:59", (9999, 12, 31, 23, 59, 59)),
        ("29 Feb 2024 1:2:3", (2024, 2, 29, 1, 2, 3)),
        (
            "12:00 Jan 2021 1:2:3",
            (2021, 1, 12, 1, 2, 3),
        ),  # 12:00 is no time, but a day with something behind it
    ],
)
def test_dates(value: str, date: tuple[int, int, int, int, int, int]) -> None:
    assert parse_cookie_date(value) == calendar.timegm(date)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "0",
        "Wed, 09 Jun 2021",
        "Wed, 09 Jun 10:18:14 GMT",
        "Wed, Jun 2021 10:18:14 GMT",
        "Wed, 09 2021 10:18:14 GMT",
        "Wed, 00 Jun 2021 10:18:14 GMT",
        "Wed, 32 Jun 2021 10:18:14 GMT",
        "Wed, 31 Jun 2021 10:18:14 GMT",
        "Wed, 29 Feb 2021 10:18:14 GMT",
        "Wed, 09 Jun 1600 10:18:14 GMT",
        "Wed, 09 Jun 100 10:18:14 GMT",
        "Wed, 09 Jun 20211 10:18:14 GMT",
        "Wed, 09 Jun 2021 24:00:00 GMT",
        "Wed, 09 Jun 2021 23:60:00 GMT",
        "Wed, 09 Jun 2021 23:59:60 GMT",
        "Wed, 09 Jun 2021 24:00:00 10:18:14 GMT",  # the first time counts, and is none
        "Wed, 09 Jun 2021 10:18:145 GMT",
        "Wed, 09 Jun 2021 10:18: GMT",
        "Wed, 09 Jun 2021 10:18 GMT",
        "Wed, 09 Jun 2021 :18:14 GMT",
        "Wed, 09 Jun 2021 100:18:14 GMT",
        "Wed, 09Jun2021 10:18:14 GMT",
        "Wed, 0\u0669 Jun 2021 10:18:14 GMT",
        "Wed,\u00a009 Jun 2021 10:18:14 GMT",  # a non-breaking space is no delimiter
        "\ud800",
    ],
)
def test_values_that_are_no_dates(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_cookie_date(value)


def test_delimiters() -> None:
    codes = {0x09, *range(0x20, 0x30), *range(0x3B, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F)}
    for code in range(256):
        value = f"9{chr(code)}Jun 2021 10:18:14"
        if code in codes:
            assert parse_cookie_date(value) == JUNE
        else:
            with pytest.raises(InvalidFieldValue):
                parse_cookie_date(value)


@pytest.mark.parametrize(
    "word", [f"1{chr(code)}:18:14" for code in range(256) if chr(code) not in "0123456789:"]
)
def test_characters_that_are_no_digits(word: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_cookie_date(f"9 Jun 2021 {word}")


@pytest.mark.parametrize("value", [None, b"1 Jan 70 0:0:0", 0])
def test_other_types(value: Any) -> None:
    with pytest.raises(TypeError):
        parse_cookie_date(value)


@given(st.integers(-11644473600, 253402300799))
def test_http_dates_are_dates_of_cookies(timestamp: int) -> None:
    assert parse_cookie_date(format_date(timestamp)) == timestamp
    assert parse_cookie_date(time.asctime(time.gmtime(timestamp))) == timestamp


@given(st.text(st.characters(codec=None)) | st.text("0129: ,-JunFeb"))
def test_nothing_else_is_raised(value: str) -> None:
    try:
        moment = parse_cookie_date(value)
    except InvalidFieldValue:
        return
    assert -11644473600 <= moment <= 253402300799
