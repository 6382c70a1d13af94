"""What a peer of a websocket can make this side keep: memory is counted while it does its worst."""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest

from tidewire_websocket import DeflateAgreement, MessageReader, MessageTooBig, TooManyFragments, WSMsgType

LIMIT = 1 << 20
KEY = b"\0\0\0\0"


@pytest.fixture
def peak() -> Iterator[Callable[[], int]]:
    """Tells how many bytes were in use at most since the test began."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    yield lambda: tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()


def reader(max_size: int = LIMIT, *, deflate: bool = False) -> MessageReader:
    return MessageReader(True, max_size, inflater=DeflateAgreement().inflater(True) if deflate else None)


def frame(first: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes([first, 0x80 | size]) + KEY + payload
    if size < 65536:
        return bytes([first, 0x80 | 126]) + size.to_bytes(2, "big") + KEY + payload
    return bytes([first, 0x80 | 127]) + size.to_bytes(8, "big") + KEY + payload


def bomb(size: int) -> bytes:
    compressor = zlib.compressobj(9, wbits=-15)
    piece = bytes(1 << 16)
    made = b"".join(compressor.compress(piece) for _ in range(size >> 16))
    return (made + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


@pytest.mark.parametrize("declared", [LIMIT + 1, 1 << 32, (1 << 63) - 1])
def test_an_oversized_message_is_refused_by_its_head(peak: Callable[[], int], declared: int) -> None:
    read = reader()
    read.receive_data(b"\x82\xff" + declared.to_bytes(8, "big") + KEY)
    assert isinstance(read.error, MessageTooBig)
    assert peak() < 100_000


def test_what_comes_behind_an_error_is_not_kept(peak: Callable[[], int]) -> None:
    read = reader()
    read.receive_data(b"\x83")
    read.receive_data(b"\x80" + KEY)
    for _ in range(100):
        read.receive_data(bytes(65536))
    assert peak() < 300_000


@pytest.mark.slow
def test_a_message_that_is_dribbled_takes_little_more_than_its_bytes(peak: Callable[[], int]) -> None:
    for first, size, piece in ((0x81, 10_000, 1), (0x82, 10_000, 1), (0x82, 100_000, 20)):
        read = reader()
        data = frame(first, b"x" * size)
        for at in range(0, len(data), piece):
            read.receive_data(data[at : at + piece])
        assert len(read.take().data) == size
    assert peak() < 400_000


@pytest.mark.slow
def test_fragments_of_one_byte_take_little_more_than_their_bytes(peak: Callable[[], int]) -> None:
    read = reader(20_000)
    read.receive_data(b"\x02\x80" + KEY)
    fragment = b"\x00\x81" + KEY + b"x"
    for _ in range(20_000 // 50):
        read.receive_data(fragment * 50)
    assert read.error is None
    assert peak() < 200_000
    read.receive_data(fragment)
    assert isinstance(read.error, MessageTooBig)


def test_empty_fragments_come_to_an_end(peak: Callable[[], int]) -> None:
    read = reader()
    read.receive_data(b"\x01\x80" + KEY)
    fragments = (b"\x00\x80" + KEY) * 1000
    for _ in range(10):
        read.receive_data(fragments)
    assert isinstance(read.error, TooManyFragments)
    assert peak() < 300_000


@pytest.mark.slow
@pytest.mark.parametrize("piece", [10, 1000, 1 << 20])
def test_a_bomb_makes_no_more_than_is_allowed(peak: Callable[[], int], piece: int) -> None:
    data = frame(0xC2, bomb(64 << 20))
    read = reader(deflate=True)
    before = peak()
    fed = 0
    while read.error is None and fed < len(data):
        read.receive_data(data[fed : fed + piece])
        fed += piece
    assert isinstance(read.error, MessageTooBig)
    assert read.take() is None
    assert peak() - before < 4 * LIMIT


@pytest.mark.slow
def test_a_bomb_in_fragments_makes_no_more_than_is_allowed(peak: Callable[[], int]) -> None:
    compressed = bomb(64 << 20)
    read = reader(deflate=True)
    read.receive_data(frame(0x42, compressed[:20]))
    for at in range(20, len(compressed), 20):
        read.receive_data(frame(0, compressed[at : at + 20]))
        if read.error is not None:
            break
    assert isinstance(read.error, MessageTooBig)
    assert peak() < 5 * LIMIT


def test_messages_that_nobody_takes_are_not_read_ahead_for_ever(peak: Callable[[], int]) -> None:
    read = reader()
    message = frame(0x81, b"x" * 100) * 600
    fed = 0
    while not read.full:
        read.receive_data(message)
        fed += len(message)
    assert fed < 1_000_000
    assert peak() < 3_000_000
    # Each counts with what it takes beside its bytes, so that tiny ones do not take more.
    read = reader()
    count = 0
    while not read.full:
        read.receive_data(frame(0x82, b""))
        count += 1
    assert count < 3000


def test_pings_are_counted_as_messages_where_they_are_shown(peak: Callable[[], int]) -> None:
    read = reader()
    for _ in range(10_000):
        if read.full:
            break
        read.receive_data(frame(0x89, b"p" * 125))
    assert read.full
    assert peak() < 3_000_000
    assert read.take().type is WSMsgType.PING
