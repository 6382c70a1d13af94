"""Websockets: one reader and many writers, closing from elsewhere and at shutdown, and listeners in the background."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Self

import pytest

import tidewire_web as web
from tidewire_client import ClientSession, ClientWebSocketResponse

Serve = Callable[..., Awaitable[Any]]
Connect = Callable[..., Awaitable[ClientWebSocketResponse]]
plain_names = pytest.mark.filterwarnings("ignore::tidewire_web.NotAppKeyWarning")
# No test waits that long, unless something is wrong.
PATIENCE = 30


@pytest.fixture
async def websocket() -> AsyncIterator[Connect]:
    """Connects websockets to a server."""
    async with ClientSession() as session:

        async def connect(served: Any, target: str = "/") -> ClientWebSocketResponse:
            return await session.ws_connect(f"http://127.0.0.1:{served.port}{target}")

        yield connect


class Channel:
    """A subscription of `Redis`, for both of its interfaces."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.name = ""
        self.open = True

    async def iter(self) -> AsyncIterator[str]:
        while True:
            yield await self.messages.get()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self.open = False

    async def subscribe(self, name: str) -> None:
        self.name = name

    async def get_message(self, *, ignore_subscribe_messages: bool, timeout: float | None = 0) -> str | None:
        if timeout is None:
            return await self.messages.get()
        await asyncio.sleep(timeout)
        return None if self.messages.empty() else self.messages.get_nowait()


class Redis:
    """What hands on messages between parts of an application, as far as the snippets use one."""

    def __init__(self) -> None:
        self.channel = Channel()
        self.subscribed: list[str] = []

    async def subscribe(self, name: str) -> list[Channel]:
        self.subscribed.append(name)
        return [self.channel]

    async def unsubscribe(self, name: str) -> None:
        self.subscribed.remove(name)

    def from_url(self, url: str) -> Redis:
        assert url == "redis://localhost:6379"
        return self

    def pubsub(self) -> Channel:
        return self.channel

    async def publish(self, text: str) -> None:
        await self.channel.messages.put(text)


async def read_subscription(ws: web.WebSocketResponse, redis: Redis) -> None:
    (channel,) = await redis.subscribe("channel:1")

    try:
        async for msg in channel.iter():
            answer = msg.upper()
            await ws.send_str(answer)
    finally:
        await redis.unsubscribe("channel:1")


async def talk_from_both_sides(ws: ClientWebSocketResponse, redis: Redis) -> None:
    """Have the server answer the client and the subscription in turns, then go."""
    for number in range(3):
        await ws.send_str(f"client {number}")
        assert await ws.receive_str() == f"back: client {number}"
        await redis.publish(f"redis {number}")
        assert await ws.receive_str() == f"REDIS {number}"
    assert redis.subscribed == ["channel:1"]
    await ws.close()


# -- one reader, many writers ------------------------------------------------------------------------------


