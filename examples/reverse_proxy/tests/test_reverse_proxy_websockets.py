"""Websockets through the proxy."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from reverse_proxy.app import make_app
from reverse_proxy.config import Config, Route
from tidewire_client import WSCloseCode, WSMsgType, WSServerHandshakeError
from tidewire_testing.client import TestClient
from tidewire_testing.pytest_plugin import TidewireClient, TidewireRawServer
from tidewire_web import BaseRequest, HTTPForbidden, StreamResponse, WebSocketResponse

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
Handler = Callable[[BaseRequest], Awaitable[StreamResponse]]
Proxy = Callable[[Handler], Awaitable[TestClient[Any, Any]]]


@pytest.fixture
def proxy(tidewire_client: TidewireClient, tidewire_raw_server: TidewireRawServer) -> Proxy:
    async def start(handler: Handler) -> TestClient[Any, Any]:
        upstream = (await tidewire_raw_server(handler)).make_url("/").origin()
        return await tidewire_client(make_app(Config(routes=[Route("/", [upstream])])))

    return start


async def echo(request: BaseRequest) -> WebSocketResponse:
    ws = WebSocketResponse(protocols=["chat"], max_msg_size=0)
    ws.headers["Set-Cookie"] = f"path={request.raw_path}"
    await ws.prepare(request)
    async for message in ws:
        if message.data == "bye":
            await ws.close(code=4001)
        elif message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        else:
            await ws.send_bytes(message.data)
    return ws


@pytest.mark.parametrize("compress", [0, 15])
async def test_messages_go_both_ways(proxy: Proxy, compress: int) -> None:
    client = await proxy(echo)
    async with client.ws_connect(
        "/here?x", protocols=["other", "chat"], compress=compress, max_msg_size=0
    ) as ws:
        assert ws.protocol == "chat"
        assert ws.response.headers["Set-Cookie"] == "path=/here?x"
        for text in ("hello", "", "\N{SNOWMAN}" * 100_000):
            await ws.send_str(text)
            assert await ws.receive_str(timeout=20) == text
        data = bytes(range(256)) * 8192
        await ws.send_bytes(data)
        assert await ws.receive_bytes(timeout=20) == data


async def test_the_code_of_the_server_reaches_the_client(proxy: Proxy) -> None:
    client = await proxy(echo)
    async with client.ws_connect("/") as ws:
        await ws.send_str("bye")
        assert (await ws.receive(20)).type is WSMsgType.CLOSE
        assert ws.close_code == 4001


@pytest.mark.parametrize("code", [4002, None])
async def test_the_end_of_the_client_reaches_the_server(proxy: Proxy, code: int | None) -> None:
    codes = asyncio.Queue[int | None]()

    async def note(request: BaseRequest) -> WebSocketResponse:
        ws = WebSocketResponse()
        await ws.prepare(request)
        await ws.receive()
        codes.put_nowait(ws.close_code)
        return ws

    client = await proxy(note)
    if code is None:  # the connection is lost
        reader, writer = await asyncio.open_connection(client.host, client.port)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
    else:
        ws = await client.ws_connect("/")
        await ws.close(code=code)
    assert await asyncio.wait_for(codes.get(), 20) == (code or WSCloseCode.GOING_AWAY)


async def test_a_refusal_is_passed_on(proxy: Proxy) -> None:
    async def refuse(request: BaseRequest) -> StreamResponse:
        raise HTTPForbidden(text="not you")

    client = await proxy(refuse)
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/")
    assert (caught.value.status, caught.value.body) == (403, b"not you")


async def test_websockets_are_closed_when_the_proxy_stops(proxy: Proxy) -> None:
    client = await proxy(echo)
    async with client.ws_connect("/") as ws:
        stopping = asyncio.ensure_future(client.server.close())
        assert (await ws.receive(20)).data == WSCloseCode.GOING_AWAY
        await asyncio.wait_for(stopping, 20)
