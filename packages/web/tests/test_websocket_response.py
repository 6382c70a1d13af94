"""Websockets as handlers know them."""

from __future__ import annotations

import asyncio
import json
import logging
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import SOCKET, Client
from websocket_client import Peer, connect, handshake

import tidewire_web as web
from tidewire_http_parser import LocalProtocolError
from tidewire_web import DeflateOptions, WebSocketResponse, WSCloseCode, WSMsgType
from tidewire_websocket import serialise_message, serialise_pong

Serve = Callable[..., Awaitable[Client]]
Work = Callable[[WebSocketResponse], Awaitable[Any]]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Handler:
    """Does some work with a websocket, and keeps what came of it."""

    def __init__(self, work: Work, **options: Any) -> None:
        self.work = work
        self.options = options
        self.ws = WebSocketResponse()
        self.result: Any = None
        self.ended = False

    async def __call__(self, request: web.Request) -> WebSocketResponse:
        self.ws = ws = WebSocketResponse(**self.options)
        await ws.prepare(request)
        try:
            self.result = await self.work(ws)
        finally:
            self.ended = True
        return ws


async def echo(ws: WebSocketResponse) -> list[Any]:
    """Send everything back; return what came."""
    seen = []
    async for message in ws:
        seen.append(message.data)
        if message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    return seen


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


