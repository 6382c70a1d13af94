"""What is a delimiter, and how often bytes are searched for one."""

from __future__ import annotations

import pytest

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
    judge_line,
    problem_of_boundary,
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
