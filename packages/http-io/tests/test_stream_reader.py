"""A body as a stream of bytes."""

from __future__ import annotations

import asyncio
import itertools
import math
import zlib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_io import LineTooLong, ResetReason, StreamReader, StreamReset


class Credit:
    """Counts the credit that is given back."""

    def __init__(self) -> None:
        self.size = 0
        self.pieces = 0

    def __call__(self, size: int, pieces: int) -> None:
        self.size += size
        self.pieces += pieces


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


async def begun(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A task that waits already."""
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(0)
    assert not task.done()
    return task


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns that never waits; there is no event loop."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


async def test_reading_to_the_end(stream: StreamReader, credit: Credit) -> None:
    feed(stream, b"abc", b"def")
    assert await stream.read() == b"abcdef"
    assert await stream.read() == b""
    assert await stream.read(5) == b""
    assert (credit.size, credit.pieces) == (6, 2)


@pytest.mark.parametrize("data", [b"", b"abc"])
async def test_fewer_bytes_than_none_cannot_be_read(stream: StreamReader, data: bytes) -> None:
    stream.feed_data(data)
    with pytest.raises(ValueError, match="not -1"):
        await stream.readexactly(-1)
    stream.feed_eof()
    assert await stream.read() == data


async def test_an_empty_stream(stream: StreamReader) -> None:
    feed(stream)
    assert stream.at_eof()
    assert await stream.read() == b""
    assert await stream.readany() == b""
    assert await stream.readexactly(0) == b""
    assert await stream.readline() == b""
    assert await stream.readuntil(b"--") == b""
    assert await stream.readchunk() == (b"", False)
    assert stream.read_nowait() == b""


async def test_reading_in_pieces_of_any_size(stream: StreamReader, credit: Credit) -> None:
    feed(stream, b"abcdef", b"gh", b"i")
    assert await stream.read(2) == b"ab"
    assert await stream.read(5) == b"cdefg"
    assert not stream.at_eof()
    assert await stream.read(100) == b"hi"
    assert stream.at_eof()
    assert (credit.size, credit.pieces) == (9, 3)


async def test_reading_what_is_there(stream: StreamReader, credit: Credit) -> None:
    feed(stream, b"abc", b"def", end=False)
    assert await stream.readany() == b"abcdef"
    assert credit.size == 6
    feed(stream, b"xyz", b"more")
    assert await stream.read(1) == b"x"
    assert await stream.readany() == b"yzmore"
    assert await stream.readany() == b""
    assert credit.size == 13


async def test_reading_nothing_waits_for_nothing(stream: StreamReader) -> None:
    assert await stream.read(0) == b""


async def test_reading_exactly(stream: StreamReader) -> None:
    feed(stream, b"ab", b"cdef", b"gh")
    assert await stream.readexactly(5) == b"abcde"
    with pytest.raises(asyncio.IncompleteReadError) as caught:
        await stream.readexactly(9)
    assert (caught.value.partial, caught.value.expected) == (b"fgh", 9)


async def test_reading_lines(stream: StreamReader) -> None:
    feed(stream, b"one\ntw", b"o\r\n\nthr", b"ee")
    assert await stream.readline() == b"one\n"
    assert await stream.readline() == b"two\r\n"
    assert await stream.readline(max_line_length=1) == b"\n"
    assert await stream.readline(max_line_length=math.inf) == b"three"
    assert await stream.readline() == b""


async def test_reading_up_to_a_separator_in_any_split() -> None:
    body = b"a-b--c---d----"
    for cut, second in itertools.combinations_with_replacement(range(len(body) + 1), 2):
        stream = StreamReader()
        for piece in (body[:cut], body[cut:second], body[second:]):
            stream.feed_data(piece)
        stream.feed_eof()
        found = [await stream.readuntil(b"--") for _ in range(5)]
        assert found == [b"a-b--", b"c--", b"-d--", b"--", b""]


async def test_a_separator_is_at_least_one_byte_and_any_kind_of_bytes(stream: StreamReader) -> None:
    feed(stream, b"ab;c;")
    with pytest.raises(ValueError, match="empty"):
        await stream.readuntil(b"")
    assert await stream.readuntil(bytearray(b";")) == b"ab;"
    assert await stream.readuntil(memoryview(b";")) == b"c;"
    with pytest.raises(TypeError):
        await stream.readuntil("x")  # type: ignore[arg-type]


@pytest.mark.parametrize("cut", range(11))
async def test_a_line_at_its_limit_and_one_above(cut: int) -> None:
    body = b"123456789\n"
    for limit, fits in ((10, True), (9, False)):
        stream = StreamReader(max_line_length=limit)
        task = asyncio.create_task(stream.readline())
        for piece in (body[:cut], body[cut:], b"next\n"):
            stream.feed_data(piece)
            await asyncio.sleep(0)
        if fits:
            assert await task == body
        else:
            with pytest.raises(LineTooLong) as caught:
                await task
            assert caught.value.limit == limit
            assert body.startswith(caught.value.line)
            assert await stream.readline(max_line_length=10) == body
        assert await stream.readline() == b"next\n"


@pytest.mark.parametrize(("limit", "fits"), [(4, True), (3, False), (math.inf, True)])
async def test_the_last_line_has_the_limit_too(limit: float, fits: bool) -> None:
    stream = StreamReader()
    stream.feed_data(b"last")
    stream.feed_eof()
    if fits:
        assert await stream.readuntil(b"\r\n", max_size=limit) == b"last"
    else:
        with pytest.raises(LineTooLong):
            await stream.readuntil(b"\r\n", max_size=limit)
        assert await stream.read() == b"last"


async def test_a_line_limit_of_the_stream_can_be_raised_and_lifted(stream: StreamReader) -> None:
    assert stream.max_line_length == 524288
    line = b"x" * 600_000 + b"\n"
    feed(stream, line, line, line)
    with pytest.raises(LineTooLong, match="max_line_length"):
        await stream.readline()
    stream.max_line_length = len(line)
    assert await stream.readline() == line
    stream.max_line_length = math.inf
    assert stream.max_line_length == math.inf
    assert [each async for each in stream] == [line, line]


@pytest.mark.parametrize("wrong", [0, -1])
async def test_limits_are_numbers_above_nothing(stream: StreamReader, wrong: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        await stream.readline(max_line_length=wrong)
    with pytest.raises(ValueError, match="1 or more"):
        StreamReader(max_line_length=wrong)
    with pytest.raises(TypeError):
        await stream.readuntil(max_size=1.5)


async def test_a_line_longer_than_the_credit_is_read() -> None:
    """Whoever feeds waits for credit of 10 bytes and 4 pieces."""
    credit = Credit()
    stream = StreamReader(credit)
    body = b"x" * 1000 + b"\n"
    task = asyncio.create_task(stream.readline(max_line_length=1001))
    for sent in range(0, len(body), 2):
        await asyncio.sleep(0)
        assert sent - credit.size <= 10
        assert sent // 2 - credit.pieces <= 4
        stream.data_received(body[sent : sent + 2], True, None)
    assert await task == body


async def test_credit_stops_at_the_line_limit() -> None:
    credit = Credit()
    stream = StreamReader(credit, max_line_length=100)
    task = asyncio.create_task(stream.readline())
    for _ in range(20):
        stream.data_received(b"x" * 10, False, None)
        await asyncio.sleep(0)
    with pytest.raises(LineTooLong):
        await task
    assert credit.size == 100


async def test_reading_chunks(stream: StreamReader, credit: Credit) -> None:
    stream.data_received(b"abcdefgh", True, [2, 3])
    stream.data_received(b"ij", False, None)
    assert await stream.readchunk() == (b"ab", True)
    assert await stream.readchunk() == (b"c", True)
    assert await stream.readchunk() == (b"defgh", True)
    assert await stream.readchunk() == (b"ij", False)
    task = await begun(stream.readchunk())
    stream.data_received(b"k", True, None)
    assert await task == (b"k", True)
    stream.end_received([])
    assert await stream.readchunk() == (b"", False)
    assert (credit.size, credit.pieces) == (11, 5)


async def test_a_chunk_that_was_read_otherwise_still_ends(stream: StreamReader) -> None:
    stream.data_received(b"abcdef", True, [3])
    assert await stream.readexactly(3) == b"abc"
    assert await stream.readchunk() == (b"", True)
    assert await stream.read(1) == b"d"
    assert await stream.readchunk() == (b"ef", True)


async def test_reading_without_waiting(stream: StreamReader) -> None:
    assert stream.read_nowait() == b""
    feed(stream, b"abc", b"def", end=False)
    assert stream.read_nowait(2) == b"ab"
    assert stream.read_nowait(0) == b""
    assert stream.read_nowait() == b"cdef"
    task = await begun(stream.readany())
    with pytest.raises(RuntimeError, match="another task"):
        stream.read_nowait()
    feed(stream, b"g")
    assert await task == b"g"
    assert stream.read_nowait() == b""


async def test_bytes_are_put_back(stream: StreamReader, credit: Credit) -> None:
    feed(stream, b"abcdef")
    assert await stream.read(4) == b"abcd"
    stream.unread_data(bytearray(b"cd"))
    stream.unread_data(b"")
    assert await stream.read() == b"cdef"
    stream.unread_data(b"f")
    assert not stream.at_eof()
    assert await stream.readline() == b"f"
    assert credit.size == 6


def test_what_is_complete_is_read_without_an_event_loop() -> None:
    reads: list[tuple[Callable[[StreamReader], Coroutine[Any, Any, Any]], Any]] = [
        (lambda stream: stream.read(), b"one\ntwo"),
        (lambda stream: stream.read(100), b"one\ntwo"),
        (lambda stream: stream.readany(), b"one\ntwo"),
        (lambda stream: stream.readexactly(3), b"one"),
        (lambda stream: stream.readline(), b"one\n"),
        (lambda stream: stream.readuntil(b"x"), b"one\ntwo"),
        (lambda stream: stream.readchunk(), (b"one\ntwo", False)),
        (lambda stream: anext(stream.iter_chunked(2)), b"on"),
        (lambda stream: stream.wait_eof(), None),
    ]
    for read, result in reads:
        stream = StreamReader()
        feed(stream, b"one\n", b"two")
        assert finished(read(stream)) == result


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


READS: dict[str, Callable[[StreamReader], Coroutine[Any, Any, Any]]] = {
    "read": lambda stream: stream.read(4),
    "read all": lambda stream: stream.read(),
    "readany": lambda stream: stream.readany(),
    "readexactly": lambda stream: stream.readexactly(4),
    "readline": lambda stream: stream.readline(),
    "readuntil": lambda stream: stream.readuntil(b"!"),
    "readchunk": lambda stream: stream.readchunk(),
    "lines": lambda stream: anext(aiter(stream)),
    "iter_chunked": lambda stream: anext(stream.iter_chunked(4)),
    "iter_any": lambda stream: anext(stream.iter_any()),
    "iter_chunks": lambda stream: anext(stream.iter_chunks()),
}
# Those that wait although there are bytes.
COLLECTING = ("read all", "readexactly", "readline", "readuntil", "lines")


@pytest.mark.parametrize("first", READS)
@pytest.mark.parametrize("second", READS)
async def test_one_reader_at_a_time(stream: StreamReader, first: str, second: str) -> None:
    task = await begun(READS[first](stream))
    with pytest.raises(RuntimeError, match="another task"):
        await READS[second](stream)
    feed(stream, b"abc\n", end=False)
    # It was woken, and what woke it is its own.
    with pytest.raises(RuntimeError, match="another task"):
        await READS[second](stream)
    feed(stream)
    assert await task in (b"abc\n", (b"abc\n", False))


@pytest.mark.parametrize("kind", READS)
async def test_a_cancelled_read_has_taken_nothing(stream: StreamReader, kind: str) -> None:
    if kind in COLLECTING:
        feed(stream, b"ab", end=False)
    task = await begun(READS[kind](stream))
    task.cancel()
    # Its task has not run yet.
    assert stream.read_nowait() == (b"ab" if kind in COLLECTING else b"")
    with pytest.raises(asyncio.CancelledError):
        await task
    task = await begun(READS[kind](stream))
    feed(stream, b"c", end=False)
    task.cancel()  # after it was woken
    with pytest.raises(asyncio.CancelledError):
        await task
    feed(stream, b"d\n")
    assert await stream.read() == b"cd\n"


async def test_a_reset_is_raised_after_the_data(stream: StreamReader) -> None:
    feed(stream, b"abc", end=False)
    cause = ConnectionResetError("gone")
    stream.reset_received(ResetReason.CANCEL, cause)
    with pytest.raises(StreamReset):
        await stream.readline()
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
    with pytest.raises(StreamReset):
        stream.read_nowait()


@pytest.mark.parametrize("kind", READS)
async def test_a_reset_wakes_the_reader(stream: StreamReader, kind: str) -> None:
    task = await begun(READS[kind](stream))
    assert stream.exception() is None
    stream.reset_received(ResetReason.TIMEOUT, None)
    with pytest.raises(StreamReset, match="timeout"):
        await task


@pytest.mark.parametrize(("rest", "line"), [(b"c\nd", b"abc\n"), (b"c", b"abc"), (b"", b"ab")])
async def test_credit_that_brings_the_rest_of_the_body_at_once(rest: bytes, line: bytes) -> None:
    """A line that is not complete waits for nothing when giving credit back has completed it."""
    todo = [rest]

    def consumed(size: int, pieces: int) -> None:
        if todo:
            body.feed_data(todo.pop())
            body.feed_eof()

    body = StreamReader(consumed)
    body.data_received(b"ab", True, None)
    assert await body.readline() == line
    assert await body.read() == (b"ab" + rest).removeprefix(line)


async def test_reads_with_numbers_of_another_type(stream: StreamReader) -> None:
    feed(stream, b"abc")
    with pytest.raises(TypeError):
        await stream.read(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        await stream.read(None)  # type: ignore[arg-type]
    assert await stream.read() == b"abc"


# Over a connection that keeps 300 bytes, from a peer that sends while it may.


@pytest.mark.parametrize("coding", ["", "deflate"])
@pytest.mark.parametrize(
    "read",
    [
        lambda stream: stream.readline(max_line_length=math.inf),
        lambda stream: stream.readuntil(b"\n", max_size=20_000),
        lambda stream: stream.readexactly(20_000),
        lambda stream: stream.read(),
    ],
)
async def test_what_is_longer_than_a_connection_keeps_is_read(
    make_wire: Callable[..., Any], read: Callable[[StreamReader], Coroutine[Any, Any, bytes]], coding: str
) -> None:
    wire = make_wire(read_bufsize=300)
    exchanges: list[Any] = []
    wire.service = exchanges.append
    transport = wire.connect()
    body = b"x" * 19_999 + b"\n"
    encoded = zlib.compress(body, 0) if coding else body
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST"))
    pieces = [b"5\r\n" + encoded[start : start + 5] + b"\r\n" for start in range(0, len(encoded) - 5, 5)]
    rest = encoded[5 * len(pieces) :]
    pieces += [b"%x\r\n%b\r\n" % (len(rest), rest), b"0\r\n\r\n"]
    while transport.is_reading():
        transport.feed(b"".join(pieces[:10]))
        del pieces[:10]
    (exchange,) = exchanges
    stream = StreamReader(exchange.consumed, content_encoding=coding)
    exchange.receive(stream)
    task = asyncio.create_task(read(stream))
    for _ in range(10_000):
        await asyncio.sleep(0)
        if pieces and transport.is_reading():
            transport.feed(b"".join(pieces[:3]))
            del pieces[:3]
        if task.done():
            break
    assert await task == body
    exchange.respond(200, None, [], b"")


# Random reads of random pieces, against the body as bytes.

BODY = st.lists(
    st.sampled_from([b"\n", b"-", b"--\n", b"a", b"bc", b"d" * 40, b"e" * 5000]), max_size=25
).map(b"".join)
READING = st.one_of(
    st.tuples(st.just("read"), st.sampled_from([-1, 0, 1, 2, 7, 100, 6000])),
    st.tuples(st.just("readexactly"), st.sampled_from([0, 1, 3, 60, 7000])),
    st.tuples(st.just("readline"), st.sampled_from([1, 5, 50, 20000])),
    st.tuples(st.sampled_from(["-", "--", "-\n", "--\n"]), st.sampled_from([3, 60, 20000])),
    st.tuples(st.sampled_from(["readany", "readchunk", "nowait", "unread"]), st.just(0)),
)


class Story:
    """A stream, the body that it is fed with, and how far that was read."""

    def __init__(self, body: bytes, cuts: list[int], ends: list[int], *, together: bool = False) -> None:
        self.together = together
        self.credit = Credit()
        self.stream = StreamReader(self.credit)
        self.body = body
        borders = sorted({min(cut, len(body)) for cut in (*cuts, 0, len(body))})
        self.pieces = list(itertools.pairwise(borders))
        self.ends = {end for end in ends if 0 < end <= len(body)}
        self.position = 0
        self.fed = 0
        self.fed_pieces = 0

    def feed(self) -> None:
        if self.pieces and self.together:
            self.feed_several()
        elif self.pieces:
            start, end = self.pieces.pop(0)
            inner = [each - start for each in sorted(self.ends) if start < each < end]
            self.stream.data_received(self.body[start:end], end in self.ends, inner or None)
            self.fed = end
            self.fed_pieces += 1 + len(inner)
        else:
            self.stream.feed_eof()

    def feed_several(self) -> None:
        """Feed as a parser gives a body: of its pieces only the last may be without the end of a chunk."""
        first = self.fed
        pieces: list[bytes] = []
        while self.pieces and (not pieces or (self.fed in self.ends and len(pieces) < 4)):
            start, self.fed = self.pieces.pop(0)
            pieces.append(self.body[start : self.fed])
        ends = [each - first for each in sorted(self.ends) if first < each <= self.fed]
        self.stream.pieces_received(pieces, ends)
        self.fed_pieces += len(ends) + (self.fed not in self.ends)

    async def read(self, coroutine: Coroutine[Any, Any, Any], cancels: int) -> Any:
        """Read, and feed while that waits; with `cancels`, break it off after so many pieces, unless it is done."""
        task = asyncio.create_task(coroutine)
        await asyncio.sleep(0)
        while not task.done():
            assert (self.credit.size, self.credit.pieces) == (self.fed, self.fed_pieces)
            if not cancels:
                task.cancel()
                await asyncio.wait([task])
                return None
            cancels -= 1
            self.feed()
            await asyncio.sleep(0)
        return await task

    async def do(self, kind: str, n: int, cancels: int) -> None:
        stream = self.stream
        rest = self.body[self.position :]
        if kind in ("readany", "nowait") or (kind == "read" and n > 0):
            if kind == "nowait":
                data = stream.read_nowait()
            else:
                data = await self.read(stream.readany() if kind == "readany" else stream.read(n), cancels)
                if data is None:
                    return
                assert data or not rest
            assert rest.startswith(data)
            assert len(data) <= n or kind != "read"
        elif kind == "readchunk":
            chunk = await self.read(stream.readchunk(), cancels)
            if chunk is None:
                return
            data, ends = chunk
            assert rest.startswith(data)
            assert not ends or self.position + len(data) in self.ends
            assert data or ends or not rest
        elif kind == "unread":
            data = self.body[max(self.position - 3, 0) : self.position]
            stream.unread_data(data)
            self.position -= 2 * len(data)
        else:
            expected = self.expect(kind, n)
            data = await self.read(self.collect(kind, n), cancels)
            if data is None:
                return
            assert data == expected
            if data == "too long":
                return
        self.position += len(data)

    def expect(self, kind: str, n: int) -> bytes | str:
        rest = self.body[self.position :]
        if kind in ("read", "readexactly"):
            return rest if n < 0 else rest[:n]
        separator = b"\n" if kind == "readline" else kind.encode()
        head, found, _ = rest.partition(separator)
        return "too long" if len(head + found) > n else head + found

    async def collect(self, kind: str, n: int) -> bytes | str:
        try:
            if kind == "read":
                return await self.stream.read(n)
            if kind == "readexactly":
                return await self.stream.readexactly(n)
            if kind == "readline":
                return await self.stream.readline(max_line_length=n)
            return await self.stream.readuntil(kind.encode(), max_size=n)
        except asyncio.IncompleteReadError as error:
            return error.partial
        except LineTooLong:
            return "too long"

    async def finish(self) -> None:
        while not self.stream.is_eof():
            self.feed()
        assert await self.stream.read() == self.body[self.position :]
        assert self.stream.at_eof()
        assert (self.credit.size, self.credit.pieces) == (len(self.body), self.fed_pieces)
        assert self.stream.total_bytes == self.stream.total_raw_bytes == len(self.body)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(
    BODY,
    st.lists(st.integers(0, 60000), max_size=12) | st.just(list(range(400))),
    st.lists(st.integers(0, 400), max_size=12),
    st.lists(st.tuples(READING, st.sampled_from([0, 1, 2, 1000])), max_size=30),
    st.booleans(),
)
def test_any_reads_of_any_pieces_give_the_body(
    body: bytes, cuts: list[int], ends: list[int], reads: list[tuple[tuple[str, int], int]], together: bool
) -> None:
    async def tell() -> None:
        story = Story(body, cuts, ends, together=together)
        for (kind, n), cancels in reads:
            await story.do(kind, n, cancels)
        await story.finish()

    asyncio.run(tell())


@given(
    st.lists(st.binary(min_size=1, max_size=9), max_size=12),
    st.lists(st.integers(0, 100), max_size=8),
    st.booleans(),
)
def test_chunks_end_where_they_did_whatever_the_pieces(
    chunks: list[bytes], cuts: list[int], together: bool
) -> None:
    async def tell() -> None:
        body = b"".join(chunks)
        ends = list(itertools.accumulate(map(len, chunks)))
        story = Story(body, cuts, ends, together=together)
        while not story.stream.is_eof():
            story.feed()
        assert [chunk async for chunk in story.stream.iter_chunks()] == [(chunk, True) for chunk in chunks]

    asyncio.run(tell())


# What is there is iterated over as it came.


async def test_large_pieces_are_not_joined_for_who_waits(stream: StreamReader) -> None:
    pieces = [bytes(40_000), bytes(30_000)]
    items = stream.iter_any()
    task = asyncio.ensure_future(anext(items))
    await asyncio.sleep(0)
    stream.pieces_received(list(pieces), [40_000])
    assert await task is pieces[0]
    assert await anext(items) is pieces[1]


async def test_small_pieces_are_joined_up_to_a_bound(stream: StreamReader) -> None:
    stream.pieces_received([bytes(5000)] * 20, list(range(5000, 100_001, 5000)))
    stream.feed_eof()
    sizes = [len(piece) async for piece in stream.iter_any()]
    assert sizes == [35_000, 35_000, 30_000]


async def test_who_takes_pieces_in_a_way_of_its_own_gets_them_one_by_one() -> None:
    class Counting(StreamReader):
        pieces = 0

        def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
            self.pieces += 1
            super().data_received(data, ends_chunk, inner_ends)

    class Quiet(Counting):
        """Changes nothing."""

    kinds = (StreamReader, Counting, Quiet)
    assert [callable(kind.pieces_received) for kind in kinds] == [True, False, False]
