"""Handshakes that become websockets, and what is left of them when their handlers end."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Client
from websocket_client import Peer, connect, handshake
from websocket_handlers import Handler, Work, echo

import tidewire_web as web
from tidewire_http_parser import LocalProtocolError
from tidewire_web import DeflateOptions, WebSocketResponse, WSCloseCode, WSMsgType
from tidewire_websocket import serialise_message

Serve = Callable[..., Awaitable[Client]]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it is not ours to tell
            await asyncio.sleep(0)


# The head.


async def test_the_head_of_the_answer(serve_ws: Serve) -> None:
    async def handler(request: web.Request) -> WebSocketResponse:
        ws = WebSocketResponse(protocols=["chat"])
        ws.headers["X-Mine"] = "1"
        ws.headers["Content-Length"] = "5"
        ws.headers["Sec-WebSocket-Extensions"] = "x-unknown"
        ws.set_cookie("name", "value")
        await ws.prepare(request)
        return ws

    peer = await Peer.open(await serve_ws(handler), protocols=["other", "chat"])
    fields = {name: value for name, value in peer.fields.items() if name not in ("date", "server")}
    assert peer.head.status == 101
    assert {"date", "server"} < peer.fields.keys()
    assert fields.pop("sec-websocket-accept")
    assert fields == {
        "upgrade": "websocket",
        "connection": "upgrade",
        "sec-websocket-protocol": "chat",
        "x-mine": "1",
        "set-cookie": "name=value; Path=/",
    }


async def test_receivers_of_on_response_prepare_may_change_the_head_but_for_the_handshake(
    serve_ws: Serve,
) -> None:
    seen: list[str] = []

    async def change(request: web.Request, response: web.StreamResponse) -> None:
        seen.extend((str(response.status), response.headers["Upgrade"], response.headers["Connection"]))
        response.headers["X-Added"] = "1"
        response.headers["Connection"] = "close"
        response.headers["Sec-WebSocket-Extensions"] = "permessage-deflate"
        del response.headers["Upgrade"]
        response.set_cookie("late", "1")
        response.enable_compression()
        response.force_close()

    app = web.Application()
    app.router.add_get("/", Handler(echo))
    app.on_response_prepare.append(change)
    peer = await Peer.open(await serve_ws(app))
    assert seen == ["101", "websocket", "upgrade"]
    assert peer.fields["x-added"] == "1"
    assert peer.fields["set-cookie"] == "late=1; Path=/"
    assert "content-encoding" not in peer.fields
    peer.send("x")
    assert await peer.hear() == [(TEXT, "x")]


async def test_a_receiver_that_fails_leaves_the_request_to_be_answered_otherwise(serve_ws: Serve) -> None:
    async def refuse(request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, WebSocketResponse):
            raise web.HTTPForbidden

    ws = WebSocketResponse()

    async def handler(request: web.Request) -> WebSocketResponse:
        await ws.prepare(request)
        return ws

    app = web.Application()
    app.router.add_get("/", handler)
    app.on_response_prepare.append(refuse)
    connection = (await serve_ws(app)).connect()
    answer = await connection.ask(handshake())
    assert answer.status == 403
    assert not ws.prepared


@pytest.mark.parametrize("offered", [True, False])
@pytest.mark.parametrize("compress", [True, False, DeflateOptions(window_bits=10, context_takeover=False)])
async def test_compression_is_used_where_both_sides_want_it(
    serve_ws: Serve, offered: bool, compress: bool | DeflateOptions
) -> None:
    handler = Handler(echo, compress=compress)
    assert WebSocketResponse(compress=compress).compress == bool(compress)
    peer = await Peer.open(await serve_ws(handler), deflate=DeflateOptions() if offered else None)
    agreed = bool(offered and compress)
    assert (handler.ws.ws_compression is not None) == agreed
    assert ("sec-websocket-extensions" in peer.fields) == agreed
    bits = 10 if isinstance(compress, DeflateOptions) else 15
    assert handler.ws.compress == (bits if agreed else 0)


@pytest.mark.parametrize("offered", [["other"], ["other", "another"]])
async def test_no_common_subprotocol_is_worth_a_warning(
    serve_ws: Serve, offered: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    handler = Handler(echo, protocols=["chat"])
    client = await serve_ws(handler)
    assert (await Peer.open(client)).agreed.protocol is None
    assert caplog.records == []
    peer = await Peer.open(client, protocols=offered)
    assert "sec-websocket-protocol" not in peer.fields
    assert handler.ws.ws_protocol is None
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "none of ('chat',)" in record.getMessage()


async def test_frames_that_come_with_the_handshake_are_received(serve_ws: Serve) -> None:
    peer = await Peer.open(await serve_ws(Handler(echo)), rest=serialise_message("early", masked=True))
    assert await peer.hear() == [(TEXT, "early")]


# One response, one request.


async def test_before_it_is_prepared_nothing_can_be_done() -> None:
    ws = WebSocketResponse()
    assert (ws.prepared, ws.closed, ws.close_code, ws.ws_protocol, ws.exception()) == (False,) * 2 + (
        None,
    ) * 3
    assert (ws.ws_compression, ws.latency, ws.keep_alive, ws.compress) == (None, None, None, True)
    assert ws.get_extra_info("peername") is None
    assert ws.get_extra_info("peername", "x") == "x"
    assert (ws.status, ws.reason, repr(ws)) == (
        101,
        "Switching Protocols",
        "<WebSocketResponse not prepared>",
    )
    attempts: list[Callable[[], Any]] = [
        ws.receive,
        ws.receive_str,
        ws.receive_bytes,
        ws.receive_json,
        ws.receive_stream,
        lambda: anext(ws),
        lambda: ws.send_str("x"),
        lambda: ws.send_bytes(b"x"),
        lambda: ws.send_json({}),
        lambda: ws.send_json_bytes({}, dumps=lambda data: b"{}"),
        lambda: ws.send_frame(b"x", WSMsgType.TEXT),
        ws.send_stream,
        ws.ping,
        ws.pong,
        ws.measure_latency,
        ws.close,
        ws.wait_closed,
        ws.write_eof,
    ]
    for attempt in attempts:
        with pytest.raises(RuntimeError, match="not prepared"):
            await attempt()
    with pytest.raises(RuntimeError, match="not prepared"):
        aiter(ws)
    assert ws
    assert len({ws, WebSocketResponse()}) == 2
    assert len(weakref.WeakSet([ws])) == 1


async def test_preparing_it_again_for_the_same_request_is_nothing(serve_ws: Serve) -> None:
    async def handler(request: web.Request) -> WebSocketResponse:
        ws = WebSocketResponse()
        await ws.prepare(request)
        await ws.prepare(request)
        assert ws.prepared
        assert ws.keep_alive is False
        assert ws.task is asyncio.current_task()
        return ws

    peer = await Peer.open(await serve_ws(handler))
    assert await peer.hear() == [(CLOSE, 1000)]


async def test_it_answers_one_request_only(serve_ws: Serve) -> None:
    ws = WebSocketResponse()
    failures: list[str] = []

    async def handler(request: web.Request) -> WebSocketResponse:
        try:
            await ws.prepare(request)
        except RuntimeError as failure:
            failures.append(str(failure))
            raise web.HTTPConflict from failure
        async for _ in ws:
            pass
        return ws

    client = await serve_ws(handler)
    await Peer.open(client)
    with pytest.raises(Exception, match="not switched protocols"):
        await Peer.open(client)
    assert failures == ["<WebSocketResponse open> answers another request already; make a new one for each"]


# Iterating.


async def test_a_subclass_receives_in_its_own_way(serve_ws: Serve) -> None:
    class Loud(WebSocketResponse):
        async def receive(self, timeout: float | None = None) -> web.WSMessage:
            message = await super().receive(timeout)
            if message.type is WSMsgType.TEXT:
                return message._replace(data=message.data.upper())
            return message

    async def handler(request: web.Request) -> WebSocketResponse:
        ws = Loud()
        await ws.prepare(request)
        await echo(ws)
        return ws

    peer = await Peer.open(await serve_ws(handler))
    peer.send("x")
    assert await peer.hear() == [(TEXT, "X")]
    peer.close()
    assert await peer.hear() == [(CLOSE, 1000)]


# The end.


async def test_the_client_closes(serve_ws: Serve) -> None:
    handler = Handler(echo)
    peer = await Peer.open(await serve_ws(handler))
    peer.send("x")
    peer.close(3000, "enough")
    assert await peer.hear(2) == [(TEXT, "x"), (CLOSE, 3000)]
    await peer.settle()
    assert peer.transport.lost
    assert handler.ended
    assert handler.result == ["x"]
    assert handler.ws.close_code == 3000
    assert repr(handler.ws) == "<WebSocketResponse closed>"


async def test_a_lost_connection_ends_receiving_and_the_handler_goes_on(serve_ws: Serve) -> None:
    done: list[str] = []

    async def work(ws: WebSocketResponse) -> None:
        async for _ in ws:
            pass
        await asyncio.sleep(0)
        with pytest.raises(ConnectionResetError):
            await ws.send_str("x")
        done.append("cleaned up")

    handler = Handler(work)
    peer = await Peer.open(await serve_ws(handler))
    peer.transport.lose(ConnectionResetError())
    await peer.settle()
    assert done == ["cleaned up"]
    assert (handler.ws.closed, handler.ws.close_code) == (True, 1006)
    assert isinstance(handler.ws.exception(), ConnectionResetError)


async def test_a_handler_that_returns_it_has_closed_it(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> None:
        await ws.send_str("last")

    handler = Handler(work)
    peer = await Peer.open(await serve_ws(handler))
    assert await peer.hear(2) == [(TEXT, "last"), (CLOSE, 1000)]
    assert not peer.transport.is_closing()
    peer.close()
    await peer.settle()
    assert peer.transport.lost


async def test_a_client_that_does_not_answer_a_close_frame_is_cut_off(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> None:
        await ws.close()

    handler = Handler(work, timeout=0.01)
    peer = await Peer.open(await serve_ws(handler))
    await until(lambda: handler.ended)
    assert peer.transport.was_reset
    assert handler.ws.close_code == WSCloseCode.ABNORMAL_CLOSURE


async def fail(ws: WebSocketResponse) -> None:
    raise ValueError("a bug")


async def raise_response(ws: WebSocketResponse) -> None:
    raise web.HTTPForbidden


@pytest.mark.parametrize("work", [fail, raise_response])
async def test_a_handler_that_fails_closes_it_with_an_internal_error(
    serve_ws: Serve, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    peer = await Peer.open(await serve_ws(Handler(work, timeout=0.01)))
    assert await peer.hear() == [(CLOSE, WSCloseCode.INTERNAL_ERROR)]
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "Error handling request" in record.getMessage()
    await until(peer.transport.is_closing)


async def test_a_handler_that_returns_something_else_closes_it_too(serve_ws: Serve) -> None:
    async def handler(request: web.Request) -> None:
        await WebSocketResponse().prepare(request)

    peer = await Peer.open(await serve_ws(handler))
    assert await peer.hear() == [(CLOSE, WSCloseCode.INTERNAL_ERROR)]
    peer.close()
    await peer.settle()
    assert peer.transport.lost


async def test_a_handler_that_was_cancelled_says_that_it_goes_away(serve_ws: Serve) -> None:
    handler = Handler(echo)
    peer = await Peer.open(await serve_ws(handler))
    assert handler.ws.task is not None
    handler.ws.task.cancel()
    assert await peer.hear() == [(CLOSE, WSCloseCode.GOING_AWAY)]
    assert handler.ended


async def test_a_code_that_may_not_be_sent_is_refused(serve_ws: Serve) -> None:
    handler = Handler(echo)
    await Peer.open(await serve_ws(handler))
    with pytest.raises(LocalProtocolError):
        await handler.ws.close(code=1006)
    assert not handler.ws.closed


async def test_one_record_of_it_is_in_the_access_log(
    serve_ws: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "tidewire.access"):
        peer = await Peer.open(await serve_ws(Handler(echo)), "/", "User-Agent: test")
        peer.send("x")
        await peer.hear()
        assert caplog.records == []
        peer.close()
        await peer.settle()
    (record,) = [record for record in caplog.records if record.name == "tidewire.access"]
    assert '"GET / HTTP/1.1" 101 ' in record.getMessage()


@pytest.mark.parametrize("deflate", [None, DeflateOptions()])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 1_048_576])
async def test_over_a_real_connection(deflate: DeflateOptions | None, size: int) -> None:
    handler = Handler(echo, heartbeat=10.0)
    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        client = await connect(site.port, deflate=deflate)
        await client.send_str("ü" * (size // 2))
        assert await client.receive_str() == "ü" * (size // 2)
        await client.send_bytes(bytes(size))
        assert await client.receive_bytes() == bytes(size)
        assert await client.close(code=4001)
        assert client.close_code == 4001
        await until(lambda: handler.ended)
        assert handler.ws.close_code == 4001
    finally:
        await runner.cleanup()
