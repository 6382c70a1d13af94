"""What a body is written through."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_io import BodyLengthMismatch, BodySink, PeerGone, ResetReason
from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.codings import ContentDecoder, ContentEncoder, available_codings
from tidewire_testing import assert_no_leaks

if TYPE_CHECKING:
    from exchange_harness import Harness

SLICE = 262144


class Peer:
    """An outbound exchange that keeps what is sent; the peer behind it gives credit when it is told to.

    Attributes:
        window: bytes that it takes before writers have to wait; None for any number.
        refuses: raised by what is sent.
    """

    def __init__(self, window: int | None = None) -> None:
        self.window = window
        self.held = 0
        self.sent: list[bytes] = []
        self.ends = 0
        self.trailers: list[tuple[str, str]] | None = None
        self.disconnected = False
        self.refuses: Exception | None = None
        self._waiters: list[asyncio.Future[None]] = []

    @property
    def body(self) -> bytes:
        return b"".join(self.sent)

    @property
    def is_writable(self) -> bool:
        return self.window is None or self.held < self.window

    @property
    def waiting(self) -> int:
        return sum(not waiter.done() for waiter in self._waiters)

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        assert type(data) is bytes
        assert data or end
        assert not self.ends
        if self.refuses is not None:
            raise self.refuses
        if not self.disconnected:
            self.sent.append(data)
            self.held += len(data)
        self.ends += end

    def send_trailers(self, fields: list[tuple[str, str]]) -> None:
        assert not self.ends
        self.trailers = fields
        self.ends += 1

    def reset(self, reason: ResetReason) -> None:
        self.leave()

    def writable(self) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        if self.is_writable or self.disconnected:
            future.set_result(None)
        else:
            self._waiters.append(future)
        return future

    def read(self) -> None:
        """Take all that is held."""
        self.held = 0
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def leave(self) -> None:
        self.disconnected = True
        self.read()


class HeldExecutor(Executor):
    """Runs nothing before it is told to."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.jobs.append((future, lambda: fn(*args, **kwargs)))
        return future

    def run(self) -> int:
        """Run all; tell how many they were."""
        jobs, self.jobs = self.jobs, []
        for future, job in jobs:
            if future.set_running_or_notify_cancel():
                future.set_result(job())
        return len(jobs)


