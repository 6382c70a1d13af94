"""python-socketio over python-engineio: a server on `aiohttp.web`, and clients by polling and by websocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import engineio
import pytest
import socketio
from aiohttp import web

Serve = Callable[[web.Application], Awaitable[str]]

WAYS = [
    pytest.param(["polling"], "polling", id="polling"),
    pytest.param(["websocket"], "websocket", id="websocket"),
    pytest.param(None, "websocket", id="polling that becomes a websocket"),
]


class Chat:
    """A chat server with rooms."""

    def __init__(self) -> None:
        self.server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
        self.application = web.Application()
        self.server.attach(self.application)
        self.left: asyncio.Queue[str] = asyncio.Queue()
        self.server.on("connect", self.connect)
        self.server.on("disconnect", self.disconnect)
        self.server.on("join", self.join)
        self.server.on("leave", self.leave)
        self.server.on("say", self.say)
        self.server.on("echo", self.echo)
        self.server.on("goodbye", self.goodbye)
        self.server.on("tell", self.tell, namespace="/admin")

    async def connect(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        if auth == {"token": "wrong"}:
            raise socketio.exceptions.ConnectionRefusedError("not you")
        await self.server.save_session(sid, {"agent": environ.get("HTTP_X_AGENT", "")})
        await self.server.emit("welcome", {"agent": environ.get("HTTP_X_AGENT", "")}, to=sid)

    async def disconnect(self, sid: str, reason: str) -> None:
        self.left.put_nowait(reason)

    async def join(self, sid: str, room: str) -> list[str]:
        await self.server.enter_room(sid, room)
        return self.server.rooms(sid)

    async def leave(self, sid: str, room: str) -> None:
        await self.server.leave_room(sid, room)

    async def say(self, sid: str, room: str, text: str) -> None:
        await self.server.emit("said", {"room": room, "text": text}, room=room, skip_sid=sid)

    async def echo(self, sid: str, *what: Any) -> Any:
        return what

    async def goodbye(self, sid: str) -> None:
        await self.server.disconnect(sid)

    async def tell(self, sid: str, text: str) -> str:
        return text.upper()


class Guest:
    """A client, with what it was told."""

    def __init__(self, **kwargs: Any) -> None:
        self.client = socketio.AsyncClient(reconnection=False, request_timeout=20, **kwargs)
        self.told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        for event in ("welcome", "said", "disconnect"):
            self.client.on(event, self.keep(event))

    def keep(self, event: str) -> Callable[..., Awaitable[None]]:
        async def handler(*what: Any) -> None:
            self.told.put_nowait((event, *what))

        return handler

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.told.get(), 20)


async def leave(client: Any, transport: str) -> None:
    """Disconnect a client of either library, and do not wait for its last poll.

    The library waits for that, and its server answers it when the next ping is overdue, 45 seconds later.
    """
    leaving = asyncio.ensure_future(client.disconnect())
    link = getattr(client, "eio", client)
    if transport == "polling" and link.write_loop_task is not None:
        await asyncio.wait([link.write_loop_task], timeout=20)
        link.read_loop_task.cancel()
        await asyncio.wait([leaving], timeout=20)
        if link.http is not None and not link.external_http:
            await link.http.close()
    else:
        await leaving


@asynccontextmanager
async def guest(url: str, transports: list[str] | None = None, **kwargs: Any) -> AsyncIterator[Guest]:
    """Connect a client, and disconnect it."""
    made = Guest()
    await made.client.connect(
        url, transports=transports, headers={"X-Agent": "guest"}, wait_timeout=20, **kwargs
    )
    transport = made.client.transport()
    try:
        assert await made.next() == ("welcome", {"agent": "guest"})
        yield made
    finally:
        await leave(made.client, transport)


@pytest.mark.parametrize(("transports", "expected"), WAYS)
async def test_events_go_both_ways(serve: Serve, transports: list[str] | None, expected: str) -> None:
    """With acknowledgements, text, numbers, nested values and bytes."""
    url = await serve(Chat().application)
    async with guest(url, transports) as ada:
        assert ada.client.transport() == expected
        values = ("täxt", 7, None, {"a": [1, 2]})
        assert await ada.client.call("echo", values, timeout=20) == values
        blob = bytes(range(256)) * 8
        assert await ada.client.call("echo", (blob, {"deep": [blob]}), timeout=20) == (blob, {"deep": [blob]})
        answers = await asyncio.gather(*(ada.client.call("echo", number, timeout=20) for number in range(10)))
        assert answers == list(range(10))


@pytest.mark.parametrize(("transports", "expected"), WAYS)
async def test_rooms_hear_what_is_said_in_them(
    serve: Serve, transports: list[str] | None, expected: str
) -> None:
    """Two in a room, one beside it; then one leaves."""
    url = await serve(Chat().application)
    async with guest(url, transports) as ada, guest(url, transports) as bob, guest(url) as eve:
        assert "tide" in await ada.client.call("join", "tide", timeout=20)
        assert "tide" in await bob.client.call("join", "tide", timeout=20)
        assert "other" in await eve.client.call("join", "other", timeout=20)
        await ada.client.emit("say", ("tide", "high"))
        assert await bob.next() == ("said", {"room": "tide", "text": "high"})
        await bob.client.emit("say", ("other", "psst"))
        assert await eve.next() == ("said", {"room": "other", "text": "psst"})
        await bob.client.call("leave", "tide", timeout=20)
        await ada.client.call("echo", 1, timeout=20)
        assert bob.told.empty()
        assert ada.told.empty()


@pytest.mark.parametrize(("transports", "expected"), WAYS)
async def test_the_server_learns_who_leaves(
    serve: Serve, transports: list[str] | None, expected: str
) -> None:
    """And a client that is sent away learns that."""
    chat = Chat()
    url = await serve(chat.application)
    async with guest(url, transports):
        pass
    assert await asyncio.wait_for(chat.left.get(), 20) in ("client disconnect", "transport close")
    async with guest(url, transports) as bob:
        await bob.client.emit("goodbye")
        event, *_ = await bob.next()
        assert event == "disconnect"
        assert await asyncio.wait_for(chat.left.get(), 20) == "server disconnect"


@pytest.mark.parametrize("transports", [["websocket"], None], ids=["websocket", "upgraded"])
async def test_who_is_refused_is_told_why(serve: Serve, transports: list[str] | None) -> None:
    """The reason of the server reaches the client."""
    url = await serve(Chat().application)
    made = Guest()
    refused: asyncio.Queue[Any] = asyncio.Queue()
    made.client.on("connect_error", refused.put)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await made.client.connect(url, transports=transports, auth={"token": "wrong"}, wait_timeout=20)
    assert (await asyncio.wait_for(refused.get(), 20))["message"] == "not you"
    await made.client.disconnect()


async def test_namespaces_share_a_connection(serve: Serve) -> None:
    """Events of one do not reach the other."""
    url = await serve(Chat().application)
    async with guest(url, namespaces=["/", "/admin"]) as ada:
        assert await ada.client.call("tell", "loud", namespace="/admin", timeout=20) == "LOUD"
        assert await ada.client.call("echo", "x", timeout=20) == "x"


async def test_nobody_there_is_an_error() -> None:
    """The error names the reason."""
    made = Guest()
    with pytest.raises(socketio.exceptions.ConnectionError, match="127"):
        await made.client.connect("http://127.0.0.1:1", wait_timeout=5)


@pytest.mark.parametrize(("transports", "expected"), WAYS)
async def test_engineio_alone(serve: Serve, transports: list[str] | None, expected: str) -> None:
    """Packets of text and bytes, large ones too, with a session of the caller's and its cookies."""
    server = engineio.AsyncServer(async_mode="aiohttp", cookie="io", max_http_buffer_size=2_000_000)
    application = web.Application()
    server.attach(application)
    seen: list[Any] = []

    @server.on("connect")
    async def connect(sid: str, environ: dict[str, Any]) -> None:
        seen.append(environ.get("HTTP_COOKIE"))

    @server.on("message")
    async def message(sid: str, data: Any) -> None:
        await server.send(sid, data)

    url = await serve(application)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookies={"mine": "1"}, cookie_jar=jar) as session:
        client = engineio.AsyncClient(http_session=session, request_timeout=20)
        echoes: asyncio.Queue[Any] = asyncio.Queue()
        client.on("message", echoes.put)
        await client.connect(url, transports=transports)
        assert client.transport() == expected
        # A server of the library reads a polling client's packets with one `read(length)`, be it less or not.
        size = 2_000 if transports == ["polling"] else 300_000
        for data in ("täxt", b"\x00\xff", {"a": [1]}, "x" * size, b"y" * size):
            await client.send(data)
            assert await asyncio.wait_for(echoes.get(), 20) == data
        await leave(client, expected)
        assert not session.closed
        if "polling" in (transports or ["polling"]):
            assert {cookie.key for cookie in jar} == {"mine", "io"}
    assert seen == ["mine=1"]
