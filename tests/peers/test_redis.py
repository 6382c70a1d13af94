"""Redis: what is published there goes to websockets, from a task beside the one that reads (the documents' recipe)."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import tidewire_web as web

redis_asyncio = pytest.importorskip("redis.asyncio", reason="needs the `redis` library")
websockets = pytest.importorskip("websockets", reason="needs the `websockets` library")

REDIS: web.AppKey[Any] = web.AppKey("REDIS", object)
CHANNEL = "channel:1"


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The path of the socket of a Redis of our own."""
    folder = tmp_path_factory.mktemp("redis")
    path = folder / "s"
    options = {"port": "0", "unixsocket": str(path), "save": "", "appendonly": "no", "dir": str(folder)}
    command = ["redis-server", *[part for name, value in options.items() for part in (f"--{name}", value)]]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert any("eady to accept connections" in line for line in process.stdout), "it did not start"
        yield str(path)
    finally:
        process.terminate()
        process.communicate(timeout=20)


async def handler(request: web.Request) -> web.WebSocketResponse:
    """Publishes what the client says, and tells the client what is published."""
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    task = asyncio.create_task(read_subscription(ws, request.app[REDIS]))
    try:
        async for message in ws:
            await request.app[REDIS].publish(CHANNEL, message.data)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return ws


async def read_subscription(ws: web.WebSocketResponse, redis: Any) -> None:
    """Send what is published, until cancelled."""
    async with redis.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        async for message in subscription.listen():
            await ws.send_str(f"{message['type']} {message['data']}")


@pytest.fixture
async def site(redis_socket: str) -> AsyncIterator[tuple[int, Any]]:
    """The port of the application, and a connection to its Redis."""
    redis = redis_asyncio.Redis(unix_socket_path=redis_socket, decode_responses=True)
    app = web.Application()
    app[REDIS] = redis
    app.router.add_get("/", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    yield listening.port, redis
    await runner.cleanup()
    await redis.aclose()


@pytest.mark.slow
@pytest.mark.peer("redis-server")
async def test_what_is_published_comes_to_every_client(site: tuple[int, Any]) -> None:
    port, redis = site
    url = f"ws://127.0.0.1:{port}/"
    async with websockets.connect(url) as first, websockets.connect(url) as second:
        for client in (first, second):
            assert await client.recv() == "subscribe 1"
        assert await redis.publish(CHANNEL, "from elsewhere") == 2
        await first.send("from a client")
        for client in (first, second):
            assert await client.recv() == "message from elsewhere"
            assert await client.recv() == "message from a client"
        await second.close()
        await first.send("to one")
        assert await first.recv() == "message to one"
    async with asyncio.timeout(10):
        while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - it is not ours to tell
            await asyncio.sleep(0)
    assert await redis.pubsub_numsub(CHANNEL) == [(CHANNEL, 0)]


@pytest.mark.slow
@pytest.mark.peer("redis-server")
async def test_a_client_that_breaks_off_is_unsubscribed(site: tuple[int, Any]) -> None:
    port, redis = site
    client = await websockets.connect(f"ws://127.0.0.1:{port}/")
    assert await client.recv() == "subscribe 1"
    client.transport.abort()
    async with asyncio.timeout(10):
        while await redis.pubsub_numsub(CHANNEL) != [(CHANNEL, 0)]:  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0)
