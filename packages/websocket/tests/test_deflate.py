"""Compression of messages."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_websocket import InvalidDeflate
from tidewire_websocket._deflate import Deflater, Inflater

LIMIT = 1 << 24


def inflate(inflater: Inflater, data: bytes) -> bytes:
    return inflater.inflate(data, LIMIT) + inflater.finish(LIMIT)


@pytest.mark.parametrize("takeover", [True, False])
@pytest.mark.parametrize("window_bits", [9, 12, 15])
@given(messages=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5))
def test_messages_come_back(takeover: bool, window_bits: int, messages: list[bytes]) -> None:
    deflater = Deflater(window_bits, takeover, 6, 8)
    inflater = Inflater(window_bits, takeover)
    for message in messages:
        compressed = deflater.compress(message)
        assert not compressed.endswith(b"\x00\x00\xff\xff")
        assert inflate(inflater, compressed) == message


def test_the_examples_of_the_rfc() -> None:
    # RFC 7692, section 7.2.3: one block, sharing the window, no compression, a final block, two blocks.
    inflater = Inflater(15, True)
    assert inflate(inflater, bytes.fromhex("f248cdc9c90700")) == b"Hello"
    assert inflate(inflater, bytes.fromhex("f200110000")) == b"Hello"
    for example in ("000500faff48656c6c6f00", "f348cdc9c9070000", "f248050000 00ffff cac9c90700"):
        assert inflate(Inflater(15, True), bytes.fromhex(example)) == b"Hello"


def test_messages_with_takeover_refer_to_those_before() -> None:
    deflater = Deflater(15, True, 6, 8)
    message = bytes(range(256))
    first, second = deflater.compress(message), deflater.compress(message)
    assert len(second) < len(first) / 4
    with pytest.raises(InvalidDeflate):
        inflate(Inflater(15, True), second)


def test_messages_apart_refer_to_nothing_and_nothing_refers_past_them() -> None:
    deflater, inflater = Deflater(15, True, 6, 8), Inflater(15, True)
    message = bytes(range(256)) * 2
    for compressed in (
        deflater.compress(message),
        deflater.compress_apart(message),
        deflater.compress(message, 9),
        deflater.compress(message),
    ):
        assert inflate(Inflater(15, True), compressed) == message
        assert inflate(inflater, compressed) == message
    deflater.compress(message)
    deflater.forget()
    assert inflate(Inflater(15, True), deflater.compress(message)) == message


def test_a_smaller_window_is_kept_to() -> None:
    message = bytes(range(256)) * 20
    compressed = Deflater(15, True, 9, 8).compress(message[:5000], 9)
    assert zlib.decompressobj(wbits=-9).decompress(compressed) == message[:5000]


@pytest.mark.parametrize("limit", [1, 1000, 65536])
def test_a_bomb_makes_no_more_than_it_may(limit: int) -> None:
    bomb = Deflater(15, True, 9, 8).compress(b"\0" * 5_000_000)
    assert len(bomb) < 6000
    assert len(Inflater(15, True).inflate(bomb, limit)) == limit


def test_a_bomb_of_many_streams_is_refused() -> None:
    stream = zlib.compressobj(wbits=-15)
    final = stream.compress(b"x") + stream.flush()
    assert inflate(Inflater(15, True), final * 16) == b"x" * 16
    with pytest.raises(InvalidDeflate, match="streams"):
        inflate(Inflater(15, True), final * 17)


def test_garbage_is_refused_with_its_cause() -> None:
    with pytest.raises(InvalidDeflate) as caught:
        inflate(Inflater(15, True), b"\xff\xff\xff\xff")
    assert isinstance(caught.value.__cause__, zlib.error)


def test_steps_are_bounded_and_make_the_whole() -> None:
    message = b"0123456789" * 100_000
    inflater = Inflater(15, True)
    pieces = [inflater.step(Deflater(15, True, 9, 8).compress(message), 1000)]
    while inflater.has_more:
        pieces.append(inflater.step(None, 1000))
    pieces.append(inflater.finish(1000))
    assert max(map(len, pieces)) == 1000
    assert b"".join(pieces) == message


def test_a_message_in_pieces() -> None:
    deflater, inflater = Deflater(15, True, 6, 8), Inflater(15, True)
    for _ in range(2):
        pieces = [deflater.begin(b"abc" * 100), deflater.begin(b"def" * 100), deflater.finish()]
        assert inflate(inflater, b"".join(pieces)) == b"abc" * 100 + b"def" * 100


def test_an_empty_message_in_pieces_is_valid() -> None:
    deflater, inflater = Deflater(15, True, 6, 8), Inflater(15, True)
    assert inflate(inflater, deflater.finish()) == b""
    for _ in range(2):
        assert inflate(inflater, deflater.compress(b"x")) == b"x"
        assert inflate(inflater, deflater.finish()) == b""


def test_a_window_that_zlib_cannot_make_is_read() -> None:
    assert inflate(Inflater(8, False), Deflater(9, False, 6, 8).compress(b"x" * 100)) == b"x" * 100


def test_parameters_say_what_decides() -> None:
    assert Deflater(12, True, 3, 7).parameters == (12, 3, 7)
