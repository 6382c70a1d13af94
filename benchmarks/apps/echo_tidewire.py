"""An echo on Tidewire, over its HTTP/1.1 connections."""

from __future__ import annotations

import asyncio

from echo_options import BROADCAST, DEFLATE, MAX_SIZE, PORT, run

from tidewire_http_io import Acceptor, ServerExchange
from tidewire_websocket import DeflateOptions, WSMsgType, answer_handshake
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions, broadcast

OPTIONS = WebSocketOptions(max_msg_size=MAX_SIZE)
SOCKETS: set[WebSocket] = set()


async def echo(exchange: ServerExchange) -> None:
    """Serve one websocket."""
    handshake = answer_handshake(
        exchange.head.method, exchange.head.fields, deflate=DeflateOptions() if DEFLATE else None
    )
    channel = exchange.accept_tunnel(101, handshake.fields)
    ws = WebSocket(channel, server=True, options=OPTIONS, deflate=handshake.deflate)
    SOCKETS.add(ws)
    async for message in ws:
        if BROADCAST:
            await broadcast(SOCKETS, message.data)
        elif message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    SOCKETS.discard(ws)


async def main() -> None:
    """Serve for ever."""
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def serve(exchange: ServerExchange) -> None:
        task = loop.create_task(echo(exchange))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await loop.create_server(Acceptor(serve, loop=loop), "127.0.0.1", PORT)
    await server.serve_forever()


run(main())
