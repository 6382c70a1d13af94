"""Payloads of what comes piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tidewire_http_io import EMPTY_PAYLOAD, StreamReader
from tidewire_http_io.payloads import AsyncIterablePayload, Payload, PayloadConsumed, StreamReaderPayload
from tidewire_http_io.payloads._body_writers import Collector
from tidewire_testing import assert_no_leaks


class Source:
    """Makes an async generator that tells how it ended."""

    def __init__(self, *pieces: Any) -> None:
        self.pieces = pieces
        self.asked = 0
        self.closed = 0

    async def __call__(self) -> AsyncIterator[Any]:
        try:
            for piece in self.pieces:
                await asyncio.sleep(0)
                self.asked += 1
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed += 1


class Blocked:
    """A writer that takes nothing."""

    def __init__(self, *, fails: Exception | None = None) -> None:
        self.fails = fails

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.fails is not None:
            raise self.fails
        await asyncio.get_running_loop().create_future()


async def written(payload: Payload, limit: int | None = None) -> bytes:
    collector = Collector()
    await payload.write_with_length(collector, limit)
    return collector.collected()


async def test_what_is_yielded_is_written_once() -> None:
    source = Source(b"a", bytearray(b"b"), b"", memoryview(b"c"))
    payload = AsyncIterablePayload(source())
    assert (payload.size, payload.whole(), payload.content_type) == (None, None, "application/octet-stream")
    assert (payload.replayable, payload.consumed, payload.autoclose) == (False, False, False)
    payload.rewind()
    collector = Collector()
    await payload.write(collector)
    assert collector.collected() == b"abc"
    assert (payload.consumed, source.closed) == (True, 1)
    for doing in (payload.write(collector), payload.as_bytes()):
        with pytest.raises(PayloadConsumed, match="as_bytes"):
            await doing
    with pytest.raises(PayloadConsumed):
        payload.rewind()
    await payload.close()


async def test_what_was_read_whole_is_kept() -> None:
    payload = AsyncIterablePayload(Source(b"ab", b"c")())
    assert await payload.as_bytes() == b"abc"
    assert await payload.as_bytes() == b"abc"
    assert (payload.size, payload.whole(), payload.decode()) == (3, b"abc", "abc")
    assert (payload.replayable, payload.consumed, payload.autoclose) == (True, False, True)
    payload.rewind()
    assert await written(payload) == b"abc"
    assert await written(payload, 2) == b"ab"
    await payload.close()
    assert await written(payload) == b"abc"


@pytest.mark.parametrize(("limit", "asked"), [(0, 0), (1, 1), (3, 2), (4, 2), (5, 3), (100, 3)])
async def test_no_more_is_asked_for_than_is_needed(limit: int, asked: int) -> None:
    source = Source(b"ab", b"cd", b"ef")
    assert await written(AsyncIterablePayload(source()), limit) == b"abcdef"[:limit]
    assert source.asked == asked
    assert source.closed == (1 if asked else 0)


async def test_an_iterable_without_generator_will_do() -> None:
    class Numbers:
        def __init__(self) -> None:
            self.left = 3

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self

        async def __anext__(self) -> bytes:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return b"%d" % self.left

    payload = AsyncIterablePayload(Numbers())
    assert await written(payload) == b"210"
    await AsyncIterablePayload(Numbers()).close()


async def test_what_the_iterable_raises_goes_through() -> None:
    source = Source(b"a", KeyError("x"))
    with pytest.raises(KeyError):
        await written(AsyncIterablePayload(source()))
    assert source.closed == 1


async def test_pieces_of_another_type_are_refused() -> None:
    source = Source("text")
    with pytest.raises(TypeError, match="bytes-like"):
        await written(AsyncIterablePayload(source()))
    assert source.closed == 1


@pytest.mark.parametrize("value", [b"abc", [b"a"], None, iter([b"a"])])
def test_what_is_no_async_iterable_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="async iterable"):
        AsyncIterablePayload(value)


async def test_a_writer_that_fails_closes_the_generator() -> None:
    source = Source(b"a", b"b")
    with pytest.raises(ConnectionResetError):
        await AsyncIterablePayload(source()).write(Blocked(fails=ConnectionResetError()))
    assert source.closed == 1


@pytest.mark.parametrize("turns", range(6))
async def test_the_generator_is_closed_wherever_writing_is_cancelled(turns: int) -> None:
    async with assert_no_leaks():
        source = Source(b"a", b"b")
        task = asyncio.create_task(AsyncIterablePayload(source()).write(Blocked()))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert source.closed == (1 if turns else 0)


async def test_one_that_was_never_written_can_be_closed() -> None:
    source = Source(b"a")
    generator = source()
    payload = AsyncIterablePayload(generator)
    await payload.close()
    await payload.close()
    assert payload.consumed
    with pytest.raises(PayloadConsumed):
        await written(payload)
    assert [piece async for piece in generator] == []
    assert source.asked == 0


async def test_a_stream_is_sent_on() -> None:
    reader = StreamReader(lambda *credit: None)
    payload = StreamReaderPayload(reader, content_type="text/plain")
    assert payload.value is reader
    assert payload.content_type == "text/plain"
    task = asyncio.create_task(written(payload))
    for piece in (b"ab", b"c\nd"):
        reader.data_received(piece, False, None)
        await asyncio.sleep(0)
    reader.end_received([])
    assert await task == b"abc\nd"
    assert payload.consumed


async def test_a_stream_without_bytes_is_sent_on() -> None:
    assert await written(StreamReaderPayload(EMPTY_PAYLOAD)) == b""


async def test_the_rest_of_a_stream_can_be_read_after_a_part() -> None:
    reader = StreamReader(lambda *credit: None)
    reader.data_received(b"abc", False, None)
    payload = StreamReaderPayload(reader)
    await payload.close()
    reader.end_received([])
    assert await reader.read() == b"abc"
