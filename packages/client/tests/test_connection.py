from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable

import pytest
from origin import Origin, fetch, fetch_on, lease

from tidewire_client import BaseConnector, ServerDisconnectedError, TCPConnector
from tidewire_http_parser import LocalProtocolError

Start = Callable[..., Awaitable[Origin]]


async def test_the_lease_ends_with_the_response(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        connection = await lease(connector, origin.key())
        assert not connection.closed
        assert connection.transport is not None
        assert connection.protocol is not None
        assert connection.info("peername")[1] == origin.port
        assert connection.key == origin.key()
        ended: list[bool] = []
        connection.add_callback(lambda: ended.append(connection.closed))
        await fetch_on(connection)
        assert ended == [True]
        assert connection.closed
        assert connection.transport is connection.protocol is None
        assert connection.info("peername", "nobody") == "nobody"
        connection.add_callback(lambda: ended.append(True))
        assert len(ended) == 2
        assert "released" in repr(connection)


async def test_it_says_whether_it_was_used_before(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        key = origin.key()
        first = await lease(connector, key)
        assert not first.reused
        await fetch_on(first)
        second = await lease(connector, key)
        assert second.reused
        assert not first.reused
        await fetch_on(second)
        assert origin.made == 1


async def test_what_is_over_can_do_nothing_to_the_next_lease(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        old = await lease(connector, origin.key())
        await fetch_on(old)
        new = await lease(connector, origin.key())
        old.close()
        old.release()
        old.set_timeouts(0.001)
        with pytest.raises(ServerDisconnectedError):
            old.open_exchange()
        assert await fetch_on(new, "/new") == b"GET /new"
        assert origin.made == 1


async def test_released_without_an_exchange_it_can_be_used_again(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        (await lease(connector, origin.key())).release()
        assert await fetch(connector, origin.key()) == b"GET /"
        assert origin.made == 1


@pytest.mark.parametrize("way", ["release", "close"])
async def test_in_the_middle_of_an_exchange_it_is_closed(start_origin: Start, way: str) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        connection = await lease(connector, origin.key())
        exchange = connection.open_exchange()
        exchange.send_head("GET", "/hold", [("Host", "origin")], end=True)
        getattr(connection, way)()
        assert connection.closed
        assert exchange.reset_reason is not None
        assert await fetch(connector, origin.key()) == b"GET /"
        assert origin.made == 2


async def test_it_has_one_exchange(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        connection = await lease(connector, origin.key())
        connection.open_exchange()
        with pytest.raises(LocalProtocolError):
            connection.open_exchange()
        connection.close()


async def test_one_that_the_server_has_closed_has_none(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        await fetch(connector, origin.key())
        connection = await lease(connector, origin.key())
        assert connection.reused
        origin.drop_all()
        await fetch(connector, origin.key())  # lets the loop see the end
        with pytest.raises(ServerDisconnectedError):
            connection.open_exchange()
        connection.release()


async def test_one_that_is_dropped_closes_its_transport_and_says_so(start_origin: Start) -> None:
    origin = await start_origin()
    connector: BaseConnector = TCPConnector(limit=1)
    connection = await lease(connector, origin.key())
    transport = connection.transport
    with pytest.warns(ResourceWarning, match="Unclosed connection"):  # noqa: PT031
        del connection
        gc.collect()
    assert transport.is_closing()
    assert await fetch(connector, origin.key()) == b"GET /"
    await connector.close()


async def test_a_time_out_of_the_server_is_told(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        connection = await lease(connector, origin.key())
        exchange = connection.open_exchange()
        exchange.send_head("GET", "/hold", [("Host", "origin")], end=True)
        connection.set_timeouts(5.0)
        protocol = connection.protocol
        assert protocol.deadline > 0
        protocol.deadline_passed()
        assert await exchange.response() is None
        assert exchange.reset_reason.value == "timeout"
        assert connection.closed is False or connection.transport is None or connection.transport.is_closing()
