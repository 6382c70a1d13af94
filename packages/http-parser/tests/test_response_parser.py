"""Responses, and the requests that they answer; corpus/response has them in all forms."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_http_parser import (
    NEED_DATA,
    PAUSED,
    PAUSED_FOR_SWITCH,
    ConnectionClosed,
    Data,
    EndOfMessage,
    InterimHead,
    LocalProtocolError,
    RemoteProtocolError,
    ResponseHead,
    ResponseParser,
    UnexpectedData,
)

RESPONSE = b"HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 5\r\n\r\nhello"


def drain(parser: ResponseParser) -> None:
    """Read until the parser refuses to go on."""
    while True:
        parser.next_event()


def expecting(*methods: str) -> ResponseParser:
    parser = ResponseParser()
    for method in methods:
        parser.expect(method)
    return parser


def test_a_response() -> None:
    parser = expecting("GET")
    parser.receive_data(RESPONSE)
    head = parser.next_event()
    assert isinstance(head, ResponseHead)
    assert (head.status, head.reason, head.version) == (200, "OK", (1, 1))
    assert head.fields == [("Server", "a"), ("Content-Length", "5")]
    body = parser.next_event()
    assert isinstance(body, Data)
    assert body.data == b"hello"
    assert isinstance(parser.next_event(), EndOfMessage)
    assert parser.next_event() is PAUSED


def test_one_response_for_each_request() -> None:
    parser = expecting("HEAD", "GET")
    parser.receive_data(RESPONSE[:-5] + RESPONSE)
    lengths: list[int] = []
    for _ in range(2):
        head = parser.next_event()
        assert isinstance(head, ResponseHead)
        lengths.append(head.body_length)
        while not isinstance(parser.next_event(), EndOfMessage):
            pass
        parser.next_message()
    assert lengths == [0, 5]
    parser.receive_data(b"H")
    with pytest.raises(UnexpectedData):
        parser.next_event()


def test_an_interim_response_answers_nothing() -> None:
    parser = expecting("GET")
    parser.receive_data(b"HTTP/1.1 100 Continue\r\n\r\n" * 3)
    for _ in range(3):
        assert isinstance(parser.next_event(), InterimHead)
    assert parser.next_event() is NEED_DATA
    parser.receive_data(RESPONSE)
    head = parser.next_event()
    assert isinstance(head, ResponseHead)
    assert not isinstance(head, InterimHead)


def test_an_expectation_may_come_late() -> None:
    parser = ResponseParser()
    assert parser.next_event() is NEED_DATA
    parser.expect("GET")
    parser.receive_data(RESPONSE)
    assert isinstance(parser.next_event(), ResponseHead)


@pytest.mark.parametrize("method", [b"GET", None, 1, bytearray(b"GET")])
def test_a_method_is_a_str(method: Any) -> None:
    with pytest.raises(TypeError, match=type(method).__name__):
        ResponseParser().expect(method)


def test_nothing_is_expected_of_a_connection_that_is_over() -> None:
    parser = ResponseParser()
    parser.receive_eof()
    assert isinstance(parser.next_event(), ConnectionClosed)
    with pytest.raises(LocalProtocolError):
        parser.expect("GET")


def test_nothing_is_expected_of_another_protocol() -> None:
    parser = expecting("GET")
    parser.receive_data(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nrest")
    head = parser.next_event()
    assert isinstance(head, ResponseHead)
    assert head.upgrade == ("x",)
    assert isinstance(parser.next_event(), EndOfMessage)
    assert parser.next_event() is PAUSED_FOR_SWITCH
    parser.expect("GET")  # it may still be declined
    assert parser.switch() == b"rest"
    with pytest.raises(LocalProtocolError):
        parser.expect("GET")


def test_a_body_that_ends_with_the_connection() -> None:
    parser = expecting("GET")
    parser.receive_data(b"HTTP/1.1 200 OK\r\n\r\n")
    head = parser.next_event()
    assert isinstance(head, ResponseHead)
    assert (head.body_length, head.keep_alive) == (-2, False)
    for piece in (b"a", b"b"):
        parser.receive_data(piece)
        body = parser.next_event()
        assert isinstance(body, Data)
        assert body.data is piece
        assert parser.next_event() is NEED_DATA
    parser.receive_eof()
    assert isinstance(parser.next_event(), EndOfMessage)


@pytest.mark.parametrize("size", range(1, len(RESPONSE)))
def test_cut_off_anywhere(size: int) -> None:
    parser = expecting("GET")
    parser.receive_data(RESPONSE[:size])
    parser.receive_eof()
    with pytest.raises(RemoteProtocolError) as caught:
        drain(parser)
    assert type(caught.value).__name__ == "IncompleteMessage"
