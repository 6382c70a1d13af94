from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fake_time import in_fake_time, in_memory
from service import Seen, Service

from tidewire_client import ClientConnectionError, ClientSession
from tidewire_http_parser import LocalProtocolError


async def test_a_response_may_be_awaited_and_released(service: Service, session: ClientSession) -> None:
    response = await session.get(service.url())
    async with response as same:
        assert same is response
        await response.read()
    await response.release()
    await response.wait_for_close()
    response.close()
    assert response.closed


async def test_a_dropped_response_lets_its_connection_go(service: Service, session: ClientSession) -> None:
    service.on("/much", lambda seen: seen.answer(200, b"x" * 2_000_000))
    response: Any = await session.get(service.url("/much"))
    with pytest.warns(ResourceWarning, match="Unclosed"):
        del response
    while service.open:  # noqa: ASYNC110
        await asyncio.sleep(0)


@in_fake_time
async def test_little_that_is_left_is_read_to_keep_the_connection() -> None:
    go_on = asyncio.Event()

    async def late(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=5)
        await go_on.wait()
        seen.exchange.send_data(b"12345", end=True)

    async with in_memory() as (service, session):
        service.on("/late", late)
        async with session.get(service.url("/late")):
            pass
        go_on.set()
        await asyncio.sleep(1)
        await session.get(service.url())
        assert service.made == 1


async def test_much_that_is_left_closes_the_connection(service: Service, session: ClientSession) -> None:
    service.on("/much", lambda seen: seen.answer(200, b"x" * 2_000_000))
    async with session.get(service.url("/much")) as response:
        assert response.connection is not None
        await response.content.read(10)
    assert response.closed
    await session.get(service.url())
    assert service.made == 2


class Channel:
    """Keeps what comes through a tunnel."""

    def __init__(self) -> None:
        self.received = b""
        self.lost = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.received += data

    def eof_received(self) -> None:
        self.lost.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set()


UPGRADE = {"Connection": "Upgrade", "Upgrade": "echo"}


def switch(service: Service) -> None:
    def accept(seen: Seen) -> None:
        channel = seen.exchange.accept_tunnel(101, list(UPGRADE.items()))
        channel.write(b"hello")
        channel.close()

    service.on("/", accept)


async def test_a_response_may_become_a_tunnel(service: Service, session: ClientSession) -> None:
    switch(service)
    response = await session.get(service.url(), headers=UPGRADE)
    assert response.status == 101
    tunnel, connection = response.take_tunnel()
    end = Channel()
    tunnel.receive(end)
    await end.lost.wait()
    assert end.received == b"hello"
    over = asyncio.Event()
    connection.add_callback(over.set)
    tunnel.close()
    await over.wait()
    with pytest.raises(ClientConnectionError):
        response.take_tunnel()


async def test_a_tunnel_that_nobody_takes_is_closed(service: Service, session: ClientSession) -> None:
    switch(service)
    async with session.get(service.url(), headers=UPGRADE) as response:
        assert response.status == 101
    while service.open:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_others_are_none(service: Service, session: ClientSession) -> None:
    async with session.get(service.url()) as response:
        with pytest.raises(LocalProtocolError):
            response.take_tunnel()
