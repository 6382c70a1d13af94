from __future__ import annotations

import asyncio
import functools
import gc
import select
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fake_time import in_fake_time
from origin import NO_TIMEOUT, Origin, fetch, lease
from yarl import URL

from tidewire_client import (
    BaseConnector,
    ClientConnectionError,
    ClientTimeout,
    Connection,
    ConnectionTimeoutError,
    TCPConnector,
)
from tidewire_client._connection_key import ConnectionKey, connection_key
from tidewire_client._seat import Seat
from tidewire_http_io import ClientConnection
from tidewire_testing import MemoryTransport, assert_no_leaks

Start = Callable[..., Awaitable[Origin]]
KEY = connection_key(URL("http://a.example/"))
OTHER = connection_key(URL("http://b.example/"))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class MemoryConnector(BaseConnector):
    """Connects to transports in memory, at once or when the test says so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.transports: list[MemoryTransport] = []
        self.errors: list[Exception] = []
        self.gate: asyncio.Event | None = None

    async def _open(
        self, key: ConnectionKey, seat: Seat, timeout: ClientTimeout, traces: Any
    ) -> ClientConnection:
        if self.gate is not None:
            await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        connection = self._protocol(key, seat)
        self.transports.append(MemoryTransport(connection))
        self.transports[-1].connect()
        return connection


class Trace:
    """Writes down what it is told; where the test says so, it fails."""

    def __init__(self, failing: str = "") -> None:
        self.told: list[str] = []
        self.failing = failing

    def __getattr__(self, name: str) -> Any:
        async def tell() -> None:
            self.told.append(name)
            await asyncio.sleep(0)
            if name == self.failing:
                raise ZeroDivisionError

        return tell


def finish(connector: MemoryConnector, connection: Connection) -> None:
    """Let a connection have an exchange, to its end."""
    exchange = connection.open_exchange()
    exchange.send_head("GET", "/", [("Host", "a")], end=True)
    transport = connection.transport
    transport.feed(OK)
    assert connection.closed


async def turns(times: int = 5) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def end(connector: MemoryConnector) -> None:
    """Close a connector, with what the event loop would do for its transports."""
    closing = connector.close()
    for transport in connector.transports:
        transport.lose()
    await closing
    assert len(connector.sweep) == 0


async def test_an_idle_connection_comes_without_waiting() -> None:
    connector = MemoryConnector()
    assert connector.acquire(KEY) is None
    connection = await connector.connect(KEY, NO_TIMEOUT)
    finish(connector, connection)
    assert connector.acquire(OTHER) is None
    again = connector.acquire(KEY)
    assert again is not None
    assert again.reused
    again.release()
    await end(connector)


async def test_who_waits_gets_the_connection_of_whoever_is_ready() -> None:
    connector = MemoryConnector(limit=1)
    connection = await connector.connect(KEY, NO_TIMEOUT)
    waiting = [asyncio.ensure_future(connector.connect(KEY, NO_TIMEOUT)) for _ in range(2)]
    await turns()
    finish(connector, connection)
    second = await waiting[0]
    assert not waiting[1].done()
    finish(connector, second)
    (await waiting[1]).release()
    assert len(connector.transports) == 1
    await end(connector)


async def test_who_is_cancelled_after_being_served_hands_on() -> None:
    connector = MemoryConnector(limit=1)
    connection = await connector.connect(KEY, NO_TIMEOUT)
    waiting = [asyncio.ensure_future(connector.connect(KEY, NO_TIMEOUT)) for _ in range(2)]
    await turns()
    finish(connector, connection)
    waiting[0].cancel()
    (await waiting[1]).release()
    assert waiting[0].cancelled()
    await end(connector)


async def test_a_connection_that_fails_leaves_its_place_to_the_next() -> None:
    connector = MemoryConnector(limit=1)
    connector.gate = asyncio.Event()
    connector.errors.append(OSError("no"))
    first = asyncio.ensure_future(connector.connect(KEY, NO_TIMEOUT))
    second = asyncio.ensure_future(connector.connect(OTHER, NO_TIMEOUT))
    await turns()
    connector.gate.set()
    with pytest.raises(OSError, match="no"):
        await first
    (await second).release()
    await end(connector)


async def test_what_is_cancelled_while_it_opens_leaves_its_place() -> None:
    connector = MemoryConnector(limit=1)
    connector.gate = asyncio.Event()
    first = asyncio.ensure_future(connector.connect(KEY, NO_TIMEOUT))
    await turns()
    first.cancel()
    await turns()
    connector.gate.set()
    (await connector.connect(KEY, NO_TIMEOUT)).release()
    assert first.cancelled()
    await end(connector)


@pytest.mark.parametrize(
    ("clock", "limit"), [("connect", 1), ("pool", 1), ("sock_connect", 0), ("connect", 0)]
)
@in_fake_time
async def test_the_error_says_which_clock_has_expired(clock: str, limit: int) -> None:
    connector = MemoryConnector(limit=limit)
    busy = await connector.connect(KEY, NO_TIMEOUT)
    connector.gate = asyncio.Event()
    with pytest.raises(ConnectionTimeoutError) as caught:
        await connector.connect(KEY, ClientTimeout(**{clock: 0.01}))
    assert (caught.value.clock, caught.value.seconds) == (clock, 0.01)
    busy.release()
    await end(connector)


async def test_an_error_of_the_system_that_is_a_time_out_stays_what_it_is() -> None:
    connector = MemoryConnector()
    connector.errors.append(TimeoutError(110, "Connection timed out"))
    with pytest.raises(TimeoutError, match="Connection timed out") as caught:
        await connector.connect(KEY, ClientTimeout(connect=5, sock_connect=5))
    assert not isinstance(caught.value, ConnectionTimeoutError)
    await end(connector)


async def test_traces_are_told_in_order() -> None:
    connector = MemoryConnector(limit=1)
    first, second, third = Trace(), Trace(), Trace()
    connection = await connector.connect(KEY, NO_TIMEOUT, [first])
    waiting = asyncio.ensure_future(connector.connect(KEY, NO_TIMEOUT, [second]))
    await turns()
    finish(connector, connection)
    finish(connector, await waiting)
    (await connector.connect(KEY, NO_TIMEOUT, [third])).release()
    assert first.told == ["connection_create_start", "connection_create_end"]
    assert second.told == ["connection_queued_start", "connection_queued_end", "connection_reuseconn"]
    assert third.told == ["connection_reuseconn"]
    await end(connector)


@pytest.mark.parametrize(
    "failing",
    [
        "connection_queued_start",
        "connection_queued_end",
        "connection_create_start",
        "connection_create_end",
        "connection_reuseconn",
    ],
)
async def test_a_trace_that_fails_costs_no_place(failing: str) -> None:
    connector = MemoryConnector(limit=1)
    connection = await connector.connect(KEY, NO_TIMEOUT)
    key = OTHER if "create" in failing else KEY
    waiting = asyncio.ensure_future(connector.connect(key, NO_TIMEOUT, [Trace(failing)]))
    await turns()
    finish(connector, connection)
    with pytest.raises(ZeroDivisionError):
        await waiting
    (await connector.connect(KEY, NO_TIMEOUT)).release()
    await end(connector)


async def test_closed_it_gives_nothing_and_tells_those_who_wait() -> None:
    connector = MemoryConnector(limit=1)
    connection = await connector.connect(KEY, NO_TIMEOUT)
    queued = asyncio.ensure_future(connector.connect(KEY, NO_TIMEOUT))
    await turns()
    await end(connector)
    assert connector.closed
    assert connection.closed
    for attempt in (queued, connector.connect(KEY, NO_TIMEOUT)):
        with pytest.raises(ClientConnectionError, match="closed"):
            await attempt
    assert connector.acquire(KEY) is None
    await connector.close()


async def test_closing_ends_what_is_being_opened_and_waits_for_it() -> None:
    connector = MemoryConnector()
    connector.gate = asyncio.Event()
    opening = asyncio.ensure_future(connector.connect(KEY, ClientTimeout(sock_connect=30)))
    await turns()
    await connector.close()
    await turns(1)
    with pytest.raises(ClientConnectionError, match="closed"):
        await opening


async def test_closing_waits_for_every_transport() -> None:
    connector = MemoryConnector()
    idle = await connector.connect(KEY, NO_TIMEOUT)
    finish(connector, idle)
    busy = await connector.connect(OTHER, NO_TIMEOUT)
    exchange = busy.open_exchange()
    exchange.send_head("GET", "/", [("Host", "b")], end=True)
    closing = asyncio.ensure_future(connector.close())
    await turns()
    assert exchange.reset_reason is not None
    for transport in connector.transports:
        assert not closing.done()
        transport.lose()
        await turns()
    await closing


async def test_without_anybody_awaiting_it_everything_is_closed_all_the_same() -> None:
    connector = MemoryConnector()
    finish(connector, await connector.connect(KEY, NO_TIMEOUT))
    _ = connector.close()
    assert connector.transports[0].is_closing()
    connector.transports[0].lose()


async def test_a_transport_that_does_not_end_is_aborted() -> None:
    connector = MemoryConnector()
    finish(connector, await connector.connect(KEY, NO_TIMEOUT))
    transport = connector.transports[0]
    transport.hold_writes()
    transport.write(b"the end of TLS")
    _ = connector.close()
    assert connector._transports.timer is not None
    connector._transports.timer._run()
    assert transport.was_reset
    transport.lose()


async def test_idle_connections_are_closed_in_time() -> None:
    connector = MemoryConnector(keepalive_timeout=0.01)
    finish(connector, await connector.connect(KEY, NO_TIMEOUT))
    deadline = time.monotonic() + 0.01
    while time.monotonic() < deadline:
        pass
    connector._transports.idle_watch.deadline_passed()
    assert connector.transports[0].is_closing()
    await end(connector)


async def test_the_sweep_looks_at_what_is_idle() -> None:
    connector = MemoryConnector()
    connection = await connector.connect(KEY, NO_TIMEOUT)
    assert len(connector.sweep) == 2  # the connection, and the pool
    connection.close()
    connector.transports[0].lose()
    assert len(connector.sweep) == 0
    await end(connector)


async def test_force_close_uses_each_connection_once(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector(force_close=True) as connector:
        assert connector.force_close
        for _ in range(3):
            await fetch(connector, origin.key())
        assert origin.made == 3


async def test_other_options_are_another_connection(start_origin: Start) -> None:
    from tidewire_http_io import ClientOptions

    origin = await start_origin()
    async with TCPConnector() as connector:
        await fetch(connector, origin.key())
        await fetch(connector, origin.key(options=ClientOptions(read_bufsize=1000)))
        assert origin.made == 2


async def test_a_server_that_closes_is_noticed_before_the_next_request(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        await fetch(connector, origin.key())
        origin.drop_all()
        for _ in range(10):
            await asyncio.sleep(0)
        assert await fetch(connector, origin.key()) == b"GET /"
        assert origin.made == 2


async def test_a_server_that_closes_while_the_loop_is_held_up_is_noticed_too() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with TCPConnector() as connector:
            key = connection_key(URL(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
            connection = await connector.connect(key, NO_TIMEOUT)
            sock = connection.info("socket")
            connection.release()
            released = time.monotonic()
            peer, _ = listening.accept()
            peer.close()
            # The loop is held up until the end has come, and for long enough that the pool looks.
            select.select([sock], [], [], 15)
            while time.monotonic() < released + 0.002:
                pass
            assert connector.acquire(key) is None


@pytest.mark.parametrize("target", ["/keep-alive/timeout=1", "/close"])
async def test_a_server_that_keeps_nothing_is_taken_at_its_word(start_origin: Start, target: str) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        await fetch(connector, origin.key(), target)
        assert connector.acquire(origin.key()) is None


async def test_no_connection_and_no_task_is_left(start_origin: Start) -> None:
    origin = await start_origin()
    async with assert_no_leaks():
        async with TCPConnector() as connector:
            await asyncio.gather(*[fetch(connector, origin.key()) for _ in range(20)])
            connection = await lease(connector, origin.key())
            connection.open_exchange().send_head("GET", "/hold", [("Host", "origin")], end=True)
        del connection
        origin.drop_all()  # it waits for the handler of the request that was given up
        await turns(20)


async def test_many_at_once_stay_within_the_limit(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector(limit=7) as connector:
        answers = await asyncio.gather(*[fetch(connector, origin.key(), f"/{n}") for n in range(200)])
        assert answers == [b"GET /%d" % n for n in range(200)]
        assert origin.made <= 7


async def test_a_connector_that_is_dropped_closes_its_connections_and_says_so() -> None:
    connector: MemoryConnector | None = MemoryConnector()
    assert connector is not None
    finish(connector, await connector.connect(KEY, NO_TIMEOUT))
    transport = connector.transports[0]
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))
    with pytest.warns(ResourceWarning, match="Unclosed connector"):  # noqa: PT031
        connector = None
        gc.collect()
    assert transport.is_closing()
    assert [context["message"] for context in told] == ["Unclosed connector"]
    told.clear()
    transport.lose()


async def test_a_callback_that_fails_is_told_to_the_loop() -> None:
    connector = MemoryConnector()
    connection = await connector.connect(KEY, NO_TIMEOUT)
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["exception"]))
    connection.add_callback(functools.partial([1].remove, 2))
    connection.release()
    assert [type(error) for error in told] == [ValueError]
    await end(connector)


async def test_its_arguments() -> None:
    connector = BaseConnector()
    assert (connector.limit, connector.limit_per_host, connector.force_close) == (100, 0, False)
    assert connector.loop is asyncio.get_running_loop()
    assert not connector.closed
    assert "https" in connector.allowed_protocol_schema_set
    assert BaseConnector(limit=None).limit == 0
    with pytest.raises(ValueError, match="force_close"):
        BaseConnector(force_close=True, keepalive_timeout=1)
    BaseConnector(force_close=True, keepalive_timeout=None)
    with pytest.warns(DeprecationWarning, match="loop"):
        BaseConnector(loop=asyncio.get_running_loop())
    with pytest.warns(DeprecationWarning, match="enable_cleanup_closed"):
        BaseConnector(enable_cleanup_closed=True)
    with pytest.warns(DeprecationWarning, match="async with"), BaseConnector() as other:
        pass
    assert other.closed


def test_it_needs_a_running_loop() -> None:
    with pytest.raises(RuntimeError):
        TCPConnector()


@pytest.mark.parametrize("name", ["limit", "limit_per_host"])
async def test_a_limit_below_0_is_refused(name: str) -> None:
    limits: dict[str, Any] = {name: -1}
    with pytest.raises(ValueError, match=f"^{name} is 0, for any number, or more, not -1"):
        MemoryConnector(**limits)
