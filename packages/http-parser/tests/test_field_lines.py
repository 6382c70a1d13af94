"""Fields that go out: blocks of them, validated once."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_http_parser import FieldBlock, LocalProtocolError, serialise_request, serialise_response


def head(fields: list[tuple[str, str]], block: FieldBlock | None = None) -> bytes:
    return serialise_response(200, None, fields, 0, "GET", True, True, block)[0]


def test_a_block_goes_out_after_the_fields() -> None:
    block = FieldBlock([("Date", "today"), ("Server", "tests")])
    assert head([("X-A", "1")], block) == (
        b"HTTP/1.1 200 OK\r\nX-A: 1\r\nDate: today\r\nServer: tests\r\nContent-Length: 0\r\n\r\n"
    )
    assert head([], block) == head([], block)
    assert head([], FieldBlock([])) == head([])


def test_a_block_keeps_its_fields() -> None:
    fields = [("Server", "tests")]
    block = FieldBlock(fields)
    fields.append(("X-Late", "1"))
    assert block.fields == [("Server", "tests")]
    assert b"X-Late" not in head([], block)
    assert repr(block) == "<FieldBlock of 1 fields>"


@pytest.mark.parametrize(
    "field",
    [
        ("Content-Length", "0"),
        ("transfer-encoding", "chunked"),
        ("Host", "a"),
        ("Connection", "close"),
        ("CONNECTION", "keep-alive"),
    ],
)
def test_a_block_is_about_no_single_message(field: tuple[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        FieldBlock([("Server", "tests"), field])
    if field[0] != "Host":
        with pytest.raises(LocalProtocolError):
            FieldBlock([("Accept", "*/*"), field], for_requests=True)


def test_a_block_of_requests_may_say_the_host() -> None:
    block = FieldBlock([("Host", "a:81"), ("Accept", "*/*")], for_requests=True)
    assert block.has_host
    assert serialise_request("GET", "/x", [("X-A", "1")], block=block)[0] == (
        b"GET /x HTTP/1.1\r\nHost: a:81\r\nAccept: */*\r\nX-A: 1\r\n\r\n"
    )
    with pytest.raises(LocalProtocolError, match="more than one Host"):
        serialise_request("GET", "/", [("Host", "a")], block=block)
    with pytest.raises(LocalProtocolError, match="no Host in a response"):
        head([], block)


def test_a_request_has_a_host_somewhere() -> None:
    block = FieldBlock([("Accept", "*/*")], for_requests=True)
    assert not block.has_host
    with pytest.raises(LocalProtocolError, match="no Host"):
        serialise_request("GET", "/", [], block=block)
    assert serialise_request("GET", "/", [("Host", "a")], block=block)[0] == (
        b"GET / HTTP/1.1\r\nAccept: */*\r\nHost: a\r\n\r\n"
    )


@pytest.mark.parametrize(
    "field",
    [("X A", "1"), ("", "1"), ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "\0"), ("X", "\x7f"), ("X", "\ud800")],
)
def test_a_block_lets_nothing_through(field: tuple[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        FieldBlock([field])


@pytest.mark.parametrize("value", ["", "a\tb", "caf\xe9", "\u4e2d\u6587", "a\xa0b", "\udcff", "x" * 10000])
def test_what_may_go_out_does(value: str) -> None:
    encoded = value.encode("utf-8", "surrogateescape")
    assert b"X-A: " + encoded + b"\r\n" in head([("X-A", value)])
    assert b"X-A: " + encoded + b"\r\n" in head([], FieldBlock([("X-A", value)]))


@pytest.mark.parametrize("fields", [None, (("A", "b"),), [["A", "b"]], [("A", b"b")], [("A",)], {"A": "b"}])
def test_arguments_of_other_types(fields: Any) -> None:
    with pytest.raises(TypeError):
        FieldBlock(fields)


def test_a_response_takes_nothing_else_for_a_block() -> None:
    wrong: Any = [("Server", "tests")]
    with pytest.raises(TypeError):
        head([], wrong)


@pytest.mark.parametrize("names", [("ETag", "etag"), ("Content-Type", "Content-Type"), ("SERVER", "server")])
def test_what_a_recipient_refuses_twice_does_not_go_out_twice(names: tuple[str, str]) -> None:
    with pytest.raises(LocalProtocolError, match=f"more than one {names[1]}"):
        head([(name, "a/b") for name in names])
    assert head([("ETag", '"a"'), ("Content-Type", "a/b"), ("Server", "c"), ("X", "1"), ("X", "1")])
