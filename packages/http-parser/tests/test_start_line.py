"""Start lines, one at a time; corpus/ has whole messages."""

from __future__ import annotations

import pytest

from tidewire_http_parser import (
    InterimHead,
    InvalidStartLine,
    InvalidTarget,
    LineTooLong,
    ResponseHead,
    UnsupportedVersion,
)
from tidewire_http_parser._start_line import (
    check_partial_start_line,
    parse_request_line,
    parse_status_line,
    refuse_start_line,
)

LINE = b"GET /567 HTTP/1.1"


def test_a_request_line() -> None:
    head, end = parse_request_line(b"before" + LINE + b"\r\nbehind", 6, 100)
    assert (head.method, head.target, head.version, head.fields) == ("GET", "/567", (1, 1), [])
    assert end == 6 + len(LINE) + 2


def test_a_status_line() -> None:
    head, end = parse_status_line(b"beforeHTTP/1.0 404 Not Found\r\nbehind", 6, 100)
    assert (head.status, head.reason, head.version, head.fields) == (404, "Not Found", (1, 0), [])
    assert end == 30
    assert type(head) is ResponseHead


@pytest.mark.parametrize("status", [*range(100, 210), 999])
def test_interim_heads(status: int) -> None:
    head, _ = parse_status_line(b"HTTP/1.1 %d X\r\n" % status, 0, 100)
    assert head.status == status
    assert isinstance(head, InterimHead) == (status < 200 and status != 101)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"\r\n", InvalidStartLine),
        (b"\n", InvalidStartLine),
        (b"GET\n", InvalidStartLine),
        (b"GET \n", InvalidStartLine),
        (b"GET /\n", InvalidStartLine),
        (b"GET / \n", InvalidStartLine),
        (b"GET / HTTP/1.\n", InvalidStartLine),
        (b"GET / HTTP/1.1\n", InvalidStartLine),
        (b"GET / HTTP/1.2\n", UnsupportedVersion),
        (b"GET x HTTP/1.1\r\n", InvalidTarget),
    ],
)
def test_the_line_ends_anywhere(line: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_request_line(line, 0, 100)


@pytest.mark.parametrize("size", range(len("HTTP/1.1 200 OK")))
def test_the_status_line_ends_anywhere(size: int) -> None:
    with pytest.raises((InvalidStartLine, UnsupportedVersion)):
        parse_status_line(b"HTTP/1.1 200 OK"[:size] + b"\n", 0, 100)


def test_limits() -> None:
    assert parse_request_line(LINE + b"\r\n", 0, len(LINE))
    with pytest.raises(LineTooLong) as caught:
        parse_request_line(LINE + b"\r\n", 0, len(LINE) - 1)
    assert (caught.value.status, caught.value.limit) == (414, len(LINE) - 1)
    assert parse_status_line(b"HTTP/1.1 200 OK\r\n", 0, 15)
    for limit in range(1, 15):
        with pytest.raises(LineTooLong) as caught:
            parse_status_line(b"HTTP/1.1 200 OK\r\n", 0, limit)
        assert caught.value.status == 431


@pytest.mark.parametrize("line", [b"", b"G", b"\r", LINE, LINE + b"\r"])
def test_partial_lines(line: bytes) -> None:
    check_partial_start_line(b"\0\0" + line, 2, len(LINE), 414)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"\x16", InvalidStartLine),
        (b" ", InvalidStartLine),
        (LINE + b"12", InvalidStartLine),
        (b"GET /" + b"x" * len(LINE), LineTooLong),
        (LINE + b"\r1", InvalidStartLine),
    ],
)
def test_partial_lines_that_cannot_become_one(line: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_partial_start_line(line, 0, len(LINE), 414)


def test_the_line_is_in_the_error_and_nothing_else() -> None:
    with pytest.raises(InvalidStartLine) as caught:
        refuse_start_line(b"before\r\nGET\r\nbehind", 8, 11, 100, "problem", 414)
    assert caught.value.data == b"GET\r"
    assert caught.value.problem == "problem"
