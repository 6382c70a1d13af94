from __future__ import annotations

import asyncio

import pytest
from service import Service

from tidewire_client import ClientConnectorError, TCPConnector, request


async def test_a_request_without_a_session(service: Service) -> None:
    async with request("PUT", service.url("/x"), data=b"y", version=(1, 0)) as response:
        assert (await response.json())["target"] == "/x"
        assert service.last.exchange.head.version == (1, 0)
    while service.open:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_a_connector_that_is_given_stays_open(service: Service) -> None:
    connector = TCPConnector()
    for _ in range(2):
        async with request("GET", service.url(), connector=connector) as response:
            await response.read()
    assert not connector.closed
    assert service.made == 1
    await connector.close()


async def test_its_errors_are_those_of_sessions() -> None:
    with pytest.raises(ClientConnectorError):
        async with request("GET", "http://127.0.0.1:1/"):
            pass
