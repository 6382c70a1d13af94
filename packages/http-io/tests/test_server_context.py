"""What the connections of one server share."""

from __future__ import annotations

import asyncio

from wire import Wire, respond_ok

from tidewire_http_io import ServerOptions, Sweep
from tidewire_http_io._server_connection import ServerConnection
from tidewire_http_io._server_context import ServerContext
from tidewire_testing import FakeClock, MemoryTransport


def make_context(options: ServerOptions) -> tuple[ServerContext, FakeClock]:
    clock = FakeClock(1000.0)
    sweep = Sweep(clock.call_later, clock.time, lambda: 0.0)
    return ServerContext(respond_ok, options, asyncio.get_running_loop(), sweep, None), clock


async def test_connections_are_known_from_beginning_to_end() -> None:
    context, _ = make_context(ServerOptions())
    transport = MemoryTransport(ServerConnection(context))
    assert context.connections == set()
    transport.connect()
    assert context.connections == {transport.get_protocol()}
    transport.feed(Wire.get() * 2)
    assert context.exchanges == 2
    transport.lose()
    assert context.connections == set()
    assert len(context.sweep) == 0


async def test_the_time_between_two_requests_may_change_while_the_server_runs() -> None:
    context, clock = make_context(ServerOptions(keepalive_timeout=100))
    transport = MemoryTransport(ServerConnection(context))
    transport.connect()
    context.keepalive_timeout = 5.0
    transport.feed(Wire.get())
    clock.advance(8)
    transport.settle()
    assert transport.lost


async def test_where_nobody_wants_to_know_of_refusals_they_are_answered_all_the_same() -> None:
    context, _ = make_context(ServerOptions())
    transport = MemoryTransport(ServerConnection(context))
    transport.connect()
    transport.feed(b"nonsense\r\n\r\n")
    assert transport.take().startswith(b"HTTP/1.1 400 ")
    transport.lose()


async def test_a_server_that_drains_takes_nobody() -> None:
    context, _ = make_context(ServerOptions())
    context.draining = True
    transport = MemoryTransport(ServerConnection(context))
    transport.connect()
    assert transport.is_closing()
    transport.settle()
    assert context.connections == set()
