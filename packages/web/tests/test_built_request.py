"""Requests that are made without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_web import (
    Application,
    BaseRequest,
    HTTPRequestEntityTooLarge,
    Request,
    Response,
    StreamResponse,
    WebSocketResponse,
    middleware,
)


def test_its_head_can_be_looked_at_without_an_event_loop() -> None:
    request = BaseRequest.build("GET", "/a%20b?c=d", headers={"X-Name": "value", "Cookie": "e=f"})
    assert type(request) is BaseRequest
    assert (request.method, request.path, request.query["c"]) == ("GET", "/a b", "d")
    assert dict(request.headers) == {"X-Name": "value", "Cookie": "e=f"}
    assert request.cookies == {"e": "f"}
    assert request.version == (1, 1)
    assert (request.host, request.remote, request.scheme) == ("127.0.0.1:80", "127.0.0.1", "http")
    assert not request.body_exists


@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
def test_what_is_known_of_connection_and_message_is_obeyed(version: tuple[int, int]) -> None:
    info = {"peername": ("192.0.2.1", 1), "ssl_object": object()}
    request = BaseRequest.build("GET", "/", headers=[("Host", "example.com")], version=version, info=info)
    assert request.version == version
    assert request.keep_alive is (version == (1, 1))
    assert (request.host, request.remote, request.scheme) == ("example.com", "192.0.2.1", "https")


def test_a_class_of_ones_own_is_built() -> None:
    class Own(Request):
        pass

    assert type(Own.build("GET", "/", match_info={"a": "b"})) is Own
    assert Own.build("GET", "/", match_info={"a": "b"}).match_info["a"] == "b"


def test_the_application_is_known() -> None:
    app = Application()
    assert Request.build("GET", "/", app=app).app is app
    with pytest.raises(RuntimeError, match="without an application"):
        _ = Request.build("GET", "/").app


async def test_bodies_are_read_as_those_of_a_server() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert dict(await BaseRequest.build("POST", "/", headers=form, body=b"a=1&b=2").post()) == {
        "a": "1",
        "b": "2",
    }
    assert await BaseRequest.build("POST", "/", body=b'{"a": 1}').json() == {"a": 1}
    assert await BaseRequest.build("POST", "/", body=b"streamed").content.read() == b"streamed"


async def test_limits_are_obeyed() -> None:
    with pytest.raises(HTTPRequestEntityTooLarge):
        await BaseRequest.build("POST", "/", body=b"12345", client_max_size=4).read()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = BaseRequest.build("POST", "/", headers=form, body=b"a=1&b=2", client_max_fields=1)
    with pytest.raises(HTTPRequestEntityTooLarge):
        await request.post()


async def test_it_can_be_answered() -> None:
    request = BaseRequest.build("GET", "/")
    transport: Any = request.exchange.info("transport")
    response = Response(text="hello")
    await response.prepare(request)
    await response.write_eof()
    await asyncio.sleep(0)
    assert (request.exchange.status, request.exchange.finished) == (200, True)
    assert b"\r\nContent-Length: 5\r\n" in transport.written


async def test_it_can_be_answered_in_pieces() -> None:
    request = BaseRequest.build("GET", "/")
    response = StreamResponse()
    await response.prepare(request)
    transport: Any = request.exchange.info("transport")
    await response.write(b"one")
    await response.write_eof(b"two")
    await asyncio.sleep(0)
    assert transport.written.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
    assert b"\r\nDate: " in transport.written


async def test_an_application_can_handle_it() -> None:
    @middleware
    async def noting(request: Request, handler: Any) -> Any:
        response = await handler(request)
        response.headers["X-Noted"] = request.path
        return response

    async def hello(request: Request) -> Response:
        return Response(text=request.match_info["name"])

    app = Application(middlewares=[noting])
    app.router.add_get("/{name}", hello)
    app.freeze()
    response = await app.handle(Request.build("GET", "/Ada", app=app))
    assert (response.text, response.headers["X-Noted"]) == ("Ada", "/Ada")


async def test_a_websocket_can_be_asked_for() -> None:
    fields = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    ready = WebSocketResponse().can_prepare(Request.build("GET", "/", headers=fields))
    assert ready.ok
    assert not WebSocketResponse().can_prepare(Request.build("GET", "/")).ok


@pytest.mark.parametrize(
    ("method", "target", "options"),
    [
        ("G T", "/", {}),
        ("GET", "/ ", {}),
        ("GET", "/", {"headers": {"A B": "c"}}),
        ("GET", "/", {"headers": {"Content-Length": "x"}}),
        ("GET", "/", {"version": (2, 0)}),
    ],
)
def test_what_a_server_would_refuse_is_refused(method: str, target: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="refuse"):
        BaseRequest.build(method, target, **options)


def test_a_field_cannot_bring_another_one() -> None:
    with pytest.raises(ValueError, match="line break"):
        BaseRequest.build("GET", "/", headers={"A": "a\r\nB: c"})
