"""How a server's connection ends: its peer closes, or its time is over."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wire import Wire

from tidewire_http_io import Acceptor, ServerExchange
from tidewire_testing import CertificateAuthority

MakeWire = Callable[..., Wire]


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


def respond_much(exchange: ServerExchange) -> None:
    exchange.respond(200, None, [], b"x" * 1_000_000)


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


async def test_a_peer_that_never_stops_is_cut_off_when_its_time_is_over(make_wire: MakeWire) -> None:
    wire = make_wire(lingering_time=5)
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 100000000", "Connection: close", method="POST"))
    assert transport.eof_sent
    for _ in range(5):
        for _ in range(5):
            transport.feed(b"x" * 400_000)
        wire.clock.advance(1)
    assert not transport.is_closing()
    wire.clock.advance(2)
    assert transport.was_reset


@pytest.mark.parametrize("half_closable", [True, False])
async def test_without_time_nothing_is_read_on(make_wire: MakeWire, half_closable: bool) -> None:
    wire = make_wire(lingering_time=0)
    transport = wire.connect(can_write_eof=half_closable)
    transport.feed(b"nonsense\r\n\r\n")
    assert wire.statuses(transport.take()) == [400]
    assert transport.is_closing()
    assert not transport.was_reset


# -- where one side cannot close alone ------------------------------------------------------------


async def test_the_peer_has_time_to_read_and_to_close(wire: Wire) -> None:
    transport = wire.connect(can_write_eof=False)
    transport.feed(b"nonsense\r\n\r\n")
    assert wire.statuses(transport.take()) == [400]
    transport.feed(b"x" * 100_000)
    assert not transport.is_closing()
    transport.feed_eof()
    assert transport.is_closing()
    assert transport.take() == b""


async def test_who_does_not_close_is_closed_in_the_end(make_wire: MakeWire) -> None:
    wire = make_wire(lingering_time=5)
    transport = wire.connect(can_write_eof=False)
    transport.feed(b"nonsense\r\n\r\n")
    wire.clock.advance(4)
    assert not transport.is_closing()
    wire.clock.advance(3)
    assert transport.is_closing()
    assert not transport.was_reset


async def test_who_takes_nothing_is_cut_off_after_that(make_wire: MakeWire) -> None:
    wire = make_wire(lingering_time=5, send_timeout=10)
    transport = wire.connect(can_write_eof=False)
    transport.hold_writes()
    transport.feed(b"nonsense\r\n\r\n")
    wire.clock.advance(30)
    assert transport.was_reset


async def test_a_response_that_ends_with_the_connection_ends_at_once(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect(can_write_eof=False)
    transport.feed(wire.get("/", "Content-Length: 100", method="POST", version="1.0"))
    (exchange,) = wire.exchanges
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x", end=True)
    assert transport.is_closing()


async def test_who_was_promised_the_connection_may_use_it_when_its_body_has_come(wire: Wire) -> None:
    transport = wire.connect(can_write_eof=False)
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST"))
    transport.feed(b"f4240\r\n" + b"x" * 400_000)
    wire.clock.advance(0.5)
    transport.feed(b"x" * 600_000 + b"\r\n0\r\n\r\n" + wire.get())
    assert wire.statuses(transport.take()) == [200, 200]


async def test_who_was_promised_the_connection_sees_it_closed_when_its_body_does_not_come(wire: Wire) -> None:
    transport = wire.connect(can_write_eof=False)
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST"))
    transport.feed(b"f4240\r\n" + b"x" * 400_000)
    wire.clock.advance(3)
    assert transport.is_closing()
    assert not transport.was_reset


@pytest.mark.peer("openssl")
@pytest.mark.parametrize("tls", [False, True])
async def test_who_sends_on_without_reading_finds_its_early_answer(tls: bool, tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    loop = asyncio.get_running_loop()
    acceptor: Any = Acceptor(lambda exchange: exchange.respond(413, None, [], b"too much"), loop=loop)
    context = authority.issue().server_context() if tls else None
    server = await loop.create_server(acceptor, "127.0.0.1", 0, ssl=context)
    host, port = server.sockets[0].getsockname()

    def post() -> bytes:
        with socket.create_connection((host, port), 30) as client:
            if tls:
                client = authority.client_context().wrap_socket(client, server_hostname="localhost")
            with client:
                client.sendall(Wire.get("/", "Content-Length: 8388608", method="POST"))
                client.sendall(bytes(8388608))
                return client.recv(65536)

    answer = await loop.run_in_executor(None, post)
    assert [each.status for each in Wire.answers(answer)] == [413]
    while acceptor.connections:  # noqa: ASYNC110
        await asyncio.sleep(0)
    server.close()
    await server.wait_closed()
