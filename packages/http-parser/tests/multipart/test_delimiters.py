"""What is a delimiter, and how often bytes are searched for one."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.multipart._delimiters import (
    BCHAR,
    BETWEEN,
    CLOSING,
    MALFORMED,
    OTHER,
    OVERPADDED,
    PADDING,
    UNDECIDED,
    Delimiter,
    find_in_lanes,
    judge_line,
    problem_of_boundary,
    shifts_of,
)


def test_the_characters_of_boundaries() -> None:
    others = b"'()+_,-./:=?"  # RFC 2046, section 5.1.1
    for octet in range(256):
        assert bool(BCHAR[octet]) == ((octet < 128 and chr(octet).isalnum()) or octet in others)


@pytest.mark.parametrize("octet", range(256))
def test_boundaries_of_one_character(octet: int) -> None:
    fine = BCHAR[octet] != 0
    assert (problem_of_boundary(chr(octet)) == "") == fine
    assert (problem_of_boundary(f"a{chr(octet)}b") == "") == (fine or octet == 0x20)


@pytest.mark.parametrize("octet", range(256))
def test_every_byte_after_the_boundary(octet: int) -> None:
    kind, end = judge_line(bytes([octet]) + b"\r\n", 0, False)
    if octet == 0x2D or BCHAR[octet]:
        assert kind == OTHER
    elif octet in b" \t":
        assert (kind, end) == (BETWEEN, 3)
    else:
        assert kind == MALFORMED


@pytest.mark.parametrize("octet", range(256))
def test_every_byte_after_the_closing_delimiter(octet: int) -> None:
    kind, end = judge_line(b"--" + bytes([octet]) + b"\r\n", 0, False)
    if BCHAR[octet]:
        assert kind == OTHER
    elif octet in b" \t":
        assert (kind, end) == (CLOSING, 3)
    else:
        assert kind == MALFORMED


@pytest.mark.parametrize(
    ("rest", "kind", "end", "kind_at_eof"),
    [
        (b"", UNDECIDED, 0, UNDECIDED),
        (b"\r", UNDECIDED, 0, UNDECIDED),
        (b"\r\n", BETWEEN, 2, BETWEEN),
        (b"\r\r\n", MALFORMED, 0, MALFORMED),
        (b" ", UNDECIDED, 0, UNDECIDED),
        (b" \t\r", UNDECIDED, 0, UNDECIDED),
        (b" \t\r\nx", BETWEEN, 4, BETWEEN),
        (b"-", UNDECIDED, 0, UNDECIDED),
        (b"-\r\n", OTHER, 0, OTHER),
        (b"- ", OTHER, 0, OTHER),
        (b"--", UNDECIDED, 0, CLOSING),
        (b"-- ", UNDECIDED, 0, CLOSING),
        (b"--\r", UNDECIDED, 0, UNDECIDED),
        (b"--\r\n", CLOSING, 2, CLOSING),
        (b"--\t\r\n", CLOSING, 3, CLOSING),
        (b"---", OTHER, 0, OTHER),
        (b" " * PADDING + b"\r\n", BETWEEN, PADDING + 2, BETWEEN),
        (b" " * PADDING, UNDECIDED, 0, UNDECIDED),
        (b" " * (PADDING + 1), OVERPADDED, 0, OVERPADDED),
        (b"--" + b" " * PADDING, UNDECIDED, 0, CLOSING),
        (b"--" + b" " * (PADDING + 1), OVERPADDED, 0, OVERPADDED),
    ],
)
def test_what_follows_the_boundary(rest: bytes, kind: int, end: int, kind_at_eof: int) -> None:
    assert judge_line(rest, 0, False) == (kind, end)
    assert judge_line(rest, 0, True)[0] == kind_at_eof


def test_searching_goes_on_where_it_stopped() -> None:
    delimiter = Delimiter("b")
    buffer = b"..\r\n--b..\r\n--b.."
    assert delimiter.search(buffer, 0, len(buffer)) == 2
    assert delimiter.search(buffer, 2, len(buffer)) == 2
    assert delimiter.search(buffer, 0, 1) == 1
    assert delimiter.search(buffer, 3, len(buffer)) == 9
    assert delimiter.search(buffer, 10, len(buffer)) == len(buffer)
    delimiter.restart()
    assert delimiter.search(buffer, 0, len(buffer)) == 2


def test_a_line_at_the_bound_is_found() -> None:
    for start in range(3):
        delimiter = Delimiter("b")
        assert delimiter.search(b"..\r\n--b..", start, 2) == 2
        assert delimiter.found
    delimiter = Delimiter("b")
    assert delimiter.search(b"..\r\n--b..", 0, 1) == 1
    assert not delimiter.found
    assert delimiter.search(b"..\r\n--b..", 0, 9) == 2


@pytest.mark.parametrize(
    ("one", "other", "collide"),
    [
        ("a", "a", True),
        ("a", "a--", True),
        ("a--", "a", True),
        ("a", "A", False),
        ("a", "a-", False),
        ("a", "ab", False),
        ("a", "a----", False),
    ],
)
def test_boundaries_that_cannot_be_told_apart(one: str, other: str, collide: bool) -> None:
    assert Delimiter(one).collides(other) == collide


# -- the search ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([b"\r\n--a", b"\r\n--aa", b"\r\n--ab-b", b"\r\n--\r\n--", b"\r\n--" + b"boundary" * 8]),
    st.lists(st.integers(0, 60), max_size=8),
    st.integers(0, 20),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)
def test_the_search_in_lanes_finds_what_find_does(
    octets: bytes, lengths: list[int], start: int, cut: int, random: Random
) -> None:
    # Beginnings, ends and copies of what is searched, between bytes that it consists of.
    data = b""
    for length in lengths:
        noise = bytes(random.choices(octets, k=length))
        data += random.choice([octets, octets[:length], octets[length % len(octets) :], b"-" * length, noise])
    stop = max(0, len(data) - cut)
    assert find_in_lanes(data, octets, shifts_of(octets), start, stop) == data.find(octets, start, stop)


class Counted(bytes):
    """Bytes that count how often one of them is looked at, and of those that are searched how many may be."""

    looked_at = 0

    def __getitem__(self, index: Any) -> Any:
        Counted.looked_at += 1
        return super().__getitem__(index)

    def find(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        found = super().find(sub, start, end)
        Counted.looked_at += (end if found < 0 else found + len(sub)) - start
        return found


@pytest.mark.skipif(not INTERPRETED, reason="compiled code looks at the bytes past their class")
@pytest.mark.parametrize(
    "data",
    [
        b"\r\n--b" * 3000,
        b"\r\n--b" * 600 + b"b" * 15_000,
        b"-" * 15_000 + b"\r\n--b" * 600,
        b"b" * 12_000 + b"\r\n--b" * 600 + b"\r\n---" * 600,
        (b"\r\n-bb" * 500 + b"\r\n--b") * 6,
        b"-" * 18_000,
        b"b" * 18_000,
    ],
    ids=range(7),
)
def test_the_search_looks_at_each_byte_a_few_times(data: bytes) -> None:
    """Whatever is found, and wherever: what a peer sends decides."""
    octets = b"\r\n--b"
    shifts = shifts_of(octets)
    counted = Counted(data)
    Counted.looked_at = 0
    start = 0
    while (start := find_in_lanes(counted, octets, shifts, start, len(data)) + 1) > 0:
        pass
    assert Counted.looked_at <= 6 * len(data)


@pytest.mark.parametrize("size", [5, 41, 4096, 9001])
def test_the_search_finds_it_everywhere(size: int) -> None:
    delimiter = Delimiter("b" * (size % 64 or 1))
    for place in {*range(0, size, 1 + size // 97), size - 1, size}:
        data = b"\r" * place + delimiter.octets + b"\r\n" * 9
        delimiter.restart()
        assert delimiter.search(data, 0, len(data)) == place
        if place:
            delimiter.restart()
            assert delimiter.search(data, 0, place - 1) == place - 1
        assert find_in_lanes(data, delimiter.octets, shifts_of(delimiter.octets), 0, len(data)) == place
