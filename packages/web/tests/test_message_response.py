"""What handlers do with a websocket that was agreed on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import SOCKET, Client
from websocket_client import Peer
from websocket_handlers import Handler, echo

import tidewire_web as web
from tidewire_web import WebSocketResponse, WSCloseCode, WSMsgType
from tidewire_websocket import serialise_pong

Serve = Callable[..., Awaitable[Client]]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


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
