"""The state machine under both parsers: its contract, and the work that input can cause."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tidewire_http_parser import (
    NEED_DATA,
    PAUSED,
    PAUSED_FOR_SWITCH,
    ConnectionClosed,
    Data,
    EndOfMessage,
    IncompleteMessage,
    InvalidChunk,
    InvalidStartLine,
    Limits,
    LineTooLong,
    LocalProtocolError,
    Marker,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
    ResponseParser,
    TooManyFields,
)
from tidewire_http_parser._grammar import INTERPRETED

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def fed(data: bytes, limits: Limits | None = None) -> RequestParser:
    parser = RequestParser(limits)
    parser.receive_data(data)
    return parser


def drain(parser: RequestParser) -> None:
    """Read until the parser refuses to go on."""
    while True:
        parser.next_event()


def pause(parser: RequestParser) -> None:
    """Read until the parser has nothing more to report."""
    while not isinstance(parser.next_event(), Marker):
        pass


def at_end(data: bytes) -> RequestParser:
    """A parser that has reported the message's end."""
    parser = fed(data)
    while not isinstance(parser.next_event(), EndOfMessage):
        pass
    return parser


# -- the contract ----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"GET", GET[:-1], CHUNKED + b"2\r\nhi"])
def test_next_message_waits_for_the_end(data: bytes) -> None:
    parser = fed(data)
    with pytest.raises(LocalProtocolError):
        parser.next_message()
    while not isinstance(parser.next_event(), type(NEED_DATA)):
        pass
    with pytest.raises(LocalProtocolError):
        parser.next_message()


@pytest.mark.parametrize("call", [RequestParser.switch, RequestParser.decline], ids=["switch", "decline"])
def test_no_switch_where_none_is_offered(call: Callable[[RequestParser], object]) -> None:
    for parser in (fed(b""), fed(UPGRADE), at_end(GET)):
        with pytest.raises(LocalProtocolError):
            call(parser)
    parser = at_end(UPGRADE)
    call(parser)
    with pytest.raises(LocalProtocolError):
        call(parser)


def test_an_offer_blocks_the_next_message() -> None:
    parser = at_end(UPGRADE)
    with pytest.raises(LocalProtocolError):
        parser.next_message()
    assert parser.next_event() is parser.next_event() is PAUSED_FOR_SWITCH
    parser.decline()
    assert parser.next_event() is PAUSED
    parser.next_message()
    assert parser.next_event() is NEED_DATA


def test_after_a_switch_there_is_nothing() -> None:
    parser = at_end(UPGRADE + GET)
    assert parser.trailing_data == GET
    assert parser.switch() == GET
    assert (parser.trailing_data, parser.buffered) == (b"", 0)
    assert isinstance(parser.next_event(), ConnectionClosed)
    with pytest.raises(LocalProtocolError):
        parser.next_message()
    with pytest.raises(LocalProtocolError, match="after switch"):
        parser.receive_data(GET)


def test_no_data_after_the_end() -> None:
    parser = fed(b"GET")
    parser.receive_eof()
    parser.receive_eof()
    with pytest.raises(LocalProtocolError):
        parser.receive_data(b"")


@pytest.mark.parametrize("data", [bytearray(GET), memoryview(GET), "GET", None, 1, [71]])
def test_only_bytes_are_taken(data: Any) -> None:
    parser = RequestParser()
    with pytest.raises(TypeError, match=type(data).__name__):
        parser.receive_data(data)
    assert parser.next_event() is NEED_DATA


def test_markers_come_again() -> None:
    parser = RequestParser()
    assert parser.next_event() is parser.next_event() is NEED_DATA
    parser = at_end(GET)
    assert parser.next_event() is parser.next_event() is PAUSED
    parser.next_message()
    parser.receive_eof()
    assert isinstance(parser.next_event(), ConnectionClosed)
    assert isinstance(parser.next_event(), ConnectionClosed)


def test_what_is_buffered() -> None:
    parser = fed(GET + GET)
    assert parser.buffered == 2 * len(GET)
    assert isinstance(parser.next_event(), RequestHead)
    assert parser.buffered == len(GET)
    assert parser.trailing_data == GET
    assert isinstance(parser.next_event(), EndOfMessage)
    parser.receive_data(GET)
    assert parser.next_event() is PAUSED
    assert parser.buffered == 2 * len(GET)


def test_where_a_message_begins() -> None:
    parser = RequestParser()
    found = [parser.at_start]
    parser.receive_data(b"\r\n")
    found.append(parser.at_start)
    assert parser.next_event() is NEED_DATA
    found.append(parser.at_start)  # the empty line is the beginning of something
    parser.receive_data(GET)
    for _ in range(2):
        parser.next_event()
        found.append(parser.at_start)
    parser.next_message()
    found.append(parser.at_start)
    assert found == [True, False, False, False, False, True]


