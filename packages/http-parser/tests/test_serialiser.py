"""What goes out, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import istr

from tidewire_http_parser import (
    LocalProtocolError,
    chunk_size_line,
    last_chunk,
    serialise_chunk,
    serialise_interim,
    serialise_request,
    serialise_response,
)

CHUNKED = -1
UNTIL_CLOSE = -2
NO_BODY = -3

Fields = list[tuple[str, str]]

CONTROLS = [chr(code) for code in (*range(9), *range(10, 32), 127)]


def response(
    status: int = 200,
    fields: Fields | None = None,
    body_length: int | None = 2,
    *,
    reason: str | None = None,
    method: str = "GET",
    http_1_1: bool = True,
    keep_alive: bool = True,
) -> tuple[bytes, int, bool]:
    return serialise_response(
        status,
        reason,
        fields or [],
        body_length,
        request_method=method,
        http_1_1=http_1_1,
        keep_alive=keep_alive,
    )


def lines(head: bytes) -> list[bytes]:
    assert head.endswith(b"\r\n\r\n")
    return head[:-4].split(b"\r\n")


# -- responses: what is added ----------------------------------------------------------------------

OK = b"HTTP/1.1 200 OK"
LENGTH = b"Content-Length: 2"
CODED = b"Transfer-Encoding: chunked"
CLOSE = b"Connection: close"
LIVES = b"Connection: keep-alive"


@pytest.mark.parametrize(
    ("options", "added", "framing", "keep_alive"),
    [
        ({}, [LENGTH], 2, True),
        ({"body_length": 0}, [b"Content-Length: 0"], 0, True),
        ({"body_length": 10**18 - 1}, [b"Content-Length: 999999999999999999"], 10**18 - 1, True),
        ({"body_length": None}, [CODED], CHUNKED, True),
        ({"keep_alive": False}, [LENGTH, CLOSE], 2, False),
        ({"http_1_1": False}, [LENGTH, LIVES], 2, True),
        ({"http_1_1": False, "keep_alive": False}, [LENGTH, CLOSE], 2, False),
        ({"http_1_1": False, "body_length": None}, [CLOSE], UNTIL_CLOSE, False),
        ({"method": "HEAD"}, [LENGTH], NO_BODY, True),
        ({"method": "HEAD", "body_length": None}, [CODED], NO_BODY, True),
        ({"method": "HEAD", "body_length": None, "http_1_1": False}, [LIVES], NO_BODY, True),
        ({"method": "head"}, [LENGTH], 2, True),
        ({"method": "CONNECT"}, [], NO_BODY, True),
    ],
)
def test_what_is_added(options: dict[str, Any], added: list[bytes], framing: int, keep_alive: bool) -> None:
    head, found_framing, found_keep_alive = response(**options)
    assert lines(head) == [OK, *added]
    assert (found_framing, found_keep_alive) == (framing, keep_alive)


@pytest.mark.parametrize(
    ("status", "options", "added", "framing"),
    [
        (204, {"body_length": 0}, [], NO_BODY),
        (204, {"body_length": None}, [], NO_BODY),
        (204, {"keep_alive": False}, [CLOSE], NO_BODY),
        (304, {}, [], NO_BODY),
        (304, {"body_length": None}, [], NO_BODY),
        (304, {"body_length": None, "http_1_1": False}, [LIVES], NO_BODY),
        (101, {"body_length": None}, [], NO_BODY),
        (101, {"body_length": None, "keep_alive": False}, [], NO_BODY),
        (404, {"method": "CONNECT"}, [LENGTH], 2),
        (300, {"method": "CONNECT"}, [LENGTH], 2),
        (599, {}, [LENGTH], 2),
        (999, {}, [LENGTH], 2),
    ],
)
def test_other_statuses(status: int, options: dict[str, Any], added: list[bytes], framing: int) -> None:
    head, found, _ = response(status, **options)
    assert lines(head)[1:] == added
    assert found == framing


@pytest.mark.parametrize(
    ("fields", "options", "added", "framing", "keep_alive"),
    [
        ([("Content-Length", "2")], {}, [], 2, True),
        ([("content-LENGTH", "2")], {"body_length": None}, [], 2, True),
        ([("Content-Length", "9")], {"method": "HEAD"}, [], NO_BODY, True),
        ([("Content-Length", "9")], {"method": "HEAD", "body_length": 0}, [], NO_BODY, True),
        ([("Transfer-Encoding", "chunked")], {}, [], CHUNKED, True),
        ([("Transfer-Encoding", "Chunked")], {"method": "HEAD"}, [], NO_BODY, True),
        ([("Connection", "close")], {}, [LENGTH], 2, False),
        ([("Connection", "x, CLOSE\t")], {}, [LENGTH], 2, False),
        ([("Connection", "x"), ("connection", "close")], {}, [LENGTH], 2, False),
        ([("Connection", "upgrade")], {"keep_alive": False}, [LENGTH, CLOSE], 2, False),
        ([("Connection", "keep-alive")], {"keep_alive": False}, [LENGTH, CLOSE], 2, False),
        ([("Connection", "close")], {"keep_alive": False}, [LENGTH], 2, False),
        ([("Connection", "keep-alive")], {"http_1_1": False}, [LENGTH], 2, True),
        ([("Connection", "x")], {"http_1_1": False}, [LENGTH, LIVES], 2, True),
        ([("Connection", "\u212aeep-alive")], {"http_1_1": False}, [LENGTH, LIVES], 2, True),
    ],
)
def test_what_the_fields_say_is_obeyed(
    fields: Fields, options: dict[str, Any], added: list[bytes], framing: int, keep_alive: bool
) -> None:
    head, found_framing, found_keep_alive = response(fields=fields, **options)
    assert lines(head) == [OK, *(f"{name}: {value}".encode() for name, value in fields), *added]
    assert (found_framing, found_keep_alive) == (framing, keep_alive)


def test_a_304_tells_the_length_of_what_it_stands_for() -> None:
    head, framing, _ = response(304, [("Content-Length", "9")], 0)
    assert lines(head) == [b"HTTP/1.1 304 Not Modified", b"Content-Length: 9"]
    assert framing == NO_BODY


@pytest.mark.parametrize(
    ("status", "reason", "line"),
    [
        (200, None, b"HTTP/1.1 200 OK"),
        (200, "", b"HTTP/1.1 200 "),
        (200, "All right\t\u00e9", "HTTP/1.1 200 All right\t\u00e9".encode()),
        (299, None, b"HTTP/1.1 299 "),
        (418, None, b"HTTP/1.1 418 I'm a Teapot"),
    ],
)
def test_status_lines(status: int, reason: str | None, line: bytes) -> None:
    assert lines(response(status, reason=reason)[0])[0] == line


# -- responses: what is refused --------------------------------------------------------------------


@pytest.mark.parametrize("status", [-1, 0, 1, 99, 100, 102, 103, 199, 1000, 2**31, 2**64, 2**64 + 200])
def test_refused_statuses(status: int) -> None:
    for reason in (None, "x"):
        with pytest.raises(LocalProtocolError):
            response(status, reason=reason, body_length=None)


@pytest.mark.parametrize("length", [-1, -3, 10**18, 2**63, 2**64, 2**64 + 5])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_refused_lengths(length: int, method: str) -> None:
    with pytest.raises(LocalProtocolError):
        response(body_length=length, method=method)


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ([("Content-Length", "2"), ("Transfer-Encoding", "chunked")], {}),
        ([("Content-Length", "2"), ("Content-Length", "2")], {}),
        ([("Content-Length", "2"), ("content-length", "3")], {"method": "HEAD"}),
        ([("Transfer-Encoding", "chunked"), ("transfer-encoding", "chunked")], {}),
        ([("Content-Length", "1")], {}),
        ([("Content-Length", "3")], {}),
        *(
            ([("Content-Length", value)], {"body_length": None})
            for value in (
                "",
                "+2",
                "-2",
                "2 ",
                " 2",
                "2, 2",
                "0x2",
                "1_0",
                "\u0662",
                "\u00b2",
                "1" * 19,
                "2.0",
            )
        ),
        *(
            ([("Transfer-Encoding", value)], {})
            for value in (
                "",
                "gzip",
                "gzip, chunked",
                "chunked, chunked",
                " chunked",
                "chun\u212aed",
                "identity",
            )
        ),
        ([("Transfer-Encoding", "chunked")], {"http_1_1": False}),
        ([("Transfer-Encoding", "chunked")], {"http_1_1": False, "method": "HEAD"}),
        ([("Host", "a"), ("host", "a")], {}),
        ([("Sec-WebSocket-Key1", "a")], {}),
    ],
)
def test_refused_framing(fields: Fields, options: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        response(fields=fields, **options)


@pytest.mark.parametrize(
    "field", [("Content-Length", "0"), ("content-length", "2"), ("Transfer-Encoding", "chunked")]
)
@pytest.mark.parametrize(("status", "method"), [(101, "GET"), (204, "GET"), (204, "HEAD"), (200, "CONNECT")])
def test_no_framing_where_there_is_no_body(field: tuple[str, str], status: int, method: str) -> None:
    with pytest.raises(LocalProtocolError):
        response(status, [field], None, method=method)


# -- no byte that ends a line or is hidden in one --------------------------------------------------


def every_serialiser(fields: Fields) -> list[Any]:
    return [
        lambda: response(fields=fields),
        lambda: serialise_interim(103, fields),
        lambda: serialise_request("GET", "/", [("Host", "a"), *fields]),
        lambda: last_chunk(fields),
    ]


@pytest.mark.parametrize("text", CONTROLS)
def test_control_characters(text: str) -> None:
    calls = [
        *every_serialiser([(f"X{text}", "a")]),
        *every_serialiser([(text, "a")]),
        *every_serialiser([("X", text)]),
        *every_serialiser([("X", f"a{text}b")]),
        *every_serialiser([("Content-Type", f"a{text}")]),
        lambda: response(reason=f"a{text}b"),
        lambda: response(fields=[("Content-Length", f"2{text}")]),
        lambda: response(fields=[("Connection", f"close{text}")]),
        lambda: response(fields=[("Transfer-Encoding", f"chunked{text}")]),
        lambda: serialise_request(f"G{text}", "/", [("Host", "a")]),
        lambda: serialise_request("GET", f"/{text}", [("Host", "a")]),
        lambda: serialise_request("GET", "/", [("Host", f"a{text}")]),
        lambda: serialise_request("OPTIONS", f"*{text}", [("Host", "a")]),
        lambda: serialise_request("CONNECT", f"a:1{text}", [("Host", "a")]),
    ]
    for call in calls:
        with pytest.raises(LocalProtocolError):
            call()


@pytest.mark.parametrize("text", ["a\r\nb", "a\r\n b", "\r\n", "a\n\rb", "\n\n", "\r\r"])
def test_line_ends_that_make_up_for_each_other(text: str) -> None:
    for call in [*every_serialiser([("X", text)]), lambda: response(reason=text)]:
        with pytest.raises(LocalProtocolError):
            call()


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", " a", "a ", "a:", ":a", "\u00e9", "\u212aeep-Alive", "a\u0130", "\udcff", '"a"', "a/b"],
)
def test_names_that_are_no_tokens(name: str) -> None:
    for call in every_serialiser([(name, "a")]):
        with pytest.raises(LocalProtocolError):
            call()


@pytest.mark.parametrize("code", [0xD800, 0xDFFF, 0xDC0A, 0xDC0D, 0xDC00, 0xDC7F])
def test_surrogates_that_stand_for_no_byte(code: int) -> None:
    text = chr(code)
    for call in [*every_serialiser([("X", text)]), lambda: response(reason=text)]:
        with pytest.raises(LocalProtocolError) as caught:
            call()
        assert caught.value.__cause__ is None


def test_values_outside_ascii() -> None:
    assert b"\r\nX: \xc3\xa9\xff\r\n" in response(fields=[("X", "\u00e9\udcff")])[0]


# -- the others ------------------------------------------------------------------------------------


def test_requests() -> None:
    fields = [(istr("Host"), "a"), ("X", "")]
    assert serialise_request("GET", "/p?q", fields) == (
        b"GET /p?q HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n",
        0,
        True,
    )
    for method, target in [("OPTIONS", "*"), ("CONNECT", "a:1"), ("GET", "http://a/"), ("x!", "/")]:
        head, _, _ = serialise_request(method, target, [("Host", "")])
        assert head.startswith(f"{method} {target} HTTP".encode())


@pytest.mark.parametrize(
    ("method", "fields", "length", "added", "framing"),
    [
        ("GET", [], 0, b"", 0),
        ("HEAD", [], 0, b"", 0),
        ("DELETE", [], 0, b"", 0),
        ("POST", [], 0, b"Content-Length: 0\r\n", 0),
        ("PUT", [], 0, b"Content-Length: 0\r\n", 0),
        ("PATCH", [], 0, b"Content-Length: 0\r\n", 0),
        ("POST", [], 5, b"Content-Length: 5\r\n", 5),
        ("GET", [], 5, b"Content-Length: 5\r\n", 5),
        ("POST", [], None, b"Transfer-Encoding: chunked\r\n", -1),
        ("GET", [], None, b"Transfer-Encoding: chunked\r\n", -1),
        ("POST", [("Content-Length", "5")], None, b"", 5),
        ("POST", [("Content-Length", "5")], 5, b"", 5),
        ("GET", [("Content-Length", "0")], 0, b"", 0),
        ("POST", [("transfer-encoding", "chunked")], None, b"", -1),
        ("POST", [("Transfer-Encoding", "chunked")], 5, b"", -1),
        ("CONNECT", [], 0, b"", 0),
    ],
)
def test_the_framing_of_requests(
    method: str, fields: Fields, length: int | None, added: bytes, framing: int
) -> None:
    target = "a:1" if method == "CONNECT" else "/"
    head, found, keep_alive = serialise_request(method, target, [("Host", "a"), *fields], length)
    sent = b"".join(f"{name}: {value}\r\n".encode() for name, value in fields)
    assert head == f"{method} {target} HTTP/1.1\r\nHost: a\r\n".encode() + sent + added + b"\r\n"
    assert (found, keep_alive) == (framing, True)


@pytest.mark.parametrize(
    ("method", "fields", "length"),
    [
        ("POST", [("Content-Length", "5")], 4),
        ("POST", [("Content-Length", "5")], 0),
        ("POST", [], -1),
        ("POST", [], 10**18),
        ("TRACE", [], 1),
        ("TRACE", [], None),
        ("TRACE", [("Content-Length", "0")], 0),
        ("CONNECT", [], 1),
        ("CONNECT", [("Transfer-Encoding", "chunked")], 0),
    ],
)
def test_bodies_that_requests_cannot_have(method: str, fields: Fields, length: int | None) -> None:
    with pytest.raises(LocalProtocolError):
        serialise_request(method, "a:1" if method == "CONNECT" else "/", [("Host", "a"), *fields], length)


@pytest.mark.parametrize(
    ("fields", "http_1_1", "keep_alive"),
    [
        ([], True, True),
        ([("Connection", "close")], True, False),
        ([("Connection", "Upgrade, Close")], True, False),
        ([], False, False),
        ([("connection", "keep-alive")], False, True),
        ([("Connection", "keep-alive, close")], False, False),
    ],
)
def test_whether_a_request_lets_the_connection_live_on(
    fields: Fields, http_1_1: bool, keep_alive: bool
) -> None:
    head, _, found = serialise_request("GET", "/", [("Host", "a"), *fields], 0, http_1_1)
    assert found == keep_alive
    assert (b"HTTP/1.1" in head) == http_1_1


def test_requests_of_http_1_0() -> None:
    assert serialise_request("GET", "/", [], 0, False)[0] == b"GET / HTTP/1.0\r\n\r\n"
    for fields, length in (([], None), ([("Transfer-Encoding", "chunked")], 5)):
        with pytest.raises(LocalProtocolError):
            serialise_request("POST", "/", fields, length, False)


@pytest.mark.parametrize("method", ["", " ", "G T", "G\u00c9T", "GET ", "GET:", "\u212a"])
def test_methods_that_are_no_tokens(method: str) -> None:
    with pytest.raises(LocalProtocolError):
        serialise_request(method, "/", [("Host", "a")])


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", ""),
        ("GET", "/ "),
        ("GET", " /"),
        ("GET", "/\u00e9"),
        ("GET", "/\udcff"),
        ("GET", "*"),
        ("GET", "a"),
        ("GET", "?a"),
        ("GET", "http:///"),
        ("GET", "http://a:65536/"),
        ("CONNECT", "/"),
        ("CONNECT", "a"),
        ("CONNECT", "a:18446744073709551621"),
        ("OPTIONS", "**"),
    ],
)
def test_refused_targets(method: str, target: str) -> None:
    with pytest.raises(LocalProtocolError):
        serialise_request(method, target, [("Host", "a")])


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("X", "a")],
        [("Host", "a"), ("Host", "a")],
        [("Host", "a b")],
        [("Host", "a:65536")],
        [("Host", "\u00e9")],
        [("Host", "\udcff")],
        [("Host", "a"), ("Content-Length", "2"), ("Transfer-Encoding", "chunked")],
        [("Host", "a"), ("Content-Length", "2"), ("Content-Length", "2")],
        [("Host", "a"), ("Content-Length", "-2")],
        [("Host", "a"), ("Transfer-Encoding", "gzip")],
        [("Host", "a"), ("Sec-WebSocket-Key1", "a")],
    ],
)
def test_refused_request_fields(fields: Fields) -> None:
    with pytest.raises(LocalProtocolError):
        serialise_request("POST", "/", fields, None)


def test_interim_responses() -> None:
    assert serialise_interim(100, []) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert serialise_interim(103, [("Link", "a")]) == b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
    assert serialise_interim(199, []) == b"HTTP/1.1 199 \r\n\r\n"


@pytest.mark.parametrize("status", [0, 99, 101, 200, 404, 2**64 + 100])
def test_statuses_that_are_not_interim(status: int) -> None:
    with pytest.raises(LocalProtocolError):
        serialise_interim(status, [])


@pytest.mark.parametrize("field", [("Content-Length", "0"), ("Transfer-Encoding", "chunked")])
def test_interim_responses_frame_nothing(field: tuple[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        serialise_interim(103, [field])


@pytest.mark.parametrize(
    ("data", "chunk"),
    [
        (b"", b""),
        (b"a", b"1\r\na\r\n"),
        (b"\r\n", b"2\r\n\r\n\r\n"),
        (bytes(255), b"ff\r\n" + bytes(255) + b"\r\n"),
    ],
)
def test_chunks(data: bytes, chunk: bytes) -> None:
    assert serialise_chunk(data) == chunk


@given(st.integers(1, 5000))
def test_a_chunk_and_its_parts(size: int) -> None:
    data = bytes(size)
    assert serialise_chunk(data) == b"%x\r\n" % size + data + b"\r\n"
    assert chunk_size_line(size) + data + b"\r\n" == serialise_chunk(data)


@pytest.mark.parametrize("size", [0, -1])
def test_a_chunk_has_a_byte_at_least(size: int) -> None:
    with pytest.raises(LocalProtocolError):
        chunk_size_line(size)


def test_the_last_chunk() -> None:
    assert last_chunk([]) == b"0\r\n\r\n"
    assert last_chunk([("X", "a"), ("Y", "b")]) == b"0\r\nX: a\r\nY: b\r\n\r\n"


@pytest.mark.parametrize(
    "name", ["Content-Length", "content-length", "Transfer-Encoding", "Host", "Sec-WebSocket-Key1"]
)
def test_no_trailer_frames_or_routes(name: str) -> None:
    value = {"Host": "a", "Transfer-Encoding": "chunked"}.get(name, "1")
    with pytest.raises(LocalProtocolError):
        last_chunk([(name, value)])
