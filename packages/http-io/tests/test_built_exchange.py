"""Exchanges without a network."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_http_io import ServerOptions, build_exchange
from tidewire_http_parser import Limits, RemoteProtocolError


def test_head_and_body_are_there_without_an_event_loop() -> None:
    exchange = build_exchange(
        "POST", "/a?b", [("X-Name", "value")], b"body", info={"peername": ("192.0.2.1", 9)}
    )
    assert (exchange.head.method, exchange.head.target, exchange.head.http_1_1) == ("POST", "/a?b", True)
    assert dict(exchange.head.fields) == {"X-Name": "value", "Content-Length": "4"}
    assert exchange.head.host is None
    assert exchange.body_complete
    assert exchange.take_body() == b"body"
    assert exchange.info("peername") == ("192.0.2.1", 9)


def test_a_body_may_be_there_in_part() -> None:
    exchange = build_exchange("POST", "/", [("Content-Length", "4")], b"bo")
    assert not exchange.body_complete


def test_it_can_be_answered_without_an_event_loop() -> None:
    exchange = build_exchange("POST", "/", [("Content-Length", "4")], b"bo")
    exchange.send_head(200, None, [], body_length=2)
    exchange.send_data(b"ok", end=True)
    assert exchange.finished


def test_a_host_that_is_given_is_kept() -> None:
    exchange = build_exchange("GET", "/", [("host", "example.com")])
    assert exchange.head.host == "example.com"
    assert exchange.head.fields == [("Host", "example.com")]


def test_framing_that_is_given_is_kept() -> None:
    exchange = build_exchange("POST", "/", [("Transfer-Encoding", "chunked")], b"2\r\nok\r\n0\r\n\r\n")
    assert exchange.take_body() == b"ok"


async def test_it_is_answered_as_any_other() -> None:
    exchange = build_exchange("GET", "/")
    transport = exchange.info("transport")
    exchange.respond(200, None, [("X-Name", "value")], b"hello")
    await asyncio.sleep(0)
    assert exchange.finished
    assert transport.written.startswith(b"HTTP/1.1 200 OK\r\n")
    assert transport.written.endswith(b"\r\n\r\nhello")


async def test_a_request_of_http_1_0_has_its_connection_closed() -> None:
    exchange = build_exchange("GET", "/", http_1_1=False)
    transport = exchange.info("transport")
    exchange.respond(200, None, [], b"")
    await asyncio.sleep(0)
    assert transport.is_closing()
    before = bytes(transport.written)
    transport.write(b"late")
    assert transport.written == before


async def test_a_reset_is_told() -> None:
    told: list[str] = []
    exchange = build_exchange("GET", "/")
    exchange.when_disconnected(lambda: told.append("gone"))
    exchange.info("transport").abort()
    await asyncio.sleep(0)
    assert exchange.disconnected
    assert told == ["gone"]


async def test_no_timer_is_left_behind() -> None:
    loop: Any = asyncio.get_running_loop()
    before = len(getattr(loop, "_scheduled", ()))
    build_exchange("GET", "/")
    assert len(getattr(loop, "_scheduled", ())) == before


@pytest.mark.parametrize(
    ("method", "target", "fields"),
    [
        ("G T", "/", []),
        ("GET", "/ ", []),
        ("GET", "/", [("A B", "c")]),
        ("GET", "/", [("Content-Length", "x")]),
        ("GET", "/" + "x" * 40, []),
    ],
)
def test_what_a_server_would_refuse_is_refused(
    method: str, target: str, fields: list[tuple[str, str]]
) -> None:
    with pytest.raises(RemoteProtocolError):
        build_exchange(method, target, fields, options=ServerOptions(limits=Limits(line=30)))


@pytest.mark.parametrize("value", ["a\r\nB: c", "a\nB: c", "a\rb"])
def test_a_field_cannot_bring_another_one(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        build_exchange("GET", "/", [("A", value)])
