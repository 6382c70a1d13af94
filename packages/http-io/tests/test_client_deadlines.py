"""How long a client's connection waits for the bytes of a response."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from client_wire import HOST, OK, ClientWire

from tidewire_http_io import ResetReason
from tidewire_testing import byte_by_byte

MakeWire = Callable[..., ClientWire]


async def test_a_response_that_takes_too_long(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=10)
    _, transport, exchange = wire.get()
    waiting = asyncio.ensure_future(exchange.response())
    wire.clock.advance(9)
    assert exchange.reset_reason is None
    wire.clock.advance(3)
    assert exchange.reset_reason is ResetReason.TIMEOUT
    assert await waiting is None
    assert transport.was_reset
    transport.settle()
    assert wire.released == [False]


async def test_each_piece_of_a_response_begins_the_time_anew(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=10)
    connection, transport, exchange = wire.get()
    for piece in byte_by_byte(OK):
        wire.clock.advance(9)
        transport.feed(piece)
    assert exchange.take_body() == b"ok"
    wire.clock.advance(1000)
    assert connection.reusable


async def test_a_response_is_not_waited_for_before_the_request_is_complete(
    make_client_wire: MakeWire,
) -> None:
    wire = make_client_wire(read_timeout=10)
    _, transport, exchange = wire.post(10)
    wire.clock.advance(100)
    transport.feed(b"HTTP/1.1 100 Continue\r\n\r\n")
    wire.clock.advance(100)
    exchange.send_data(b"0123456789", end=True)
    wire.clock.advance(9)
    assert exchange.reset_reason is None
    wire.clock.advance(3)
    assert exchange.reset_reason is ResetReason.TIMEOUT


async def test_the_rest_of_an_early_response_is_waited_for(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=10)
    _, transport, exchange = wire.post(10)
    transport.feed(OK[:-1])
    wire.clock.advance(12)
    assert exchange.reset_reason is ResetReason.TIMEOUT


async def test_after_an_early_response_the_request_may_take_its_time(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=10)
    connection, transport, exchange = wire.post(10)
    for piece in byte_by_byte(OK):
        transport.feed(piece)
    wire.clock.advance(1000)
    exchange.send_data(b"0123456789", end=True)
    assert connection.reusable


async def test_a_server_is_not_waited_for_while_reading_is_paused(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=10, read_bufsize=100)
    _, transport, exchange = wire.get()
    transport.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + b"x" * 50)
    transport.feed(b"x" * 150)
    assert not transport.is_reading()
    wire.clock.advance(1000)
    assert exchange.reset_reason is None
    assert len(exchange.take_body()) == 200
    wire.clock.advance(9)
    assert exchange.reset_reason is None
    wire.clock.advance(3)
    assert exchange.reset_reason is ResetReason.TIMEOUT


async def test_a_request_that_is_being_sent_has_no_other_deadline(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=5, send_timeout=100, write_bufsize=1000)
    _, transport, exchange = wire.post()
    transport.hold_writes()
    exchange.send_data(b"x" * 3000)
    transport.feed(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    wire.clock.advance(50)
    exchange.send_data(b"", end=True)
    wire.clock.advance(40)
    assert exchange.reset_reason is None
    transport.release_writes()
    wire.clock.advance(4)
    assert exchange.reset_reason is None
    wire.clock.advance(3)
    assert exchange.reset_reason is ResetReason.TIMEOUT


async def test_a_writer_that_is_slow_has_no_deadline(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=5, send_timeout=5, write_bufsize=1000)
    _, transport, exchange = wire.post()
    transport.hold_writes()
    exchange.send_data(b"x" * 3000)
    transport.release_writes()
    wire.clock.advance(1000)
    assert exchange.reset_reason is None
    exchange.send_data(b"", end=True)
    transport.feed(OK)
    assert exchange.take_body() == b"ok"


async def test_time_outs_are_set_for_one_exchange(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=10)
    connection, transport, exchange = wire.get()
    connection.set_timeouts(100, 100)
    wire.clock.advance(50)
    transport.feed(OK)
    assert exchange.take_body() == b"ok"
    following = connection.begin()
    following.send_head("GET", "/", HOST, end=True)
    wire.clock.advance(12)
    assert following.reset_reason is ResetReason.TIMEOUT


async def test_time_outs_are_set_before_the_request(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    connection.set_timeouts(10, 5)
    client_wire.clock.advance(1000)
    exchange.send_head("POST", "/", HOST, body_length=None)
    transport.hold_writes()
    exchange.send_data(b"x" * 100_000)
    client_wire.clock.advance(3)
    connection.set_timeouts(10, 20)
    client_wire.clock.advance(15)
    assert exchange.reset_reason is None
    client_wire.clock.advance(10)
    assert exchange.reset_reason is ResetReason.TIMEOUT


async def test_zero_is_for_ever(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=0, send_timeout=0, write_bufsize=10)
    _, transport, exchange = wire.get()
    wire.clock.advance(5000)
    transport.hold_writes()
    _, other, upload = wire.post()
    other.hold_writes()
    upload.send_data(b"x" * 1000)
    wire.clock.advance(5000)
    assert exchange.reset_reason is upload.reset_reason is None
