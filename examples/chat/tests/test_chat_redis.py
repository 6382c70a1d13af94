"""Two processes of the chat over one Redis, as two applications in this one."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

pytest.importorskip("redis.asyncio", reason="the chat over Redis needs the `redis` library")

from chat import Config, make_app
from redis.exceptions import ConnectionError as RedisConnectionError

from tidewire import web
from tidewire_client import ClientWebSocketResponse
from tidewire_testing.client import TestClient
from tidewire_testing.web import TestServer, unused_port

Client = TestClient[Any, web.Application]
TIMEOUT = 20.0

pytestmark = pytest.mark.peer("redis-server")


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Redis of our own."""
    folder = tmp_path_factory.mktemp("redis")
    path = folder / "s"
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(["redis-server", *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert any("eady to accept connections" in line for line in process.stdout), "it did not start"
        yield f"unix://{path}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
async def clients(redis: str) -> AsyncIterator[tuple[Client, Client]]:
    config = Config(redis=redis, history=2)
    async with (
        TestClient(TestServer(make_app(config))) as one,
        TestClient(TestServer(make_app(config))) as two,
    ):
        yield one, two


async def hears(websocket: ClientWebSocketResponse, kind: str, **expected: Any) -> dict[str, Any]:
    """Return the next event of a type and a name, which is as expected; others are skipped."""
    while True:
        event: dict[str, Any] = await websocket.receive_json(timeout=TIMEOUT)
        if event["type"] == kind and expected.get("name") in (None, event.get("name")):
            assert event | expected == event
            return event


async def test_processes_are_one_chat(clients: tuple[Client, Client]) -> None:
    one, two = clients
    async with one.ws_connect("/rooms/lobby?name=Ada") as ada:
        await hears(ada, "welcome", members=["Ada"])
        async with two.ws_connect("/rooms/lobby?name=Bob:+b") as bob:
            await hears(bob, "welcome", members=["Ada", "Bob: b"])
            await hears(ada, "joined", name="Bob: b", members=["Ada", "Bob: b"])
            for text in "abc":
                await ada.send_json({"text": text})
                await hears(bob, "said", name="Ada", text=text)
            async with two.ws_connect("/rooms/other?name=Eve") as eve:
                await hears(eve, "welcome", members=["Eve"], history=[])
        await hears(ada, "left", name="Bob: b", members=["Ada"])
        async with two.ws_connect("/rooms/lobby?name=Bob") as bob:
            welcome = await hears(bob, "welcome")
            assert [event["text"] for event in welcome["history"]] == ["b", "c"]


async def test_without_its_redis_it_does_not_start() -> None:
    app = make_app(Config(redis=f"redis://127.0.0.1:{unused_port()}"))
    with pytest.raises(RedisConnectionError):
        async with TestServer(app):
            pass