@pytest.mark.promise(7, 22)
@pytest.mark.snippet("faq: parallel event sources")
async def test_events_of_the_client_and_of_a_subscription(serve: Serve, websocket: Connect) -> None:
    redis_key = web.AppKey("redis_key", Redis)
    ended = asyncio.Event()

    async def handler(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        task = asyncio.create_task(read_subscription(ws, request.app[redis_key]))
        try:
            async for msg in ws:
                # handle incoming messages
                # use ws.send_str() to send data back
                await ws.send_str(f"back: {msg.data}")

        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            ended.set()
        return ws

    app = web.Application()
    redis = app[redis_key] = Redis()
    app.router.add_get("/", handler)
    await talk_from_both_sides(await websocket(await serve(app)), redis)
    async with asyncio.timeout(PATIENCE):
        await ended.wait()
    assert redis.subscribed == []


@plain_names
@pytest.mark.filterwarnings("ignore:.*loop is deprecated:DeprecationWarning")
@pytest.mark.promise(7, 38)
@pytest.mark.snippet("old: parallel event sources")
async def test_events_with_the_loop_of_the_application(serve: Serve, websocket: Connect) -> None:
    """The old edition's, but that sending is awaited: it is a coroutine now."""

    async def handler(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        loop: Any = request.app.loop
        task = loop.create_task(read_subscription(ws, request.app["redis"]))
        try:
            async for msg in ws:
                await ws.send_str(f"back: {msg.data}")

        finally:
            task.cancel()
        return ws

    app = web.Application()
    redis = app["redis"] = Redis()
    app.router.add_get("/", handler)
    await talk_from_both_sides(await websocket(await serve(app)), redis)


@pytest.mark.promise(7, 22)
async def test_a_second_reader_is_refused_while_others_may_send_and_close(
    serve: Serve, websocket: Connect
) -> None:
    ended: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def disturb(ws: web.WebSocketResponse) -> None:
        with pytest.raises(RuntimeError):
            await ws.receive()
        await ws.send_str("refused")
        await ws.close(code=4000)

    async def handler(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        task = asyncio.create_task(disturb(ws))
        messages = [msg async for msg in ws]
        await task
        ended.set_result((messages, ws.close_code))
        return ws

    app = web.Application()
    app.router.add_get("/", handler)
    ws = await websocket(await serve(app))
    assert await ws.receive_str() == "refused"
    await ws.receive()
    assert ws.close_code == 4000
    async with asyncio.timeout(PATIENCE):
        assert await ended == ([], 4000)


# -- closed by others --------------------------------------------------------------------------------------


def authenticate_user(request: web.Request) -> str:
    return request.query["user"]


async def expect_logged_out(served: Any, websocket: Connect) -> None:
    """Connect Ann twice and Bob once, log Ann out, and see who is still there."""
    anns = [await websocket(served, "/echo?user=ann") for _ in range(2)]
    bob = await websocket(served, "/echo?user=bob")
    for ws in (*anns, bob):
        await ws.send_str("hello")
        assert await ws.receive_str() == "hello"
    # The answer may wait until they are closed.
    answer, *received = await asyncio.gather(
        served.post("/logout?user=ann", b""), *(ws.receive() for ws in anns)
    )
    assert answer.text == "OK"
    assert [(each.type.name, each.data) for each in received] == [("CLOSE", web.WSCloseCode.OK)] * 2
    await bob.send_str("still here")
    assert await bob.receive_str() == "still here"
    await bob.close()


@pytest.mark.promise(8)
@pytest.mark.snippet("faq: terminating websockets")
async def test_a_log_out_closes_the_websockets_of_a_user(serve: Serve, websocket: Connect) -> None:
    websockets_key = web.AppKey("websockets_key", defaultdict[str, set[web.WebSocketResponse]])

    async def echo_handler(request: web.Request) -> web.WebSocketResponse:

        ws = web.WebSocketResponse()
        user_id = authenticate_user(request)
        await ws.prepare(request)
        request.app[websockets_key][user_id].add(ws)
        try:
            async for msg in ws:
                await ws.send_str(msg.data)
        finally:
            request.app[websockets_key][user_id].remove(ws)

        return ws

    async def logout_handler(request: web.Request) -> web.Response:

        user_id = authenticate_user(request)

        ws_closers = [ws.close() for ws in request.app[websockets_key][user_id] if not ws.closed]

        # Watch out, this will keep us from returning the response
        # until all are closed
        _ = ws_closers and await asyncio.gather(*ws_closers)

        return web.Response(text="OK")

    with pytest.warns(DeprecationWarning, match="ignores loop"):
        app = web.Application(loop=asyncio.get_running_loop())
    app.router.add_route("GET", "/echo", echo_handler)
    app.router.add_route("POST", "/logout", logout_handler)
    users: defaultdict[str, set[web.WebSocketResponse]] = defaultdict(set)
    app[websockets_key] = users
    await expect_logged_out(await serve(app), websocket)


@plain_names
@pytest.mark.promise(8, 38)
@pytest.mark.snippet("old: terminating websockets")
async def test_a_log_out_cancels_the_handlers_of_a_user(
    serve: Serve, websocket: Connect, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old edition's, but that the current task is a function of asyncio now."""

    async def echo_handler(request: web.Request) -> web.WebSocketResponse:

        ws = web.WebSocketResponse()
        user_id = authenticate_user(request)
        await ws.prepare(request)
        request.app["websockets"][user_id].add(asyncio.current_task())

        try:
            async for msg in ws:
                await ws.send_str(msg.data)

        except asyncio.CancelledError:
            print("websocket cancelled")
        finally:
            request.app["websockets"][user_id].remove(asyncio.current_task())
        await ws.close()
        return ws

    async def logout_handler(request: web.Request) -> web.Response:

        user_id = authenticate_user(request)

        for task in request.app["websockets"][user_id]:
            task.cancel()

        return web.Response(text="OK")

    app = web.Application()
    app.router.add_route("GET", "/echo", echo_handler)
    app.router.add_route("POST", "/logout", logout_handler)
    handlers: Any = defaultdict(set)
    app["websockets"] = handlers
    await expect_logged_out(await serve(app), websocket)
    assert capsys.readouterr().out == "websocket cancelled\n" * 2


# -- at shutdown, and in the background --------------------------------------------------------------------


@pytest.mark.promise(31)
@pytest.mark.snippet("advanced: websockets of an application", "advanced: websocket shutdown")
async def test_websockets_are_closed_at_shutdown(serve: Serve, websocket: Connect) -> None:
    ended: list[web.WebSocketResponse] = []
    app = web.Application()
    websockets = web.AppKey("websockets", weakref.WeakSet[web.WebSocketResponse])
    app[websockets] = weakref.WeakSet()

    async def websocket_handler(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)

        request.app[websockets].add(ws)
        try:
            async for msg in ws:
                await ws.send_str(msg.data)
        finally:
            request.app[websockets].discard(ws)
        ended.append(ws)

        return ws

    async def on_shutdown(app: web.Application) -> None:
        connected = app[websockets]
        for ws in set(connected):
            await ws.close(code=web.WSCloseCode.GOING_AWAY, message="Server shutdown")

    app.on_shutdown.append(on_shutdown)
    app.router.add_get("/", websocket_handler)
    served = await serve(app)
    clients = [await websocket(served) for _ in range(3)]
    await clients[0].close()
    stopping = asyncio.create_task(served.stop())
    # They are closed one after the other, in no order that is known.
    for message in await asyncio.gather(*(ws.receive() for ws in clients[1:])):
        assert (message.type.name, message.data, message.extra) == ("CLOSE", 1001, "Server shutdown")
    async with asyncio.timeout(PATIENCE):
        await stopping
    assert len(ended) == 3


@plain_names
@pytest.mark.promise(33)
@pytest.mark.snippet("advanced: listener of Redis")
async def test_a_listener_in_the_background_tells_all_websockets(serve: Serve, websocket: Connect) -> None:
    redis = Redis()

    async def listen_to_redis(app: web.Application) -> None:
        client = redis.from_url("redis://localhost:6379")
        channel = "news"
        async with client.pubsub() as pubsub:
            await pubsub.subscribe(channel)
            while True:
                msg = await pubsub.get_message(ignore_subscribe_messages=True)
                if msg is not None:
                    for ws in app["websockets"]:
                        await ws.send_str(f"{channel}: {msg}")

    redis_listener = web.AppKey("redis_listener", asyncio.Task[None])

    async def background_tasks(app: web.Application) -> AsyncIterator[None]:
        app[redis_listener] = asyncio.create_task(listen_to_redis(app))

        yield

        app[redis_listener].cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await app[redis_listener]

    async def handler(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        request.app["websockets"].append(ws)
        async for _ in ws:
            pass
        request.app["websockets"].remove(ws)
        return ws

    app = web.Application()
    app["websockets"] = []
    app.cleanup_ctx.append(background_tasks)
    app.router.add_get("/", handler)
    served = await serve(app)
    clients = [await websocket(served) for _ in range(2)]
    await redis.publish("it rains")
    for ws in clients:
        assert await ws.receive_str() == "news: it rains"
    for ws in clients:
        await ws.close()
    await served.stop()
    assert app[redis_listener].cancelled()
    assert not redis.channel.open
