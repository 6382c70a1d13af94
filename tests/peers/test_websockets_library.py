"""The `websockets` library as client and as server, over real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tidewire_http_io import Acceptor, ClientConnection, ClientOptions, ServerExchange, Sweep
from tidewire_websocket import (
    DeflateAgreement,
    DeflateOptions,
    WSHandshakeError,
    WSMsgType,
    answer_handshake,
    check_handshake,
    handshake_fields,
    new_key,
)
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions, broadcast

websockets = pytest.importorskip("websockets", reason="needs the `websockets` library")

MESSAGES: list[str | bytes] = [
    "hello",
    "ü€😀" * 100,
    b"\x00\xff" * 5000,
    "",
    b"",
    "x" * 126,
    b"y" * 65536,
    "z" * 1_048_576,
]
OPTIONS = WebSocketOptions(max_msg_size=4_000_000)


class EchoServer:
    """A server of websockets over http-io."""

    def __init__(self, deflate: DeflateOptions | None) -> None:
        self.deflate = deflate
        self.sockets: set[WebSocket] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.codes: list[int | None] = []

    def __call__(self, exchange: ServerExchange) -> None:
        task = asyncio.get_running_loop().create_task(self.serve(exchange))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def serve(self, exchange: ServerExchange) -> None:
        try:
            handshake = answer_handshake(
                exchange.head.method, exchange.head.fields, protocols=("echo",), deflate=self.deflate
            )
        except WSHandshakeError as error:
            exchange.respond(error.status, None, list(error.fields), str(error).encode())
            return
        socket = WebSocket(
            exchange.accept_tunnel(101, handshake.fields),
            server=True,
            options=OPTIONS,
            protocol=handshake.protocol,
            deflate=handshake.deflate,
        )
        self.sockets.add(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await socket.send_bytes(message.data)
        self.codes.append(socket.close_code)


@pytest.fixture(params=[None, DeflateOptions(), DeflateOptions(window_bits=9, context_takeover=False)])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[tuple[EchoServer, int]]:
    """A server and its port."""
    loop = asyncio.get_running_loop()
    service = EchoServer(request.param)
    acceptor: Any = Acceptor(service, loop=loop)
    listening = await loop.create_server(acceptor, "127.0.0.1", 0)
    yield service, listening.sockets[0].getsockname()[1]
    listening.close()
    acceptor.abort()
    await asyncio.gather(*service.tasks)


@pytest.mark.slow
async def test_a_client_of_websockets(server: tuple[EchoServer, int]) -> None:
    service, port = server
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/", max_size=None, subprotocols=["other", "echo"]
    ) as client:
        assert client.subprotocol == "echo"
        assert bool(client.protocol.extensions) == (service.deflate is not None)
        for message in MESSAGES:
            await client.send(message)
            assert await client.recv() == message
        await client.send(["frag", "ment", "s"])
        assert await client.recv() == "fragments"
        await asyncio.gather(*[client.send(f"{at}" * at) for at in range(50)])
        assert [await client.recv() for _ in range(50)] == [f"{at}" * at for at in range(50)]
        await (await client.ping())
        (socket,) = service.sockets
        assert await socket.measure_latency() < 10
        assert await broadcast(service.sockets, "to all") == []
        assert await client.recv() == "to all"
        async with socket.send_stream() as stream:
            for _ in range(10):
                await stream.write(b"piece")
        assert await client.recv() == b"piece" * 10
    assert (client.close_code, client.close_reason) == (1000, "")
    await asyncio.gather(*service.tasks)
    assert service.codes == [1000]


@pytest.mark.slow
async def test_the_server_closes(server: tuple[EchoServer, int]) -> None:
    service, port = server
    async with websockets.connect(f"ws://127.0.0.1:{port}/") as client:
        await client.send("x")
        await client.recv()
        (socket,) = service.sockets
        assert await socket.close(code=4002, message="enough")
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()
        assert (client.close_code, client.close_reason) == (4002, "enough")
    assert socket.close_code == 4002


@pytest.mark.slow
async def test_a_message_that_is_too_big(server: tuple[EchoServer, int]) -> None:
    service, port = server
    client = await websockets.connect(f"ws://127.0.0.1:{port}/", max_size=None)
    await client.send(bytes(4_000_001))
    with pytest.raises(websockets.ConnectionClosed):
        await client.recv()
    await client.wait_closed()
    assert client.close_code == 1009
    await asyncio.gather(*service.tasks)
    assert service.codes == [1009]


@pytest.mark.slow
@pytest.mark.parametrize("deflate", [None, DeflateOptions(), DeflateOptions(peer_window_bits=10)])
async def test_a_server_of_websockets(deflate: DeflateOptions | None) -> None:
    async def echo(connection: Any) -> None:
        async for message in connection:
            await connection.send(message)

    loop = asyncio.get_running_loop()
    async with websockets.serve(echo, "127.0.0.1", 0, max_size=None, subprotocols=["echo"]) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        sweep = Sweep(loop.call_later, loop.time, time.time)
        protocol: Any = ClientConnection(loop, sweep, ClientOptions())
        await loop.create_connection(lambda: protocol, "127.0.0.1", port)
        exchange = protocol.begin()
        key = new_key()
        fields = [
            ("Host", f"127.0.0.1:{port}"),
            *handshake_fields(key, protocols=("echo",), deflate=deflate),
        ]
        exchange.send_request("GET", "/", fields, b"")
        head = await exchange.response()
        assert head is not None
        handshake = check_handshake(key, head.status, head.fields, protocols=("echo",), deflate=deflate)
        assert handshake.protocol == "echo"
        assert isinstance(handshake.deflate, DeflateAgreement) == (deflate is not None)
        client = WebSocket(exchange.take_tunnel(), server=False, options=OPTIONS, deflate=handshake.deflate)
        for message in MESSAGES:
            await (client.send_str(message) if isinstance(message, str) else client.send_bytes(message))
            assert (await client.receive()).data == message
        assert await client.measure_latency() < 10
        assert await client.close(code=4000, message="bye")
        assert client.close_code == 4000