@pytest.mark.parametrize(
    ("framing", "body", "left"),
    [
        (b"Content-Length: 5", b"abc", 2),
        (b"Content-Length: 5", b"", 5),
        (b"Content-Length: 5", b"abcde", 0),
        (b"Content-Length: 0", b"", 0),
        (b"Transfer-Encoding: chunked", b"5\r\nabc", 0),
    ],
)
def test_what_is_left_of_a_body(framing: bytes, body: bytes, left: int) -> None:
    parser = RequestParser()
    assert parser.body_left == 0
    parser.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n" + body)
    parser.next_event()
    parser.read_body([])
    assert parser.body_left == left


def failure(parser: RequestParser) -> tuple[InvalidStartLine, int]:
    """The error that a parser raises, and how deep its traceback is."""
    with pytest.raises(InvalidStartLine) as caught:
        parser.next_event()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value, len(caught.traceback)


def test_errors_stay() -> None:
    parser = fed(b"\0" + GET)
    error, _ = failure(parser)
    again, depth = failure(parser)
    assert again is error
    assert failure(parser) == (error, depth)  # the traceback does not grow with each call
    with pytest.raises(InvalidStartLine) as caught:
        parser.receive_data(GET)
    assert caught.value is error
    assert parser.buffered == len(GET) + 1  # what came before it; nothing is added


def test_what_was_cut_off_is_counted() -> None:
    parser = fed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello")
    parser.receive_eof()
    assert isinstance(parser.next_event(), RequestHead)
    assert isinstance(parser.next_event(), Data)
    with pytest.raises(IncompleteMessage) as caught:
        parser.next_event()
    assert (caught.value.received, caught.value.expected) == (5, 9)
    parser = fed(CHUNKED + b"2\r\nhi\r\n5\r\nhel")
    parser.receive_eof()
    with pytest.raises(IncompleteMessage) as caught:
        drain(parser)
    assert (caught.value.received, caught.value.expected) == (5, None)


# -- bodies ----------------------------------------------------------------------------------------


def test_a_piece_of_a_body_is_not_copied() -> None:
    parser = fed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n")
    assert isinstance(parser.next_event(), RequestHead)
    piece = bytes(1000)
    for _ in range(2):
        parser.receive_data(piece)
        event = parser.next_event()
        assert isinstance(event, Data)
        assert event.data is piece
    assert isinstance(parser.next_event(), EndOfMessage)


def test_no_event_holds_more_than_was_fed() -> None:
    parser = fed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n")
    assert isinstance(parser.next_event(), RequestHead)
    for size in (1, 7, 100_000):
        parser.receive_data(bytes(size))
        event = parser.next_event()
        assert isinstance(event, Data)
        assert len(event.data) == size
        assert parser.next_event() is NEED_DATA
        assert parser.buffered == 0


def test_a_body_behind_a_head_is_not_looked_at_with_it() -> None:
    """Field values are text by their own bytes, whatever follows."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nX: y\r\nContent-Length: 65536\r\n\r\n"
    for body in (b"\xff\n" * 32768, b"\r\n" * 32768, b"a: b\r\n\r\n" * 8192):
        parser = fed(head + body[:65536])
        event = parser.next_event()
        assert isinstance(event, RequestHead)
        assert event.fields == [("Host", "a"), ("X", "y"), ("Content-Length", "65536")]
        piece = parser.next_event()
        assert isinstance(piece, Data)
        assert piece.data == body[:65536]


def test_bodies_that_end_at_once_share_their_end() -> None:
    first, second = fed(GET), fed(GET)
    for parser in (first, second):
        parser.next_event()
    assert first.next_event() is second.next_event()


# -- bounded work ----------------------------------------------------------------------------------


def refused_after(parser: RequestParser, data: bytes, step: int) -> tuple[int, RemoteProtocolError]:
    """How many bytes a parser takes before it refuses."""
    for start in range(0, len(data), step):
        parser.receive_data(data[start : start + step])
        try:
            while parser.next_event() is not NEED_DATA:
                pass
        except RemoteProtocolError as error:
            return start + step, error
    raise AssertionError("never refused")


@pytest.mark.parametrize("step", [1, 1000, 200_000])
def test_a_target_of_100_kb(step: int) -> None:
    data = b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    size, error = refused_after(RequestParser(), data, step)
    assert isinstance(error, LineTooLong)
    assert (error.status, len(error.data)) == (414, 100)
    assert size < 8190 + 2 + step


@pytest.mark.parametrize("step", [1, 1000, 200_000])
def test_ten_thousand_fields(step: int) -> None:
    line = b"X: a\r\n"
    size, error = refused_after(
        RequestParser(), b"GET / HTTP/1.1\r\nHost: a\r\n" + line * 10_000 + b"\r\n", step
    )
    assert isinstance(error, TooManyFields)
    assert error.status == 431
    assert size < 200 + 128 * len(line) + step


@pytest.mark.parametrize("step", [1, 1000, 200_000])
def test_ten_thousand_trailers(step: int) -> None:
    line = b"X: a\r\n"
    size, error = refused_after(RequestParser(), CHUNKED + b"0\r\n" + line * 10_000 + b"\r\n", step)
    assert isinstance(error, TooManyFields)
    assert size < 200 + 128 * len(line) + step


def test_a_chunk_extension_without_end() -> None:
    size, error = refused_after(RequestParser(), CHUNKED + b"1;" + b"a" * 100_000, 100)
    assert isinstance(error, LineTooLong)
    assert size < 8500


def test_complete_lines_are_read_once() -> None:
    # However the head is fed, nothing is kept of it but the line that is not complete.
    head = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 300 + b"\r\n" + b"Y: b\r\n" * 50
    parser = RequestParser()
    line = 0
    for index in range(len(head)):
        parser.receive_data(head[index : index + 1])
        assert parser.next_event() is NEED_DATA
        line = 0 if head[index] == 0x0A else line + 1
        assert parser.buffered == line


def lines_executed(head: bytes) -> int:
    """How many lines of Python the parser executes to read a head that comes byte by byte."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if "tidewire_http_parser" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    parser = RequestParser()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for index in range(len(head)):
            parser.receive_data(head[index : index + 1])
            parser.next_event()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.skipif(not INTERPRETED, reason="compiled code does not report the lines that it executes")
