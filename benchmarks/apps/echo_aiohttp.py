"""An echo on aiohttp, without its access log."""

from __future__ import annotations

import asyncio

from aiohttp import WSMsgType, web
from echo_options import BROADCAST, DEFLATE, MAX_SIZE, PORT, run

SOCKETS: set[web.WebSocketResponse] = set()


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Serve one websocket."""
    ws = web.WebSocketResponse(compress=DEFLATE, max_msg_size=MAX_SIZE)
    await ws.prepare(request)
    SOCKETS.add(ws)
    async for message in ws:
        if BROADCAST:
            for each in SOCKETS:
                await each.send_str(message.data)
        elif message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    SOCKETS.discard(ws)
    return ws


async def main() -> None:
    """Serve for ever."""
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    await asyncio.Event().wait()


run(main())
