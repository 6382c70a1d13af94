"""Messages out of bytes: what is accepted, what is refused with which code, and that no cut matters."""

from __future__ import annotations

import gc
import random
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_testing import byte_by_byte
from tidewire_websocket import MessageReader, WSMsgType
from tidewire_websocket._deflate import Deflater, Inflater
from tidewire_websocket._frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    PING,
    PONG,
    RSV1,
    TEXT,
    serialise_frame,
)

MAX = 10_000


def frame(first: int, payload: bytes = b"", *, masked: bool = True) -> bytes:
    return serialise_frame(first, payload, masked)


def make(*, masked: bool = True, deflate: bool = False, **options: Any) -> MessageReader:
    inflater = Inflater(15, True) if deflate else None
    return MessageReader(masked, options.pop("max_size", MAX), inflater=inflater, **options)


def outcome(reader: MessageReader, pieces: Iterator[bytes] | list[bytes]) -> tuple[list[Any], int | None]:
    """Feed pieces; return messages and the code of the error."""
    messages = []
    for piece in pieces:
        reader.receive_data(piece)
        while (message := reader.take()) is not None:
            messages.append((message.type, message.data, message.extra))
    return messages, None if reader.error is None else reader.error.code


def every_cut(data: bytes) -> Iterator[list[bytes]]:
    yield [data]
    yield list(byte_by_byte(data))
    for seed in range(3):
        cuts = sorted(random.Random(seed).sample(range(1, max(2, len(data))), min(5, max(0, len(data) - 1))))
        yield [data[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True)]


COMPRESSED = Deflater(15, True, 6, 8).compress(b"compressed " * 20)

GOOD: dict[str, tuple[list[tuple[int, bytes]], list[Any]]] = {
    "a text": ([(FIN | TEXT, "ü".encode())], [(1, "ü", "")]),
    "an empty text": ([(FIN | TEXT, b"")], [(1, "", "")]),
    "bytes": ([(FIN | BINARY, b"\xff" * 125)], [(2, b"\xff" * 125, "")]),
    "a medium length": ([(FIN | BINARY, b"\xff" * 126)], [(2, b"\xff" * 126, "")]),
    "fragments": (
        [(TEXT, b"a\xc3"), (CONTINUATION, b"\xbc"), (FIN | CONTINUATION, b"c")],
        [(1, "aüc", "")],
    ),
    "empty fragments": (
        [(BINARY, b""), (CONTINUATION, b""), (CONTINUATION, b"x"), (FIN | CONTINUATION, b"")],
        [(2, b"x", "")],
    ),
    "a ping between fragments": (
        [(TEXT, b"a"), (FIN | PING, b"p"), (FIN | CONTINUATION, b"b")],
        [(9, b"p", ""), (1, "ab", "")],
    ),
    "pongs": ([(FIN | PONG, b""), (FIN | PONG, b"x" * 125)], [(10, b"", ""), (10, b"x" * 125, "")]),
    "a close frame, and what is behind it": (
        [(FIN | CLOSE, b"\x03\xe8bye"), (FIN | TEXT, b"late"), (0x7F, b"")],
        [(8, 1000, "bye")],
    ),
    "a close frame without a code": ([(FIN | CLOSE, b"")], [(8, 1005, "")]),
}
DEFLATED: dict[str, tuple[list[tuple[int, bytes]], list[Any]]] = {
    "compressed": ([(FIN | TEXT | RSV1, COMPRESSED)], [(1, "compressed " * 20, "")]),
    "compressed in fragments": (
        [(BINARY | RSV1, COMPRESSED[:5]), (FIN | PING, b""), (FIN | CONTINUATION, COMPRESSED[5:])],
        [(9, b"", ""), (2, b"compressed " * 20, "")],
    ),
    "compressed, and not": (
        [(FIN | TEXT | RSV1, COMPRESSED), (FIN | TEXT, b"plain"), (FIN | TEXT | RSV1, b"\x00")],
        [(1, "compressed " * 20, ""), (1, "plain", ""), (1, "", "")],
    ),
    "an empty compressed message without even a block": ([(FIN | TEXT | RSV1, b"")], [(1, "", "")]),
    "a ping with RSV1": ([(FIN | PING | RSV1, b"p")], [(9, b"p", "")]),
}


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("name", [*GOOD, *DEFLATED])
def test_what_is_in_order_is_read_however_it_is_cut(name: str, masked: bool) -> None:
    frames, expected = GOOD.get(name) or DEFLATED[name]
    data = b"".join(frame(first, payload, masked=masked) for first, payload in frames)
    for pieces in every_cut(data):
        assert outcome(make(masked=masked, deflate=name in DEFLATED), pieces) == (expected, None)


@pytest.mark.parametrize("name", [*GOOD, *DEFLATED])
def test_texts_that_are_not_decoded_are_the_same_bytes(name: str) -> None:
    frames, expected = GOOD.get(name) or DEFLATED[name]
    data = b"".join(frame(first, payload) for first, payload in frames)
    encoded = [
        (kind, text.encode() if isinstance(text, str) else text, extra) for kind, text, extra in expected
    ]
    assert outcome(make(deflate=name in DEFLATED, decode_text=False), [data])[0] == encoded


