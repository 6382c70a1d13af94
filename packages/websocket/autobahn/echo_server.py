# noqa: INP001 - scripts, in no package
"""An echo server for the Autobahn testsuite's fuzzing client: `python echo_server.py PORT`."""

from __future__ import annotations

import asyncio
import sys

from tidewire_http_io import Acceptor, ServerExchange
from tidewire_websocket import DeflateOptions, WSHandshakeError, WSMsgType, answer_handshake
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions

# Case 9.1.6 sends 16 MiB.
OPTIONS = WebSocketOptions(max_msg_size=32 * 1024 * 1024)


async def echo(exchange: ServerExchange) -> None:
    """Answer one connection."""
    try:
        handshake = answer_handshake(exchange.head.method, exchange.head.fields, deflate=DeflateOptions())
    except WSHandshakeError as error:
        exchange.respond(error.status, None, list(error.fields), str(error).encode())
        return
    channel = exchange.accept_tunnel(101, handshake.fields)
    websocket = WebSocket(channel, server=True, options=OPTIONS, deflate=handshake.deflate)
    try:
        async for message in websocket:
            if message.type is WSMsgType.TEXT:
                await websocket.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await websocket.send_bytes(message.data)
    except ConnectionResetError:
        pass


async def main(port: int) -> None:
    """Serve."""
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def service(exchange: ServerExchange) -> None:
        task = loop.create_task(echo(exchange))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await loop.create_server(Acceptor(service, loop=loop), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
