"""What users of the parser call, with arguments of other kinds: each outcome is the same in both builds.

Compiled code enforces the types of its arguments, interpreted code does not by itself. So each row tells the
one outcome there is: a value, or an exception's type. No exception here has a cause or a context.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable
from enum import IntEnum
from http import HTTPMethod, HTTPStatus
from typing import Any

import pytest
from multidict import CIMultiDict, istr
from odd_arguments import Bytes, Fields, Number, Text, outcome, refused

import tidewire_http_parser as http
from tidewire_http_parser import builds, field_values
from tidewire_http_parser.multipart import MultipartLimits


class Status(IntEnum):
    FINE = 299


Pair = namedtuple("Pair", "name value")  # noqa: PYI024

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
# What is no bytes, though it may hold some.
NO_BYTES = [bytearray(REQUEST), memoryview(REQUEST), "GET", None, 1, [71], object()]
NO_TEXT = [b"GET", bytearray(b"GET"), None, 1, ["GET"], object()]
NO_FIELDS = [
    None,
    (),
    (("X", "a"),),
    {"X": "a"},
    CIMultiDict(X="a"),
    CIMultiDict(X="a").items(),
    iter([("X", "a")]),
    "Xa",
    ["Xa"],
    [["X", "a"]],
    [("X",)],
    [("X", "a", "b")],
    [("X", b"a")],
    [(b"X", "a")],
    [("X", None)],
    [("X", 1)],
    [("Content-Length", 2)],
    [("Connection", None)],
    [("Host", "a"), ("X", 1)],
]
NO_BOOL = [0, 1, None, "yes", Number(1)]
NO_INT = [None, "200", 200.0, b"200", object()]


def head_of(fields: Any) -> Any:
    return http.serialise_response(200, None, fields, 2, request_method="GET", http_1_1=True, keep_alive=True)


def receive(data: Any) -> Any:
    parser = http.RequestParser()
    parser.receive_data(data)
    return repr(parser.next_event())


def receive_for_a_response(data: Any) -> Any:
    http.ResponseParser().receive_data(data)


def expect(method: Any) -> Any:
    parser = http.ResponseParser()
    parser.expect(method)
    parser.receive_data(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    head: Any = parser.next_event()
    return head.body_length


def request_method(method: Any) -> Any:
    return http.serialise_request(method, "/", [("Host", "a")])[0]


def request_target(target: Any) -> Any:
    return http.serialise_request("GET", target, [("Host", "a")])[0]


def request_fields(fields: Any) -> Any:
    return http.serialise_request("GET", "/", fields)[0]


def interim_status(status: Any) -> Any:
    return http.serialise_interim(status, [])


def interim_fields(fields: Any) -> Any:
    return http.serialise_interim(103, fields)


def response_status(status: Any) -> Any:
    return http.serialise_response(
        status, None, [], None, request_method="GET", http_1_1=True, keep_alive=True
    )[0]


def response_reason(reason: Any) -> Any:
    return http.serialise_response(
        204, reason, [], None, request_method="GET", http_1_1=True, keep_alive=True
    )[0]


def response_length(length: Any) -> Any:
    return http.serialise_response(
        200, None, [], length, request_method="GET", http_1_1=True, keep_alive=True
    )[:2]


def response_method(method: Any) -> Any:
    return http.serialise_response(200, None, [], 2, request_method=method, http_1_1=True, keep_alive=True)[1]


def response_http_1_1(flag: Any) -> Any:
    return http.serialise_response(200, None, [], 2, request_method="GET", http_1_1=flag, keep_alive=True)[2]


def response_keep_alive(flag: Any) -> Any:
    return http.serialise_response(200, None, [], 2, request_method="GET", http_1_1=True, keep_alive=flag)[2]


def limits_of_a_parser(limits: Any) -> Any:
    return repr(http.RequestParser(limits).next_event())


ROWS = [
    # Parsers.
    *refused(receive, *NO_BYTES),
    *refused(receive_for_a_response, *NO_BYTES),
    (receive, REQUEST, "<RequestHead GET '/'>"),
    (receive, Bytes(REQUEST), "<RequestHead GET '/'>"),
    (receive, b"", "<NEED_DATA>"),
    *refused(expect, *NO_TEXT),
    (expect, "GET", 5),
    (expect, "HEAD", 0),
    (expect, Text("HEAD"), 0),
    (expect, HTTPMethod.HEAD, 0),
    (expect, istr("HEAD"), 0),
    (limits_of_a_parser, None, "<NEED_DATA>"),
    (limits_of_a_parser, http.Limits(line=1), "<NEED_DATA>"),
    *refused(limits_of_a_parser, 8190, "8190", {"line": 1}, True, MultipartLimits()),
    # Requests.
    *refused(request_method, *NO_TEXT),
    *refused(request_target, *NO_TEXT),
    *refused(request_fields, *NO_FIELDS),
    (request_method, HTTPMethod.GET, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (request_method, Text("A"), b"A / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (request_target, Text("/a"), b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
    (request_fields, [(istr("HOST"), Text("a"))], b"GET / HTTP/1.1\r\nHOST: a\r\n\r\n"),
    (request_fields, Fields([Pair("Host", "a")]), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (request_fields, list(CIMultiDict(Host="a").items()), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (request_fields, [], http.LocalProtocolError),
    (request_fields, [("X y", "a")], http.LocalProtocolError),
    (request_fields, [("X", "\ud800")], http.LocalProtocolError),
    # Interim responses.
    *refused(interim_status, *NO_INT),
    *refused(interim_fields, *NO_FIELDS),
    (interim_status, HTTPStatus.CONTINUE, b"HTTP/1.1 100 Continue\r\n\r\n"),
    (interim_status, Number(103), b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    (interim_status, True, http.LocalProtocolError),
    (interim_status, 2**64 + 100, http.LocalProtocolError),
    # Responses.
    *refused(response_status, *NO_INT),
    *refused(response_reason, b"OK", 1, ["OK"]),
    *refused(response_length, "2", 2.0, b"2", [2]),
    *refused(response_method, *NO_TEXT),
    *refused(response_http_1_1, *NO_BOOL),
    *refused(response_keep_alive, *NO_BOOL),
    *refused(head_of, *NO_FIELDS),
    (response_status, HTTPStatus.NO_CONTENT, b"HTTP/1.1 204 No Content\r\n\r\n"),
    (response_status, Status.FINE, b"HTTP/1.1 299 \r\nTransfer-Encoding: chunked\r\n\r\n"),
    (response_status, Number(204), b"HTTP/1.1 204 No Content\r\n\r\n"),
    (response_status, False, http.LocalProtocolError),
    (response_status, -(2**64), http.LocalProtocolError),
    (response_status, 2**64 + 200, http.LocalProtocolError),
    (response_reason, None, b"HTTP/1.1 204 No Content\r\n\r\n"),
    (response_reason, Text("x"), b"HTTP/1.1 204 x\r\n\r\n"),
    (response_reason, HTTPStatus.OK.phrase, b"HTTP/1.1 204 OK\r\n\r\n"),
    (response_length, None, (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", -1)),
    (response_length, True, (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", 1)),
    (response_length, Number(2), (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", 2)),
    (response_length, HTTPStatus.OK, (b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n", 200)),
    (response_length, 2**63, http.LocalProtocolError),
    (response_length, 2**64 + 5, http.LocalProtocolError),
    (response_length, -(2**64), http.LocalProtocolError),
    (response_method, HTTPMethod.HEAD, -3),
    (response_method, Text("HEAD"), -3),
    (response_method, "", 2),
    (head_of, Fields(), (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", 2, True)),
    (
        head_of,
        [Pair(istr("content-length"), Text("2"))],
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", 2, True),
    ),
    # Chunks.
    *refused(http.serialise_chunk, *NO_BYTES),
    *refused(http.last_chunk, *NO_FIELDS),
    (http.serialise_chunk, Bytes(b"ab"), b"2\r\nab\r\n"),
    (http.serialise_chunk, Bytes(), b""),
    (http.last_chunk, Fields([Pair("X", "a")]), b"0\r\nX: a\r\n\r\n"),
    # Events.
    *refused(http.Data, *NO_BYTES),
    *refused(http.EndOfMessage, None, (), {}, iter([])),
    *refused(http.Marker, *NO_TEXT),
    # What runs interpreted in both builds.
    (field_values.format_date, True, "Thu, 01 Jan 1970 00:00:01 GMT"),
    (field_values.format_date, Number(1), "Thu, 01 Jan 1970 00:00:01 GMT"),
    (field_values.format_date, "0", TypeError),
    (field_values.format_date, b"0", TypeError),
    (field_values.format_date, math.nan, ValueError),
    (field_values.parse_media_type, Text("A/B"), ("a/b", {})),
    (field_values.parse_media_type, istr("A/B"), ("a/b", {})),
    (http.LocalProtocolError, "x", http.LocalProtocolError),
    (builds.loaded, "tidewire_http_parser._nothing", ModuleNotFoundError),
]


@pytest.mark.parametrize(("call", "argument", "expected"), ROWS)
def test_the_outcome(call: Callable[[Any], Any], argument: Any, expected: Any) -> None:
    found = outcome(call, argument)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        (http.RequestHead, ("GET", "/", True), "<RequestHead GET '/'>"),
        (http.RequestHead, (Text("GET"), istr("/"), True), "<RequestHead GET '/'>"),
        (http.RequestHead, (HTTPMethod.GET, "/", False), "<RequestHead GET '/'>"),
        (http.RequestHead, (b"GET", "/", True), TypeError),
        (http.RequestHead, ("GET", b"/", True), TypeError),
        (http.RequestHead, ("GET", "/", 1), TypeError),
        (http.RequestHead, ("GET", "/"), TypeError),
        (http.ResponseHead, (200, "OK", True), "<ResponseHead 200 'OK'>"),
        (http.ResponseHead, (Number(200), Text("OK"), True), "<ResponseHead 200 'OK'>"),
        (http.ResponseHead, ("200", "OK", True), TypeError),
        (http.ResponseHead, (200.0, "OK", True), TypeError),
        (http.ResponseHead, (200, None, True), TypeError),
        (http.ResponseHead, (200, "OK", None), TypeError),
        (http.InterimHead, (100, "", True), "<InterimHead 100 ''>"),
        (http.InterimHead, (100, b"", True), TypeError),
        (http.Data, (b"a", True), "<Data of 1 bytes>"),
        (http.Data, (Bytes(b"a"),), "<Data of 1 bytes>"),
        (http.Data, (b"a", 1), TypeError),
        (http.Data, (b"a", None), TypeError),
        (http.EndOfMessage, ([Pair("X", "a")],), "<EndOfMessage with 1 trailers>"),
        (http.ConnectionClosed, (), "<ConnectionClosed>"),
        (http.ConnectionClosed, (1,), TypeError),
        (http.Marker, (Text("X"),), "<X>"),
        (http.RequestParser, (None, None), TypeError),
    ],
)
def test_constructors(kind: Callable[..., Any], arguments: tuple[Any, ...], expected: Any) -> None:
    found = outcome(lambda values: kind(*values), arguments)
    assert (found if isinstance(found, type) else repr(found)) == expected


def test_how_parsers_are_called_on_the_wrong_kind_of_object() -> None:
    wrong: Any = object()
    call: Any = http.RequestParser.next_event
    with pytest.raises(TypeError):
        call()
    for method in (http.RequestParser.next_event, http.RequestParser.switch, http.ResponseParser.decline):
        call = method
        with pytest.raises((TypeError, AttributeError)):
            call(wrong)


@pytest.mark.parametrize("kind", [http.RequestParser, http.ResponseParser])
def test_parsers_take_no_other_attributes(kind: type) -> None:
    parser: Any = kind()
    with pytest.raises(AttributeError):
        parser.other = 1
    for name in ("buffered", "at_start", "trailing_data"):
        with pytest.raises(AttributeError):
            setattr(parser, name, 1)
