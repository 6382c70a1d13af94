"""Whatever is cancelled, and whenever: the next request of the session is answered with its own response."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from service import Seen, Service

from tidewire_client import ClientResponse, ClientSession, TCPConnector


async def pieces(text: str) -> AsyncIterator[bytes]:
    for character in text:
        yield character.encode()
        await asyncio.sleep(0)


async def one(session: ClientSession, service: Service, number: int, kind: int) -> str:
    url = service.url(f"/echo?n={number}")
    if kind == 0:
        async with session.get(url) as response:
            return await target_of(response)
    if kind == 1:
        async with session.post(url, data=pieces("some text")) as response:
            return await target_of(response)
    if kind == 2:
        async with session.post(url, data=b"x" * 100_000, expect100=True) as response:
            return await target_of(response)
    if kind == 3:
        async with session.get(service.url(f"/redirect?n={number}")) as response:
            return await target_of(response)
    async with session.get(service.url(f"/stream?n={number}")) as response:
        body = b""
        async for piece in response.content.iter_any():
            body += piece
        return body.decode()


async def target_of(response: ClientResponse) -> str:
    text: str = (await response.json())["target"]
    return text


def prepare(service: Service) -> None:
    async def stream(seen: Seen) -> None:
        data = seen.target.encode()
        seen.exchange.send_head(200, None, [], body_length=len(data))
        for octet in data:
            seen.exchange.send_data(bytes([octet]))
            await asyncio.sleep(0)
        seen.exchange.send_data(b"", end=True)

    service.on("/stream", stream)
    service.on(
        "/redirect", lambda seen: seen.answer(302, b"x", Location=seen.target.replace("redirect", "echo"))
    )


async def cancel_at_random(service: Service, seed: int) -> None:
    chance = random.Random(seed)
    prepare(service)
    async with ClientSession(connector=TCPConnector(limit=3)) as session:
        for number in range(60):
            kind = chance.randrange(5)
            task = asyncio.ensure_future(one(session, service, number, kind))
            for _ in range(chance.randrange(25)):
                await asyncio.sleep(0 if chance.random() < 0.9 else 0.001)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            kind = chance.randrange(5)
            async with asyncio.timeout(5):
                answer = await one(session, service, number + 1000, kind)
            assert answer.endswith(f"?n={number + 1000}"), (number, kind)
        connector: Any = session.connector
        assert connector._pool.placed <= 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_what_is_cancelled_disturbs_nobody(service: Service, seed: int) -> None:
    await cancel_at_random(service, seed)


async def test_many_at_once_share_few_connections(service: Service) -> None:
    prepare(service)
    async with ClientSession(connector=TCPConnector(limit=3)) as session:
        answers = await asyncio.gather(*[one(session, service, number, number % 5) for number in range(50)])
    assert all(answer.endswith(f"?n={number}") for number, answer in enumerate(answers))
    assert service.made < 50
    while service.open:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_requests_leave_nothing_for_the_garbage_collector(
    service: Service, session: ClientSession
) -> None:
    async with session.get(service.url()) as response:
        await response.read()
    del response
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(20):
            async with session.get(service.url()) as response:
                await response.read()
            service.seen.clear()
        del response
        found = [each for each in gc.get_objects() if isinstance(each, ClientResponse)]
        assert not found
        assert len(gc.get_objects()) - before < 500
    finally:
        gc.enable()
