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
from tidewire_http_parser._leniencies import BARE_LF, CONTROL_CHARACTERS, MISSING_REASON, STRICT
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
    head, end = parse_status_line(b"beforeHTTP/1.0 404 Not Found\r\nbehind", 6, 100, STRICT)
    assert (head.status, head.reason, head.version, head.fields) == (404, "Not Found", (1, 0), [])
    assert end == 30
    assert type(head) is ResponseHead


@pytest.mark.parametrize("status", [*range(100, 210), 999])
def test_interim_heads(status: int) -> None:
    head, _ = parse_status_line(b"HTTP/1.1 %d X\r\n" % status, 0, 100, STRICT)
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
        parse_status_line(b"HTTP/1.1 200 OK"[:size] + b"\n", 0, 100, STRICT)


@pytest.mark.parametrize(
    ("line", "flag", "reason"),
    [
        (b"HTTP/1.1 200\r\n", MISSING_REASON, ""),
        (b"HTTP/1.1 200 OK\n", BARE_LF, "OK"),
        (b"HTTP/1.1 200\n", BARE_LF | MISSING_REASON, ""),
        (b"HTTP/1.1 200 O\x01\x7fK\r\n", CONTROL_CHARACTERS, "O\x01\x7fK"),
    ],
)
def test_each_leniency_is_one_thing(line: bytes, flag: int, reason: str) -> None:
    head, end = parse_status_line(line, 0, 100, flag)
    assert (head.status, head.reason, end) == (200, reason, len(line))
    for others in (STRICT, ~flag & 63, *(flag & ~bit for bit in (1, 2, 4, 8, 16, 32) if flag & bit)):
        with pytest.raises(InvalidStartLine):
            parse_status_line(line, 0, 100, others)


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/1.1 20\r\n",
        b"HTTP/1.1 099\r\n",
        b"HTTP/1.1 2000\r\n",
        b"HTTP/1.1 200\tOK\r\n",
        b"HTTP/1.1  200 OK\r\n",
        b"HTTP/1.1200 OK\r\n",
        b"HTTP/1.1 200 O\0K\r\n",
        b"HTTP/1.1 200 O\rK\r\n",
        b"http/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\r\n",
    ],
)
def test_the_rest_is_never_overlooked(line: bytes) -> None:
    with pytest.raises(InvalidStartLine):
        parse_status_line(line, 0, 100, 63)


def test_limits() -> None:
    assert parse_request_line(LINE + b"\r\n", 0, len(LINE))
    with pytest.raises(LineTooLong) as caught:
        parse_request_line(LINE + b"\r\n", 0, len(LINE) - 1)
    assert (caught.value.status, caught.value.limit) == (414, len(LINE) - 1)
    assert parse_status_line(b"HTTP/1.1 200 OK\r\n", 0, 15, STRICT)
    for limit in range(1, 15):
        with pytest.raises(LineTooLong) as caught:
            parse_status_line(b"HTTP/1.1 200 OK\r\n", 0, limit, STRICT)
        assert caught.value.status == 431


@pytest.mark.parametrize("line", [b"", b"G", b"\r", LINE, LINE + b"\r"])
def test_partial_lines(line: bytes) -> None:
    check_partial_start_line(b"\0\0" + line, 2, len(LINE), 414, STRICT)


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
        check_partial_start_line(line, 0, len(LINE), 414, STRICT)


def test_the_line_is_in_the_error_and_nothing_else() -> None:
    with pytest.raises(InvalidStartLine) as caught:
        refuse_start_line(b"before\r\nGET\r\nbehind", 8, 11, 100, "problem", 414)
    assert caught.value.data == b"GET\r"
    assert caught.value.problem == "problem"