BAD = {
    "RSV1": (frame(FIN | TEXT | RSV1, b"x"), 1002),
    "RSV2": (frame(0xA1, b"x"), 1002),
    "RSV3": (frame(0x91, b"x"), 1002),
    "opcode 3": (frame(0x83, b"x"), 1002),
    "opcode 15": (frame(0x8F, b"x"), 1002),
    "a ping in fragments": (frame(PING, b"x"), 1002),
    "a long ping": (b"\x89\xfe\x00\x7e", 1002),
    "a continuation of nothing": (frame(FIN | CONTINUATION, b"x"), 1002),
    "an open continuation of nothing": (frame(CONTINUATION, b"x"), 1002),
    "a message within a message": (frame(TEXT, b"x") + frame(FIN | TEXT, b"x"), 1002),
    "a frame without a mask": (frame(FIN | TEXT, b"x", masked=False), 1002),
    "a length in too many bytes": (b"\x82\xfe\x00\x7d", 1002),
    "a length in far too many bytes": (b"\x82\xff" + struct.pack(">Q", 65535), 1002),
    "a length of 2**63": (b"\x82\xff\x80" + bytes(7), 1002),
    "a length of 2**64 - 1": (b"\x82\xff" + b"\xff" * 8, 1002),
    "a length of 2**63 - 1": (b"\x82\xff\x7f" + b"\xff" * 7 + bytes(4), 1009),
    "a length of 2**32": (b"\x82\xff" + struct.pack(">Q", 2**32) + bytes(4), 1009),
    "one byte too many": (b"\x82\xfe" + struct.pack(">H", MAX + 1) + bytes(4), 1009),
    "fragments that are too many bytes": (
        frame(BINARY, bytes(MAX)) + b"\x00\x81" + bytes(4),
        1009,
    ),
    "a code that may not be sent": (frame(FIN | CLOSE, b"\x03\xee"), 1002),
    "a close frame of one byte": (frame(FIN | CLOSE, b"\x03"), 1002),
    "a reason that is not UTF-8": (frame(FIN | CLOSE, b"\x03\xe8\xff"), 1007),
    "text that is not UTF-8": (frame(FIN | TEXT, b"\xff"), 1007),
    "text that ends within a character": (frame(FIN | TEXT, b"\xe2\x82"), 1007),
    "a fragment that is not UTF-8": (frame(TEXT, b"\xed\xa0"), 1007),
    "fragments that are not UTF-8": (frame(TEXT, b"\xe2\x82") + frame(CONTINUATION, b"x"), 1007),
    "long text that is not UTF-8, before it is complete": (
        frame(FIN | TEXT, b"\xff" + b"x" * 1000)[:20],
        1007,
    ),
    "empty fragments without end": (frame(TEXT, b"") + frame(CONTINUATION, b"") * 4096, 1008),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("decode_text", [True, False])
def test_what_is_wrong_is_refused_with_its_code_however_it_is_cut(name: str, decode_text: bool) -> None:
    data, code = BAD[name]
    before = frame(FIN | TEXT, b"fine")
    for pieces in every_cut(before + data):
        messages, error = outcome(make(decode_text=decode_text), pieces)
        assert error == code
        assert messages == [(1, "fine" if decode_text else b"fine", "")]


def test_a_server_must_not_mask() -> None:
    assert outcome(make(masked=False), [frame(FIN | TEXT, b"x")]) == ([], 1002)


@pytest.mark.parametrize(
    "frames",
    [
        [(FIN | TEXT | RSV1, b"\xff\xff\xff")],
        [(TEXT, b"x"), (FIN | CONTINUATION | RSV1, b"x")],
        [(FIN | 0x20 | TEXT, b"x")],
    ],
)
def test_compression_that_is_wrong(frames: list[tuple[int, bytes]]) -> None:
    data = b"".join(frame(first, payload) for first, payload in frames)
    for pieces in every_cut(data):
        assert outcome(make(deflate=True), pieces) == ([], 1002)


def test_a_message_of_exactly_the_limit_is_read() -> None:
    limit = [frame(FIN | BINARY, bytes(MAX))]
    assert outcome(make(), limit) == ([(2, bytes(MAX), "")], None)
    assert outcome(make(max_size=3), [frame(FIN | BINARY, b"1234")]) == ([], 1009)
    assert outcome(make(max_size=4), [frame(FIN | BINARY, b"1234")]) == ([(2, b"1234", "")], None)


def test_without_a_limit_everything_is_read() -> None:
    messages, error = outcome(make(max_size=0), [frame(FIN | BINARY, bytes(100_000))])
    assert (len(messages[0][1]), error) == (100_000, None)


def test_an_error_keeps_nothing_of_what_was_wrong() -> None:
    reader = make()
    reader.receive_data(frame(FIN | TEXT, b"\xff"))
    assert reader.error is not None
    assert reader.error.__traceback__ is None
    assert reader.error.__context__ is None
    reader = make(deflate=True)
    reader.receive_data(frame(FIN | TEXT | RSV1, b"\xff" * 9))
    assert reader.error is not None
    assert isinstance(reader.error.__cause__, zlib.error)
    assert reader.error.__cause__.__traceback__ is None


def test_nothing_is_read_behind_an_error() -> None:
    reader = make()
    reader.receive_data(frame(0x83, b""))
    error = reader.error
    reader.receive_data(frame(FIN | TEXT, b"late"))
    assert reader.take() is None
    assert reader.error is error


def test_reading_stops_while_nobody_takes() -> None:
    reader = make(limit=1000)
    data = frame(FIN | TEXT, b"") * 100_000
    reader.receive_data(data)
    assert reader.full
    # Of 600 KB of frames very few have become messages, which take much more room.
    taken = 0
    assert len(gc.get_objects()) < 1_000_000
    while reader.take() is not None:
        taken += 1
    assert taken == 100_000
    assert not reader.full


def test_what_comes_while_nobody_takes_keeps_its_order() -> None:
    reader = make(limit=1)
    for at in range(20):
        reader.receive_data(frame(FIN | TEXT, b"%d" % at))
    assert [reader.take().data for _ in range(20)] == [str(at) for at in range(20)]
    assert reader.take() is None


def test_an_error_behind_what_was_not_taken_comes_after_it() -> None:
    reader = make(limit=1)
    reader.receive_data(frame(FIN | TEXT, b"1") + frame(FIN | TEXT, b"2") + frame(0x83))
    assert reader.error is None
    assert reader.take().data == "1"
    assert reader.take().data == "2"
    assert reader.error is not None


def test_discarding_reads_control_frames_only() -> None:
    reader = make(limit=1, deflate=True)
    reader.receive_data(frame(FIN | TEXT, b"1") + frame(FIN | TEXT, b"2") + frame(TEXT, b"\xff"))
    reader.discard()
    reader.receive_data(frame(FIN | CONTINUATION, b"\xff" * 200) + frame(FIN | TEXT | RSV1, b"\xff" * MAX))
    reader.receive_data(frame(FIN | BINARY, bytes(MAX + 1)) + frame(FIN | CLOSE, b"\x03\xe9"))
    assert reader.error is None
    assert reader.closed
    assert reader.close_code == 1001
    assert reader.take() is None


@pytest.mark.parametrize("name", [*GOOD, *DEFLATED])
def test_parts_make_up_the_messages(name: str) -> None:
    frames, expected = GOOD.get(name) or DEFLATED[name]
    data = b"".join(frame(first, payload) for first, payload in frames)
    for pieces in every_cut(data):
        reader = make(deflate=name in DEFLATED, in_parts=True)
        inflater = Inflater(15, True)
        made: list[Any] = []
        parts: list[Any] = []
        for piece in pieces:
            reader.receive_data(piece)
            while (part := reader.take()) is not None:
                if isinstance(part, tuple):
                    made.append(tuple(part))
                    continue
                assert part.first == (not parts)
                parts.append(part)
                if part.last:
                    whole = b"".join(each.data for each in parts)
                    if part.compressed and whole:
                        whole = inflater.inflate(whole, MAX) + inflater.finish(MAX)
                    made.append((1, whole.decode(), "") if part.text else (2, whole, ""))
                    parts = []
        assert not parts
        assert made == expected


@given(
    st.lists(
        st.tuples(st.sampled_from([TEXT, BINARY]), st.lists(st.text(max_size=70), min_size=1, max_size=4)),
        max_size=5,
    ),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_any_messages_in_any_cuts(
    messages: list[tuple[int, list[str]]], masked: bool, source: random.Random
) -> None:
    data = b""
    expected: list[Any] = []
    for opcode, fragments in messages:
        for at, text in enumerate(fragments):
            first = (CONTINUATION if at else opcode) | (FIN if at == len(fragments) - 1 else 0)
            data += frame(first, text.encode(), masked=masked)
            if source.random() < 0.2:
                data += frame(FIN | PONG, b"", masked=masked)
        whole = "".join(fragments)
        expected.append((opcode, whole if opcode == TEXT else whole.encode(), ""))
    pieces = []
    while data:
        size = source.randrange(1, 40)
        pieces.append(data[:size])
        data = data[size:]
    made, error = outcome(make(masked=masked), pieces)
    assert error is None
    assert [message for message in made if message[0] != WSMsgType.PONG] == expected


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused_alike_in_both_ways(data: bytes) -> None:
    for masked in (True, False):
        for deflate in (True, False):
            whole = outcome(make(masked=masked, deflate=deflate), [data] if data else [])
            assert outcome(make(masked=masked, deflate=deflate), list(byte_by_byte(data))) == whole


def test_arguments_have_their_types() -> None:
    with pytest.raises(TypeError):
        MessageReader("yes", 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        MessageReader(True, "1")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        make().receive_data(bytearray(b"x"))  # type: ignore[arg-type]
