"""What users of websockets call, with arguments of other kinds: each outcome is the same in both builds.

Compiled code enforces the types of its arguments, interpreted code does not by itself. So each row tells the
one outcome there is: a value, or an exception's type. No exception here has a cause or a context.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import Any

import pytest
from odd_arguments import Bytes, Number, Text, outcome, refused

import tidewire_websocket as tw
from tidewire_http_parser import LocalProtocolError
from tidewire_websocket import _masking
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions, broadcast

FRAME = b"\x81\x82\0\0\0\0hi"
NO_BYTES = [bytearray(FRAME), memoryview(FRAME), "hi", None, 1, [129], object()]
NO_BOOL = [0, 1, None, "yes", Number(1)]
NO_INT = [None, "200", 2.5, b"200", object()]


class Code(IntEnum):
    GONE = 4001


def receive(data: Any) -> Any:
    reader = tw.MessageReader(True, 0)
    reader.receive_data(data)
    return reader.take()


def reader_masked(masked: Any) -> Any:
    return tw.MessageReader(masked, 0).pending


def reader_max_size(max_size: Any) -> Any:
    reader = tw.MessageReader(True, max_size)
    reader.receive_data(FRAME)
    return None if reader.error is None else type(reader.error)


def reader_limit(limit: Any) -> Any:
    return tw.MessageReader(True, 0, limit).full


def reader_decode_text(decode_text: Any) -> Any:
    reader = tw.MessageReader(True, 0, decode_text=decode_text)
    reader.receive_data(FRAME)
    return reader.take().data


def reader_in_parts(in_parts: Any) -> Any:
    return tw.MessageReader(True, 0, in_parts=in_parts).in_parts


def message(data: Any) -> Any:
    return tw.serialise_message(data, masked=False)


def ping(data: Any) -> Any:
    return tw.serialise_ping(data, masked=False)


def close_code(code: Any) -> Any:
    return tw.serialise_close(code, masked=False)


def close_reason(reason: Any) -> Any:
    return tw.serialise_close(1000, reason, masked=False)


READ = (tw.WSMsgType.TEXT, "hi", "")

ROWS = [
    (receive, Bytes(FRAME), READ),
    (receive, b"", None),
    (reader_masked, True, False),
    (reader_max_size, Number(1), tw.MessageTooBig),
    (reader_max_size, True, tw.MessageTooBig),
    (reader_max_size, 0, None),
    (reader_max_size, -5, None),
    (reader_max_size, 1 << 70, None),
    (reader_limit, Number(5), False),
    (reader_limit, -1, False),
    (reader_limit, 1 << 70, False),
    (reader_decode_text, False, b"hi"),
    (message, Text("hi"), b"\x81\x02hi"),
    (message, Bytes(b"hi"), b"\x82\x02hi"),
    (message, bytearray(b"hi"), b"\x82\x02hi"),
    (message, memoryview(b"hi"), b"\x82\x02hi"),
    (message, "\ud800", UnicodeEncodeError),
    (ping, bytearray(b"p"), b"\x89\x01p"),
    (ping, memoryview(b"p"), b"\x89\x01p"),
    (ping, bytes(126), LocalProtocolError),
    (close_code, Code.GONE, b"\x88\x02\x0f\xa1"),
    (close_code, tw.WSCloseCode.OK, b"\x88\x02\x03\xe8"),
    (close_code, 1005, b"\x88\x00"),
    (close_code, 1006, LocalProtocolError),
    (close_code, -1, LocalProtocolError),
    (close_code, 1 << 70, LocalProtocolError),
    (close_reason, Text("bye"), b"\x88\x05\x03\xe8bye"),
    (close_reason, Bytes(b"bye"), b"\x88\x05\x03\xe8bye"),
    (close_reason, bytes(124), LocalProtocolError),
    (close_reason, b"\xff", LocalProtocolError),
    *[row.values for row in refused(receive, *NO_BYTES)],
    *[row.values for row in refused(reader_masked, *NO_BOOL)],
    *[row.values for row in refused(reader_decode_text, *NO_BOOL)],
    *[row.values for row in refused(reader_in_parts, *NO_BOOL)],
    *[row.values for row in refused(reader_max_size, *NO_INT)],
    *[row.values for row in refused(reader_limit, *NO_INT)],
]


@pytest.mark.parametrize(("call", "argument", "expected"), ROWS)
def test_the_outcome_is_the_same_in_both_builds(
    call: Callable[[Any], Any], argument: Any, expected: Any
) -> None:
    assert outcome(call, argument) == expected


@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        (_masking.unmask, (b"\0\0\0\0x", 4, 5), b"x"),
        (_masking.unmask, (b"\0\0\0\0x", 3, 5), ValueError),
        (_masking.unmask, (b"\0\0\0\0x", 4, 6), ValueError),
        (_masking.unmask, (b"\0\0\0\0x", 5, 4), ValueError),
        (_masking.unmask, ("\0\0\0\0x", 4, 5), TypeError),
        (_masking.mask_range, (b"ab", 0, 2, b"\0\0\0", 0), ValueError),
        (_masking.mask_range, (b"ab", -1, 2, b"\0\0\0\0", 0), ValueError),
        (_masking.mask_range, (b"ab", 0, 2, b"\1\2\3\4", -1), bytes([ord("a") ^ 4, ord("b") ^ 1])),
        (_masking.mask_into, (bytearray(2), 0, b"ab", 0, 2, b"\0\0\0\0"), True),
        (_masking.mask_into, (b"..", 0, b"ab", 0, 2, b"\0\0\0\0"), TypeError),
        (_masking.mask_into, (bytearray(2), 1, b"ab", 0, 2, b"\0\0\0\0"), ValueError),
        (_masking.make_room, (-1,), ValueError),
        (_masking.bytes_of_room, (b"ab",), TypeError),
        (_masking.masked_frame, (b"\x81\x80", b"\0\0\0", b""), ValueError),
        (_masking.masked_frame, (b"\x81\x80", b"\0\0\0\0", ""), TypeError),
    ],
)
def test_masking_is_the_same_in_both_builds(call: Any, arguments: tuple[Any, ...], expected: Any) -> None:
    assert outcome(lambda given: call(*given), arguments) == expected


class Channel:
    """A channel that keeps what is written."""

    is_writable = True
    closed = False

    def __init__(self) -> None:
        self.written = b""

    def info(self, name: str, default: Any = None) -> Any:
        return default

    def receive(self, receiver: Any) -> None:
        pass

    def write(self, data: bytes) -> None:
        self.written += data

    def write_pieces(self, pieces: list[bytes]) -> None:
        self.written += b"".join(pieces)

    async def writable(self) -> None:
        pass

    def abort(self) -> None:
        pass


Call = Callable[[WebSocket, Any], Awaitable[Any]]


def send_str(ws: WebSocket, data: Any) -> Awaitable[Any]:
    return ws.send_str(data)


def send_bytes(ws: WebSocket, data: Any) -> Awaitable[Any]:
    return ws.send_bytes(data)


def send_compressed(ws: WebSocket, compress: Any) -> Awaitable[Any]:
    return ws.send_str("hi", compress)


def send_frame_of(ws: WebSocket, opcode: Any) -> Awaitable[Any]:
    return ws.send_frame(b"hi", opcode)


def send_ping(ws: WebSocket, data: Any) -> Awaitable[Any]:
    return ws.ping(data)


async def send_to_all(ws: WebSocket, data: Any) -> Any:
    assert await broadcast([ws], data) == []


@pytest.mark.parametrize(
    ("call", "argument", "expected"),
    [
        (send_str, "hi", b"\x81\x02hi"),
        (send_str, Text("hi"), b"\x81\x02hi"),
        (send_str, b"hi", TypeError),
        (send_str, None, TypeError),
        (send_str, 5, TypeError),
        (send_bytes, b"hi", b"\x82\x02hi"),
        (send_bytes, Bytes(b"hi"), b"\x82\x02hi"),
        (send_bytes, bytearray(b"hi"), b"\x82\x02hi"),
        (send_bytes, memoryview(b".h.i")[1::2], b"\x82\x02hi"),
        (send_bytes, "hi", TypeError),
        (send_bytes, [104], TypeError),
        (send_bytes, 5, TypeError),
        (send_compressed, 0, b"\x81\x02hi"),
        (send_compressed, Number(15), b"\x81\x02hi"),
        (send_compressed, False, b"\x81\x02hi"),
        (send_compressed, 8, ValueError),
        (send_compressed, 16, ValueError),
        (send_compressed, True, ValueError),
        (send_compressed, -1, ValueError),
        (send_compressed, "15", TypeError),
        (send_frame_of, tw.WSMsgType.TEXT, b"\x81\x02hi"),
        (send_frame_of, 2, b"\x82\x02hi"),
        (send_frame_of, Number(9), b"\x89\x02hi"),
        (send_frame_of, tw.WSMsgType.CLOSE, ValueError),
        (send_frame_of, 0, ValueError),
        (send_frame_of, None, ValueError),
        (send_ping, "hi", b"\x89\x02hi"),
        (send_ping, Text("hi"), b"\x89\x02hi"),
        (send_ping, bytearray(b"hi"), b"\x89\x02hi"),
        (send_ping, "ü" * 63, LocalProtocolError),
        (send_ping, 5, TypeError),
        (send_to_all, Text("hi"), b"\x81\x02hi"),
        (send_to_all, memoryview(b"hi"), b"\x82\x02hi"),
        (send_to_all, 5, TypeError),
    ],
)
async def test_sending_is_the_same_in_both_builds(call: Call, argument: Any, expected: Any) -> None:
    channel: Any = Channel()
    ws = WebSocket(channel, server=True, options=WebSocketOptions())
    try:
        result: Any = await asyncio.wait_for(call(ws, argument), 20)
    except Exception as error:
        assert (error.__cause__, error.__context__) == (None, None)  # noqa: PT017 - any kind may be expected
        result = type(error)
    assert (channel.written if result is None else result) == expected
    if expected is not channel.written and isinstance(expected, type):
        assert channel.written == b""
