"""The other end of websockets: handlers of a `Service` that answer the handshake and go on with the websocket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from service import Seen, Service

from tidewire_websocket import DeflateOptions, answer_handshake
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions

Run = Callable[[WebSocket], Awaitable[None]]


async def echo(ws: WebSocket) -> None:
    """Send every message back, as what it was."""
    async for message in ws:
        await ws.send_frame(
            message.data if isinstance(message.data, bytes) else message.data.encode(), message.type
        )
    await ws.wait_closed()


class Server:
    """Websockets at a path.

    Args:
        service: the server.
        run: has the websocket.
        protocols: the subprotocols that it knows.
        deflate: how it compresses; None for not at all.
        fields: fields in place of those of its handshake, None to leave one out.
        options: those of `WebSocketOptions`.

    Attributes:
        websockets: those that were opened.
        made: set with the first of them.
    """

    def __init__(
        self,
        service: Service,
        run: Run = echo,
        *,
        protocols: tuple[str, ...] = (),
        deflate: DeflateOptions | None = None,
        fields: dict[str, str | None] | None = None,
        **options: Any,
    ) -> None:
        self._run = run
        self._protocols = protocols
        self._deflate = deflate
        self._fields = fields or {}
        self._options = WebSocketOptions(**options)
        self.websockets: list[WebSocket] = []
        self.made = asyncio.Event()
        service.on("/ws", self.answer)

    async def answer(self, seen: Seen) -> None:
        """Answer the handshake, and go on."""
        head = seen.exchange.head
        handshake = answer_handshake(
            head.method, head.fields, protocols=self._protocols, deflate=self._deflate
        )
        fields = dict(handshake.fields)
        for name, value in self._fields.items():
            fields.pop(name, None)
            if value is not None:
                fields[name] = value
        channel = seen.exchange.accept_tunnel(101, list(fields.items()))
        ws = WebSocket(
            channel,
            server=True,
            options=self._options,
            protocol=handshake.protocol,
            deflate=handshake.deflate,
        )
        self.websockets.append(ws)
        self.made.set()
        await self._run(ws)
