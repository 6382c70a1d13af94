"""Bytes in the pieces that they came in."""

from __future__ import annotations

import itertools
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_io._piece_queue import PieceQueue

MUCH: Final = 2**62


def put(queue: PieceQueue, piece: bytes) -> None:
    queue.append(piece, len(piece))


def made(*pieces: bytes) -> PieceQueue:
    """A queue with some pieces."""
    queue = PieceQueue()
    for piece in pieces:
        put(queue, piece)
    return queue


def take_until(queue: PieceQueue, separator: bytes) -> bytes | None:
    """What comes before a separator, and the separator; None where there is none."""
    end = queue.find_end(separator)
    return None if end < 0 else queue.take(end)


def test_pieces_are_joined_and_cut() -> None:
    queue = made(b"abc", b"def", b"x" * 5000, b"yz")
    assert queue.size == 5008
    assert queue.take(4) == b"abcd"
    assert queue.take(2) == b"ef"
    assert queue.take(0) == queue.take(-1) == b""
    assert queue.take(4999) == b"x" * 4999
    assert queue.take(2) == b"xy"
    assert queue.take_all() == b"z"
    assert queue.take_all() == queue.take(1) == b""
    assert queue.size == 0


def test_some_of_the_bytes_are_all_of_a_few_and_the_first_piece_of_many() -> None:
    assert made(b"abc", b"def").take_any(MUCH) == b"abcdef"
    large = bytes(30_000)
    queue = made(b"abc", large, b"def", b"x" * 5000)
    taken = []
    while piece := queue.take_any(MUCH):
        taken.append(piece)
    assert b"".join(taken) == b"abc" + large + b"def" + b"x" * 5000
    assert any(piece is large for piece in taken)
    queue = made(large, large)
    assert queue.take_any(40_000) is large
    assert [len(queue.take_any(20_000)) for _ in range(3)] == [20_000, 10_000, 0]
    assert made(b"abc", b"def").take_any(4) == b"abcd"
    assert made(large, large).take_any(0) == b""
    assert made().take_any(1) == b""


def test_small_pieces_between_large_ones_are_bounded_by_bytes() -> None:
    queue = made(*itertools.chain.from_iterable([b"x" * 4096, b"y", b"z"] for _ in range(100)))
    assert queue.pieces <= 2 * queue.size // 4096 + 2
    assert queue.take_all() == (b"x" * 4096 + b"yz") * 100


def test_many_pieces_pass_in_order() -> None:
    pieces = [bytes([number]) * 4096 for number in range(256)]
    queue = made(*pieces)
    for number in range(256):
        assert queue.take(4096) == pieces[number]
        assert queue.pieces == 255 - number


def test_bytes_are_put_back() -> None:
    queue = made(b"abcd", b"ef\n")
    assert queue.take(2) == b"ab"
    queue.push_back(b"AB", 2)
    queue.push_back(b"\n", 1)
    assert queue.peek(4) == b"\nABc"
    assert take_until(queue, b"\n") == b"\n"
    assert take_until(queue, b"\n") == b"ABcdef\n"
    queue.push_back(b"x", 1)
    assert (queue.size, queue.take_all()) == (1, b"x")


def test_looking_takes_nothing() -> None:
    assert made().peek(5) == b""
    queue = made(b"ab", b"cd", b"e")
    assert [queue.peek(n) for n in (0, 1, 3, 9)] == [b"", b"a", b"abc", b"abcde"]
    assert queue.take_all() == b"abcde"


def test_what_was_cleared_is_gone() -> None:
    queue = made(b"ab", b"cd", b"x" * 5000, b"y")
    assert take_until(queue, b"\n") is None
    queue.clear()
    assert (queue.size, queue.pieces, queue.searched, queue.take_all(), queue.peek(1)) == (0, 0, 0, b"", b"")
    put(queue, b"e\n")
    assert take_until(queue, b"\n") == b"e\n"


# The search.


@given(
    st.lists(st.sampled_from([b"-", b"--", b"-!", b"a", b"x" * 5000, b"y-" * 2500]), max_size=12),
    st.sampled_from([b"-", b"--", b"-!-", b"---!", b"x-", b"-y-"]),
    st.booleans(),
    st.integers(0, 3),
)
def test_a_separator_is_found_in_any_split(
    pieces: list[bytes], separator: bytes, search_between: bool, skip: int
) -> None:
    body = b"".join(pieces)
    queue = made()
    found: list[bytes] = []
    for piece in pieces:
        put(queue, piece)
        while search_between and (part := take_until(queue, separator)) is not None:
            found.append(part)
            if skipped := queue.take(skip):
                found.append(skipped)
    while (part := take_until(queue, separator)) is not None:
        found.append(part)
    rest = queue.take_all()
    assert b"".join(found) + rest == body
    assert separator not in rest
    for part in found:
        assert part.count(separator) <= 1
        assert len(part) <= skip or part.endswith(separator)
    if not skip:
        assert len(found) == body.count(separator)


def test_a_search_for_something_else_begins_anew() -> None:
    queue = made(b"a;b,c", b";d")
    assert take_until(queue, b"!") is None
    assert take_until(queue, b",c;") == b"a;b,c;"
    assert take_until(queue, b";") is None


class Counting(bytes):
    """Counts how many bytes are searched."""

    searched = 0

    def find(self, separator: Any, start: Any = 0, /, *more: Any) -> int:
        found = super().find(separator, start, *more)
        Counting.searched += (len(self) if found < 0 else found) - start
        return found


@pytest.mark.parametrize("separator", [b"\n", b"\r\n", b"\r\n\r\n", b"--boundary-0123456789"])
@pytest.mark.parametrize("size", [1, 100, 4096, 5000])
def test_a_line_costs_linear_work(separator: bytes, size: int) -> None:
    """It is searched after each piece that comes."""
    Counting.searched = 0
    queue = made()
    pieces = 400
    for number in range(pieces):
        put(queue, Counting(b"x" * size))
        assert take_until(queue, separator) is None
        assert queue.searched >= (number + 1) * size - len(separator) + 1
        if number % 100 == 50:
            assert queue.take(7) == b"x" * min(7, (number + 1) * size)
            queue.push_back(b"x" * min(7, (number + 1) * size), min(7, (number + 1) * size))
            assert take_until(queue, separator) is None
    assert Counting.searched <= 6 * pieces * (size + len(separator))
    put(queue, separator)
    assert take_until(queue, separator) == b"x" * pieces * size + separator


def test_taking_from_the_front_does_not_undo_the_search() -> None:
    Counting.searched = 0
    queue = made(*(Counting(b"x" * 5000) for _ in range(100)))
    for _ in range(490):
        assert take_until(queue, b"\r\n") is None
        assert queue.take(1000) == b"x" * 1000
    assert Counting.searched <= 2 * 500_000
    put(queue, b"\r\nrest")
    assert take_until(queue, b"\r\n") == b"x" * 10_000 + b"\r\n"
    assert queue.take_all() == b"rest"


@pytest.mark.parametrize("separator", [b"\n", b"x\n", b"yx\n"])
@pytest.mark.parametrize("first", [b"x", b"x" * 5000])
def test_the_search_goes_on_when_the_first_piece_is_gone(separator: bytes, first: bytes) -> None:
    """Behind it are small ones, which were merged."""
    queue = made(first, b"y", b"yx")
    assert take_until(queue, separator) is None
    assert queue.take(len(first)) == first
    assert take_until(queue, separator) is None
    put(queue, b"\nrest")
    assert take_until(queue, separator) == b"yyx\n"
    assert queue.take_all() == b"rest"
