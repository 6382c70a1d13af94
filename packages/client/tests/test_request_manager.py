from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import pytest
from service import Service

from tidewire_client import ClientResponse, ClientSession


async def test_a_request_can_be_awaited_entered_and_made_a_task(
    service: Service, session: ClientSession
) -> None:
    manager = session.get(service.url())
    assert isinstance(manager, Coroutine)
    assert isinstance(await manager, ClientResponse)
    async with session.get(service.url()) as response:
        assert not response._released
    assert response.closed
    assert (await asyncio.create_task(session.get(service.url()))).status == 200


async def test_an_error_within_the_block_releases_too(service: Service, session: ClientSession) -> None:
    with pytest.raises(KeyError):
        async with session.get(service.url()) as response:
            raise KeyError
    assert response.closed


async def test_one_that_is_not_sent_can_be_closed(service: Service, session: ClientSession) -> None:
    session.get(service.url()).close()
    assert not service.seen
