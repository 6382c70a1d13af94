"""All the connections of a server: knowing them, closing them gracefully, and at once."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from wire import Wire

from tidewire_http_io import Acceptor, ServerExchange, Sweep


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


async def test_connections_are_known_from_beginning_to_end(wire: Wire) -> None:
    assert wire.acceptor.connections == frozenset()
    first, second = wire.connect(), wire.connect()
    assert wire.acceptor.connections == {first.get_protocol(), second.get_protocol()}
    assert len(wire.sweep) == 2
    first.lose()
    assert wire.acceptor.connections == {second.get_protocol()}
    second.feed_eof()
    second.settle()
    assert wire.acceptor.connections == frozenset()
    assert len(wire.sweep) == 0


async def test_a_connection_that_never_was_made_is_not_known(wire: Wire) -> None:
    wire.acceptor()
    assert wire.acceptor.connections == frozenset()


async def test_graceful_closing_of_idle_connections(wire: Wire) -> None:
    fresh, used, begun = wire.connect(), wire.connect(), wire.connect()
    used.feed(wire.get())
    begun.feed(b"GET / HT")
    wire.acceptor.close_gracefully()
    for transport in (fresh, used, begun):
        transport.settle()
        assert transport.lost
        assert not transport.was_reset


async def test_graceful_closing_lets_the_response_end(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get() + wire.get("/never"))
    wire.acceptor.close_gracefully()
    assert not transport.is_closing()
    wire.exchanges[0].respond(200, None, [], b"last")
    await wire.turn()
    (answer,) = wire.answers(transport.take())
    assert (answer.body, answer.fields["Connection"]) == (b"last", "close")
    assert transport.is_closing()
    assert len(wire.exchanges) == 1


async def test_graceful_closing_lets_a_begun_response_end(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 3", method="POST"))
    exchange = wire.exchanges[0]
    exchange.send_head(200, None, [], body_length=None)
    wire.acceptor.close_gracefully()
    transport.feed(b"abc")
    assert exchange.take_body() == b"abc"
    exchange.send_data(b"done", end=True)
    assert wire.answers(transport.take())[0].body == b"done"
    assert transport.is_closing()


async def test_graceful_closing_from_inside_a_service(wire: Wire) -> None:
    def service(exchange: ServerExchange) -> None:
        wire.acceptor.close_gracefully()
        exchange.respond(200, None, [], b"bye")

    wire.service = service
    transport, other = wire.connect(), wire.connect()
    transport.feed(wire.get())
    assert wire.answers(transport.take())[0].body == b"bye"
    assert transport.is_closing()
    assert other.is_closing()


async def test_graceful_closing_while_a_body_is_thrown_away(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 3", method="POST"))
    assert wire.statuses(transport.take()) == [200]
    wire.acceptor.close_gracefully()
    transport.feed(b"abc")
    transport.settle()
    assert transport.lost


async def test_graceful_closing_leaves_a_lingering_connection_to_its_peer(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(b"nonsense\r\n\r\n")
    wire.acceptor.close_gracefully()
    assert not transport.is_closing()
    transport.feed_eof()
    assert transport.is_closing()


async def test_a_connection_that_is_made_after_graceful_closing_is_closed(wire: Wire) -> None:
    wire.acceptor.close_gracefully()
    transport = wire.connect()
    transport.feed(wire.get())
    transport.settle()
    assert transport.lost
    assert wire.exchanges == []


async def test_aborting_tells_whoever_works(wire: Wire) -> None:
    wire.service = hold
    busy, idle = wire.connect(), wire.connect()
    busy.feed(wire.get("/", "Content-Length: 3", method="POST"))
    told: list[int] = []
    wire.exchanges[0].when_disconnected(lambda: told.append(1))
    receiver = wire.recorder()
    wire.exchanges[0].receive(receiver)
    wire.acceptor.abort()
    for transport in (busy, idle):
        transport.settle()
        assert transport.lost
        assert transport.was_reset
    assert told == [1]
    assert len(receiver.resets) == 1
    wire.exchanges[0].respond(200, None, [], b"late")
    assert busy.discarded == []


@pytest.mark.slow
async def test_a_real_socket_and_the_loops_own_clock() -> None:
    loop = asyncio.get_running_loop()
    dates: list[str] = []

    def service(exchange: ServerExchange) -> None:
        exchange.respond(200, None, [], str(exchange.info("peername")[0]).encode())

    acceptor = Acceptor(service, loop=loop, dated=dates.append)
    assert isinstance(acceptor.sweep, Sweep)
    server = await loop.create_server(cast(Any, acceptor), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(Wire.get("/", "Connection: close"))
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
    assert answer.endswith(b"\r\n\r\n127.0.0.1")
    assert dates
    assert dates[-1].endswith(" GMT")
    assert len(acceptor.sweep) == 0
