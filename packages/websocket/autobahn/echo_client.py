# noqa: INP001 - scripts, in no package
"""An echo client for the Autobahn testsuite's fuzzing server: `python echo_client.py PORT`; it runs every case."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from tidewire_http_io import ClientConnection, ClientOptions, Sweep
from tidewire_websocket import (
    DeflateOptions,
    WSMsgType,
    check_handshake,
    handshake_fields,
    new_key,
)
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions

OPTIONS = WebSocketOptions(max_msg_size=32 * 1024 * 1024)


async def connect(port: int, target: str) -> WebSocket:
    """Open a websocket."""
    loop = asyncio.get_running_loop()
    sweep = Sweep(loop.call_later, loop.time, time.time)
    _, connection = await loop.create_connection(
        lambda: ClientConnection(loop, sweep, ClientOptions()), "127.0.0.1", port
    )
    exchange = connection.begin()
    key, deflate = new_key(), DeflateOptions()
    fields = [("Host", f"127.0.0.1:{port}"), *handshake_fields(key, deflate=deflate)]
    exchange.send_request("GET", target, fields, b"")
    head = await exchange.response()
    assert head is not None, "the server has not answered"
    handshake = check_handshake(key, head.status, head.fields, deflate=deflate)
    return WebSocket(exchange.take_tunnel(), server=False, options=OPTIONS, deflate=handshake.deflate)


async def run_case(port: int, target: str) -> None:
    """Echo until the server closes."""
    websocket = await connect(port, target)
    async for message in websocket:
        try:
            if message.type is WSMsgType.TEXT:
                await websocket.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await websocket.send_bytes(message.data)
        except ConnectionResetError:
            break
    await websocket.wait_closed()


async def main(port: int) -> None:
    """Run all cases that the server has, and have it write its reports."""
    websocket = await connect(port, "/getCaseCount")
    count = int(json.loads(await websocket.receive_str()))
    await websocket.close()
    for case in range(1, count + 1):
        await run_case(port, f"/runCase?case={case}&agent=tidewire")
    await run_case(port, "/updateReports?agent=tidewire")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
