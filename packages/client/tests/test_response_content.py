from __future__ import annotations

import asyncio

import pytest
from service import Seen, Service

from tidewire_client import ClientConnectionError, ClientSession
from tidewire_client._response_content import decodable


@pytest.mark.parametrize(
    ("encoding", "decoded"),
    [
        ("gzip", "gzip"),
        ("GZIP, br", "GZIP, br"),
        ("", ""),
        ("gzip, unheard-of", ""),
        ("aws-chunked", ""),
    ],
)
def test_codings_that_are_not_known_are_left_alone(encoding: str, decoded: str) -> None:
    assert decodable(encoding) == decoded


async def test_a_read_of_a_closed_response_says_so(service: Service, session: ClientSession) -> None:
    async def begin(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=10)
        await asyncio.Event().wait()

    service.on("/", begin)
    async with session.get(service.url()) as response:
        reading = asyncio.ensure_future(response.content.read())
        await asyncio.sleep(0)
        response.close()
        with pytest.raises(ClientConnectionError, match="closed"):
            await reading


async def test_what_nobody_wants_is_read_up_to_a_bound(service: Service, session: ClientSession) -> None:
    async def endless(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=None)
        while not seen.exchange.disconnected:
            seen.exchange.send_data(b"x" * 20000)
            await asyncio.sleep(0)

    service.on("/", endless)
    async with session.get(service.url()):
        pass
    while service.open:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert service.made == 1
