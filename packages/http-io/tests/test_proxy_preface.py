"""Connections that come through a proxy which tells whose they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wire import PEER, Wire

from tidewire_http_io import InvalidProxyHeader, RequestTimeout, ServerExchange
from tidewire_testing import byte_by_byte

MakeWire = Callable[..., Wire]

HEADER = b"PROXY TCP4 198.51.100.7 203.0.113.9 56324 443\r\n"
LOCAL = b"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"
TLS = (
    b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x14"
    + bytes([198, 51, 100, 7, 203, 0, 113, 9, 0, 80, 0, 90])
    + b"\x20\x00\x05\x01\0\0\0\0"
)


def tells(exchange: ServerExchange) -> None:
    told = [exchange.info(name) for name in ("peername", "sockname", "proxied_tls")]
    exchange.respond(200, None, [], repr(told).encode())


@pytest.fixture
async def proxied(make_wire: MakeWire) -> Wire:
    """A server behind a proxy."""
    wire = make_wire(proxied=lambda address: True, head_timeout=10)
    wire.service = tells
    return wire


SOURCE = "[('198.51.100.7', 56324), ('203.0.113.9', 443), None]"


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (HEADER, SOURCE),
        (TLS, "[('198.51.100.7', 80), ('203.0.113.9', 90), True]"),
        (LOCAL, f"[{PEER}, None, None]"),
        (b"PROXY UNKNOWN\r\n", f"[{PEER}, None, None]"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
async def test_exchanges_know_what_the_proxy_has_told(
    proxied: Wire, header: bytes, told: str, together: bool
) -> None:
    transport = proxied.connect()
    for piece in [header + proxied.get() * 2] if together else [header, proxied.get(), proxied.get()]:
        transport.feed(piece)
    assert [answer.body.decode() for answer in proxied.answers(transport.take())] == [told] * 2
    assert proxied.refused == []


async def test_a_header_may_come_byte_by_byte(proxied: Wire) -> None:
    transport = proxied.connect()
    for piece in byte_by_byte(HEADER + proxied.get()):
        transport.feed(piece)
    assert [answer.body.decode() for answer in proxied.answers(transport.take())] == [SOURCE]


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01", b"PROXY x\r\n"])
async def test_connections_without_a_header_are_closed_and_told_of_once(proxied: Wire, data: bytes) -> None:
    transport = proxied.connect()
    transport.feed(data)
    assert transport.was_reset
    assert transport.written == b""
    ((error, peer),) = proxied.refused
    assert isinstance(error, InvalidProxyHeader)
    assert peer == PEER
    transport.settle()
    assert not proxied.acceptor.connections
    assert proxied.exchanges == []


async def test_a_header_has_its_time(proxied: Wire) -> None:
    silent, slow, complete = (proxied.connect() for _ in range(3))
    slow.feed(HEADER[:9])
    complete.feed(HEADER)
    complete.feed(proxied.get())
    proxied.clock.advance(9)
    assert not silent.is_closing()
    assert not slow.is_closing()
    proxied.clock.advance(3)
    assert silent.was_reset
    assert slow.was_reset
    assert not complete.is_closing()
    ((error, _peer),) = proxied.refused
    assert isinstance(error, RequestTimeout)


async def test_the_request_behind_a_header_has_its_time_too(proxied: Wire) -> None:
    transport = proxied.connect()
    transport.feed(HEADER + proxied.get()[:9])
    proxied.clock.advance(12)
    assert proxied.statuses(transport.take()) == [408]
    ((error, peer),) = proxied.refused
    assert isinstance(error, RequestTimeout)
    assert peer == ("198.51.100.7", 56324)


@pytest.mark.parametrize("begun", [b"", HEADER[:9]])
@pytest.mark.parametrize("how", ["eof", "lost", "reset"])
async def test_peers_that_leave_in_front_of_it_leave_nothing_behind(
    proxied: Wire, begun: bytes, how: str
) -> None:
    transport = proxied.connect()
    if begun:
        transport.feed(begun)
    if how == "eof":
        transport.feed_eof()
    else:
        transport.lose(ConnectionResetError() if how == "reset" else None)
    transport.settle()
    assert transport.lost
    assert not proxied.acceptor.connections
    assert len(proxied.sweep) == 0
    assert proxied.refused == []


async def test_a_server_that_is_closed_closes_what_has_no_header_yet(proxied: Wire) -> None:
    early = proxied.connect()
    proxied.acceptor.close_gracefully()
    late = proxied.connect()
    early.settle()
    late.settle()
    assert early.lost
    assert late.lost
    assert not proxied.acceptor.connections


async def test_aborting_a_server_does_too(proxied: Wire) -> None:
    transport = proxied.connect()
    assert proxied.acceptor.unsent == 0
    proxied.acceptor.abort()
    transport.settle()
    assert transport.lost


async def test_only_those_who_are_proxies_send_headers(make_wire: MakeWire) -> None:
    asked: list[Any] = []

    def is_proxy(address: Any) -> bool:
        asked.append(address)
        return bool(address[0] == "192.0.2.200")

    wire = make_wire(proxied=is_proxy)
    wire.service = tells
    proxy, client, liar = (
        wire.connect(extra={"peername": (host, 1)}) for host in ("192.0.2.200", "192.0.2.3", "192.0.2.4")
    )
    proxy.feed(HEADER + wire.get())
    client.feed(wire.get())
    liar.feed(HEADER + wire.get())
    assert wire.answers(proxy.take())[0].body.decode() == SOURCE
    assert wire.answers(client.take())[0].body == b"[('192.0.2.3', 1), None, None]"
    assert wire.statuses(liar.take()) == [400]
    assert [address[0] for address in asked] == ["192.0.2.200", "192.0.2.3", "192.0.2.4"]
