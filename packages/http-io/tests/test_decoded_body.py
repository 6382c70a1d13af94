"""The content of a body that was encoded, decoded as it is read."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import random
import zlib
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_io import BodyTooLarge, ResetReason, StreamReader, StreamReset
from tidewire_http_parser import (
    IncompleteContent,
    InvalidContentCoding,
    RemoteProtocolError,
    UnsupportedContentCoding,
)

NOISE = random.Random(4).randbytes(300_000)  # what cannot be compressed


class Credit:
    """Counts the credit that is given back."""

    def __init__(self) -> None:
        self.size = 0
        self.pieces = 0

    def __call__(self, size: int, pieces: int) -> None:
        self.size += size
        self.pieces += pieces


class HeldExecutor(ThreadPoolExecutor):
    """Keeps what it is to do until it is told to do it."""

    def __init__(self) -> None:
        super().__init__(1)
        self.held: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.held.append((future, lambda: call(*args, **kwargs)))
        return future

    def release(self) -> None:
        future, call = self.held.pop(0)
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)


@pytest.fixture
async def executor() -> HeldExecutor:
    """What the event loop hands work to."""
    held = HeldExecutor()
    asyncio.get_running_loop().set_default_executor(held)
    return held


def feed(stream: StreamReader, data: bytes, size: int = 65536, *, end: bool = True) -> None:
    for start in range(0, len(data), size):
        stream.data_received(data[start : start + size], False, None)
    if end:
        stream.end_received([])


async def turn() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.parametrize("size", [1, 10, 65536])
@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("identity, gzip", gzip.compress),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
        ("identity", bytes),
        ("", bytes),
    ],
)
async def test_content_is_decoded(coding: str, encode: Callable[[bytes], bytes], size: int) -> None:
    body = b"one\ntwo\n" * 100 + NOISE[:500]
    encoded = encode(body)
    credit = Credit()
    stream = StreamReader(credit, content_encoding=coding)
    feed(stream, encoded, size)
    assert await stream.readline() == b"one\n"
    assert await stream.readexactly(796) == body[4:800]
    assert await stream.read() == body[800:]
    assert stream.at_eof()
    assert await stream.read() == b""
    assert (stream.total_bytes, stream.total_raw_bytes) == (len(body), len(encoded))
    assert (credit.size, credit.pieces) == (len(encoded), -(-len(encoded) // size))


def test_codings_that_are_unknown_or_too_many_are_refused_at_once() -> None:
    with pytest.raises(UnsupportedContentCoding):
        StreamReader(content_encoding="lzma")
    with pytest.raises(InvalidContentCoding):
        StreamReader(content_encoding="gzip, " * 3 + "gzip")


async def test_a_reader_waits_for_content() -> None:
    """Each piece is there as soon as what it came with can be decoded."""
    stream = StreamReader(content_encoding="gzip")
    encoder = zlib.compressobj(wbits=31)
    for number in range(3):
        task = asyncio.create_task(stream.readline())
        await asyncio.sleep(0)
        event = b"data: %d\n" % number
        stream.feed_data(encoder.compress(event) + encoder.flush(zlib.Z_SYNC_FLUSH))
        assert await task == event
    task = asyncio.create_task(stream.readline())
    await asyncio.sleep(0)
    stream.feed_data(encoder.flush())
    await asyncio.sleep(0)
    assert not stream.at_eof()
    stream.feed_eof()
    assert stream.at_eof()
    assert await task == b""


async def test_chunks_end_where_what_they_were_decoded_to_does() -> None:
    stream = StreamReader(content_encoding="gzip")
    encoder = zlib.compressobj(wbits=31)
    chunks = [
        encoder.compress(text) + encoder.flush(zlib.Z_SYNC_FLUSH) for text in (b"one", b"two", b"three")
    ]
    head, tail = chunks[0][:10], encoder.flush()  # of which nothing comes
    chunks = [head, chunks[0][10:], *chunks[1:], tail]
    ends = list(itertools.accumulate(map(len, chunks)))
    stream.data_received(b"".join(chunks), True, ends[:-1])
    stream.end_received([])
    assert [chunk async for chunk in stream.iter_chunks()] == [
        (b"one", True),
        (b"two", True),
        (b"three", True),
    ]


async def test_a_large_chunk_ends_once() -> None:
    stream = StreamReader(content_encoding="gzip")
    encoded = gzip.compress(bytes(200_000))
    stream.data_received(encoded, True, None)
    stream.end_received([])
    chunks = [chunk async for chunk in stream.iter_chunks()]
    assert sum(len(data) for data, _ends in chunks) == 200_000
    assert [ends for _data, ends in chunks] == [False] * (len(chunks) - 1) + [True]


async def test_nothing_is_decoded_before_it_is_read() -> None:
    credit = Credit()
    stream = StreamReader(credit, content_encoding="gzip")
    feed(stream, gzip.compress(bytes(1_000_000)))
    assert (credit.size, stream.total_bytes) == (0, 0)
    assert stream.total_raw_bytes > 900


async def test_a_bomb_is_decoded_as_far_as_it_is_read() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    credit = Credit()
    stream = StreamReader(credit, content_encoding="gzip")
    feed(stream, bomb[:40000], end=False)
    assert await stream.read(10) == bytes(10)
    assert stream.total_bytes <= 65536
    assert credit.size <= 16384
    for _ in range(10):
        assert await stream.readexactly(1000) == bytes(1000)
    assert stream.total_bytes <= 65536
    for _ in range(3):
        assert not any(await stream.readany())
    # One piece is being decoded, one is ready; no more are taken before they are used up.
    assert credit.size <= 2 * 16384


async def test_credit_comes_back_as_content_is_decoded() -> None:
    """What waits to be decoded is encoded, and bounded by credit and one step."""
    credit = Credit()
    stream = StreamReader(credit, content_encoding="gzip")
    encoded = gzip.compress(NOISE)
    feed(stream, encoded)
    read = 0
    while piece := await stream.read(1000):
        read += len(piece)
        assert credit.size <= read + 2 * 65536
    assert credit.size == len(encoded)


@pytest.mark.parametrize("size", [1, 100, 65536])
async def test_a_decoded_body_above_its_limit_and_one_at_it(size: int) -> None:
    body = b"x" * 100_000
    for limit, fits in ((100_000, True), (99_999, False)):
        stream = StreamReader(content_encoding="gzip", max_size=limit)
        feed(stream, gzip.compress(body), size)
        if fits:
            assert await stream.read() == body
        else:
            with pytest.raises(BodyTooLarge):
                await stream.read()
            assert repr(stream) == "<StreamReader 0 bytes, eof>"


async def test_a_decoded_body_above_its_limit_is_not_kept_encoded_either() -> None:
    stream = StreamReader(content_encoding="gzip", max_size=100)
    feed(stream, gzip.compress(NOISE[:60_000]))
    with pytest.raises(BodyTooLarge):
        await stream.read()
    assert stream._received.size == 0


async def test_content_that_ends_too_early() -> None:
    encoded = gzip.compress(b"one\ntwo\n")
    for cut in range(1, len(encoded)):
        stream = StreamReader(content_encoding="gzip")
        feed(stream, encoded[:cut])
        for _ in range(2):
            with pytest.raises(IncompleteContent):
                await stream.read()
        assert b"one\ntwo\n".startswith(stream.read_nowait() if stream.total_bytes else b"")
        assert not stream.at_eof()
        assert isinstance(stream.exception(), IncompleteContent)


async def test_content_that_ends_too_early_where_it_was_read_before() -> None:
    stream = StreamReader(content_encoding="gzip")
    encoder = zlib.compressobj(wbits=31)
    feed(stream, encoder.compress(b"abc") + encoder.flush(zlib.Z_SYNC_FLUSH), end=False)
    assert await stream.read(10) == b"abc"
    task = asyncio.create_task(stream.read(10))
    await asyncio.sleep(0)
    stream.end_received([])
    with pytest.raises(IncompleteContent):
        await task


async def test_content_that_is_not_what_its_coding_says() -> None:
    stream = StreamReader(content_encoding="gzip")
    good = gzip.compress(b"one\n")
    feed(stream, good + b"rubbish", end=False)
    assert await stream.readline() == b"one\n"
    for _ in range(2):
        with pytest.raises(InvalidContentCoding, match="gzip"):
            await stream.readline()
    assert isinstance(stream.exception(), RemoteProtocolError)
    # Nothing is kept of what comes behind it.
    feed(stream, b"x" * 100_000)
    assert stream.total_raw_bytes == len(good) + 7


async def test_no_bytes_at_all_are_content_of_any_coding() -> None:
    stream = StreamReader(content_encoding="gzip")
    stream.feed_eof()
    assert stream.at_eof()
    assert await stream.read() == b""


async def test_a_reset_comes_behind_what_was_received() -> None:
    stream = StreamReader(content_encoding="gzip")
    encoder = zlib.compressobj(wbits=31)
    feed(stream, encoder.compress(b"abc") + encoder.flush(zlib.Z_SYNC_FLUSH), end=False)
    stream.reset_received(ResetReason.CANCEL, None)
    assert await stream.read(10) == b"abc"
    with pytest.raises(StreamReset):
        await stream.read(10)


async def test_reading_without_waiting_decodes_one_step() -> None:
    stream = StreamReader(content_encoding="gzip")
    feed(stream, gzip.compress(bytes(1_000_000)))
    assert stream.read_nowait(10) == bytes(10)
    assert stream.read_nowait() == bytes(65526)
    stream.max_size = 70_000
    with pytest.raises(BodyTooLarge):
        stream.read_nowait()


async def test_credit_that_brings_the_end_while_content_is_decoded() -> None:
    encoded = gzip.compress(b"abc")
    todo = [encoded[12:]]

    def consumed(size: int, pieces: int) -> None:
        if todo:
            rest = todo.pop()
            stream.feed_data(rest)
            stream.feed_eof()

    stream = StreamReader(consumed, content_encoding="gzip")
    stream.feed_data(encoded[:12])
    assert await stream.read() == b"abc"
    todo = [b""]
    stream = StreamReader(consumed, content_encoding="gzip")
    stream.feed_data(encoded)
    assert await stream.read(10) == b"abc"
    assert stream.at_eof()


# Away from the event loop.


async def test_small_content_stays_on_the_event_loop(executor: HeldExecutor) -> None:
    body = b"0123456789" * 20_000
    stream = StreamReader(content_encoding="gzip")
    feed(stream, gzip.compress(body))
    assert await stream.read() == body
    assert executor.held == []


async def test_content_that_comes_little_by_little_stays_there_too(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    encoder = zlib.compressobj(wbits=31)
    for _ in range(10):
        stream.feed_data(encoder.compress(bytes(100_000)) + encoder.flush(zlib.Z_SYNC_FLUSH))
        assert await stream.readexactly(100_000) == bytes(100_000)
        task = asyncio.create_task(stream.read(1))
        await turn()
        stream.feed_data(encoder.compress(b"x") + encoder.flush(zlib.Z_SYNC_FLUSH))
        await turn()
        assert executor.held == []
        assert await task == b"x"


async def test_much_that_waits_to_be_decoded_goes_to_a_thread(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    feed(stream, gzip.compress(NOISE))
    task = asyncio.create_task(stream.read())
    await turn()
    steps = 0
    while executor.held:
        executor.release()
        steps += 1
        await turn()
    assert 3 <= steps <= 6
    assert await task == NOISE


async def test_little_that_becomes_much_goes_to_a_thread(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    feed(stream, gzip.compress(bytes(2_000_000)))
    task = asyncio.create_task(stream.read())
    await turn()
    assert stream.total_bytes == 262144
    while executor.held:
        before = stream.total_bytes
        executor.release()
        await turn()
        assert stream.total_bytes - before <= 262144
    assert await task == bytes(2_000_000)


async def test_very_many_chunks_go_to_a_thread(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    encoded = gzip.compress(NOISE[:2000])
    stream.data_received(encoded, True, list(range(1, len(encoded))))
    stream.end_received([])
    task = asyncio.create_task(stream.read())
    await turn()
    assert executor.held
    while executor.held:
        executor.release()
        await turn()
    assert await task == NOISE[:2000]


async def test_a_read_that_is_cancelled_while_a_thread_decodes_loses_nothing(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    encoded = gzip.compress(NOISE)
    feed(stream, encoded[:200_000], end=False)
    rest = encoded[200_000:]
    found = b""
    for when in ("before", "after", "before", "after"):
        task = asyncio.create_task(stream.read(100_000))
        await turn()
        assert len(executor.held) == 1
        if when == "after":
            executor.release()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if when == "before":
            # The work goes on, and nobody else begins any.
            second = asyncio.create_task(stream.read(100_000))
            await turn()
            assert len(executor.held) == 1
            executor.release()
            found += await second
        else:
            await turn()
            found += stream.read_nowait(100_000)
        feed(stream, rest, end=False)
        rest = b""
    stream.end_received([])
    task = asyncio.create_task(stream.read())
    await turn()
    while executor.held:
        executor.release()
        await turn()
    assert found + await task == NOISE


async def test_what_comes_while_a_thread_decodes(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    encoded = gzip.compress(NOISE)
    feed(stream, encoded[:70_000], end=False)
    task = asyncio.create_task(stream.read())
    await turn()
    feed(stream, encoded[70_000:])
    with pytest.raises(RuntimeError, match="another task"):
        stream.read_nowait()
    while executor.held:
        executor.release()
        await turn()
    assert await task == NOISE


async def test_an_error_while_a_thread_decodes(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    encoded = gzip.compress(NOISE)
    feed(stream, encoded[:70_000] + b"rubbish" * 20_000)
    task = asyncio.create_task(stream.read())
    await turn()
    while executor.held:
        executor.release()
        await turn()
    with pytest.raises(InvalidContentCoding):
        await task
    assert stream.read_nowait()[:60_000] == NOISE[:60_000]
    with pytest.raises(InvalidContentCoding):
        stream.read_nowait()


async def test_an_exception_is_raised_although_a_thread_decodes(executor: HeldExecutor) -> None:
    stream = StreamReader(content_encoding="gzip")
    feed(stream, gzip.compress(NOISE))
    task = asyncio.create_task(stream.read())
    await turn()
    stream.set_exception(TimeoutError("too slow"))
    with pytest.raises(TimeoutError):
        await task
    executor.release()
    await turn()
    with pytest.raises(TimeoutError):
        await stream.read()


async def test_a_thread_that_fails_fails_the_stream(executor: HeldExecutor) -> None:
    for error, raised in ((MemoryError("full"), MemoryError), (SystemExit(), RuntimeError)):
        stream = StreamReader(content_encoding="gzip")
        feed(stream, gzip.compress(NOISE))
        task = asyncio.create_task(stream.read())
        await turn()
        future, _call = executor.held.pop()
        future.set_exception(error)
        with pytest.raises(raised):
            await task
    stream = StreamReader(content_encoding="gzip")
    feed(stream, gzip.compress(NOISE))
    task = asyncio.create_task(stream.read())
    await turn()
    executor.held.pop()[0].cancel()
    with pytest.raises(RuntimeError, match="broken off"):
        await task


async def test_real_threads() -> None:
    body = NOISE + bytes(3_000_000) + NOISE
    stream = StreamReader(content_encoding="gzip")
    feed(stream, gzip.compress(body))
    assert b"".join([piece async for piece in stream.iter_any()]) == body


# Random pieces and reads, against the content as bytes.

CONTENT = st.lists(st.sampled_from([b"\n", b"ab", b"c" * 3000, NOISE[:700]]), max_size=12).map(b"".join)


@pytest.mark.slow
@settings(deadline=None)
@given(
    CONTENT,
    st.lists(st.integers(0, 3000), max_size=8) | st.just(list(range(3000))),
    st.lists(st.integers(1, 3000), max_size=8),
    st.lists(st.tuples(st.sampled_from(["any", "read", "line", "exactly"]), st.integers(0, 4)), max_size=15),
    st.booleans(),
)
def test_any_reads_of_any_pieces_give_the_content(
    body: bytes, cuts: list[int], ends: list[int], reads: list[tuple[str, int]], by_threads: bool
) -> None:
    async def tell() -> None:
        encoded = zlib.compress(body)
        stream = StreamReader(content_encoding="deflate")
        borders = sorted({min(cut, len(encoded)) for cut in (*cuts, 0, len(encoded))})
        todo = list(itertools.pairwise(borders))

        def feed_one() -> None:
            if todo:
                start, end = todo.pop(0)
                inner = sorted({each - start for each in ends if start < each < end})
                stream.data_received(encoded[start:end], end in ends, inner or None)
            else:
                stream.feed_eof()

        async def complete(coroutine: Coroutine[Any, Any, bytes], cancels: int) -> bytes:
            task = asyncio.create_task(coroutine)
            while not task.done():
                await asyncio.sleep(0)
                if not stream.is_eof():
                    feed_one()
                if cancels == 0:
                    task.cancel()
                cancels -= 1
            return b"" if task.cancelled() else task.result()

        if by_threads:
            assert stream._decoded is not None
            stream._decoded._made = 10**9
        found = b""
        for kind, cancels in reads:
            rest = len(body) - len(found)
            match kind:
                case "any":
                    found += await complete(stream.readany(), cancels)
                case "read":
                    found += await complete(stream.read(100), cancels)
                case "line":
                    found += await complete(stream.readline(), cancels)
                case "exactly" if rest:
                    found += await complete(stream.readexactly(min(100, rest)), cancels)
        while not stream.is_eof():
            feed_one()
        assert found + await stream.read() == body
        assert stream.at_eof()

    asyncio.run(tell())


# -- letting go of what nobody reads --------------------------------------------------------------


async def test_what_is_released_is_not_decoded() -> None:
    credit = Credit()
    stream = StreamReader(credit, content_encoding="gzip", max_size=1000)
    encoded = gzip.compress(NOISE)
    stream.data_received(encoded[:1000], False, None)
    assert len(await stream.read(10)) == 10
    released = asyncio.create_task(stream.release())
    await asyncio.sleep(0)
    stream.data_received(encoded[1000:-20], False, None)
    await asyncio.sleep(0)
    stream.data_received(b"no gzip at all", False, None)
    assert not released.done()
    stream.end_received([])
    await released
    assert stream.at_eof()
    assert credit.size == len(encoded) - 20 + 14
    assert await stream.read() == b""


async def test_releasing_while_a_thread_decodes() -> None:
    executor = HeldExecutor()
    asyncio.get_running_loop().set_default_executor(executor)
    stream = StreamReader(content_encoding="gzip")
    stream.data_received(gzip.compress(NOISE), False, None)
    reading = asyncio.create_task(stream.readany())
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.sleep(0)
    stream.end_received([])
    await stream.release()
    executor.release()
    await asyncio.sleep(0)
    assert stream.at_eof()
    assert await stream.read() == b""


class NamedErrors(StreamReader):
    """Makes other errors of what reads raise."""

    __slots__ = ()

    def reading_error(self, error: Exception) -> Exception:
        return KeyError(type(error).__name__)


async def test_a_subclass_says_what_reads_raise() -> None:
    stream = NamedErrors(content_encoding="gzip")
    stream.feed_data(b"no gzip at all")
    with pytest.raises(KeyError, match="InvalidContentCoding"):
        await stream.read()
    stream = NamedErrors()
    stream.feed_data(b"x")
    stream.reset_received(ResetReason.CANCEL, None)
    assert await stream.readany() == b"x"
    with pytest.raises(KeyError, match="StreamReset"):
        await stream.readany()
