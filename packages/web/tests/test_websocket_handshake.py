"""Which requests become websockets, and what the others are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Answer, Client, request
from websocket_client import Peer, handshake

import tidewire_web as web
from tidewire_http_parser import LocalProtocolError
from tidewire_web import WebSocketReady, WebSocketResponse

Serve = Callable[..., Awaitable[Client]]


async def closing(request: web.Request) -> WebSocketResponse:
    ws = WebSocketResponse()
    await ws.prepare(request)
    return ws


async def ask(serve_ws: Serve, data: bytes, handler: Any = closing) -> Answer:
    method = data.partition(b" ")[0].decode()
    return await (await serve_ws(handler)).ask(data, method)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (request(), "Upgrade does not name websocket"),
        (handshake(without="Upgrade"), "Upgrade does not name websocket"),
        (handshake("/", "Upgrade: notupgrade", without="Upgrade"), "Upgrade does not name websocket"),
        (handshake(without="Connection"), "Connection does not name upgrade"),
        (handshake("/", "Connection: notupgrade", without="Connection"), "Connection does not name upgrade"),
        (handshake(without="Sec-WebSocket-Version"), "an unsupported version of the protocol"),
        (
            handshake("/", "Sec-WebSocket-Version: 9", without="Sec-WebSocket-Version"),
            "an unsupported version",
        ),
        (handshake("/", "Sec-WebSocket-Version: 13"), "an unsupported version of the protocol"),
        (handshake(without="Sec-WebSocket-Key"), "Sec-WebSocket-Key is not 16 bytes in base64"),
        (handshake(key="AAAA"), "Sec-WebSocket-Key is not 16 bytes in base64"),
        (handshake("/", "Sec-WebSocket-Protocol: a b"), "malformed sec-websocket-protocol"),
        (handshake("/", "Sec-WebSocket-Extensions: ;"), "malformed Sec-WebSocket-Extensions"),
        (handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), "the connection cannot switch protocols"),
        (handshake("/", "Content-Length: 3") + b"abc", "a handshake has no body"),
        (handshake("/", "Transfer-Encoding: chunked") + b"0\r\n\r\n", "a handshake has no body"),
    ],
)
async def test_what_is_no_handshake_is_a_bad_request(serve_ws: Serve, data: bytes, problem: str) -> None:
    answer = await ask(serve_ws, data)
    assert answer.status == 400
    assert answer.text.startswith("400: Bad Request\n\nThis is a websocket, and the request no handshake: ")
    assert problem in answer.text
    assert "Sec-WebSocket-Accept" not in answer.fields


async def test_who_names_no_websocket_is_told_of_it(serve_ws: Serve) -> None:
    answer = await ask(serve_ws, request())
    assert (answer.fields["Upgrade"], answer.fields["Connection"]) == ("websocket", "upgrade")


async def test_who_speaks_another_version_is_told_which_there_are(serve_ws: Serve) -> None:
    answer = await ask(serve_ws, handshake("/", "Sec-WebSocket-Version: 9", without="Sec-WebSocket-Version"))
    assert answer.fields["Sec-WebSocket-Version"] == "13, 8, 7"
    assert "Upgrade" not in answer.fields


@pytest.mark.parametrize("method", ["POST", "HEAD", "FETCH"])
async def test_another_method_than_get_is_not_allowed(serve_ws: Serve, method: str) -> None:
    answer = await ask(serve_ws, handshake(method=method))
    assert (answer.status, answer.fields["Allow"]) == (405, "GET")


async def test_after_a_refusal_the_connection_still_speaks_http(serve_ws: Serve) -> None:
    connection = (await serve_ws(closing)).connect()
    # What looks like a request behind the refused handshake is one (S28).
    connection.send(handshake(key="AAAA") + request("/second"))
    await connection.until(lambda: len(connection.look()) == 2 and connection.answers[1].complete)
    assert [answer.status for answer in connection.answers] == [400, 400]
    assert "Upgrade does not name websocket" in connection.answers[1].text


async def test_a_body_of_a_refused_handshake_is_no_request(serve_ws: Serve) -> None:
    connection = (await serve_ws(closing)).connect()
    smuggled = request("/smuggled")
    connection.send(
        handshake("/", f"Content-Length: {len(smuggled)}") + smuggled + request("/next"), "GET", "GET"
    )
    await connection.until(lambda: len(connection.look()) == 2 and connection.answers[1].complete)
    assert "a handshake has no body" in connection.answers[0].text
    assert "Upgrade does not name websocket" in connection.answers[1].text


async def ready(serve_ws: Serve, data: bytes, ws: WebSocketResponse) -> WebSocketReady:
    seen: list[WebSocketReady] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(ws.can_prepare(request))
        return web.Response(text="plain")

    answer = await ask(serve_ws, data, handler)
    assert (answer.status, answer.text) == (200, "plain")
    return seen[0]


async def test_a_handler_can_ask_whether_a_request_is_a_handshake(serve_ws: Serve) -> None:
    found = await ready(
        serve_ws, handshake(protocols=["c", "b", "a"]), WebSocketResponse(protocols=["a", "b"])
    )
    assert found == WebSocketReady(True, "b")
    assert found
    found = await ready(serve_ws, handshake(protocols=["c"]), WebSocketResponse(protocols=["a", "b"]))
    assert found == WebSocketReady(True, None)


@pytest.mark.parametrize(
    "data",
    [request(), handshake(key="A"), handshake(method="POST"), handshake("/", "Content-Length: 1") + b"a"],
)
async def test_asking_never_fails(serve_ws: Serve, data: bytes) -> None:
    found = await ready(serve_ws, data, WebSocketResponse())
    assert found == WebSocketReady(False, None)
    assert not found


async def test_one_handler_for_both(serve_ws: Serve) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        ws = WebSocketResponse()
        if not ws.can_prepare(request):
            return web.Response(text="plain")
        await ws.prepare(request)
        with pytest.raises(RuntimeError, match="prepared already"):
            ws.can_prepare(request)
        await ws.send_str("socket")
        return ws

    client = await serve_ws(handler)
    assert (await client.get()).text == "plain"
    peer = await Peer.open(client)
    assert await peer.hear(2) == [(1, "socket"), (8, 1000)]


async def test_a_subprotocol_that_is_no_token_fails(serve_ws: Serve) -> None:
    failures: list[Exception] = []

    async def handler(request: web.Request) -> web.Response:
        for attempt in (WebSocketResponse(protocols=["a\r\nb"]), WebSocketResponse(protocols=["a b"])):
            with pytest.raises(LocalProtocolError) as failure:
                await attempt.prepare(request)
            failures.append(failure.value)
        return web.Response()

    assert (await ask(serve_ws, handshake(), handler)).status == 200
    assert len(failures) == 2
