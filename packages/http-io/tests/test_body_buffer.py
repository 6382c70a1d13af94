"""What was received of a body and has not been read."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_io._body_buffer import NO_LIMIT, BodyBuffer


class Credit:
    """Counts the credit that is given back, and how often some was."""

    def __init__(self) -> None:
        self.size = 0
        self.pieces = 0
        self.calls = 0

    def __call__(self, size: int, pieces: int) -> None:
        self.size += size
        self.pieces += pieces
        self.calls += 1


def made(*pieces: bytes, credit: Credit | None = None) -> BodyBuffer:
    """A buffer with some pieces."""
    buffer = BodyBuffer(credit, 1000)
    for piece in pieces:
        buffer.append(piece, False, None)
    return buffer


def test_a_piece_is_given_out_as_it_came() -> None:
    piece = b"x" * 10
    for take in (
        BodyBuffer.take_all,
        lambda buffer: buffer.take(10),
        lambda buffer: buffer.take_chunk(10)[0],
    ):
        assert take(made(piece)) is piece


@given(
    st.lists(st.lists(st.integers(1, 9) | st.sampled_from([4095, 4096, 20_000]), min_size=1), max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.integers(0, 30_000),
)
def test_several_pieces_at_once_are_as_one_after_the_other(
    rounds: list[list[int]], ended: list[bool], n: int
) -> None:
    given_back = Credit(), Credit()
    ones, severals = (BodyBuffer(credit, 1000) for credit in given_back)
    for sizes, last_ends in zip(rounds, ended, strict=False):
        pieces = [bytes([65 + index % 26]) * size for index, size in enumerate(sizes)]
        ends = list(itertools.accumulate(sizes))
        for index, piece in enumerate(pieces):
            ones.append(piece, last_ends or index < len(pieces) - 1, None)
        severals.extend(pieces, ends if last_ends else ends[:-1])
        assert (severals.size, severals.total, severals.pieces) == (ones.size, ones.total, ones.pieces)
        assert severals.take_chunk(n) == ones.take_chunk(n)
    while (chunk := ones.take_chunk(NO_LIMIT)) is not None:
        assert severals.take_chunk(NO_LIMIT) == chunk
    assert severals.take_chunk(NO_LIMIT) is None
    assert (given_back[0].size, given_back[0].pieces) == (given_back[1].size, given_back[1].pieces)


def test_several_pieces_may_be_more_than_may_come() -> None:
    buffer = made()
    buffer.max_size = 5
    assert not buffer.extend([b"ab", b"cde"], [2])
    assert buffer.extend([b"f"], [])
    buffer.closed = True
    buffer.clear()
    assert not buffer.extend([b"g"], [])
    assert buffer.take_all() == b""


def test_nothing_is_taken_from_a_locked_buffer() -> None:
    buffer = made(b"a\nb")
    buffer.locked = True
    assert buffer.take(1) == buffer.take_all() == buffer.take_any(1) == b""
    assert buffer.take_line() is None
    assert buffer.take_chunk(1) is None
    buffer.locked = False
    assert buffer.take_line() == b"a\n"


def test_what_comes_to_a_closed_buffer_is_dropped() -> None:
    buffer = made(b"ab")
    buffer.closed = True
    assert not buffer.append(b"cd", False, None)
    assert (buffer.take_all(), buffer.total) == (b"ab", 2)


def test_more_than_may_be_is_told() -> None:
    buffer = made()
    buffer.max_size = 4
    assert not buffer.append(b"abc", False, None)
    assert not buffer.append(b"d", False, None)
    assert buffer.append(b"e", False, None)


@pytest.mark.slow
def test_a_million_small_pieces_are_few_objects() -> None:
    """So few that what an object costs does not count."""
    credit = Credit()
    buffer = BodyBuffer(credit, NO_LIMIT)
    most = 0
    for _ in range(1_000_000 // 50):
        for _ in range(50):
            buffer.append(b"x", False, None)
        most = max(most, buffer.pieces)
    assert most <= 1_000_000 // 16384 + 2
    # Their credit came back at once: it is for objects.
    assert (credit.size, credit.pieces) == (0, 1_000_000)
    assert buffer.take_all() == b"x" * 1_000_000
    assert credit.size == 1_000_000


def test_chunks_keep_their_credit_until_they_are_taken() -> None:
    credit = Credit()
    buffer = BodyBuffer(credit, NO_LIMIT)
    for _ in range(10):
        buffer.append(b"abc", True, [1])
    assert credit.calls == 0
    assert buffer.take_chunk(NO_LIMIT) == (b"a", True)
    assert buffer.take_all() == b"bc" + b"abc" * 9
    assert (credit.size, credit.pieces) == (30, 20)


def test_credit_for_short_lines_goes_back_in_lots() -> None:
    credit = Credit()
    buffer = BodyBuffer(credit, NO_LIMIT)
    buffer.append(b"0123456\n" * 8192, False, None)
    while buffer.take_line():
        assert 65536 - buffer.size - credit.size < 4096
    assert credit.size == 65536
    assert credit.calls == 16


def test_credit_is_given_back_once() -> None:
    credit = Credit()
    buffer = made(b"abc", b"def", credit=credit)
    buffer.append(b"ghi", True, [1])
    buffer.acknowledge()
    assert (credit.size, credit.pieces) == (9, 4)
    assert buffer.take(4) == b"abcd"
    buffer.append(b"jk", False, None)
    assert (credit.size, credit.pieces) == (9, 5)
    assert buffer.take(6) == b"efghij"
    buffer.settle()
    assert credit.size == 10
    buffer.push_back(b"ij")
    assert buffer.take_all() == b"ijk"
    assert (credit.size, credit.pieces) == (11, 5)


def test_credit_may_bring_more_before_it_is_given() -> None:
    """Whoever gets credit appends from within the call; order and numbers are right all the same."""
    todo = [b"d\ne", b"f\n", b"g", b"h"]

    def consumed(size: int, pieces: int) -> None:
        if todo:
            buffer.append(todo.pop(0), True, None)

    buffer = BodyBuffer(consumed, NO_LIMIT)
    buffer.append(b"abc", False, None)
    assert buffer.take_all() == b"abc"
    assert buffer.take_line() == b"d\n"
    assert buffer.take(1) == b"e"
    assert buffer.take_chunk(NO_LIMIT) == (b"", True)
    assert buffer.take_chunk(NO_LIMIT) == (b"f\n", True)
    assert buffer.take_chunk(NO_LIMIT) == (b"g", True)
    assert buffer.take_chunk(NO_LIMIT) == (b"h", True)
    assert buffer.take_chunk(NO_LIMIT) is None


def test_chunks_are_taken_in_parts() -> None:
    buffer = BodyBuffer(None, NO_LIMIT)
    buffer.append(b"abcde", True, [3])
    assert buffer.take_chunk(2) == (b"ab", False)
    assert buffer.take_chunk(2) == (b"c", True)
    assert buffer.take_chunk(2) == (b"de", True)
    assert buffer.take_chunk(2) is None


def test_a_chunk_that_ends_later() -> None:
    buffer = made(b"ab")
    assert buffer.take_chunk(NO_LIMIT) == (b"ab", False)
    buffer.end_chunk()
    buffer.end_chunk()
    assert buffer.take_chunk(NO_LIMIT) == (b"", True)
    buffer.end_chunk()
    assert buffer.take_chunk(NO_LIMIT) is None
    buffer.append(b"cd", False, None)
    buffer.end_chunk()
    buffer.append(b"ef", True, None)
    buffer.end_chunk()
    assert buffer.take_chunk(NO_LIMIT) == (b"cd", True)
    assert buffer.take_chunk(NO_LIMIT) == (b"ef", True)
    buffer.end_chunk()
    assert buffer.take_chunk(NO_LIMIT) is None


def test_a_chunk_ends_once() -> None:
    buffer = BodyBuffer(None, NO_LIMIT)
    buffer.append(b"ab", True, None)
    assert buffer.take_chunk(NO_LIMIT) == (b"ab", True)
    buffer.end_chunk()
    assert buffer.take_chunk(NO_LIMIT) is None


def test_many_chunks_pass_in_order() -> None:
    """More than are kept before used ones are dropped."""
    buffer = BodyBuffer(None, NO_LIMIT)
    for start in range(0, 1000, 10):
        buffer.append(bytes(range(10)), True, list(range(1, 10)))
        for each in range(5 if start < 990 else 505):
            assert buffer.take_chunk(NO_LIMIT) == (bytes([(start // 2 + each) % 10]), True)
    assert buffer.size == 0


def test_what_is_put_back_was_received_once() -> None:
    buffer = made(b"ab", b"cd")
    assert (buffer.take(3), buffer.size, buffer.total) == (b"abc", 1, 4)
    buffer.push_back(b"")
    buffer.push_back(b"bc")
    assert (buffer.peek(2), buffer.peek(9)) == (b"bc", b"bcd")
    assert (buffer.take_all(), buffer.size, buffer.total) == (b"bcd", 0, 4)


def test_what_was_cleared_is_gone() -> None:
    credit = Credit()
    buffer = made(b"ab", b"cd", credit=credit)
    buffer.append(b"x" * 5000, True, None)
    buffer.clear()
    assert (buffer.size, buffer.pieces, buffer.take_all()) == (0, 0, b"")
    assert credit.size == 0
    buffer.append(b"e\n", True, None)
    assert buffer.take_line() == b"e\n"


def test_a_line_has_a_limit_and_stays_where_it_was() -> None:
    buffer = made(b"12345", b"67\n8")
    assert buffer.take_until(b"\n", 7) is None
    assert buffer.take_until(b"\n", 8) == b"1234567\n"
    buffer.max_line = 1
    assert buffer.take_line() is None
    buffer.append(b"\n", False, None)
    assert buffer.take_line() is None
    buffer.max_line = 2
    assert buffer.take_line() == b"8\n"


def test_arguments_of_other_types_are_refused() -> None:
    buffer: Any = made(b"abc")
    with pytest.raises(TypeError):
        buffer.take(1.0)
    with pytest.raises(TypeError):
        buffer.take("1")
    with pytest.raises(TypeError):
        buffer.take_any(1.0)
