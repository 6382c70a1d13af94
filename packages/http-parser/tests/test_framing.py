"""Where bodies end. What whole messages make of it is in corpus/."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFraming, InvalidHost, RequestHead, ResponseHead, UnsupportedCoding
from tidewire_http_parser._field_section import ALL_ONCE, FRAMING_ONCE, FieldSection
from tidewire_http_parser._framing import frame_request, frame_response, parse_content_length
from tidewire_http_parser._leniencies import STRICT

CHUNKED = -1
UNTIL_CLOSE = -2


def request(fields: bytes, http_1_1: bool = True) -> RequestHead:
    section = FieldSection(8190, 128, ALL_ONCE, STRICT)
    lines = fields + b"\r\n"
    section.parse(lines, 0, len(lines))
    head = RequestHead("POST", "/", http_1_1)
    frame_request(head, section)
    return head


def response(fields: bytes, status: int = 200, method: str = "GET", http_1_1: bool = True) -> ResponseHead:
    section = FieldSection(8190, 128, FRAMING_ONCE, STRICT)
    lines = fields + b"\r\n"
    section.parse(lines, 0, len(lines))
    head = ResponseHead(status, "", http_1_1)
    frame_response(head, section, method)
    return head


@given(st.integers(0, 10**18 - 1))
def test_every_length_that_fits(length: int) -> None:
    assert parse_content_length(str(length)) == length


@given(st.integers(10**18, 2**70))
def test_no_length_that_does_not(length: int) -> None:
    with pytest.raises(InvalidFraming):
        parse_content_length(str(length))


@given(st.text())
def test_digits_and_nothing_else(text: str) -> None:
    if text.isascii() and text.isdigit() and len(text) <= 18:
        assert parse_content_length(text) == int(text)
    else:
        text = text.encode("utf-8", "replace").decode()
        with pytest.raises(InvalidFraming):
            parse_content_length(text)


def test_a_length_that_is_no_text() -> None:
    with pytest.raises(InvalidFraming) as caught:
        parse_content_length("5\udcff")
    assert caught.value.data == b"5\xff"


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        (b"", 0),
        (b"Content-Length: 0\r\n", 0),
        (b"Content-Length: 18\r\n", 18),
        (b"Transfer-Encoding: chunked\r\n", CHUNKED),
        (b"Transfer-Encoding: gzip ,\tCHUNKED\r\n", CHUNKED),
    ],
)
def test_requests(fields: bytes, length: int) -> None:
    head = request(b"Host: a\r\n" + fields)
    assert (head.body_length, head.host) == (length, "a")
    assert head.chunked == (length == CHUNKED)


@pytest.mark.parametrize(
    ("fields", "error", "status"),
    [
        (b"Transfer-Encoding: gzip\r\n", UnsupportedCoding, 501),
        (b"Transfer-Encoding: chun\xe2\x84\xaaed\r\n", UnsupportedCoding, 501),
        (b"Transfer-Encoding: \xff\r\n", UnsupportedCoding, 501),
        (b"Transfer-Encoding: \xff, chunked\r\n", UnsupportedCoding, 501),
        (b"Transfer-Encoding: chunked, gzip\r\n", InvalidFraming, 400),
        (b"Transfer-Encoding: chunked, chunked\r\n", InvalidFraming, 400),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", InvalidFraming, 400),
        (b"Transfer-Encoding: \xff\r\nContent-Length: 0\r\n", InvalidFraming, 400),
    ],
)
def test_requests_without_an_end(fields: bytes, error: type[InvalidFraming], status: int) -> None:
    with pytest.raises(error) as caught:
        request(b"Host: a\r\n" + fields)
    assert type(caught.value) is error
    assert caught.value.status == status


def test_a_request_without_host() -> None:
    assert request(b"", http_1_1=False).host is None
    with pytest.raises(InvalidHost):
        request(b"")


@pytest.mark.parametrize(
    ("fields", "length", "keep_alive"),
    [
        (b"", UNTIL_CLOSE, False),
        (b"Content-Length: 0\r\n", 0, True),
        (b"Content-Length: 5\r\n", 5, True),
        (b"Transfer-Encoding: chunked\r\n", CHUNKED, True),
        (b"Transfer-Encoding: gzip\r\n", UNTIL_CLOSE, False),
    ],
)
def test_responses(fields: bytes, length: int, keep_alive: bool) -> None:
    head = response(fields)
    assert (head.body_length, head.keep_alive) == (length, keep_alive)


@pytest.mark.parametrize(
    ("status", "method"),
    [(200, "HEAD"), (404, "HEAD"), (101, "GET"), (204, "GET"), (304, "GET"), (200, "CONNECT")],
)
@pytest.mark.parametrize("fields", [b"", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_responses_without_a_body(status: int, method: str, fields: bytes) -> None:
    head = response(fields, status, method)
    assert (head.body_length, head.keep_alive) == (0, True)


def test_a_coding_in_http_1_0_ends_the_connection() -> None:
    fields = b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n"
    assert not request(fields, http_1_1=False).keep_alive
    assert not response(fields, http_1_1=False).keep_alive
    assert not response(fields, method="HEAD", http_1_1=False).keep_alive
