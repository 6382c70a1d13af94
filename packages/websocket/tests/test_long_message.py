"""Long messages in one frame: however they come, they are the same, and nothing wrong gets through."""

from __future__ import annotations

import random
import tracemalloc
from typing import Any

import pytest

from tidewire_websocket import MessageReader, MessageTooBig, WSMsgType, _masking
from tidewire_websocket._frames import BINARY, CONTINUATION, FIN, PING, TEXT, serialise_frame
from tidewire_websocket._long_message import LongMessage

SIZE = 300_000
ASCII = b"All of it is ASCII. " * (SIZE // 20)
MIXED = ("plain " * 20_000 + "\u00fc\u20ac\U0001f600 " * 5_000 + "x" * 100_000).encode()


def put(buffer: Any, data: bytes) -> int:
    count = min(len(buffer), len(data))
    buffer[:count] = data[:count]
    return count


def feed(reader: MessageReader, data: bytes, seed: int, *, buffered: bool) -> None:
    """Feed in pieces of any size, into the buffer where there is one."""
    sizes = random.Random(seed)
    while data and reader.error is None:
        size = sizes.choice((1, 2, 3, 100, 4096, 65_536, 131_072))
        buffer = reader.buffer if buffered else None
        if buffer is None:
            reader.receive_data(data[:size])
        else:
            size = put(buffer[:size], data)
            reader.buffer_filled(size)
        data = data[size:]


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("decode_text", [True, False])
@pytest.mark.parametrize("payload", [ASCII, MIXED], ids=["ascii", "mixed"])
def test_every_cut_gives_the_same(masked: bool, buffered: bool, decode_text: bool, payload: bytes) -> None:
    for seed in range(4):
        reader = MessageReader(masked, 0, limit=1 << 30, decode_text=decode_text)
        stream = [(TEXT, payload), (TEXT, b"short"), (BINARY, payload), (BINARY, b"")]
        feed(
            reader,
            b"".join(serialise_frame(FIN | opcode, data, masked) for opcode, data in stream),
            seed,
            buffered=buffered,
        )
        assert reader.error is None
        for opcode, data in stream:
            message = reader.take()
            expected = data.decode() if opcode == TEXT and decode_text else data
            assert (message.type, message.data, message.extra) == (opcode, expected, "")
            assert type(message.data) is type(expected)
        assert reader.take() is None


def test_there_is_a_buffer_within_a_long_message_only() -> None:
    reader = MessageReader(True, 0)
    assert reader.buffer is None
    frame = serialise_frame(FIN | BINARY, bytes(SIZE), True)
    reader.receive_data(frame[:13])
    assert reader.buffer is None
    reader.receive_data(frame[13:14])
    buffer: Any = reader.buffer
    assert len(buffer) == SIZE
    reader.receive_data(frame[14:100])
    buffer = reader.buffer
    assert len(buffer) == SIZE + 14 - 100
    reader.buffer_filled(put(buffer, frame[100:]))
    assert reader.buffer is None
    assert reader.take().data == bytes(SIZE)


@pytest.mark.parametrize("options", [{"in_parts": True}, {"max_size": SIZE - 1}])
def test_what_is_not_put_together_has_none(options: dict[str, Any]) -> None:
    reader = MessageReader(True, **{"max_size": 0} | options)
    reader.receive_data(serialise_frame(FIN | BINARY, bytes(SIZE), True)[:14])
    assert reader.buffer is None
    assert (reader.error is None) == ("in_parts" in options)


@pytest.mark.parametrize("declared", [1 << 30, 1 << 40, (1 << 63) - 1])
def test_what_is_only_declared_gets_no_memory(declared: int) -> None:
    reader = MessageReader(True, 0)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        reader.receive_data(b"\x82\xff" + declared.to_bytes(8, "big") + b"key!" + b"data")
        if declared < 1 << 60:
            assert len(reader.buffer) == (1 << 20) - 4
            reader.receive_data(bytes(1 << 20))
            assert len(reader.buffer) == 3 * (1 << 20) - 4
        else:
            assert isinstance(reader.error, MessageTooBig)
        assert tracemalloc.get_traced_memory()[1] - before < 7 * (1 << 20)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("buffered", [True, False])
def test_the_room_grows_with_what_comes(opcode: int, buffered: bool) -> None:
    payload = random.Random(1).randbytes(2_500_000).hex().encode()
    frame = serialise_frame(FIN | opcode, payload, True)
    reader = MessageReader(True, 0)
    feed(reader, frame[:100_000], 3, buffered=buffered)
    if buffered:
        feed(reader, frame[100_000:], 3, buffered=True)
    else:
        reader.receive_data(frame[100_000:])
    message = reader.take()
    assert message.data == (payload.decode() if opcode == TEXT else payload)


def test_a_full_room_is_left_before_it_is_filled_again() -> None:
    reader = MessageReader(False, 0)
    reader.receive_data(serialise_frame(FIN | BINARY, bytes(2_000_000), False)[:10])
    room = len(reader.buffer)
    assert room == 1 << 20
    reader.buffer_filled(room)
    with pytest.raises(ValueError, match="buffer"):
        reader.buffer_filled(1)
    rest = len(reader.buffer)
    assert rest == 2_000_000 - room
    reader.buffer[:rest] = bytes(rest)
    reader.buffer_filled(rest)
    assert len(reader.take().data) == 2_000_000


def test_a_fragmented_message_has_none() -> None:
    reader = MessageReader(True, 0)
    reader.receive_data(serialise_frame(BINARY, bytes(SIZE), True)[:14])
    assert reader.buffer is None
    reader.receive_data(bytes(SIZE))
    reader.receive_data(serialise_frame(FIN | CONTINUATION, b"", True))
    assert len(reader.take().data) == SIZE


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    "wrong", [b"\xff", b"\xe2\x82x", b"\xed\xa0", b"\xf4\x90"], ids=["byte", "cut", "surrogate", "too high"]
)
def test_wrong_text_is_refused_with_the_piece_that_is_wrong(wrong: bytes, buffered: bool) -> None:
    for before in (b"", "\u00fc".encode()):
        payload = b"a" * 100_000 + before + wrong + b"a" * 100_000
        frame = serialise_frame(FIN | TEXT, payload, True)
        end = 14 + 100_000 + len(before) + len(wrong)
        reader = MessageReader(True, 0)
        feed(reader, frame[: end - len(wrong)], 1, buffered=buffered)
        assert reader.error is None
        feed(reader, frame[end - len(wrong) : end], 1, buffered=buffered)
        assert reader.error is not None
        assert reader.error.code == 1007
        assert reader.buffer is None
        assert reader.take() is None


