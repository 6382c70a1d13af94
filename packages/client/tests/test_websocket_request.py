from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fake_time import in_fake_time, in_memory
from forward_proxy import ForwardProxy
from service import Seen, Service
from websocket_service import Server

from tidewire_client import (
    ClientSession,
    ClientTimeout,
    ClientWSTimeout,
    DeflateOptions,
    TotalTimeoutError,
    WSServerHandshakeError,
)
from tidewire_client._client_request import ClientRequest
from tidewire_client._websocket_request import WebSocketParameters, sorted_out
from tidewire_http_parser import LocalProtocolError


def test_arguments_are_sorted_out() -> None:
    own, rest = sorted_out({"protocols": ["a"], "compress": 15, "params": "b=1", "ssl": False})
    assert own == WebSocketParameters(protocols=["a"], compress=15)
    assert rest == {"params": "b=1", "ssl": False}


@pytest.mark.parametrize(
    "name", ["data", "json", "chunked", "expect100", "no_such_thing", "raise_for_status"]
)
async def test_others_are_refused(session: ClientSession, name: str) -> None:
    with pytest.raises(TypeError, match=name):
        await session.ws_connect("ws://127.0.0.1/", method="GET", **{name: True})


@pytest.mark.parametrize("bits", [1, 8, 16, -1])
def test_windows_have_limits(bits: int) -> None:
    with pytest.raises(ValueError, match="9 to 15 bits"):
        WebSocketParameters(compress=bits).deflate()


def test_how_a_websocket_behaves() -> None:
    own = WebSocketParameters(
        timeout=ClientWSTimeout(ws_receive=3), heartbeat=0.0, autoping=False, max_msg_size=7
    )
    options = own.options(DeflateOptions(level=9))
    assert (options.close_timeout, options.receive_timeout, options.heartbeat) == (10.0, 3, None)
    assert (options.autoping, options.max_msg_size, options.deflate.level) == (False, 7, 9)
    with pytest.raises(TypeError):
        WebSocketParameters(timeout="1").options(None)  # type: ignore[arg-type]


def test_old_arguments_are_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match="ws_receive"):
        own, _ = sorted_out({"receive_timeout": 3.0})
    assert own.options(None).receive_timeout == 3.0
    with pytest.warns(DeprecationWarning, match="ws_close"):
        own, _ = sorted_out({"timeout": 2.0})
    assert own.options(None).close_timeout == 2.0


