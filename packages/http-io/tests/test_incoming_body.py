"""A body as it comes: what feeds it, its limits, its end or its error, and the wait for more of it."""

from __future__ import annotations

import asyncio
import gc
import gzip
import math
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tidewire_http_io import BodyTooLarge, ResetReason, StreamReader, StreamReset
from tidewire_http_parser import InvalidContentCoding


async def begun(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A task that waits already."""
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(0)
    assert not task.done()
    return task


@pytest.fixture
def stream() -> StreamReader:
    return StreamReader()


async def test_feeding_by_hand(stream: StreamReader) -> None:
    task = await begun(stream.read())
    for piece in (b"ab", bytearray(b"cd"), memoryview(b"ef"), b""):
        stream.feed_data(piece)
    stream.feed_data(b"gh", ends_chunk=True)
    assert (stream.total_bytes, stream.total_raw_bytes) == (8, 8)
    assert not stream.is_eof()
    stream.feed_eof()
    stream.feed_eof()
    assert await task == b"abcdefgh"
    with pytest.raises(RuntimeError, match="after feed_eof"):
        stream.feed_data(b"x")


async def test_what_is_fed_by_hand_is_kept_as_it_was(stream: StreamReader) -> None:
    data = bytearray(b"abc")
    stream.feed_data(data)
    data[:] = b"xyz"
    assert await stream.readany() == b"abc"


def test_the_state_is_shown(stream: StreamReader) -> None:
    stream.feed_data(b"abc")
    assert repr(stream) == "<StreamReader 3 bytes>"
    stream.feed_eof()
    assert repr(stream) == "<StreamReader 3 bytes, eof>"


async def test_the_end_is_told_before_everything_is_read(stream: StreamReader) -> None:
    stream.feed_data(b"abc")
    assert stream.trailers == []
    stream.end_received([("X-Sum", "1")])
    assert stream.is_eof()
    assert not stream.at_eof()
    assert stream.trailers == [("X-Sum", "1")]
    assert await stream.read() == b"abc"
    assert stream.at_eof()


# Errors.


async def test_an_exception_is_raised_before_the_data(stream: StreamReader) -> None:
    stream.feed_data(b"abc\n")
    cause = OSError("cause")
    error = ValueError("ours")
    stream.set_exception(error, cause)
    assert stream.exception() is error
    stream.feed_data(b"more")
    reads: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        stream.read,
        stream.readany,
        stream.readline,
        stream.readchunk,
        stream.wait_eof,
        lambda: stream.read(1),
        lambda: stream.readexactly(1),
        lambda: anext(aiter(stream)),
    ]
    for read in reads:
        with pytest.raises(ValueError, match="ours") as caught:
            await read()
        assert caught.value is error
        assert caught.value.__cause__ is cause
    with pytest.raises(ValueError, match="ours"):
        stream.read_nowait()


async def test_an_exception_wakes_who_waits(stream: StreamReader) -> None:
    stream.feed_data(b"abc")
    reading = await begun(stream.read())
    waiting = await begun(stream.wait_eof())
    stream.set_exception(TimeoutError("too slow"))
    for task in (reading, waiting):
        with pytest.raises(TimeoutError, match="too slow"):
            await task
    with pytest.raises(TimeoutError, match="too slow"):
        await stream.read(1)


def reset_stream() -> StreamReader:
    stream = StreamReader()
    stream.reset_received(ResetReason.CANCEL, None)
    return stream


def overfull_stream() -> StreamReader:
    stream = StreamReader(max_size=2)
    stream.feed_data(b"abc")
    return stream


def ill_encoded_stream() -> StreamReader:
    stream = StreamReader(content_encoding="gzip")
    stream.feed_data(b"no gzip")
    return stream


def cut_stream() -> StreamReader:
    stream = StreamReader(content_encoding="gzip")
    stream.feed_data(gzip.compress(b"abc")[:-3])
    stream.feed_eof()
    return stream


@pytest.mark.parametrize("made", [reset_stream, overfull_stream, ill_encoded_stream, cut_stream])
async def test_a_raised_error_keeps_nothing_in_a_circle(made: Callable[[], StreamReader]) -> None:
    gc.disable()
    try:
        stream = made()
        gone = weakref.ref(stream)
        with pytest.raises((StreamReset, BodyTooLarge, InvalidContentCoding)):
            await stream.read()
        del stream
        assert gone() is None
    finally:
        gc.enable()


async def test_an_error_that_is_raised_often_does_not_grow() -> None:
    stream = overfull_stream()
    depths = []
    for _ in range(3):
        with pytest.raises(BodyTooLarge) as raised:
            await stream.read()
        depths.append(len(raised.traceback))
    assert depths[0] == depths[2]


# The end.


async def test_callbacks_are_called_at_the_end(stream: StreamReader) -> None:
    called: list[str] = []
    stream.on_eof(lambda: called.append("first"))
    stream.on_eof(lambda: called.append("second"))
    stream.feed_data(b"abc")
    assert called == []
    stream.feed_eof()
    assert called == ["first", "second"]
    stream.on_eof(lambda: called.append("at once"))
    assert called[2:] == ["at once"]


async def test_a_callback_that_fails_is_reported_and_hinders_nobody(stream: StreamReader) -> None:
    reported: list[dict[str, Any]] = []
    called: list[bool] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))
    error = KeyError("broken")

    def fail() -> None:
        raise error

    stream.on_eof(fail)
    stream.on_eof(lambda: called.append(True))
    stream.feed_eof()
    assert called == [True]
    assert [context["exception"] for context in reported] == [error]


@pytest.mark.parametrize("how", ["reset", "exception"])
async def test_callbacks_are_dropped_where_the_end_never_comes(stream: StreamReader, how: str) -> None:
    called: list[bool] = []
    callback = lambda: called.append(True)  # noqa: E731
    gone = weakref.ref(callback)
    stream.on_eof(callback)
    if how == "reset":
        stream.reset_received(ResetReason.CANCEL, None)
    else:
        stream.set_exception(ValueError())
    stream.on_eof(callback)
    del callback
    assert gone() is None
    assert called == []


async def test_waiting_for_the_end(stream: StreamReader) -> None:
    tasks = [await begun(stream.wait_eof()) for _ in range(3)]
    reading = await begun(stream.read())
    stream.feed_data(b"abc")
    tasks[0].cancel()
    await asyncio.sleep(0)
    stream.feed_eof()
    await asyncio.gather(*tasks[1:])
    assert tasks[0].cancelled()
    assert await reading == b"abc"
    await stream.wait_eof()


async def test_waiting_for_an_end_that_never_comes(stream: StreamReader) -> None:
    task = await begun(stream.wait_eof())
    stream.reset_received(ResetReason.TIMEOUT, None)
    with pytest.raises(StreamReset, match="timeout"):
        await task
    with pytest.raises(StreamReset, match="timeout"):
        await stream.wait_eof()


async def test_who_waits_for_the_end_keeps_no_credit() -> None:
    given: list[tuple[int, int]] = []
    stream = StreamReader(lambda size, pieces: given.append((size, pieces)))
    stream.feed_data(b"abcdef")
    assert await stream.read(3) == b"abc"
    task = await begun(stream.wait_eof())
    assert given == [(3, 1)]
    stream.feed_eof()
    await task


# The longest body.


@pytest.mark.parametrize("pieces", [[b"abcde"], [b"abcd", b"e"], [b"a"] * 5])
async def test_a_body_above_its_limit_and_one_at_it(pieces: list[bytes]) -> None:
    for limit, fits in ((5, True), (4, False)):
        stream = StreamReader(max_size=limit)
        task = asyncio.create_task(stream.read())
        for piece in pieces:
            await asyncio.sleep(0)
            stream.feed_data(piece)
        stream.feed_eof()
        if fits:
            assert await task == b"".join(pieces)
            continue
        for read in (task, stream.readany(), stream.readline()):
            with pytest.raises(BodyTooLarge) as caught:
                await read
            assert caught.value.limit == 4
        assert isinstance(stream.exception(), BodyTooLarge)
        assert stream.is_eof()
        assert not stream.at_eof()


async def test_a_body_above_its_limit_is_not_kept_and_its_credit_neither() -> None:
    given: list[int] = []
    stream = StreamReader(lambda size, pieces: given.append(size), max_size=10)
    for _ in range(100):
        stream.data_received(b"x" * 5000, False, None)
    assert repr(stream) == "<StreamReader 0 bytes>"
    assert sum(given) == 0
    assert stream.total_bytes == 5000
    with pytest.raises(BodyTooLarge):
        await stream.read()


async def test_credit_that_brings_too_much() -> None:
    todo = [b"cdefg"]

    def consumed(size: int, pieces: int) -> None:
        if todo:
            body.feed_data(todo.pop())

    body = StreamReader(consumed, max_size=5)
    body.data_received(b"ab", True, None)
    with pytest.raises(BodyTooLarge):
        await asyncio.wait_for(body.readline(), 5)


async def test_the_limit_can_be_set_later() -> None:
    stream = StreamReader()
    assert stream.max_size == math.inf
    stream.feed_data(b"abcd")
    stream.max_size = 4
    assert await stream.read(3) == b"abc"
    stream.max_size = 3  # what was read counts
    with pytest.raises(BodyTooLarge):
        await stream.read(1)


@pytest.mark.parametrize("limit", [0, math.inf])
def test_an_empty_body_fits_any_limit(limit: float) -> None:
    stream = StreamReader(max_size=limit)
    stream.feed_eof()
    assert stream.read_nowait() == b""
    assert stream.max_size == limit


def test_limits_are_whole_numbers() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        StreamReader(max_size=-1)
    for wrong in (1.5, math.nan, "10"):
        with pytest.raises(TypeError, match="a whole number of bytes"):
            StreamReader(max_size=wrong)  # type: ignore[arg-type]
    assert StreamReader(max_size=1e6).max_size == 1_000_000
    assert StreamReader(max_size=2**70).max_size == math.inf


class OwnWords(StreamReader):
    """Says in its own words that there is too much, as those do who build on it."""

    def failure_error(self, failure: BaseException) -> BaseException:
        return (
            OverflowError("too much") if isinstance(failure, BodyTooLarge) else super().failure_error(failure)
        )


async def test_a_subclass_names_the_failure() -> None:
    stream = OwnWords(max_size=3)
    waiting = asyncio.ensure_future(stream.read())
    await asyncio.sleep(0)
    stream.feed_data(b"abcd")
    for read in (waiting, stream.read(), stream.readline(), stream.wait_eof()):
        with pytest.raises(OverflowError, match="too much"):
            await read
    with pytest.raises(OverflowError, match="too much"):
        stream.read_nowait()
    assert isinstance(stream.exception(), BodyTooLarge)
    given = KeyError()
    stream.set_exception(given)
    with pytest.raises(KeyError) as caught:
        await stream.read()
    assert caught.value is given
