"""Where data ends before the delimiters of multiparts within one another."""

from __future__ import annotations

import pytest

from tidewire_http_parser.multipart._delimiters import (
    BETWEEN,
    CLOSING,
    ENCLOSING,
    MALFORMED,
    OVERPADDED,
    PADDING,
    UNDECIDED,
    Delimiter,
)
from tidewire_http_parser.multipart._nested_delimiters import NestedDelimiters


def nested(*boundaries: str) -> NestedDelimiters:
    """The delimiters of some boundaries, the outermost first."""
    delimiters = NestedDelimiters(Delimiter(boundaries[0]))
    for boundary in boundaries[1:]:
        delimiters.enter(Delimiter(boundary))
    return delimiters


@pytest.mark.parametrize(
    ("data", "kind", "end", "line_end"),
    [
        (b"..\r\n--in\r\n..", BETWEEN, 2, 10),
        (b"..\r\n--in--\r\n..", CLOSING, 2, 10),
        (b"..\r\n--out\r\n..", ENCLOSING, 2, None),
        (b"..\r\n--out--\r\n..", ENCLOSING, 2, None),
        (b"..\r\n--out\r\n--in\r\n..", ENCLOSING, 2, None),
        (b"..\r\n--in\r\n--out\r\n..", BETWEEN, 2, 10),
        (b"..\r\n--in;\r\n..", MALFORMED, 2, None),
        (b"..\r\n--out;\r\n..", MALFORMED, 2, None),
        (b"..\r\n--in" + b" " * (PADDING + 1), OVERPADDED, 2, None),
        (b"..\r\n--inner\r\n--outer\r\n--in\r\n..", BETWEEN, 20, 28),
        (b"..\r\n--in", UNDECIDED, 2, None),
        (b"..\r\n--out--", UNDECIDED, 2, None),
    ],
)
def test_data_ends_where_the_first_of_them_begins(
    data: bytes, kind: int, end: int, line_end: int | None
) -> None:
    delimiters = nested("out", "in")
    assert delimiters.data_end(data, 0, False) == end
    assert delimiters.kind == kind
    if line_end is not None:
        assert delimiters.line_end == line_end


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (b"....", 4),
        (b"..\r", 2),
        (b"..\r\n--o", 2),
        (b"..\r\n--i", 2),
        (b"..\r\n--x", 7),
        (b"..\r\n--longer-tha", 2),
        (b"..\r\n--longer-thx", 16),
        (b"\r\n--o\r", 5),
        (b"..\r\n\r\n-", 4),
    ],
)
def test_what_may_become_one_is_held_back(data: bytes, end: int) -> None:
    delimiters = nested("out", "longer-than-that", "in")
    assert delimiters.data_end(data, 0, False) == end
    assert delimiters.kind == UNDECIDED


def test_what_was_read_is_not_held_back() -> None:
    delimiters = nested("out")
    assert delimiters.data_end(b"..\r\n--", 3, False) == 6


def test_the_end_of_the_content_ends_a_closing_delimiter() -> None:
    delimiters = nested("out")
    assert delimiters.data_end(b"..\r\n--out--", 0, True) == 2
    assert (delimiters.kind, delimiters.line_end) == (CLOSING, 11)


def test_who_leaves_is_parted_by_the_enclosing_delimiter_again() -> None:
    delimiters = nested("out", "in")
    data = b"..\r\n--in\r\n..\r\n--out\r\n"
    assert (delimiters.depth, delimiters.data_end(data, 0, False), delimiters.kind) == (1, 2, BETWEEN)
    assert (delimiters.data_end(data, 10, False), delimiters.kind) == (12, ENCLOSING)
    delimiters.leave()
    assert (delimiters.depth, delimiters.data_end(data, 10, False), delimiters.kind) == (0, 12, BETWEEN)
    assert delimiters.line_end == len(data)


def test_other_bytes_are_searched_from_their_beginning() -> None:
    delimiters = nested("out", "in")
    assert delimiters.data_end(b"." * 50, 0, False) == 50
    delimiters.restart()
    assert (delimiters.data_end(b"\r\n--out\r\n", 0, False), delimiters.kind) == (0, ENCLOSING)


@pytest.mark.parametrize(("boundary", "collide"), [("out--", True), ("in", True), ("inner", False)])
def test_a_boundary_collides_with_that_of_any_level(boundary: str, collide: bool) -> None:
    assert nested("out", "in").collide(boundary) == collide
