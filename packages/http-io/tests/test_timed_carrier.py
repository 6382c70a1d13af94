"""How long a connection waits for a peer that takes nothing of what was written, on both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from client_wire import ClientWire
from wire import Wire

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_testing import MemoryTransport

MakeClientWire = Callable[..., ClientWire]


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


def respond_much(exchange: ServerExchange) -> None:
    exchange.respond(200, None, [], b"x" * 1_000_000)


def begin_response(wire: Wire) -> tuple[MemoryTransport, ServerExchange]:
    """Have a response begun whose peer has taken none of its first megabyte."""
    wire.service = hold
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get())
    (exchange,) = wire.exchanges
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x" * 1_000_000)
    return transport, exchange


@pytest.mark.parametrize("line", ["Connection: close", "Connection: keep-alive"])
async def test_a_peer_that_never_reads_is_cut_off(line: str) -> None:
    wire = Wire(keepalive_timeout=5, send_timeout=10)
    wire.service = respond_much
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get("/", line))
    wire.clock.advance(8)
    assert transport.is_closing()
    assert not transport.lost
    wire.clock.advance(12)
    transport.settle()
    assert transport.was_reset
    wire.close()


async def test_a_peer_that_reads_slowly_gets_everything() -> None:
    wire = Wire(send_timeout=10)
    wire.service = respond_much
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get("/", "Connection: close"))
    for _ in range(10):
        transport.release_writes(100_000)
        wire.clock.advance(9)
        assert not transport.was_reset
    transport.release_writes()
    transport.settle()
    assert transport.lost
    assert not transport.was_reset
    assert transport.sent.endswith(b"\r\n\r\n" + b"x" * 1_000_000)
    wire.close()


async def test_a_running_response_to_a_peer_that_never_reads_is_broken_off() -> None:
    wire = Wire(send_timeout=10)
    transport, exchange = begin_response(wire)
    assert not exchange.is_writable
    wire.clock.advance(9)
    transport.release_writes(10_000)
    wire.clock.advance(11)
    assert not transport.was_reset
    wire.clock.advance(12)
    transport.settle()
    assert transport.was_reset
    assert exchange.disconnected
    wire.close()


async def test_once_it_reads_again_nothing_is_due() -> None:
    wire = Wire(send_timeout=10)
    transport, exchange = begin_response(wire)
    transport.release_writes()
    assert exchange.is_writable
    wire.clock.advance(1000)
    exchange.send_data(b"late", end=True)
    assert transport.sent.endswith(b"4\r\nlate\r\n0\r\n\r\n")
    wire.service = lambda exchange: exchange.respond(200, None, [], b"next")
    transport.feed(wire.get())
    assert transport.sent.endswith(b"\r\n\r\nnext")
    wire.close()


async def test_a_server_that_takes_nothing(make_client_wire: MakeClientWire) -> None:
    wire = make_client_wire(send_timeout=10, write_bufsize=1000)
    _, transport, exchange = wire.post()
    transport.hold_writes()
    exchange.send_data(b"x" * 3000)
    waiting = asyncio.ensure_future(exchange.writable())
    wire.clock.advance(9)
    transport.release_writes(500)
    wire.clock.advance(9)
    assert exchange.reset_reason is None
    wire.clock.advance(13)
    assert exchange.reset_reason is ResetReason.TIMEOUT
    await waiting
    assert transport.was_reset


async def test_what_is_closed_is_cut_off_where_the_server_takes_nothing(
    make_client_wire: MakeClientWire,
) -> None:
    wire = make_client_wire(send_timeout=10)
    connection, transport, exchange = wire.post(10)
    transport.hold_writes()
    exchange.send_data(b"0123456789", end=True)
    connection.close()
    connection.close()
    wire.clock.advance(9)
    assert not transport.was_reset
    wire.clock.advance(3)
    assert transport.was_reset
    transport.settle()
    assert exchange.reset_reason is not None
