"""Handlers of websockets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import tidewire_web as web
from tidewire_web import WebSocketResponse, WSMsgType

Work = Callable[[WebSocketResponse], Awaitable[Any]]


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
