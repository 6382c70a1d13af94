"""What `async for` goes over when it reads a body."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tidewire_http_io import BodyTooLarge, LineTooLong, ResetReason, StreamReader, StreamReset

Iterate = Callable[[StreamReader], AsyncIterator[Any]]

ITERATORS: dict[str, Iterate] = {
    "lines": aiter,
    "iter_chunked": lambda stream: stream.iter_chunked(4),
    "iter_any": lambda stream: stream.iter_any(),
    "iter_chunks": lambda stream: stream.iter_chunks(),
}
every_iterator = pytest.mark.parametrize("iterate", ITERATORS.values(), ids=ITERATORS)


async def test_iterating_in_pieces_of_a_size() -> None:
    stream = StreamReader()
    for piece in (b"abcdef", b"gh", b"i"):
        stream.feed_data(piece)
    stream.feed_eof()
    assert [piece async for piece in stream.iter_chunked(4)] == [b"abcd", b"efgh", b"i"]


async def test_large_pieces_are_not_copied_to_fill_up_what_is_asked_for() -> None:
    stream = StreamReader()
    pieces = [bytes(30_000), bytes(50_000), bytes(100_000)]
    for piece in pieces:
        stream.feed_data(piece)
    stream.feed_eof()
    read = [piece async for piece in stream.iter_chunked(65_536)]
    assert [len(piece) for piece in read] == [30_000, 50_000, 65_536, 34_464]
    assert read[0] is pieces[0]
    assert read[1] is pieces[1]


@pytest.mark.parametrize("wrong", [0, -1])
async def test_pieces_have_a_size(wrong: int) -> None:
    with pytest.raises(ValueError, match="1 byte or more"):
        StreamReader().iter_chunked(wrong)


async def test_iterating_over_lines() -> None:
    stream = StreamReader()
    for piece in (b"one\ntw", b"o\n\nlast"):
        stream.feed_data(piece)
    stream.feed_eof()
    assert [line async for line in stream] == [b"one\n", b"two\n", b"\n", b"last"]


async def test_a_line_that_is_too_long_can_be_read_after_all() -> None:
    stream = StreamReader(max_line_length=5)
    stream.feed_data(b"1234\n123456789\n1\n")
    stream.feed_eof()
    lines = aiter(stream)
    assert await anext(lines) == b"1234\n"
    for _ in range(2):
        with pytest.raises(LineTooLong):
            await anext(lines)
    stream.max_line_length = math.inf
    assert [line async for line in lines] == [b"123456789\n", b"1\n"]


@every_iterator
async def test_iterating_over_what_comes(iterate: Iterate) -> None:
    stream = StreamReader()

    async def read() -> list[Any]:
        return [piece async for piece in iterate(stream)]

    task = asyncio.create_task(read())
    for piece in (b"aa\n", b"bb\n"):
        await asyncio.sleep(0)
        stream.feed_data(piece, ends_chunk=True)
        await asyncio.sleep(0)
    stream.feed_eof()
    assert await task in ([b"aa\n", b"bb\n"], [(b"aa\n", True), (b"bb\n", True)])


@every_iterator
async def test_an_iteration_that_was_left_goes_on_with_another(iterate: Iterate) -> None:
    stream = StreamReader()
    stream.feed_data(b"ab\n\n", ends_chunk=True)
    stream.feed_data(b"cd\n\n", ends_chunk=True)
    stream.feed_eof()
    async for _ in iterate(stream):
        break
    found = await stream.read()
    assert found in (b"cd\n\n", b"\ncd\n\n", b"")
    assert [piece async for piece in iterate(stream)] == []


@every_iterator
async def test_an_iteration_ends_with_the_error(iterate: Iterate) -> None:
    stream = StreamReader()
    stream.feed_data(b"ab\n", ends_chunk=True)
    stream.reset_received(ResetReason.CANCEL, None)
    pieces = iterate(stream)
    assert await anext(pieces) in (b"ab\n", (b"ab\n", True))
    with pytest.raises(StreamReset):
        await anext(pieces)
    stream.set_exception(BodyTooLarge(1))
    with pytest.raises(BodyTooLarge):
        await anext(pieces)
