"""Chunk-size lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidChunk, LineTooLong
from tidewire_http_parser._chunked import check_partial_chunk_size, parse_chunk_size


@pytest.mark.parametrize(
    ("line", "size"),
    [
        (b"0", 0),
        (b"00", 0),
        (b"a", 10),
        (b"Ff", 255),
        (b"80000000", 2**31),
        (b"100000000", 2**32),
        (b"f" * 15, 2**60 - 1),
        (b"5;a", 5),
        (b"5;a=b;c", 5),
        (b'5;a="\\"\t \xff"', 5),
    ],
)
def test_sizes(line: bytes, size: int) -> None:
    assert parse_chunk_size(line + b"\r\nrest", 0, 100, False)[::2] == (size, len(line) + 2)
    assert parse_chunk_size(b"before" + line + b"\r\nrest", 6, 100, False)[::2] == (size, len(line) + 8)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"g",
        b"-1",
        b"+1",
        b" 1",
        b"1 ",
        b"0x1",
        b"1_0",
        b"\xd9\xa1",
        b"1" * 16,
        b"1;",
        b"1;=",
        b"1;a=",
        b'1;a="',
    ],
)
def test_malformed(line: bytes) -> None:
    with pytest.raises(InvalidChunk) as caught:
        parse_chunk_size(b"skipped" + line + b"\r\nrest", 7, 100, False)
    assert caught.value.data.startswith(line)
    assert b"rest" not in caught.value.data


@pytest.mark.parametrize("end", [b"\n", b"\r\r\n", b"\r5\r\n", b"\n\r\n"])
def test_line_ends(end: bytes) -> None:
    with pytest.raises(InvalidChunk):
        parse_chunk_size(b"5" + end, 0, 100, False)


def test_the_limit_is_that_of_the_line_without_its_end() -> None:
    assert parse_chunk_size(b"1;a=b\r\n", 0, 5, False) == (1, 4, 7)
    with pytest.raises(LineTooLong) as caught:
        parse_chunk_size(b"1;a=bc\r\n", 0, 5, False)
    assert (caught.value.limit, caught.value.status) == (5, 400)


@pytest.mark.parametrize("line", [b"1;abc", b"1;abc\r"])
def test_a_partial_line_within_its_limit(line: bytes) -> None:
    check_partial_chunk_size(b"before" + line, 6, 5, False)


@pytest.mark.parametrize(
    ("line", "error"), [(b"1;abcde", LineTooLong), (b"1;abc\rX", InvalidChunk), (b"x" * 7, InvalidChunk)]
)
def test_a_partial_line_that_cannot_become_one(line: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_partial_chunk_size(line, 0, 5, False)


@pytest.mark.parametrize(
    ("line", "size", "behind"),
    [(b"5", 5, 0), (b"5 \t", 5, 2), (b"a;b", 10, 2), (b"a \t;b", 10, 4), (b"0 ", 0, 1)],
)
def test_white_space_after_the_size_where_it_is_overlooked(line: bytes, size: int, behind: int) -> None:
    assert parse_chunk_size(line + b"\r\n", 0, 100, True) == (size, behind, len(line) + 2)


@pytest.mark.parametrize("line", [b" 5", b"5 6", b"5 ; a", b"5;a ", b"5 \n", b"5 \r", b" "])
def test_white_space_elsewhere_is_not_overlooked(line: bytes) -> None:
    with pytest.raises(InvalidChunk):
        parse_chunk_size(line + b"\r\n", 0, 100, True)


@given(st.integers(0, 2**60 - 1))
def test_every_size_that_fits(size: int) -> None:
    assert parse_chunk_size(b"%x\r\n" % size, 0, 100, False)[0] == size


@given(st.integers(2**60, 2**70))
def test_no_size_that_does_not(size: int) -> None:
    with pytest.raises(InvalidChunk):
        parse_chunk_size(b"%x\r\n" % size, 0, 100, False)
