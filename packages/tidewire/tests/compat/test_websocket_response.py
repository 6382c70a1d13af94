from __future__ import annotations

import inspect

import pytest

import tidewire_web
from tidewire.compat._websocket_response import WebSocketResponse
from tidewire.test_utils import TestClient, TestServer

METHODS = (
    *(
        "close",
        "ping",
        "pong",
        "prepare",
        "receive",
        "receive_bytes",
        "receive_json",
        "receive_str",
        "send_bytes",
    ),
    *("send_frame", "send_json", "send_json_bytes", "send_str", "write_eof"),
)


@pytest.mark.parametrize("name", METHODS)
def test_methods_are_coroutine_functions(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(WebSocketResponse(), name))


async def test_each_method_does_what_tidewires_does() -> None:
    async def handler(request: tidewire_web.Request) -> tidewire_web.StreamResponse:
        socket = WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(await socket.receive_str())
        await socket.send_bytes(await socket.receive_bytes(timeout=15))
        await socket.send_json(await socket.receive_json())
        await socket.ping(b"1")
        await socket.pong(b"2")
        await socket.send_frame((await socket.receive(15)).data.encode(), tidewire_web.WSMsgType.TEXT)
        await socket.send_json_bytes(None, dumps=lambda _: b"bytes")
        await socket.close(code=4000, message=b"done")
        return socket

    app = tidewire_web.Application()
    app.router.add_get("/", handler)
    async with TestClient(TestServer(app)) as client, client.ws_connect("/") as socket:
        await socket.send_str("text")
        await socket.send_bytes(b"bytes")
        await socket.send_json({"a": 1})
        await socket.send_str("frame")
        found = [(await socket.receive(15)).data for _ in range(6)]
        assert found[:5] == ["text", b"bytes", '{"a": 1}', "frame", "bytes"]
        assert found[5] == 4000
