"""Ranges are read, resolved and written as RFC 9110, section 14, says."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import (
    ContentRange,
    ETag,
    RangeSpec,
    format_content_range,
    parse_content_range,
    parse_if_range,
    parse_range,
    resolve_ranges,
)

NOW = 1_800_000_000
LARGEST = 10**18 - 1


@pytest.mark.parametrize(
    ("value", "ranges"),
    [
        ("bytes=0-499", [(0, 499)]),
        ("bytes=9500-", [(9500, None)]),
        ("bytes=-500", [(None, 500)]),
        ("bytes=-0", [(None, 0)]),
        ("BYTES=0-0", [(0, 0)]),
        ("bytes=0-0,-1", [(0, 0), (None, 1)]),
        ("bytes= 0-999 ,\t4500-5499,, -1000 ,", [(0, 999), (4500, 5499), (None, 1000)]),
        ("bytes=007-8", [(7, 8)]),
        ("bytes=0-2147483648", [(0, 2**31)]),
        ("bytes=0-4294967296", [(0, 2**32)]),
        ("bytes=0-999999999999999999", [(0, LARGEST)]),
        ("bytes=0-9223372036854775808", [(0, LARGEST)]),
        ("bytes=0-18446744073709551616", [(0, LARGEST)]),
        ("bytes=0-18446744073709551621", [(0, LARGEST)]),
        ("bytes=18446744073709551621-", [(LARGEST, None)]),
        ("bytes=-18446744073709551621", [(None, LARGEST)]),
        ("bytes=" + "0" * 100 + "1-2", [(1, 2)]),
    ],
)
def test_ranges(value: str, ranges: list[tuple[int | None, int | None]]) -> None:
    assert parse_range(value) == ranges


@pytest.mark.parametrize("character", ["/", ":", "*", "\x00"])
def test_characters_beside_the_digits_are_none(character: str) -> None:
    for value in (f"bytes={character}-1", f"bytes=0-{character}", f"bytes=-{character}"):
        with pytest.raises(InvalidFieldValue):
            parse_range(value)


@pytest.mark.parametrize("value", ["items=0-5", "byte=0-5", "bytes2=x", "x="])
def test_a_range_of_another_unit_is_ignored(value: str) -> None:
    assert parse_range(value) is None


@pytest.mark.parametrize(
    "value",
    [
        *("", "=", "=0-1", "bytes", "bytes 0-1", "bytes =0-1", " bytes=0-1", "b\u00fctes=0-1", "bytes:0-1"),
        *("bytes=", "bytes=,", "bytes= , ", "bytes=-", "bytes=0", "bytes=a-b", "bytes=0-1-2", "bytes=--1"),
        *(
            "bytes=0 -1",
            "bytes=0- 1",
            "bytes=1-0",
            "bytes=0-1 2-3",
            "bytes=0-1;2-3",
            "bytes=+0-1",
            "bytes=0x0-1",
        ),
        *("bytes=\u0660-1", "bytes=0-\u00b2", "bytes=0-1\x00", "bytes=0-1, x", "bytes=0-1,\ud800"),
    ],
)
def test_malformed_ranges(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_range(value)


def test_there_are_not_more_ranges_than_the_limit() -> None:
    value = "bytes=" + ",".join(["0-1"] * 16)
    assert len(parse_range(value) or []) == 16
    assert len(parse_range(value + ", ,") or []) == 16
    with pytest.raises(InvalidFieldValue):
        parse_range(value + ",2-3")
    assert len(parse_range(value + ",2-3", 17) or []) == 17
    with pytest.raises(InvalidFieldValue):
        parse_range("bytes=0-1", 0)


@pytest.mark.parametrize(
    ("value", "length", "expected"),
    [
        ("0-499", 10000, [(0, 500)]),
        ("500-999", 10000, [(500, 1000)]),
        ("9500-", 10000, [(9500, 10000)]),
        ("-500", 10000, [(9500, 10000)]),
        ("-500", 100, [(0, 100)]),
        ("0-499", 100, [(0, 100)]),
        ("99-", 100, [(99, 100)]),
        ("100-", 100, []),
        ("100-200", 100, []),
        ("-0", 100, []),
        ("0-", 0, []),
        ("-5", 0, []),
        ("0-18446744073709551621", 100, [(0, 100)]),
        ("-18446744073709551621", 100, [(0, 100)]),
        ("18446744073709551621-", 100, []),
        ("0-0,-1", 100, [(0, 1), (99, 100)]),
        ("-1,0-0", 100, [(99, 100), (0, 1)]),
        ("500-,0-10", 100, [(0, 11)]),
        ("0-10,5-20", 100, [(0, 21)]),
        ("5-20,0-10", 100, [(0, 21)]),
        ("0-10,11-20", 100, [(0, 21)]),
        ("0-10,12-20", 100, [(0, 11), (12, 21)]),
        ("50-60,0-10,61-70,5-6", 100, [(50, 71), (0, 11)]),
        ("80-90,0-10,20-30,5-25", 100, [(80, 91), (0, 31)]),
        ("0-,0-,0-", 100, [(0, 100)]),
        ("100-,200-", 100, []),
        ("0-,-0", 0, []),
    ],
)
def test_resolving(value: str, length: int, expected: list[tuple[int, int]]) -> None:
    ranges = parse_range(f"bytes={value}")
    assert ranges is not None
    assert resolve_ranges(ranges, length) == [range(*each) for each in expected]


def test_resolving_nothing() -> None:
    assert resolve_ranges([], 100) == []


@pytest.mark.parametrize("length", [-1, 10**18])
def test_lengths_that_are_none(length: int) -> None:
    with pytest.raises(ValueError, match="length"):
        resolve_ranges([RangeSpec(0, None)], length)


SPECS = st.one_of(
    st.builds(RangeSpec, st.none(), st.integers(0, 40)),
    st.builds(RangeSpec, st.integers(0, 40), st.none()),
    st.builds(lambda first, more: RangeSpec(first, first + more), st.integers(0, 40), st.integers(0, 20)),
)


@given(st.lists(SPECS, max_size=8), st.integers(0, 45))
def test_resolved_ranges_have_the_bytes_that_were_asked_for(ranges: list[RangeSpec], length: int) -> None:
    wanted: list[set[int]] = []
    for first, last in ranges:
        content = range(length)
        if first is None:
            wanted.append(set(content[length - min(last or 0, length) :]))
        else:
            wanted.append(set(content[first:] if last is None else content[first : last + 1]))
    resolved = resolve_ranges(ranges, length)
    assert sorted(byte for found in resolved for byte in found) == sorted(set().union(*wanted))
    for one in resolved:
        assert len(one) > 0
        assert all(one is other or one.stop < other.start or other.stop < one.start for other in resolved)
    # They are in the order in which the first of each was asked for.
    places = [min(place for place, bytes_ in enumerate(wanted) if bytes_ & set(found)) for found in resolved]
    assert places == sorted(places)


@given(st.lists(SPECS, min_size=1, max_size=8))
def test_what_is_asked_for_is_read(ranges: list[RangeSpec]) -> None:
    specs = ["-".join("" if number is None else str(number) for number in spec) for spec in ranges]
    assert parse_range("bytes=" + ", ".join(specs)) == ranges


@pytest.mark.parametrize(
    ("value", "content_range"),
    [
        ("bytes 0-499/1234", ContentRange(0, 499, 1234)),
        ("bytes 734-1233/1234", ContentRange(734, 1233, 1234)),
        ("bytes 42-1233/*", ContentRange(42, 1233, None)),
        ("bytes */1234", ContentRange(None, None, 1234)),
        ("bytes */0", ContentRange(None, None, 0)),
        ("bytes 0-0/1", ContentRange(0, 0, 1)),
        (
            "bytes 999999999999999998-999999999999999998/999999999999999999",
            ContentRange(LARGEST - 1, LARGEST - 1, LARGEST),
        ),
    ],
)
def test_content_ranges(value: str, content_range: ContentRange) -> None:
    assert parse_content_range(value) == content_range
    assert parse_content_range(value.replace("bytes", "BYTES")) == content_range
    assert format_content_range(content_range) == value


@pytest.mark.parametrize(
    "value",
    [
        *("", "bytes", "bytes ", "bytes=0-1/2", "bytes  0-1/2", "bytes 0-1", "bytes 0-1/", "bytes 0-1/2 "),
        *(
            "bytes */*",
            "bytes *",
            "bytes */",
            "bytes */a",
            "bytes -1/2",
            "bytes 0-/2",
            "bytes 0/2",
            "bytes a-b/2",
        ),
        *("bytes 1-0/2", "bytes 0-2/2", "bytes 0-1/1", "items 0-1/2", "bytes 0-1/**", "bytes 0- 1/2"),
        *("bytes 0-1/2147483648a", "bytes 0-1/1000000000000000000", "bytes 0-9223372036854775808/*"),
        *("bytes 0-18446744073709551616/*", "bytes 18446744073709551621-18446744073709551622/*"),
        *("bytes \u0660-1/2", "bytes 0-1/\u00b2", "bytes **/2", "bytes 0-1\x00/2", "bytes 0-1/\ud800"),
    ],
)
def test_malformed_content_ranges(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_content_range(value)


@pytest.mark.parametrize(
    "content_range",
    [
        ContentRange(None, None, None),
        ContentRange(0, None, 1),
        ContentRange(None, 0, 1),
        ContentRange(-1, 0, 1),
        ContentRange(1, 0, 2),
        ContentRange(0, 1, 1),
        ContentRange(None, None, -1),
        ContentRange(0, 10**18, None),
        ContentRange(None, None, 2**64),
    ],
)
def test_content_ranges_that_may_not_go_out(content_range: ContentRange) -> None:
    with pytest.raises(LocalProtocolError):
        format_content_range(content_range)


def test_numbers_of_other_kinds_go_out_as_numbers() -> None:
    number: Any = HTTPStatus.OK
    assert format_content_range(ContentRange(False, True, number)) == "bytes 0-1/200"
    assert format_content_range(ContentRange(None, None, True)) == "bytes */1"


@given(st.builds(ContentRange, *[st.none() | st.integers(-1, 5) | st.integers(0, 10**19)] * 3))
def test_what_is_sent_is_read_as_it_was_meant(content_range: ContentRange) -> None:
    try:
        value = format_content_range(content_range)
    except LocalProtocolError:
        return
    assert parse_content_range(value) == content_range


@pytest.mark.parametrize(
    ("value", "validator"),
    [
        ('"a"', ETag("a")),
        ('W/"a"', ETag("a", True)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777),
        ("Wednesday, 09-Nov-94 08:49:37 GMT", 784370977),
        ("Wed Nov  9 08:49:37 1994", 784370977),
    ],
)
def test_if_range(value: str, validator: ETag | int) -> None:
    assert parse_if_range(value, NOW) == validator


@pytest.mark.parametrize("value", ["", "*", "a", '"a', "W/", '"a", "b"', "Sun, 06 Nov 1994"])
def test_malformed_if_range(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_if_range(value, NOW)


@pytest.mark.parametrize(
    "call",
    [
        lambda: parse_range(b"bytes=0-1"),  # type: ignore[arg-type]
        lambda: parse_range("bytes=0-1", "1"),  # type: ignore[arg-type]
        lambda: resolve_ranges((), 1),  # type: ignore[arg-type]
        lambda: resolve_ranges([[0, 1]], 1),  # type: ignore[list-item]
        lambda: resolve_ranges([RangeSpec(0, "1")], 1),  # type: ignore[arg-type]
        lambda: resolve_ranges([RangeSpec(0, 1.0)], 1),  # type: ignore[arg-type]
        lambda: resolve_ranges([RangeSpec(0, 1)], 1.0),  # type: ignore[arg-type]
        lambda: parse_content_range(None),  # type: ignore[arg-type]
        lambda: format_content_range("bytes */1"),  # type: ignore[arg-type]
        lambda: format_content_range([0, 1, 2]),  # type: ignore[arg-type]
        lambda: format_content_range(ContentRange(0, 1, 2.0)),  # type: ignore[arg-type]
        lambda: parse_if_range(b'"a"', NOW),  # type: ignore[arg-type]
        lambda: parse_if_range('"a"', None),  # type: ignore[arg-type]
    ],
)
def test_other_types(call: Any) -> None:
    with pytest.raises(TypeError):
        call()


@given(st.text(st.characters(codec=None)) | st.text("bytes=0129-,/* "))
def test_nothing_else_is_raised(value: str) -> None:
    for prefix in ("", "bytes=", "bytes "):
        for function in (parse_range, parse_content_range, lambda text: parse_if_range(text, NOW)):
            try:
                function(prefix + value)
            except InvalidFieldValue:
                continue


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["0-1,", ",", "0", "-", " ", "9-,", "\u20ac", "0-0 "])
def test_a_value_of_a_megabyte_gives_a_bounded_number_of_ranges(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    for value in (f"bytes={text}0-1", f"bytes={text}", f"bytes {text}", text):
        for function in (parse_range, parse_content_range):
            try:
                ranges = function(value)
            except InvalidFieldValue:
                continue
            assert ranges is None or len(ranges) <= 16


@pytest.mark.slow
def test_many_ranges_are_resolved_in_one_sweep() -> None:
    count = 50_000
    apart = [RangeSpec(4 * place, 4 * place) for place in range(count)]
    assert len(resolve_ranges(apart[::-1], 4 * count)) == count
    nested = [RangeSpec(place, 2 * count - place) for place in range(count)]
    assert resolve_ranges(nested[::-1], 4 * count) == [range(2 * count + 1)]