@pytest.mark.parametrize(
    "make",
    [
        lambda size: b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * size + b"\r\n\r\n",
        lambda size: b"GET /" + b"a" * size + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        lambda size: b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X:a\r\n" * (size // 5) + b"\r\n",
        lambda size: b"\r\n" * (size // 2) + GET,
    ],
    ids=["long line", "long target", "many lines", "empty lines"],
)
def test_a_head_byte_by_byte_costs_linear_work(make: Callable[[int], bytes]) -> None:
    once, twice = lines_executed(make(300)), lines_executed(make(600))
    assert twice < 2.2 * once


# -- leaving a message at its head ----------------------------------------------------------------


def test_a_message_without_a_body_may_be_left_at_its_head() -> None:
    parser = fed(GET + GET)
    assert isinstance(parser.next_event(), RequestHead)
    parser.next_message()
    assert isinstance(parser.next_event(), RequestHead)
    assert isinstance(parser.next_event(), EndOfMessage)
    assert parser.next_event() is PAUSED


@pytest.mark.parametrize(
    "data", [UPGRADE, CHUNKED, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"]
)
def test_no_other_message_may(data: bytes) -> None:
    parser = fed(data)
    assert isinstance(parser.next_event(), RequestHead)
    with pytest.raises(LocalProtocolError):
        parser.next_message()


def test_a_body_that_was_read_is_no_message_without_one() -> None:
    parser = fed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
    parser.next_event()
    assert isinstance(parser.next_event(), Data)
    with pytest.raises(LocalProtocolError):
        parser.next_message()


# -- bodies in one call ----------------------------------------------------------------------------


def test_all_that_is_there_of_a_body_is_taken_in_one_call() -> None:
    parser = fed(CHUNKED + b"3\r\nabc\r\n2\r\nde")
    pieces: list[bytes] = []
    ends: list[int] = []
    assert isinstance(parser.read_body(pieces, ends), RequestHead)
    assert pieces == []
    assert parser.read_body(pieces, ends) is NEED_DATA
    assert (b"".join(pieces), ends) == (b"abcde", [3, 5])
    parser.receive_data(b"\r\n4\r\nfgh")
    ends.clear()
    assert parser.read_body(pieces, ends) is NEED_DATA
    assert (b"".join(pieces), ends) == (b"abcdefgh", [])
    parser.receive_data(b"i\r\n0\r\nX: y\r\n\r\n")
    end = parser.read_body(pieces, ends)
    assert isinstance(end, EndOfMessage)
    assert end.trailers == [("X", "y")]
    assert (b"".join(pieces), ends) == (b"abcdefghi", [1])
    assert parser.read_body(pieces, ends) is PAUSED


def test_what_came_before_an_error_is_taken() -> None:
    parser = fed(CHUNKED + b"3\r\nabc\r\nx\r\n")
    parser.next_event()
    pieces: list[bytes] = []
    for _ in range(2):
        with pytest.raises(InvalidChunk):
            parser.read_body(pieces)
    assert pieces == [b"abc"]
    with pytest.raises(InvalidChunk):
        parser.next_event()


@pytest.mark.parametrize("arguments", [(), (None,), ((),), (b"",), ([], ()), ([], 1)])
def test_a_body_is_taken_to_lists_only(arguments: tuple[Any, ...]) -> None:
    for parser in (fed(CHUNKED + b"3\r\nabc\r\n"), ResponseParser()):
        call: Any = parser.read_body
        with pytest.raises(TypeError):
            call(*arguments)
