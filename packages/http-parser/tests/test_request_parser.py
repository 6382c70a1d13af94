"""Requests; corpus/request has them in all forms."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from tidewire_http_parser import (
    NEED_DATA,
    ConnectionClosed,
    Data,
    EndOfMessage,
    IncompleteMessage,
    InvalidHost,
    Limits,
    RequestHead,
    RequestParser,
    UnexpectedData,
)

REQUEST = (
    b"POST /form?x=1 HTTP/1.1\r\nhost: example.com\r\nX-Own: a\r\nContent-length: 3\r\n"
    b"Expect: 100-continue\r\n\r\na=b"
)


def drain(parser: RequestParser) -> None:
    """Read until the parser refuses to go on."""
    while True:
        parser.next_event()


def test_a_request() -> None:
    parser = RequestParser()
    parser.receive_data(REQUEST)
    head = parser.next_event()
    assert isinstance(head, RequestHead)
    assert (head.method, head.target, head.version) == ("POST", "/form?x=1", (1, 1))
    assert head.fields == [
        ("Host", "example.com"),
        ("X-Own", "a"),
        ("Content-Length", "3"),
        ("Expect", "100-continue"),
    ]
    assert CIMultiDict(head.fields)["HOST"] == head.host == "example.com"
    assert (head.body_length, head.chunked, head.keep_alive) == (3, False, True)
    assert head.expect_continue
    body = parser.next_event()
    assert isinstance(body, Data)
    assert body.data == b"a=b"
    end = parser.next_event()
    assert isinstance(end, EndOfMessage)
    assert end.trailers == []


def test_a_hundred_requests_on_one_connection() -> None:
    parser = RequestParser()
    for number in range(100):
        parser.receive_data(b"GET /%d HTTP/1.1\r\nHost: a\r\nX: %d\r\n\r\n" % (number, number))
        head = parser.next_event()
        assert isinstance(head, RequestHead)
        assert (head.target, head.fields[-1]) == (f"/{number}", ("X", str(number)))
        assert isinstance(parser.next_event(), EndOfMessage)
        parser.next_message()
    parser.receive_eof()
    assert isinstance(parser.next_event(), ConnectionClosed)


def test_values_of_bytes_outside_ascii() -> None:
    raw = "é".encode() + b"\xff"
    parser = RequestParser()
    parser.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + raw + b"\r\nY: b\r\n\r\n")
    head = parser.next_event()
    assert isinstance(head, RequestHead)
    assert head.fields[1:] == [("X", "é\udcff"), ("Y", "b")]
    assert head.fields[1][1].encode("utf-8", "surrogateescape") == raw


def test_the_limits_are_used() -> None:
    parser = RequestParser(Limits(fields=1))
    parser.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert isinstance(parser.next_event(), RequestHead)


def test_a_head_is_judged_when_it_is_complete() -> None:
    parser = RequestParser()
    parser.receive_data(b"GET / HTTP/1.1\r\nX: a\r\n")
    assert parser.next_event() is NEED_DATA
    parser.receive_data(b"\r\n")
    with pytest.raises(InvalidHost):
        parser.next_event()


def test_a_message_that_was_to_be_the_last() -> None:
    parser = RequestParser()
    parser.receive_data(b"GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n")
    assert isinstance(parser.next_event(), RequestHead)
    assert isinstance(parser.next_event(), EndOfMessage)
    parser.next_message()
    with pytest.raises(UnexpectedData) as caught:
        parser.next_event()
    assert caught.value.data == b"GET / HTTP/1.0\r\n\r\n"


@pytest.mark.parametrize("size", range(1, len(REQUEST)))
def test_cut_off_anywhere(size: int) -> None:
    parser = RequestParser()
    parser.receive_data(REQUEST[:size])
    parser.receive_eof()
    with pytest.raises(IncompleteMessage):
        drain(parser)