def test_a_text_that_ends_within_a_character_is_refused() -> None:
    frame = serialise_frame(FIN | TEXT, b"a" * SIZE + b"\xe2\x82", True)
    for buffered in (True, False):
        reader = MessageReader(True, 0)
        feed(reader, frame, 2, buffered=buffered)
        assert reader.error is not None
        assert reader.error.code == 1007


def test_messages_that_are_dropped_have_no_buffer() -> None:
    reader = MessageReader(True, 0)
    frame = serialise_frame(FIN | BINARY, bytes(SIZE), True)
    reader.receive_data(frame[:1000])
    reader.discard()
    assert reader.buffer is None
    reader.receive_data(frame[1000:] + serialise_frame(FIN | PING, b"p", True))
    assert reader.take().type is WSMsgType.PING


@pytest.mark.parametrize("count", [0, -1, SIZE + 1])
def test_a_buffer_is_not_filled_beyond_its_end(count: int) -> None:
    reader = MessageReader(True, 0)
    with pytest.raises(ValueError, match="buffer"):
        reader.buffer_filled(1)
    reader.receive_data(serialise_frame(FIN | BINARY, bytes(SIZE), True)[:14])
    with pytest.raises(ValueError, match="buffer"):
        reader.buffer_filled(count)


def test_the_bytes_that_were_filled_are_the_message() -> None:
    message = LongMessage(100, False, b"\0\0\0\0", True)
    view = message.missing()
    put(view, b"x" * 100)
    message.filled(100)
    data = message.finish()
    assert data == b"x" * 100
    if type(_masking.make_room).__name__ == "builtin_function_or_method":
        view[0] = 0x79
        assert data[:2] == b"yx"  # the same memory: nothing was copied
