"""Cancels requests at each of their awaits; what comes after has to be as if they had never been."""

from __future__ import annotations

import asyncio
import functools
import random
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

import pytest
from forward_proxy import ForwardProxy
from origin import Origin, fetch
from socks_proxy import SocksProxy

from tidewire_client import TCPConnector
from tidewire_http_io import ClientOptions
from tidewire_testing import assert_no_leaks

Start = Callable[..., Awaitable[Origin]]
StartProxy = Callable[..., Awaitable[ForwardProxy]]


@types.coroutine
def cancelled_at(coroutine: Coroutine[Any, Any, Any], step: int) -> Generator[Any, Any, Any]:
    """Run a coroutine in the current task, which is cancelled when the coroutine waits for the `step`-th time."""
    task = asyncio.current_task()
    assert task is not None
    waits = 0
    resume: Callable[[], Any] = functools.partial(coroutine.send, None)
    while True:
        try:
            future = resume()
        except StopIteration as stop:
            return stop.value
        waits += 1
        if waits == step:
            asyncio.get_running_loop().call_soon(task.cancel)
        try:
            yield future
        except BaseException as error:
            # It may wait again, for what it has to end.
            resume = functools.partial(coroutine.throw, error)
        else:
            resume = functools.partial(coroutine.send, None)


async def attempt(coroutine: Coroutine[Any, Any, Any], step: int) -> bool:
    """Run a coroutine that is cancelled at a step; tell whether it came to its end before that."""

    async def run() -> Any:
        return await cancelled_at(coroutine, step)

    task = asyncio.ensure_future(run())
    await asyncio.wait([task])
    if task.cancelled():
        return False
    task.result()
    return True


@pytest.mark.parametrize(
    "way", ["plain", "busy", "tls", "tunnel", pytest.param("socks", marks=pytest.mark.slow)]
)
async def test_the_next_request_is_right_wherever_the_last_one_was_cancelled(
    start_origin: Start, start_proxy: StartProxy, contexts: Any, way: str
) -> None:
    server, client, _ = contexts
    secure = way in {"tls", "tunnel", "socks"}
    origin = await start_origin(ssl=server if secure else None)
    how: dict[str, Any] = {"ssl": client} if secure else {}
    socks = SocksProxy(user=(b"u", b"p"))
    if way == "tunnel":
        how["proxy"] = (await start_proxy()).url
    async with socks, TCPConnector(limit=1, force_close=way in {"tls", "socks"}) as connector:
        if way == "socks":
            how["proxy"] = socks.url()
            how["proxy_fields"] = [("user", "u"), ("password", "p")]
        key = origin.key(**how)
        for step in range(1, 200):
            others = [asyncio.ensure_future(fetch(connector, key, "/other"))] if way == "busy" else []
            finished = await attempt(fetch(connector, key, f"/{step}"), step)
            for other in others:
                assert await other == b"GET /other"
            assert await fetch(connector, key, f"/after/{step}") == f"GET /after/{step}".encode()
            assert connector._pool.waiting == 0
            assert connector._pool.placed <= 1
            if finished and step > 20:
                break
        else:
            raise AssertionError("it was never through")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
async def test_a_crowd_that_is_cancelled_at_random_leaves_a_pool_that_works(
    start_origin: Start, seed: int
) -> None:
    chance = random.Random(seed)
    origin = await start_origin()
    async with assert_no_leaks(descriptors=False):
        async with TCPConnector(limit=3, limit_per_host=2) as connector:
            keys = [origin.key(), origin.key(options=ClientOptions(read_bufsize=1000))]

            async def one(number: int) -> None:
                target = chance.choice(["/a", "/close", "/drop", "/b"])
                try:
                    answer = await fetch(connector, chance.choice(keys), target)
                except ConnectionResetError:
                    assert target == "/drop"
                else:
                    assert answer == f"GET {target}".encode()

            tasks = [
                asyncio.ensure_future(attempt(one(number), chance.choice([1, 2, 3, 4, 5, 8, 13, 1000])))
                for number in range(150)
            ]
            await asyncio.gather(*tasks)
            assert await fetch(connector, keys[0], "/end") == b"GET /end"
            assert connector._pool.waiting == 0
        assert connector._pool.placed == 0
        assert len(connector._transports) == 0
        assert len(connector.sweep) == 0