async def test_a_websocket_is_no_body(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> None:
        for attempt in (ws.write(b"x"), ws.write_eof(b"x"), ws.flush()):
            with pytest.raises(RuntimeError, match="no body"):
                await attempt
        with pytest.raises(RuntimeError, match="after the head was sent"):
            ws.set_status(200)

    handler = Handler(work)
    peer = await Peer.open(await serve_ws(handler))
    assert await peer.hear() == [(CLOSE, 1000)]


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


# Messages.


async def test_messages_of_every_kind(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> list[Any]:
        found: list[Any] = [await ws.receive(), await ws.receive_str(), await ws.receive_bytes()]
        found += [await ws.receive_json(), await ws.receive_json(loads=len), await anext(ws)]
        await ws.send_str("text")
        await ws.send_bytes(bytearray(b"bytes"), compress=0)
        await ws.send_json({"a": 1})
        await ws.send_json([1], dumps=lambda data: f"!{data}")
        await ws.send_json_bytes({"b": 2}, dumps=lambda data: json.dumps(data).encode())
        await ws.send_frame(b"frame", WSMsgType.TEXT)
        await ws.ping(b"p")
        await ws.pong("q")
        async with ws.send_stream(WSMsgType.TEXT) as stream:
            await stream.write("str")
            await stream.write("eam")
        return found

    handler = Handler(work)
    peer = await Peer.open(await serve_ws(handler))
    peer.send("1", "2", b"3", "[4]", "five", "6")
    assert await peer.hear(10) == [
        (TEXT, "text"),
        (BINARY, b"bytes"),
        (TEXT, '{"a": 1}'),
        (TEXT, "![1]"),
        (TEXT, '{"b": 2}'),
        (TEXT, "frame"),
        (PING, b"p"),
        (PONG, b"q"),
        (TEXT, "stream"),
        (CLOSE, 1000),
    ]
    first, *others, last = handler.result
    assert (first, last) == ((WSMsgType.TEXT, "1", ""), (WSMsgType.TEXT, "6", ""))
    assert first.json() == 1
    assert others == ["2", b"3", [4], 4]


async def test_a_message_of_another_kind_is_a_type_error(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> None:
        with pytest.raises(web.WSMessageTypeError, match="TEXT expected; got BINARY"):
            await ws.receive_str()
        with pytest.raises(TypeError, match="BINARY expected; got TEXT"):
            await ws.receive_bytes()
        with pytest.raises(TypeError, match="str expected"):
            await ws.send_str(b"x")  # type: ignore[arg-type]

    handler = Handler(work)
    peer = await Peer.open(await serve_ws(handler))
    peer.send(b"x", "y")
    assert await peer.hear() == [(CLOSE, 1000)]


async def test_the_options_hold(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> list[Any]:
        with pytest.raises(TimeoutError):
            await ws.receive()
        with pytest.raises(TimeoutError):
            await ws.receive(timeout=0.001)
        peer.ping(b"shown")
        peer.send("text")
        found = [await ws.receive(), await ws.receive()]
        peer.send("too long!")
        found.append(await ws.receive())
        assert isinstance(ws.exception(), web.WebSocketError)
        return found

    handler = Handler(work, receive_timeout=0.001, autoping=False, decode_text=False, max_msg_size=8)
    peer = await Peer.open(await serve_ws(handler))
    assert await peer.hear() == [(CLOSE, WSCloseCode.MESSAGE_TOO_BIG)]
    ping, text, error = handler.result
    assert (ping.type, ping.data) == (WSMsgType.PING, b"shown")
    assert text.data == b"text"
    assert (error.type, error.data.code) == (WSMsgType.ERROR, 1009)
    assert handler.ws.close_code == 1009


@pytest.mark.parametrize("off", [None, 0])
async def test_times_of_none_and_0_are_none(serve_ws: Serve, off: float | None) -> None:
    handler = Handler(echo, receive_timeout=off, heartbeat=off)
    peer = await Peer.open(await serve_ws(handler))
    await peer.settle()
    peer.send("x")
    assert await peer.hear() == [(TEXT, "x")]


async def test_a_huge_message_comes_in_pieces(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> tuple[int, object]:
        stream = await ws.receive_stream()
        assert stream is not None
        size = 0
        async for piece in stream:
            size += len(piece)
        return size, await ws.receive_stream()

    handler = Handler(work, streaming=True, max_msg_size=1000)
    peer = await Peer.open(await serve_ws(handler))
    peer.send(bytes(100_000))
    peer.close()
    await peer.connection.until(lambda: handler.ended)
    assert handler.result == (100_000, None)


async def test_what_is_known_of_the_connection(serve_ws: Serve) -> None:
    handler = Handler(echo)
    await Peer.open(await serve_ws(handler))
    assert handler.ws.get_extra_info("sockname") == SOCKET
    assert handler.ws.get_extra_info("nothing", "default") == "default"
    assert repr(handler.ws) == "<WebSocketResponse open>"


async def test_the_distance_of_a_client_is_measured(serve_ws: Serve) -> None:
    handler = Handler(echo)
    peer = await Peer.open(await serve_ws(handler))
    task = asyncio.create_task(handler.ws.measure_latency())
    ((kind, payload),) = await peer.hear()
    assert kind == PING
    peer.transport.feed(serialise_pong(payload, masked=True))
    assert await task == handler.ws.latency


# Tasks.


async def test_one_task_at_a_time_receives(serve_ws: Serve) -> None:
    handler = Handler(echo)
    peer = await Peer.open(await serve_ws(handler))
    for attempt in (handler.ws.receive, handler.ws.receive_str, lambda: anext(handler.ws)):
        with pytest.raises(RuntimeError, match="another task is receiving"):
            await attempt()
    with pytest.raises(RuntimeError, match="another task is receiving"):
        await anext(aiter(handler.ws))
    peer.send("x")
    assert await peer.hear() == [(TEXT, "x")]


async def test_any_task_may_send_and_close(serve_ws: Serve) -> None:
    handler = Handler(echo)
    peer = await Peer.open(await serve_ws(handler))
    await asyncio.gather(*[handler.ws.send_str(str(number)) for number in range(5)])
    assert peer.look() == [(TEXT, str(number)) for number in range(5)]
    closers = [asyncio.create_task(handler.ws.close(code=4000, message="bye")) for _ in range(2)]
    assert await peer.hear() == [(CLOSE, 4000)]
    peer.close(4000)
    assert sorted([await closer for closer in closers]) == [False, True]
    await peer.settle()
    assert handler.ended
    assert (handler.ws.closed, handler.ws.close_code) == (True, 4000)
    with pytest.raises(web.WebSocketClosed):
        await handler.ws.send_str("late")


async def test_the_reader_is_told_that_another_task_closes(serve_ws: Serve) -> None:
    async def work(ws: WebSocketResponse) -> list[int]:
        return [(await ws.receive()).type, (await ws.receive()).type]

    handler = Handler(work)
    peer = await Peer.open(await serve_ws(handler))
    closer = asyncio.create_task(handler.ws.close())
    await peer.hear()
    peer.close()
    assert await closer
    assert handler.result == [WSMsgType.CLOSING, WSMsgType.CLOSED]


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
