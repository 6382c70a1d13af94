"""The documents' recipes for websockets, over real connections; the one with Redis is in tests/peers."""

from __future__ import annotations

import asyncio
import weakref
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from websocket_client import connect

import tidewire_web as web
from tidewire_web import WebSocketResponse, WSCloseCode, WSMsgType
from tidewire_websocket import DeflateOptions
from tidewire_websocket.asyncio import WebSocket

Start = Callable[..., Awaitable[tuple[web.AppRunner, int]]]

BY_USER: web.AppKey[defaultdict[str, set[WebSocketResponse]]] = web.AppKey("BY_USER", defaultdict)
WEBSOCKETS: web.AppKey[weakref.WeakSet[WebSocketResponse]] = web.AppKey("WEBSOCKETS", weakref.WeakSet)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Runs an application; returns its runner and its port."""
    runners: list[web.AppRunner] = []

    async def run(app: web.Application, *, shutdown_timeout: float = 10.0) -> tuple[web.AppRunner, int]:
        runner = web.AppRunner(app, shutdown_timeout=shutdown_timeout)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, site.port

    yield run
    for runner in runners:
        await runner.cleanup()


async def ask(port: int, target: str) -> bytes:
    """Send a request and return the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    return answer


async def the_end_of(client: WebSocket) -> tuple[Any, ...]:
    """Receive what is left, which is a close frame, and wait for the end of the connection."""
    message = await client.receive()
    assert message.type is WSMsgType.CLOSE
    await client.wait_closed()
    return message.data, message.extra


async def no_other_tasks() -> None:
    """Wait until nothing runs any more but the test."""
    async with asyncio.timeout(5):
        while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - it is not ours to tell
            await asyncio.sleep(0)


async def test_a_registry_of_websockets_that_another_handler_closes(start: Start) -> None:
    async def echo(request: web.Request) -> WebSocketResponse:
        ws = WebSocketResponse()
        await ws.prepare(request)
        mine = request.app[BY_USER][request.query["user"]]
        mine.add(ws)
        try:
            async for message in ws:
                await ws.send_str(message.data)
        finally:
            mine.remove(ws)
        return ws

    async def logout(request: web.Request) -> web.Response:
        sockets = [ws for ws in request.app[BY_USER][request.query["user"]] if not ws.closed]
        closed = await asyncio.gather(*[ws.close(code=4001, message="logged out") for ws in sockets])
        return web.Response(text=f"closed {sum(closed)}")

    app = web.Application()
    users: defaultdict[str, set[WebSocketResponse]] = defaultdict(set)
    app[BY_USER] = users
    app.add_routes([web.get("/echo", echo), web.post("/logout", logout)])
    _, port = await start(app)
    ada, ada_too, bob = [await connect(port, f"/echo?user={user}") for user in ("ada", "ada", "bob")]
    for client in (ada, ada_too, bob):
        await client.send_str("x")
        assert await client.receive_str() == "x"
    ends = [asyncio.create_task(the_end_of(client)) for client in (ada, ada_too)]
    assert (await ask(port, "/logout?user=ada")).endswith(b"\r\n\r\nclosed 2")
    assert await asyncio.gather(*ends) == [(4001, "logged out")] * 2
    assert {user: len(sockets) for user, sockets in users.items()} == {"ada": 0, "bob": 1}
    assert (await ask(port, "/logout?user=ada")).endswith(b"\r\n\r\nclosed 0")
    await bob.send_str("still here")
    assert await bob.receive_str() == "still here"
    await bob.close()
    await no_other_tasks()


def app_with_websockets(ended: list[str]) -> web.Application:
    """An application that knows its websockets."""

    async def handler(request: web.Request) -> WebSocketResponse:
        ws = WebSocketResponse()
        await ws.prepare(request)
        request.app[WEBSOCKETS].add(ws)
        try:
            async for message in ws:
                await ws.send_str(message.data)
            ended.append("read to the end")
        finally:
            ended.append("finally")
            request.app[WEBSOCKETS].discard(ws)
        return ws

    app = web.Application()
    sockets: weakref.WeakSet[WebSocketResponse] = weakref.WeakSet()
    app[WEBSOCKETS] = sockets
    app.router.add_get("/", handler)
    return app


@pytest.mark.parametrize("deflate", [None, DeflateOptions()])
async def test_on_shutdown_every_client_is_told_that_the_server_goes_away(
    start: Start, deflate: DeflateOptions | None
) -> None:
    async def on_shutdown(app: web.Application) -> None:
        sockets = app[WEBSOCKETS]
        for ws in set(sockets):
            await ws.close(code=WSCloseCode.GOING_AWAY, message="Server shutdown")

    ended: list[str] = []
    app = app_with_websockets(ended)
    app.on_shutdown.append(on_shutdown)
    runner, port = await start(app)
    clients = [await connect(port, deflate=deflate) for _ in range(3)]
    for client in clients:
        await client.send_str("x")
        assert await client.receive_str() == "x"
    ends = [asyncio.create_task(the_end_of(client)) for client in clients]
    async with asyncio.timeout(5):  # and not as long as handlers may take
        await runner.cleanup()
    assert await asyncio.gather(*ends) == [(1001, "Server shutdown")] * 3
    assert ended == ["read to the end", "finally"] * 3
    assert len(app[WEBSOCKETS]) == 0
    await no_other_tasks()


async def test_without_that_handlers_are_waited_for_and_cancelled_and_clients_told_all_the_same(
    start: Start,
) -> None:
    ended: list[str] = []
    runner, port = await start(app_with_websockets(ended), shutdown_timeout=0.05)
    client = await connect(port)
    await client.send_str("x")
    assert await client.receive_str() == "x"
    stopping = asyncio.create_task(runner.cleanup())
    await asyncio.sleep(0)
    # Until the time is up it works as before.
    await client.send_str("y")
    assert await client.receive_str() == "y"
    assert await the_end_of(client) == (WSCloseCode.GOING_AWAY, "")
    await stopping
    assert ended == ["finally"]
    await no_other_tasks()
