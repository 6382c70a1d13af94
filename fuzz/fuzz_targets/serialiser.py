"""The way out: what is serialised holds no control bytes and is read back as what it was made from."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from fuzz_targets.choices import Choices
from tidewire_http_parser import (
    Data,
    EndOfMessage,
    LocalProtocolError,
    RequestHead,
    RequestParser,
    ResponseHead,
    ResponseParser,
    last_chunk,
    serialise_chunk,
    serialise_request,
    serialise_response,
)

__all__ = ["one_input", "seeds"]

_NAMES = (
    "Host",
    "X",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
    "Set-Cookie",
    "Trailer",
)
_VALUES = ("a", "chunked", "0", "5", "close", "keep-alive", "upgrade", "", "gzip, chunked", "x")
_METHODS = ("GET", "HEAD", "POST", "CONNECT", "OPTIONS")
_TARGETS = ("/", "*", "a:1", "http://a/", "/a?b")


def one_input(data: bytes) -> None:
    """Serialise a request or a response and read it."""
    choices = Choices(data)
    with suppress(LocalProtocolError):
        if choices.flag():
            _request(choices)
        else:
            _response(choices)


def _request(choices: Choices) -> None:
    method = choices.text(8) if choices.flag() else choices.pick(_METHODS)
    target = choices.text() if choices.flag() else choices.pick(_TARGETS)
    fields = _fields(choices)
    trailers = _fields(choices)
    body = choices.octets(64)
    length = len(body) if choices.flag() else None
    http_1_1 = not choices.flag()
    head, framing, lives_on = serialise_request(method, target, fields, length, http_1_1)
    _check_lines(head, len(fields) + 2)
    if framing >= 0 and framing != len(body):
        return  # the fields announce another body than the caller has: the caller's part
    parser = RequestParser()
    sent = serialise_chunk(body) + last_chunk(trailers) if framing == -1 else body
    event = _read_head(parser, head + sent)
    assert isinstance(event, RequestHead)
    assert (event.method, event.target, event.http_1_1) == (method, target, http_1_1)
    assert _as_read(event.fields)[: len(fields)] == _as_read(fields)
    assert event.keep_alive == lives_on
    _check_body(parser, body, trailers if framing == -1 else [])
    assert parser.buffered == 0


def _response(choices: Choices) -> None:
    status = 100 + 4 * choices.number()
    reason = choices.text() if choices.flag() else None
    fields = _fields(choices)
    trailers = _fields(choices)
    method = choices.pick(_METHODS)
    body = choices.octets(64)
    length = len(body) if choices.flag() else None
    http_1_1, keep_alive = choices.flag(), choices.flag()
    head, framing, lives_on = serialise_response(status, reason, fields, length, method, http_1_1, keep_alive)
    _check_lines(head, len(fields) + 4)
    if framing >= 0 and framing != len(body):
        return  # as above
    if framing == -3:
        body = b""
    parser = ResponseParser()
    parser.expect(method)
    sent = serialise_chunk(body) + last_chunk(trailers) if framing == -1 else body
    event = _read_head(parser, head + sent)
    assert isinstance(event, ResponseHead)
    assert event.status == status
    assert reason is None or event.reason == reason
    assert _as_read(event.fields)[: len(fields)] == _as_read(fields)
    assert status == 101 or event.keep_alive == lives_on
    _check_body(parser, body, trailers if framing == -1 else [])


def _read_head(parser: RequestParser | ResponseParser, data: bytes) -> object:
    parser.receive_data(data)
    parser.receive_eof()
    return parser.next_event()


def _check_body(parser: RequestParser | ResponseParser, body: bytes, trailers: list[tuple[str, str]]) -> None:
    received = b""
    while isinstance(event := parser.next_event(), Data):
        received += event.data
    assert isinstance(event, EndOfMessage)
    assert received == body
    assert _as_read(event.trailers) == _as_read(trailers)


def _fields(choices: Choices) -> list[tuple[str, str]]:
    fields = []
    for _ in range(choices.number(5)):
        name = choices.text(8) if choices.flag() else choices.pick(_NAMES)
        value: str = choices.text() if choices.flag() else choices.pick(_VALUES)
        fields.append((name, value))
    return fields


def _as_read(fields: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    return [(name.lower(), value.strip(" \t")) for name, value in fields]


def _check_lines(head: bytes, most: int) -> None:
    assert head.endswith(b"\r\n\r\n")
    lines = head[:-4].split(b"\r\n")
    assert len(lines) <= most
    assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", b"".join(lines))


def seeds() -> list[bytes]:
    """Return inputs that choose each method, target, name and value once, with a body of three bytes and without."""
    found = []
    # Choices that take what is listed, and not text of the input's own.
    host = bytes([0, 0, 0, 0])
    for index in range(10):
        field = bytes([0, index, 0, index])
        for body in (b"\0\1\0", b"\3abc\1\0", b"\3abc\0\0"):
            line = bytes([1, 0, index, 0, index])
            found += [line + b"\2" + host + field + b"\0" + body, line + b"\1" + host + b"\1" + field + body]
            line = bytes([0, 25 + 10 * index, 0])
            found.append(line + b"\1" + field + b"\0" + bytes([index]) + body + b"\1")
    return found
