"""How a server's connection ends: what was written is taken, or the peer's time is over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from wire import Wire

from tidewire_http_io import ServerExchange

MakeWire = Callable[..., Wire]


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


# -- peers that take nothing ----------------------------------------------------------------------


def respond_much(exchange: ServerExchange) -> None:
    exchange.respond(200, None, [], b"x" * 1_000_000)


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
    wire.service = hold
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get())
    (exchange,) = wire.exchanges
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x" * 1_000_000)
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
    wire.service = hold
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get())
    (exchange,) = wire.exchanges
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x" * 1_000_000)
    transport.release_writes()
    assert exchange.is_writable
    wire.clock.advance(1000)
    exchange.send_data(b"late", end=True)
    assert transport.sent.endswith(b"4\r\nlate\r\n0\r\n\r\n")
    wire.service = lambda exchange: exchange.respond(200, None, [], b"next")
    transport.feed(wire.get())
    assert transport.sent.endswith(b"\r\n\r\nnext")
    wire.close()


async def test_lingering_begins_when_everything_is_sent() -> None:
    wire = Wire(lingering_time=2, send_timeout=10)
    wire.service = respond_much
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get("/", "Content-Length: 100000000", "Connection: close", method="POST"))
    for _ in range(9):
        transport.release_writes(100_000)
        wire.clock.advance(4)
        assert not transport.was_reset
    transport.release_writes()
    assert transport.eof_sent
    wire.clock.advance(1)
    assert not transport.was_reset
    wire.clock.advance(16)
    assert transport.was_reset
    wire.close()


async def test_who_lingers_and_does_not_read_is_cut_off() -> None:
    wire = Wire(lingering_time=2, send_timeout=10)
    wire.service = respond_much
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get("/", "Content-Length: 100000000", "Connection: close", method="POST"))
    wire.clock.advance(4)
    assert not transport.was_reset
    wire.clock.advance(12)
    assert transport.was_reset
    wire.close()


# -- peers that do not close ----------------------------------------------------------------------


async def test_a_lingering_connection_is_dropped_in_the_end(make_wire: MakeWire) -> None:
    wire = make_wire(lingering_time=5)
    transport = wire.connect()
    transport.feed(b"nonsense\r\n\r\n")
    for _ in range(5):
        wire.clock.advance(1)
        transport.feed(b"more nonsense")
    assert not transport.is_closing()
    wire.clock.advance(2)
    assert transport.was_reset


async def test_a_peer_that_never_stops_is_cut_off(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 100000000", "Connection: close", method="POST"))
    assert transport.eof_sent
    for _ in range(10):
        transport.feed(b"x" * 200_000)
    assert transport.was_reset


async def test_where_one_side_cannot_close_alone_there_is_no_lingering(wire: Wire) -> None:
    transport = wire.connect(can_write_eof=False)
    transport.feed(b"nonsense\r\n\r\n")
    assert wire.statuses(transport.take()) == [400]
    assert transport.is_closing()
