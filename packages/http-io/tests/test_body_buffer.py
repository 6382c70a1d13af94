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


def test_pieces_are_joined_and_cut() -> None:
    buffer = made(b"abc", b"def", b"x" * 5000, b"yz")
    assert (buffer.size, buffer.total) == (5008, 5008)
    assert buffer.take(4) == b"abcd"
    assert buffer.take(2) == b"ef"
    assert buffer.take(0) == buffer.take(-1) == b""
    assert buffer.take(4999) == b"x" * 4999
    assert buffer.take(2) == b"xy"
    assert buffer.take_all() == b"z"
    assert buffer.take_all() == buffer.take(1) == b""
    assert (buffer.size, buffer.total) == (0, 5008)


def test_some_of_the_bytes_are_all_of_a_few_and_the_first_piece_of_many() -> None:
    assert made(b"abc", b"def").take_any(NO_LIMIT) == b"abcdef"
    large = bytes(30_000)
    buffer = made(b"abc", large, b"def", b"x" * 5000)
    taken = []
    while piece := buffer.take_any(NO_LIMIT):
        taken.append(piece)
    assert b"".join(taken) == b"abc" + large + b"def" + b"x" * 5000
    assert any(piece is large for piece in taken)
    buffer = made(large, large)
    assert buffer.take_any(40_000) is large
    assert [len(buffer.take_any(20_000)) for _ in range(3)] == [20_000, 10_000, 0]
    assert made(b"abc", b"def").take_any(4) == b"abcd"
    assert made(large, large).take_any(0) == b""
    buffer = made(large, large)
    buffer.locked = True
    assert buffer.take_any(NO_LIMIT) == b""


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
    assert buffer.take(1) == buffer.take_all() == b""
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


def test_small_pieces_between_large_ones_are_bounded_by_bytes() -> None:
    buffer = made(*itertools.chain.from_iterable([b"x" * 4096, b"y", b"z"] for _ in range(100)))
    assert buffer.pieces <= 2 * buffer.size // 4096 + 2
    assert buffer.take_all() == (b"x" * 4096 + b"yz") * 100


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


def test_many_pieces_pass_in_order() -> None:
    pieces = [bytes([number]) * 4096 for number in range(256)]
    buffer = made(*pieces)
    for number in range(256):
        assert buffer.take(4096) == pieces[number]
        assert buffer.pieces == 255 - number


def test_bytes_are_put_back() -> None:
    buffer = made(b"abcd", b"ef\n")
    assert buffer.take(2) == b"ab"
    buffer.push_back(b"AB")
    buffer.push_back(b"")
    buffer.push_back(b"\n")
    assert buffer.peek(4) == b"\nABc"
    assert buffer.take_line() == b"\n"
    assert buffer.take_line() == b"ABcdef\n"
    buffer.push_back(b"x")
    assert (buffer.take_all(), buffer.total) == (b"x", 7)


def test_looking_takes_nothing() -> None:
    assert made().peek(5) == b""
    buffer = made(b"ab", b"cd", b"e")
    assert [buffer.peek(n) for n in (0, 1, 3, 9)] == [b"", b"a", b"abc", b"abcde"]
    assert buffer.take_all() == b"abcde"


def test_what_was_cleared_is_gone() -> None:
    credit = Credit()
    buffer = made(b"ab", b"cd", credit=credit)
    buffer.append(b"x" * 5000, True, None)
    buffer.clear()
    assert (buffer.size, buffer.pieces, buffer.take_all()) == (0, 0, b"")
    assert credit.size == 0
    buffer.append(b"e\n", True, None)
    assert buffer.take_line() == b"e\n"


# The search.


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
    buffer = made()
    found: list[bytes] = []
    for piece in pieces:
        buffer.append(piece, False, None)
        while search_between and (part := buffer.take_until(separator, NO_LIMIT)) is not None:
            found.append(part)
            if skipped := buffer.take(skip):
                found.append(skipped)
    while (part := buffer.take_until(separator, NO_LIMIT)) is not None:
        found.append(part)
    rest = buffer.take_all()
    assert b"".join(found) + rest == body
    assert separator not in rest
    for part in found:
        assert part.count(separator) <= 1
        assert len(part) <= skip or part.endswith(separator)
    if not skip:
        assert len(found) == body.count(separator)


def test_a_search_for_something_else_begins_anew() -> None:
    buffer = made(b"a;b,c", b";d")
    assert buffer.take_until(b"!", NO_LIMIT) is None
    assert buffer.take_until(b",c;", NO_LIMIT) == b"a;b,c;"
    assert buffer.take_until(b";", NO_LIMIT) is None


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
    buffer = made()
    pieces = 400
    for number in range(pieces):
        buffer.append(Counting(b"x" * size), False, None)
        assert buffer.take_until(separator, NO_LIMIT) is None
        assert buffer.searched >= (number + 1) * size - len(separator) + 1
        if number % 100 == 50:
            assert buffer.take(7) == b"x" * min(7, (number + 1) * size)
            buffer.push_back(b"x" * min(7, (number + 1) * size))
            assert buffer.take_until(separator, NO_LIMIT) is None
    assert Counting.searched <= 6 * pieces * (size + len(separator))
    buffer.append(separator, False, None)
    assert buffer.take_until(separator, NO_LIMIT) == b"x" * pieces * size + separator


def test_taking_from_the_front_does_not_undo_the_search() -> None:
    Counting.searched = 0
    buffer = made(*(Counting(b"x" * 5000) for _ in range(100)))
    for _ in range(490):
        assert buffer.take_until(b"\r\n", NO_LIMIT) is None
        assert buffer.take(1000) == b"x" * 1000
    assert Counting.searched <= 2 * 500_000
    buffer.append(b"\r\nrest", False, None)
    assert buffer.take_until(b"\r\n", NO_LIMIT) == b"x" * 10_000 + b"\r\n"
    assert buffer.take_all() == b"rest"


@pytest.mark.parametrize("separator", [b"\n", b"x\n", b"yx\n"])
@pytest.mark.parametrize("first", [b"x", b"x" * 5000])
def test_the_search_goes_on_when_the_first_piece_is_gone(separator: bytes, first: bytes) -> None:
    """Behind it are small ones, which were merged."""
    buffer = made(first, b"y", b"yx")
    assert buffer.take_until(separator, NO_LIMIT) is None
    assert buffer.take(len(first)) == first
    assert buffer.take_until(separator, NO_LIMIT) is None
    buffer.append(b"\nrest", False, None)
    assert buffer.take_until(separator, NO_LIMIT) == b"yyx\n"
    assert buffer.take_all() == b"rest"


def test_arguments_of_other_types_are_refused() -> None:
    buffer: Any = made(b"abc")
    with pytest.raises(TypeError):
        buffer.take(1.0)
    with pytest.raises(TypeError):
        buffer.take("1")