async def turn(times: int = 5) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def begun(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that waits already."""
    task = asyncio.create_task(coroutine)
    await turn()
    assert not task.done()
    return task


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def decoded(coding: str, data: bytes) -> bytes:
    decoder = ContentDecoder(coding)
    decoder.receive_data(data)
    decoder.receive_eof()
    pieces = []
    while piece := decoder.read(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


# What is written arrives.


async def test_pieces_are_sent_as_they_come() -> None:
    peer = Peer()
    sink = BodySink(peer)
    await sink.write(b"abc")
    assert peer.sent == [b"abc"]
    await sink.write(b"")
    await sink.write(b"de")
    assert (peer.sent, peer.ends) == ([b"abc", b"de"], 0)
    await sink.write_eof()
    assert (peer.body, peer.ends) == (b"abcde", 1)
    assert sink.ended


async def test_the_last_piece_and_the_end_are_sent_in_one() -> None:
    peer = Peer()
    sink = BodySink(peer)
    await sink.write_eof(b"abc")
    assert (peer.sent, peer.ends) == ([b"abc"], 1)
    assert sink.length is None
    assert BodySink(peer, length=3).length == 3


def test_small_pieces_are_sent_without_a_wait() -> None:
    # So that they go out in one write with a head that is held back until the loop goes round.
    peer = Peer()
    sink = BodySink(peer)
    for coroutine in (sink.write(b"abc"), sink.write_eof(b"def")):
        with pytest.raises(StopIteration):
            coroutine.send(None)
    assert (peer.body, peer.ends) == (b"abcdef", 1)


@pytest.mark.parametrize(
    "data",
    [
        bytearray(b"abcd"),
        memoryview(b"abcd"),
        memoryview(b"ab").cast("H"),
        memoryview(b"dcba")[::-1],
        bytearray(SLICE + 1),
        memoryview(bytes(4 * SLICE)).cast("I"),
        memoryview(bytes(4 * SLICE))[::-2],
        type("Derived", (bytes,), {})(b"abcd"),
    ],
)
async def test_everything_bytes_like_is_taken(data: bytearray | memoryview) -> None:
    peer = Peer()
    sink = BodySink(peer)
    await sink.write(data)
    await sink.write_eof(data)
    assert peer.body == bytes(data) * 2


@pytest.mark.parametrize("data", ["abc", None, 3, [1], iter(b"")])
async def test_what_is_not_bytes_like_is_refused(data: Any) -> None:
    peer = Peer()
    sink = BodySink(peer)
    with pytest.raises(TypeError, match="bytes-like"):
        await sink.write(data)
    with pytest.raises(TypeError, match="bytes-like"):
        await sink.write_eof(data)
    assert (peer.sent, sink.accepted) == ([], 0)


@pytest.mark.parametrize(
    ("length", "error"), [("5", TypeError), (5.0, TypeError), (-1, ValueError), (-5, ValueError)]
)
def test_a_length_that_cannot_be_is_refused_at_once(length: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"length .*not {length!r}"):
        BodySink(Peer(), length=length)


async def test_trailers_end_the_body() -> None:
    peer = Peer()
    sink = BodySink(peer)
    await sink.write_eof(b"abc", trailers=[("X-Sum", "1")])
    assert (peer.body, peer.trailers, peer.ends) == (b"abc", [("X-Sum", "1")], 1)


async def test_trailers_after_nothing() -> None:
    peer = Peer()
    await BodySink(peer).write_eof(trailers=[("X-Sum", "1")])
    assert (peer.sent, peer.trailers, peer.ends) == ([], [("X-Sum", "1")], 1)


async def test_no_trailers_are_an_ordinary_end() -> None:
    peer = Peer()
    await BodySink(peer).write_eof(trailers=[])
    assert (peer.trailers, peer.ends) == (None, 1)


async def test_the_end_comes_once() -> None:
    peer = Peer()
    sink = BodySink(peer)
    await sink.write_eof()
    await sink.write_eof()
    assert peer.ends == 1
    with pytest.raises(LocalProtocolError, match="ended"):
        await sink.write(b"a")
    with pytest.raises(LocalProtocolError, match="ended"):
        await sink.write_eof(b"a")
    with pytest.raises(LocalProtocolError, match="ended"):
        await sink.write_eof(trailers=[("A", "b")])


# Back-pressure.


async def test_a_writer_waits_while_there_is_no_credit() -> None:
    peer = Peer(3)
    sink = BodySink(peer)
    await sink.write(b"abc")
    task = await begun(sink.write(b"def"))
    assert peer.body == b"abc"
    peer.read()
    await task
    assert peer.body == b"abcdef"


async def test_a_large_piece_goes_out_in_slices() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    data = noise(2 * SLICE + 10)
    task = await begun(sink.write(data))
    assert [len(piece) for piece in peer.sent] == [SLICE]
    peer.read()
    await turn()
    assert [len(piece) for piece in peer.sent] == [SLICE, SLICE]
    peer.read()
    await task
    assert peer.body == data


async def test_the_last_piece_waits_for_credit_too() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await sink.write(b"a")
    task = await begun(sink.write_eof(b"b"))
    peer.read()
    await task
    assert (peer.body, peer.ends) == (b"ab", 1)


async def test_the_end_alone_needs_no_credit() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await sink.write(b"a")
    await sink.write_eof()
    assert peer.ends == 1


async def test_a_large_last_piece_goes_out_in_slices() -> None:
    peer = Peer(1)
    data = noise(SLICE + 1)
    task = await begun(BodySink(peer).write_eof(data))
    assert peer.body == data[:SLICE]
    peer.read()
    await turn()
    peer.read()
    await task
    assert (peer.body, peer.ends) == (data, 1)


async def test_draining_waits_for_credit() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await sink.drain()
    await sink.write(b"abc")
    task = await begun(sink.drain())
    peer.read()
    await task


@pytest.mark.parametrize("size", [1000, SLICE, 8 * SLICE])
async def test_others_get_their_turn_where_the_peer_is_never_slow(size: int) -> None:
    sink = BodySink(Peer())
    rounds = 0
    done = False

    async def count() -> None:
        nonlocal rounds
        while not done:
            rounds += 1
            await asyncio.sleep(0)

    counter = asyncio.create_task(count())
    data = bytes(size)
    for _ in range(16 * SLICE // size):
        await sink.write(data)
    done = True
    await counter
    assert 2 <= rounds <= 8


# Several writers.


async def test_each_of_several_writers_is_sent_whole_and_in_turn() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    written = [bytes([65 + number]) * (SLICE + 5) for number in range(4)]
    tasks = [await begun(sink.write(data)) for data in written]
    small = await begun(sink.write(b"small"))
    end = await begun(sink.write_eof(b"end"))
    while not end.done():
        peer.read()
        await turn()
    await asyncio.gather(*tasks, small, end)
    assert peer.body == b"".join(written) + b"smallend"
    assert peer.ends == 1


async def test_nothing_comes_behind_an_end_that_waits() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await sink.write(b"a")
    end = await begun(sink.write_eof(b"b"))
    with pytest.raises(LocalProtocolError, match="ended"):
        await sink.write(b"c")
    await cancelled(end)
    assert not sink.ended
    peer.read()
    await sink.write(b"d")
    await sink.write_eof()
    assert (peer.body, peer.ends) == (b"ad", 1)


async def test_a_writer_that_is_cancelled_before_its_turn_sends_nothing() -> None:
    peer = Peer(1)
    sink = BodySink(peer, length=3)
    await sink.write(b"a")
    first = await begun(sink.write(b"b"))
    second = await begun(sink.write(b"c"))
    with pytest.raises(BodyLengthMismatch):
        await sink.write(b"d")
    await cancelled(second)
    await cancelled(first)
    assert sink.accepted == 1
    peer.read()
    await sink.write(b"e")
    peer.read()
    await sink.write_eof(b"f")
    assert (peer.body, peer.ends) == (b"aef", 1)


async def test_a_writer_that_is_cancelled_half_way_is_finished_all_the_same() -> None:
    for kind in (bytes, bytearray):
        async with assert_no_leaks():
            peer = Peer(1)
            sink = BodySink(peer)
            data = noise(3 * SLICE)
            given_data = kind(data)
            task = await begun(sink.write(given_data))
            await cancelled(task)
            if isinstance(given_data, bytearray):
                given_data[:] = bytes(len(given_data))
            task = await begun(sink.write_eof(b"end"))
            assert peer.body == data[:SLICE]
            for _ in range(4):
                peer.read()
                await turn()
            await task
            assert peer.body == data + b"end"


async def test_what_is_finished_apart_ends_with_the_peer() -> None:
    async with assert_no_leaks():
        peer = Peer(1)
        sink = BodySink(peer)
        task = await begun(sink.write(noise(3 * SLICE)))
        await cancelled(task)
        peer.leave()
        await turn()
        with pytest.raises(PeerGone):
            await sink.write(b"a")
        await sink.write_eof()


async def test_a_hole_is_not_written_behind() -> None:
    # As where the loop is closing, and cancels all that there is.
    peer = Peer(1)
    sink = BodySink(peer)
    task = await begun(sink.write(noise(3 * SLICE)))
    await cancelled(task)
    (apart,) = asyncio.all_tasks() - {asyncio.current_task()}
    apart.cancel()
    await turn()
    for writing in (sink.write(b"a"), sink.write_eof()):
        with pytest.raises(LocalProtocolError, match="hole"):
            await writing
    assert peer.ends == 0


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([1, 10, SLICE, SLICE + 1, 2 * SLICE + 1]), min_size=1, max_size=6),
    st.lists(st.sampled_from(["read", "turn", "encode", 0, 1, 2, 3, 4, 5]), max_size=30),
    st.sampled_from([None, "gzip"]),
)
def test_whatever_is_cancelled_writes_go_out_whole_in_order(
    sizes: list[int], steps: list[str | int], coding: str | None
) -> None:
    async def run() -> None:
        peer = Peer(1)
        executor = HeldExecutor()
        encoder = None if coding is None else ContentEncoder(coding, level=1)
        sink = BodySink(peer, encoder=encoder, executor=executor)
        written = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
        tasks = [asyncio.create_task(sink.write(piece)) for piece in written]
        for step in steps:
            if step == "read":
                peer.read()
            elif step == "encode":
                executor.run()
            elif isinstance(step, int):
                tasks[step % len(tasks)].cancel()
            await asyncio.sleep(0)
        end = asyncio.create_task(sink.write_eof())
        while not end.done():
            peer.read()
            executor.run()
            await asyncio.sleep(0)
        await end
        body = peer.body if coding is None else decoded(coding, peer.body)
        arrived = [piece for piece in written if piece[:1] in body]
        assert body == b"".join(arrived)
        assert sink.accepted == len(body)
        for piece, task in zip(written, tasks, strict=True):
            assert task.cancelled() or piece in arrived

    asyncio.run(run())


# Lengths.


async def test_as_much_as_was_declared_is_right() -> None:
    peer = Peer()
    sink = BodySink(peer, length=5)
    await sink.write(b"abc")
    await sink.write_eof(b"de")
    assert (peer.body, peer.ends) == (b"abcde", 1)


async def test_more_than_was_declared_is_not_sent() -> None:
    peer = Peer()
    sink = BodySink(peer, length=5)
    await sink.write(b"abc")
    for writing in (sink.write(b"def"), sink.write_eof(b"def")):
        with pytest.raises(BodyLengthMismatch) as caught:
            await writing
        assert (caught.value.declared, caught.value.written) == (5, 6)
    assert (peer.body, peer.ends, sink.accepted) == (b"abc", 0, 3)
    await sink.write_eof(b"de")
    assert (peer.body, peer.ends) == (b"abcde", 1)


async def test_less_than_was_declared_does_not_end() -> None:
    peer = Peer()
    sink = BodySink(peer, length=5)
    await sink.write(b"abc")
    for writing in (sink.write_eof(), sink.write_eof(b"d"), sink.write_eof(trailers=[("A", "b")])):
        with pytest.raises(BodyLengthMismatch, match="less"):
            await writing
    assert (peer.body, peer.ends, sink.ended) == (b"abc", 0, False)


async def test_a_writer_that_is_cancelled_makes_the_body_too_short() -> None:
    peer = Peer(1)
    sink = BodySink(peer, length=3)
    await sink.write(b"a")
    waiting = await begun(sink.write(b"b"))
    end = await begun(sink.write_eof(b"c"))
    await cancelled(waiting)
    peer.read()
    with pytest.raises(BodyLengthMismatch) as caught:
        await end
    assert (caught.value.declared, caught.value.written) == (3, 2)
    assert (peer.body, peer.ends) == (b"a", 0)


@pytest.mark.parametrize("length", [0, 1])
async def test_nothing_where_something_or_nothing_was_declared(length: int) -> None:
    peer = Peer()
    sink = BodySink(peer, length=length)
    if length:
        with pytest.raises(BodyLengthMismatch, match="less body than declared: 0 of 1 bytes"):
            await sink.write_eof()
    else:
        with pytest.raises(BodyLengthMismatch, match="more body than declared: 1 of 0 bytes"):
            await sink.write(b"a")
        await sink.write_eof()
    assert peer.ends == 1 - length


# Peers that go, and exchanges that refuse.


async def test_nothing_is_written_to_a_peer_that_has_gone() -> None:
    peer = Peer()
    sink = BodySink(peer, length=10)
    peer.leave()
    with pytest.raises(PeerGone, match="gone") as caught:
        await sink.write(b"a")
    assert isinstance(caught.value, ConnectionResetError)
    with pytest.raises(PeerGone):
        await sink.write_eof(b"a")
    await sink.write_eof()
    assert sink.ended
    assert sink.flushed == 0
    assert peer.sent == []


async def test_a_writer_that_waits_is_told_that_the_peer_has_gone() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await sink.write(b"a")
    task = await begun(sink.write(b"b"))
    large = await begun(sink.write(bytes(2 * SLICE)))
    peer.leave()
    for waiting in (task, large):
        with pytest.raises(PeerGone):
            await waiting
    assert sink.accepted == 1


async def test_a_writer_in_the_middle_is_told_that_the_peer_has_gone() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    task = await begun(sink.write(bytes(2 * SLICE)))
    peer.leave()
    with pytest.raises(PeerGone):
        await task


async def test_what_the_exchange_refuses_breaks_the_body() -> None:
    peer = Peer()
    sink = BodySink(peer)
    peer.refuses = LocalProtocolError("no")
    with pytest.raises(LocalProtocolError, match="no"):
        await sink.write(b"a")
    peer.refuses = None
    with pytest.raises(LocalProtocolError, match="hole"):
        await sink.write(b"a")
    with pytest.raises(LocalProtocolError, match="hole"):
        await sink.write_eof()


async def test_those_who_wait_are_told_of_a_hole() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await cancelled(await begun(sink.write(bytes(3 * SLICE))))
    waiting = await begun(sink.write(b"a"))
    peer.refuses = LocalProtocolError("no")
    peer.read()
    with pytest.raises(LocalProtocolError, match="hole"):
        await waiting
    assert sink.accepted == 3 * SLICE


async def test_what_a_peer_did_not_take_before_it_went_is_not_flushed() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await sink.write(b"abc")
    peer.leave()
    assert (sink.accepted, sink.flushed) == (3, 0)


# Content codings.


@pytest.mark.parametrize("coding", available_codings())
async def test_what_is_encoded_can_be_decoded(coding: str) -> None:
    peer = Peer()
    data = noise(300_000)
    sink = BodySink(peer, length=len(data) * 2 + 8, encoder=ContentEncoder(coding))
    for start in range(0, len(data), 50_000):
        await sink.write(data[start : start + 50_000])
    await sink.write(b"some")
    await sink.write(data)
    await sink.write_eof(b"more")
    assert decoded(coding, peer.body) == data + b"some" + data + b"more"
    assert peer.ends == 1


async def test_a_body_without_bytes_is_encoded_too() -> None:
    peer = Peer()
    await BodySink(peer, encoder=ContentEncoder("gzip")).write_eof()
    assert decoded("gzip", peer.body) == b""
    assert (len(peer.sent), peer.ends) == (1, 1)


async def test_encoded_content_and_trailers() -> None:
    peer = Peer()
    await BodySink(peer, encoder=ContentEncoder("gzip")).write_eof(b"abc", trailers=[("A", "b")])
    assert decoded("gzip", peer.body) == b"abc"
    assert (peer.trailers, peer.ends) == ([("A", "b")], 1)


async def test_large_pieces_are_encoded_in_a_thread() -> None:
    threads: list[int] = []

    class Encoder(ContentEncoder):
        __slots__ = ()

        def encode(self, data: bytes | bytearray | memoryview) -> bytes:
            threads.append(threading.get_ident())
            return super().encode(data)

    peer = Peer()
    sink = BodySink(peer, encoder=Encoder("gzip"), inline_limit=1000)
    await sink.write(bytes(1000))
    await sink.write(bytes(1001))
    await sink.write_eof(bytes(1000))
    here = threading.get_ident()
    assert [thread == here for thread in threads] == [True, False, True]


async def test_the_executor_can_be_chosen() -> None:
    executor = HeldExecutor()
    peer = Peer()
    sink = BodySink(peer, encoder=ContentEncoder("gzip"), executor=executor)
    data = noise(3 * SLICE)
    task = await begun(sink.write(data))
    slices = 0
    while not task.done():
        slices += executor.run()
        await turn()
    await sink.write_eof()
    assert slices == 3
    assert decoded("gzip", peer.body) == data


async def test_a_flush_makes_everything_readable() -> None:
    peer = Peer()
    sink = BodySink(peer, encoder=ContentEncoder("gzip"))
    await sink.write(b"abc")
    decoder = ContentDecoder("gzip")
    decoder.receive_data(peer.body)
    assert decoder.read(10) == b""
    sent = len(peer.body)
    await sink.flush()
    decoder.receive_data(peer.body[sent:])
    assert decoder.read(10) == b"abc"
    await sink.write_eof(b"def")
    assert decoded("gzip", peer.body) == b"abcdef"
    with pytest.raises(LocalProtocolError, match="ended"):
        await sink.flush()


async def test_a_flush_without_encoder_waits_for_credit() -> None:
    peer = Peer(1)
    sink = BodySink(peer)
    await sink.write(b"a")
    task = await begun(sink.flush())
    peer.read()
    await task


async def test_writers_do_not_interleave_in_the_encoder() -> None:
    executor = HeldExecutor()
    peer = Peer()
    sink = BodySink(peer, encoder=ContentEncoder("deflate"), executor=executor)
    large = noise(SLICE)
    tasks = [await begun(sink.write(large)), await begun(sink.write(b"small")), await begun(sink.flush())]
    end = await begun(sink.write_eof(b"end"))
    while not end.done():
        executor.run()
        await turn()
    await asyncio.gather(*tasks, end)
    assert decoded("deflate", peer.body) == large + b"smallend"


async def test_a_cancelled_write_does_not_break_the_encoding() -> None:
    async with assert_no_leaks():
        executor = HeldExecutor()
        peer = Peer()
        sink = BodySink(peer, encoder=ContentEncoder("gzip"), executor=executor)
        large = noise(2 * SLICE)
        task = await begun(sink.write(large))
        await cancelled(task)
        end = await begun(sink.write_eof(b"end"))
        while not end.done():
            executor.run()
            await turn()
        await end
        assert decoded("gzip", peer.body) == large + b"end"


async def test_an_encoder_that_fails_breaks_the_body() -> None:
    encoder = ContentEncoder("gzip")
    peer = Peer()
    sink = BodySink(peer, encoder=encoder)
    encoder.finish()
    with pytest.raises(LocalProtocolError, match="finished"):
        await sink.write(bytes(SLICE))
    with pytest.raises(LocalProtocolError, match="hole"):
        await sink.write(b"a")


# Progress.


async def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    peer = Peer(4)
    sink = BodySink(peer, on_progress=lambda accepted, flushed: seen.append((accepted, flushed)))
    await sink.write(b"abc")
    await sink.write(b"def")
    assert seen == [(3, 3), (6, 3)]
    task = await begun(sink.write(b"gh"))
    assert (sink.accepted, sink.flushed) == (8, 3)
    peer.read()
    await task
    assert seen[2:] == [(8, 6), (8, 8)]
    await sink.write_eof(b"ijkl")
    peer.read()
    await sink.drain()
    assert seen[-1] == (12, 12)
    assert (sink.accepted, sink.flushed) == (12, 12)


async def test_progress_counts_what_is_written_and_not_what_is_encoded() -> None:
    seen: list[tuple[int, int]] = []
    sink = BodySink(
        Peer(),
        encoder=ContentEncoder("gzip"),
        on_progress=lambda accepted, flushed: seen.append((accepted, flushed)),
    )
    await sink.write_eof(bytes(1000))
    assert seen[-1] == (1000, 1000)


# Through real exchanges.


@pytest.mark.parametrize("declared", [False, True])
async def test_a_body_goes_through_every_codec_as_its_peer_reads(
    harness: Harness[Any], declared: bool
) -> None:
    data = noise(SLICE + 3)
    length = len(data) + 6 if declared else None
    stream = harness.open("POST")
    stream.begin(length)
    stream.hold()
    sink = BodySink(stream.exchange, length=length)
    await sink.write(b"abc")
    writing = asyncio.create_task(sink.write(data))
    ending = asyncio.create_task(sink.write_eof(b"xyz", trailers=None if declared else [("X-Sum", "1")]))
    for _ in range(10):
        await harness.turn()
    assert not ending.done()
    assert sink.flushed < sink.accepted
    stream.release()
    while not ending.done():
        await harness.turn()
    await asyncio.gather(writing, ending)
    await sink.drain()
    await harness.turn()
    assert stream.seen.body == b"abc" + data + b"xyz"
    assert stream.seen.ended
    assert stream.seen.trailers == ([] if declared else [("X-Sum", "1")])
    assert sink.flushed == sink.accepted == len(data) + 6


async def test_a_writer_is_told_by_every_codec_that_its_peer_has_gone(harness: Harness[Any]) -> None:
    stream = harness.open("POST")
    stream.begin()
    stream.hold()
    sink = BodySink(stream.exchange)
    writing = await begun(sink.write(bytes(4 * SLICE)))
    stream.leave()
    with pytest.raises(PeerGone):
        await writing
    await sink.write_eof()


async def test_a_large_write_that_failed_keeps_nothing() -> None:
    peer = Peer(window=1)
    gone = weakref.ref(peer)
    sink = BodySink(peer, encoder=ContentEncoder("gzip"))
    gc.collect()
    gc.disable()
    try:
        writing = await begun(sink.write(random.randbytes(4 * SLICE)))
        peer.leave()
        with pytest.raises(PeerGone):
            await writing
        del sink, writing, peer
        await asyncio.sleep(0)
        assert gone() is None
    finally:
        gc.enable()


async def test_less_than_declared_leaves_every_codec_open_for_a_reset(harness: Harness[Any]) -> None:
    stream = harness.open("POST")
    stream.begin(5)
    sink = BodySink(stream.exchange, length=5)
    await sink.write(b"abc")
    with pytest.raises(BodyLengthMismatch):
        await sink.write_eof()
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert stream.seen.broken
    assert not stream.seen.ended


async def test_the_state_is_shown() -> None:
    sink = BodySink(Peer(), length=5)
    await sink.write(b"abc")
    assert repr(sink) == "<BodySink 3 of 5 bytes>"
    await sink.write_eof(b"de")
    assert repr(sink) == "<BodySink 5 of 5 bytes, ended>"
    assert repr(BodySink(Peer())) == "<BodySink 0 bytes>"