async def test_what_the_handshake_says(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(
        service.url("/ws"),
        params={"q": "1"},
        headers={"X-Mine": "yes", "Sec-WebSocket-Key": "mine", "Sec-WebSocket-Version": "8"},
        cookies={"a": "1"},
        origin="https://example.com",
        protocols=("chat", "talk"),
        compress=12,
    ):
        pass
    seen = service.last
    assert (seen.method, seen.target, seen.body) == ("GET", "/ws?q=1", b"")
    headers = seen.headers
    assert headers["Upgrade"] == "websocket"
    assert headers["Connection"] == "Upgrade"
    assert headers["X-Mine"] == "yes"
    assert headers.getall("Sec-WebSocket-Version") == ["8"]
    assert len(headers["Sec-WebSocket-Key"]) == 24
    assert headers["Origin"] == "https://example.com"
    assert headers["Sec-WebSocket-Protocol"] == "chat, talk"
    assert headers["Sec-WebSocket-Extensions"] == "permessage-deflate; client_max_window_bits=12"
    assert headers["Cookie"] == "a=1"
    assert "Content-Length" not in headers


async def test_the_server_chooses_a_protocol(service: Service, session: ClientSession) -> None:
    Server(service, protocols=("talk", "other"))
    async with session.ws_connect(service.url("/ws"), protocols=["chat", "talk"]) as ws:
        assert ws.protocol == "talk"
    async with session.ws_connect(service.url("/ws")) as ws:
        assert ws.protocol is None


async def test_a_protocol_is_a_token(session: ClientSession) -> None:
    with pytest.raises(LocalProtocolError):
        await session.ws_connect("ws://127.0.0.1/", protocols=["a b"])


async def test_an_answer_that_is_no_handshake(service: Service, session: ClientSession) -> None:
    service.on("/ws", lambda seen: seen.answer(403, b"not for you", X_Why="because"))
    service.redirect("/from", "/ws")
    with pytest.raises(WSServerHandshakeError) as caught:
        await session.ws_connect(service.url("/from"))
    error = caught.value
    assert (error.status, error.body) == (403, b"not for you")
    assert error.message == "Invalid response status: Forbidden"
    assert error.headers is not None
    assert error.headers["X-Why"] == "because"
    assert [response.status for response in error.history] == [302]
    assert error.request_info.url == service.url("/ws")
    # The connection was kept.
    async with session.get(service.url()):
        pass
    assert service.made == 1


async def test_a_status_error_of_the_session_gives_way(service: Service) -> None:
    async with ClientSession(raise_for_status=True) as session:
        service.on("/ws", lambda seen: seen.answer(500))
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(service.url("/ws"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Upgrade": "other"}, "Upgrade"),
        ({"Sec-WebSocket-Accept": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "Sec-WebSocket-Accept"),
        ({"Sec-WebSocket-Accept": None}, "Sec-WebSocket-Accept"),
        ({"Sec-WebSocket-Protocol": "chat"}, "subprotocol"),
        ({"Sec-WebSocket-Extensions": "permessage-deflate"}, "extension"),
    ],
)
async def test_a_handshake_that_is_wrong(
    service: Service, session: ClientSession, fields: Any, message: str
) -> None:
    Server(service, fields=fields)
    with pytest.raises(WSServerHandshakeError, match=message) as caught:
        await session.ws_connect(service.url("/ws"))
    assert caught.value.status == 101
    while service.open:  # noqa: ASYNC110 - the connection is closed
        await asyncio.sleep(0)


async def test_redirects_are_followed(service: Service, session: ClientSession) -> None:
    Server(service)
    service.redirect("/from", "/ws")
    async with session.ws_connect(service.url("/from")) as ws:
        assert [response.status for response in ws.response.history] == [302]
        await ws.send_str("a")
        assert await ws.receive_str() == "a"


async def test_middlewares_see_the_handshake(service: Service, session: ClientSession) -> None:
    async def sign(request: ClientRequest, handler: Any) -> Any:
        request.headers["X-Signed"] = "yes"
        return await handler(request)

    Server(service)
    async with session.ws_connect(service.url("/ws"), middlewares=[sign]):
        assert service.last.headers["X-Signed"] == "yes"


@pytest.mark.parametrize("scheme", ["ws", "wss"])
async def test_schemes_of_websockets(contexts: Any, session: ClientSession, scheme: str) -> None:
    service = Service()
    await service.start(ssl=contexts[0] if scheme == "wss" else None)
    Server(service)
    try:
        url = service.url("/ws").with_scheme(scheme)
        async with session.ws_connect(url, ssl=contexts[1]) as ws:
            await ws.send_str("a")
            assert await ws.receive_str() == "a"
            assert (ws.get_extra_info("ssl_object") is not None) is (scheme == "wss")
    finally:
        await service.stop()


async def test_it_goes_through_a_tunnel_of_a_proxy(
    service: Service, session: ClientSession, start_proxy: Any
) -> None:
    proxy: ForwardProxy = await start_proxy()
    Server(service)
    url = service.url("/ws").with_scheme("ws")
    async with session.ws_connect(url, proxy=proxy.url) as ws:
        await ws.send_str("a")
        assert await ws.receive_str() == "a"


@in_fake_time
async def test_the_total_time_is_for_the_handshake() -> None:
    async def never(seen: Seen) -> None:
        await asyncio.Event().wait()

    async with in_memory(timeout=ClientTimeout(total=0.02)) as (service, session):
        service.on("/ws", never)
        with pytest.raises(TotalTimeoutError):
            await session.ws_connect(service.url("/ws"))


async def test_a_handshake_that_is_cancelled_leaves_nothing(service: Service, session: ClientSession) -> None:
    arrived = asyncio.Event()

    async def never(seen: Seen) -> None:
        arrived.set()
        await asyncio.Event().wait()

    service.on("/ws", never)
    task = asyncio.ensure_future(_open(session, service))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while "0 connections" not in repr(session.connector):  # noqa: ASYNC110
        await asyncio.sleep(0)


async def _open(session: ClientSession, service: Service) -> None:
    await session.ws_connect(service.url("/ws"))


async def test_one_that_is_not_awaited_can_be_closed(session: ClientSession) -> None:
    session.ws_connect("ws://127.0.0.1/").close()
