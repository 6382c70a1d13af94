"""What is true of all messages: splits change nothing, errors are designed, what is written is read back."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from parser_trace import request_parser, response_parser, trace

from tidewire_http_parser import (
    Data,
    EndOfMessage,
    Limits,
    LocalProtocolError,
    Marker,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
    ResponseHead,
    ResponseParser,
    last_chunk,
    serialise_chunk,
    serialise_interim,
    serialise_request,
    serialise_response,
)
from tidewire_testing import byte_by_byte, random_splits, whole

REQUESTS = [
    b"GET /path?q HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
    b"GET http://a:80/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n\x81\x00",
    b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nX:\r\n\r\n",
]
RESPONSES = [
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: a\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
    b"HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nrest",
]
# What tells one parser from another.
TOKENS = [
    *(
        b"\r",
        b"\n",
        b"\r\n",
        b"\r\n\r\n",
        b" ",
        b"\t",
        b"\0",
        b"\x0b",
        b"\x7f",
        b"\x80",
        b"\xff",
        b":",
        b";",
        b",",
    ),
    *(
        b"0",
        b"5",
        b"-",
        b"+",
        b"_",
        b"0x",
        b"f" * 16,
        b"9" * 19,
        b"18446744073709551621",
        b'"',
        b"\\",
        b"=",
        b"[",
        b"]",
    ),
    *(b"Content-Length: 5\r\n", b"Content-Length: 6\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: b\r\n"),
    *(
        b"Transfer-Encoding: gzip\r\n",
        b"Connection: close\r\n",
        b"chunked",
        b", chunked",
        b"\xe2\x84\xaa",
        b"HTTP/1.1",
    ),
    *(b"HTTP/1.0", b"HTTP/2.0", b"\r\n folded", b"x" * 60, b"X: a\r\n" * 12),
]
# Small limits, so that small inputs reach them.
META: dict[str, Any] = {"eof": True, "next": "all", "limits": {"line": 50, "field": 40, "fields": 8}}


@st.composite
def mutated(draw: st.DrawFn, messages: list[bytes]) -> bytes:
    data = b"".join(draw(st.lists(st.sampled_from(messages), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 1, 2, 5, 20])))
        data = (
            data[:start]
            + draw(st.sampled_from(TOKENS) | st.binary(max_size=3) | st.just(data[start:end] * 2))
            + data[end:]
        )
    return data


def check_splits(make: Any, data: bytes, meta: dict[str, Any]) -> list[str]:
    expected = trace(make(meta), whole(data), meta)
    assert trace(make(meta), whole(data), meta, takes_bodies=True) == expected
    assert trace(make(meta), byte_by_byte(data), meta) == expected
    for pieces in random_splits(data, 4, len(data)):
        assert trace(make(meta), pieces, meta) == expected
    return expected


@settings(deadline=None, max_examples=300)
@given(mutated(REQUESTS), st.booleans(), st.booleans())
def test_splits_change_nothing_in_requests(data: bytes, eof: bool, decline: bool) -> None:
    check_splits(request_parser, data, META | {"eof": eof, "decline": decline})


@settings(deadline=None, max_examples=300)
@given(mutated(RESPONSES), st.booleans(), st.lists(st.sampled_from(["GET", "HEAD", "CONNECT"]), max_size=4))
def test_splits_change_nothing_in_responses(data: bytes, eof: bool, methods: list[str]) -> None:
    check_splits(response_parser, data, META | {"eof": eof, "expect": methods, "decline": True})


@settings(deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes(data: bytes, eof: bool) -> None:
    # trace() lets RemoteProtocolError pass and nothing else, and counts calls.
    check_splits(request_parser, data, META | {"eof": eof})
    check_splits(response_parser, data, META | {"eof": eof, "expect": ["GET", "GET"]})
    prefix = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    check_splits(request_parser, prefix + data, META | {"eof": eof})
    check_splits(request_parser, b"GET / HTTP/1.1\r\nHost: a\r\n" + data, META | {"eof": eof})
    check_splits(response_parser, b"HTTP/1.1 200 " + data, META | {"eof": eof})


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 6), st.sampled_from(REQUESTS))
def test_splits_change_nothing_at_any_limit(line: int, field: int, fields: int, data: bytes) -> None:
    check_splits(request_parser, data, {"limits": {"line": line, "field": field, "fields": fields}})


# -- a body in one call ----------------------------------------------------------------------------


def by_events(parser: RequestParser, reads: list[bytes]) -> list[tuple[bytes, list[int], str]]:
    """For each read the data, where chunks end in it, and what comes behind it; the way of `next_event()`."""
    taken = []
    for read in reads:
        parser.receive_data(read)
        data, ends = b"", []
        while isinstance(event := outcome(parser.next_event), Data):
            ends += [len(data) + end for end in event.inner_ends or []]
            data += event.data
            if event.ends_chunk:
                ends.append(len(data))
        taken.append((data, ends, str(event)))
        if isinstance(event, RemoteProtocolError):
            break
    return taken


def by_bodies(parser: RequestParser, reads: list[bytes]) -> list[tuple[bytes, list[int], str]]:
    """The same, the way of `read_body()`."""
    taken = []
    for read in reads:
        parser.receive_data(read)
        pieces: list[bytes] = []
        ends: list[int] = []
        event = outcome(lambda: parser.read_body(pieces, ends))  # noqa: B023 - it is called here and now
        taken.append((b"".join(pieces), ends, str(event)))
        if isinstance(event, RemoteProtocolError):
            break
    return taken


def outcome(call: Callable[[], object]) -> object:
    try:
        return call()
    except RemoteProtocolError as error:
        return error


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(1, 80) | st.sampled_from([4095, 4096, 4100]), max_size=6),
    st.binary(max_size=8) | st.just(b"0\r\n\r\n"),
    st.integers(0, 2**32),
)
def test_a_body_in_one_call_is_that_of_the_events(sizes: list[int], tail: bytes, seed: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(serialise_chunk(bytes([33 + size % 90]) * size) for size in sizes) + tail
    for reads in ([body], *random_splits(body, 1, seed)):
        parsers = RequestParser(), RequestParser()
        for parser in parsers:
            parser.receive_data(head)
            assert isinstance(parser.next_event(), RequestHead)
        assert by_bodies(parsers[0], list(reads)) == by_events(parsers[1], list(reads))


# -- what is written is read back ------------------------------------------------------------------

NAMES = st.sampled_from(["Accept", "cookie", "Warning", "Set-Cookie", "Link", "Date"]) | st.text(
    alphabet="!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=12
)
VALUES = st.text(
    alphabet=st.characters(
        blacklist_categories=["Cs"], blacklist_characters="".join(map(chr, [*range(9), *range(10, 32), 127]))
    ),
    max_size=20,
)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=5)


def as_read(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.lower(), value.strip(" \t")) for name, value in fields]


def events(parser: RequestParser | ResponseParser, data: bytes) -> tuple[Any, bytes, Any]:
    """The head, the body and the trailers of a message."""
    parser.receive_data(data)
    parser.receive_eof()
    head, body = parser.next_event(), b""
    while isinstance(event := parser.next_event(), Data):
        body += event.data
    assert isinstance(event, EndOfMessage)
    assert isinstance(parser.next_event(), Marker)
    return head, body, as_read(event.trailers)


@given(
    st.sampled_from(["GET", "POST", "get", "PURGE", "x!~"]),
    st.text(alphabet=[chr(code) for code in range(0x21, 0x7F)], max_size=30),
    FIELDS,
    st.none() | st.binary(max_size=30),
)
def test_requests(method: str, path: str, fields: list[tuple[str, str]], body: bytes | None) -> None:
    sent = [("Host", "a:80"), *fields]
    data, framing, keep_alive = serialise_request(method, f"/{path}", sent, len(body or b""))
    head, read, _ = events(RequestParser(), data + (body or b""))
    assert framing == len(body or b"")
    if body or method == "POST":
        sent.append(("Content-Length", str(framing)))
    assert isinstance(head, RequestHead)
    assert (head.method, head.target, head.host, read) == (method, f"/{path}", "a:80", body or b"")
    assert head.keep_alive == keep_alive
    assert as_read(head.fields) == as_read(sent)


@given(
    st.integers(200, 999) | st.sampled_from([101, 204, 205, 304]),
    st.none() | VALUES,
    FIELDS,
    st.binary(max_size=30),
    FIELDS,
    st.fixed_dictionaries(
        {
            "request_method": st.sampled_from(["GET", "HEAD", "CONNECT"]),
            "http_1_1": st.booleans(),
            "keep_alive": st.booleans(),
        }
    ),
    st.booleans(),
)
def test_responses(
    status: int,
    reason: str | None,
    fields: list[tuple[str, str]],
    body: bytes,
    trailers: list[tuple[str, str]],
    request: dict[str, Any],
    knows_length: bool,
) -> None:
    data, framing, keep_alive = serialise_response(
        status, reason, fields, len(body) if knows_length else None, **request
    )
    if framing == -1:
        data += serialise_chunk(body[:7]) + serialise_chunk(body[7:]) + last_chunk(trailers)
    elif framing == -3:
        body = b""
    else:
        assert framing in (len(body), -2)
        data += body
    parser = ResponseParser()
    parser.expect(request["request_method"])
    head, read, read_trailers = events(parser, data)
    assert isinstance(head, ResponseHead)
    assert (head.status, read) == (status, body)
    assert reason is None or head.reason == reason
    assert as_read(head.fields)[: len(fields)] == as_read(fields)
    assert read_trailers == (as_read(trailers) if framing == -1 else [])
    if status != 101:
        assert head.keep_alive == keep_alive


@settings(deadline=None, max_examples=200)
@given(
    st.text(max_size=8) | st.sampled_from(["GET", "CONNECT", "OPTIONS"]),
    st.text(max_size=8) | st.sampled_from(["/", "*", "a:1"]),
    st.lists(
        st.tuples(
            st.text(max_size=6)
            | st.sampled_from(["Host", "Content-Length", "Transfer-Encoding", "Connection", "X"]),
            st.text(max_size=6) | st.sampled_from(["a", "chunked", "0", "close", "a\r\nb", "\n"]),
        ),
        max_size=4,
    ),
    st.none() | st.text(max_size=5),
    st.integers(90, 1010),
)
def test_whatever_goes_out_is_one_message(
    method: str, target: str, fields: list[tuple[str, str]], reason: str | None, status: int
) -> None:
    calls: list[Any] = [
        lambda: serialise_request(method, target, fields, None)[0],
        lambda: serialise_interim(status, fields),
        lambda: serialise_response(
            status, reason, fields, None, request_method="GET", http_1_1=True, keep_alive=True
        )[0],
        lambda: last_chunk(fields),
    ]
    for call in calls:
        try:
            head = call()
        except LocalProtocolError:
            continue
        assert head.endswith(b"\r\n\r\n")
        lines = head[:-4].split(b"\r\n")
        assert len(lines) <= len(fields) + 3
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", b"".join(lines))
    if calls:
        check_request(method, target, fields)


def check_request(method: str, target: str, fields: list[tuple[str, str]]) -> None:
    """What a client of this library sends a server of it takes for one request."""
    try:
        data, _, _ = serialise_request(method, target, fields, None)
    except LocalProtocolError:
        return
    parser = RequestParser(Limits())
    parser.receive_data(data)
    head = parser.next_event()
    assert isinstance(head, RequestHead)
    assert (head.method, head.target) == (method, target)
    assert parser.buffered == 0


def test_splits_that_no_generator_may_find() -> None:
    """Every pair of a message and a token, at every place: a fixed set that each run has."""
    random = Random(1)
    for messages, make, more in (
        (REQUESTS, request_parser, {"decline": True}),
        (RESPONSES, response_parser, {"decline": True, "expect": ["GET", "GET"]}),
    ):
        for message in messages:
            for token in TOKENS:
                place = random.randrange(len(message))
                check_splits(make, message[:place] + token + message[place:], META | more)
