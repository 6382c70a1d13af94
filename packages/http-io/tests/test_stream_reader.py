"""A body as a stream of bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from tidewire_http_io import ResetReason, StreamReader, StreamReset


class Credit:
    """Counts the credit that is given back."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def __call__(self, size: int) -> None:
        self.given.append(size)


@pytest.fixture
def credit() -> Credit:
    return Credit()


@pytest.fixture
def stream(credit: Credit) -> StreamReader:
    return StreamReader(credit)


def feed(stream: StreamReader, *pieces: bytes, end: bool = True) -> None:
    for piece in pieces:
        stream.data_received(piece, False, None)
    if end:
        stream.end_received([])


async def begun(coroutine: Coroutine[Any, Any, bytes]) -> asyncio.Task[bytes]:
    """A task that waits already."""
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_reading_to_the_end(stream: StreamReader, credit: Credit) -> None:
    feed(stream, b"abc", b"def")
    assert await stream.read() == b"abcdef"
    assert await stream.read() == b""
    assert await stream.read(5) == b""
    assert sum(credit.given) == 6


async def test_an_empty_stream(stream: StreamReader) -> None:
    feed(stream)
    assert stream.at_eof()
    assert await stream.read() == b""
    assert await stream.readany() == b""
    assert await stream.readexactly(0) == b""


async def test_reading_in_pieces_of_any_size(stream: StreamReader, credit: Credit) -> None:
    feed(stream, b"abcdef", b"gh", b"i")
    assert await stream.read(2) == b"ab"
    assert await stream.read(3) == b"cde"
    assert await stream.read(100) == b"f"
    assert await stream.read(2) == b"gh"
    assert not stream.at_eof()
    assert await stream.read(2) == b"i"
    assert stream.at_eof()
    assert credit.given == [2, 3, 1, 2, 1]


async def test_reading_what_is_there(stream: StreamReader, credit: Credit) -> None:
    feed(stream, b"abc", b"def", end=False)
    assert await stream.readany() == b"abcdef"
    assert credit.given == [6]
    feed(stream, b"xyz", b"more")
    assert await stream.read(1) == b"x"
    assert await stream.readany() + await stream.readany() == b"yzmore"
    assert await stream.readany() == b""
    assert sum(credit.given) == 13


async def test_reading_nothing_waits_for_nothing(stream: StreamReader) -> None:
    assert await stream.read(0) == b""


async def test_reading_exactly(stream: StreamReader) -> None:
    feed(stream, b"ab", b"cdef", b"gh")
    assert await stream.readexactly(5) == b"abcde"
    with pytest.raises(asyncio.IncompleteReadError) as caught:
        await stream.readexactly(9)
    assert (caught.value.partial, caught.value.expected) == (b"fgh", 9)


async def test_iterating(stream: StreamReader) -> None:
    feed(stream, b"abcdef", b"gh")
    assert [piece async for piece in stream.iter_chunked(4)] == [b"abcd", b"ef", b"gh"]


async def test_iterating_over_what_comes(stream: StreamReader) -> None:
    async def read() -> list[bytes]:
        return [piece async for piece in stream.iter_any()]

    task = asyncio.create_task(read())
    for piece in (b"a", b"b"):
        await asyncio.sleep(0)
        feed(stream, piece, end=False)
        await asyncio.sleep(0)
    feed(stream)
    assert await task == [b"a", b"b"]


async def test_a_reader_waits_for_data(stream: StreamReader) -> None:
    task = await begun(stream.read(10))
    feed(stream, b"abc", end=False)
    assert await task == b"abc"


async def test_a_reader_waits_for_the_end(stream: StreamReader) -> None:
    task = await begun(stream.read())
    feed(stream, b"abc", end=False)
    await asyncio.sleep(0)
    assert not task.done()
    stream.end_received([("X-Sum", "1")])
    assert await task == b"abc"
    assert stream.trailers == [("X-Sum", "1")]
    assert stream.is_eof()


async def test_one_reader_at_a_time(stream: StreamReader) -> None:
    task = await begun(stream.read(1))
    with pytest.raises(RuntimeError, match="another task"):
        await stream.read(1)
    feed(stream, b"a")
    assert await task == b"a"


async def test_a_cancelled_reader_makes_room_for_the_next(stream: StreamReader) -> None:
    task = await begun(stream.read(1))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    task = await begun(stream.read(1))
    feed(stream, b"a")
    assert await task == b"a"


async def test_a_reset_is_raised_after_the_data(stream: StreamReader) -> None:
    feed(stream, b"abc", end=False)
    cause = ConnectionResetError("gone")
    stream.reset_received(ResetReason.CANCEL, cause)
    assert await stream.read(2) == b"ab"
    assert await stream.readany() == b"c"
    for _ in range(2):
        with pytest.raises(StreamReset, match="cancel") as caught:
            await stream.read()
        assert caught.value.reason is ResetReason.CANCEL
        assert caught.value.__cause__ is cause
    error = stream.exception()
    assert isinstance(error, StreamReset)
    assert error.reason is ResetReason.CANCEL
    assert isinstance(error, ConnectionError)
    assert not stream.at_eof()


async def test_a_reset_wakes_the_reader(stream: StreamReader) -> None:
    task = await begun(stream.readexactly(3))
    assert stream.exception() is None
    stream.reset_received(ResetReason.TIMEOUT, None)
    with pytest.raises(StreamReset, match="timeout"):
        await task


async def test_a_raised_reset_keeps_nothing_in_a_circle(credit: Credit) -> None:
    import gc
    import weakref

    class Marked(StreamReader):
        __slots__ = ("__weakref__",)

    stream = Marked(credit)
    gone = weakref.ref(stream)
    gc.disable()
    try:
        stream.reset_received(ResetReason.CANCEL, None)
        with pytest.raises(StreamReset):
            await stream.read()
        del stream
        assert gone() is None
    finally:
        gc.enable()


async def test_the_state_is_shown(stream: StreamReader) -> None:
    feed(stream, b"abc", end=False)
    assert repr(stream) == "<StreamReader 3 bytes>"
    stream.end_received([])
    assert repr(stream) == "<StreamReader 3 bytes, eof>"
