"""A websocket, as its client sees it."""

from __future__ import annotations

import warnings
from types import TracebackType
from typing import Any, Self

from tidewire_client._client_response import ClientResponse
from tidewire_client._connection import Connection
from tidewire_http_io import ByteChannel
from tidewire_websocket import DeflateAgreement
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions

__all__ = ["ClientWebSocketResponse"]


class ClientWebSocketResponse(WebSocket):
    """A websocket with a server (RFC 6455); `ClientSession.ws_connect()` makes it.

        async with session.ws_connect("wss://example.com/chat") as ws:
            await ws.send_str("hello")
            async for message in ws:
                print(message.data)

    One task at a time receives; any task may send, ping and close. One that is dropped before it is closed aborts its
    connection, and warns.

    Args:
        response: the response to the handshake.
        channel: what its connection has become.
        connection: the connection.
        options: how the websocket behaves.
        protocol: the subprotocol that was agreed on.
        deflate: what was agreed on for compression; None for none.
    """

    def __init__(
        self,
        response: ClientResponse,
        channel: ByteChannel,
        connection: Connection,
        *,
        options: WebSocketOptions,
        protocol: str | None = None,
        deflate: DeflateAgreement | None = None,
    ) -> None:
        self._response = response
        self._lease = connection
        # The lease is kept until its connection is gone, also where nobody waits for the end of the closing handshake.
        connection.add_callback(_Kept(connection).let_go)
        super().__init__(channel, server=False, options=options, protocol=protocol, deflate=deflate)

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<{type(self).__name__} {str(self._response.url)[:100]} {state}>"

    def __del__(self, _warn: Any = warnings.warn) -> None:
        lease: Connection | None = getattr(self, "_lease", None)
        if lease is None or lease.closed or self.closed:
            return
        lease.close()
        _warn(f"Unclosed websocket {self!r}", ResourceWarning, source=self)

    @property
    def response(self) -> ClientResponse:
        """The response to the handshake, with its fields and cookies, and the redirects before it."""
        return self._response

    @property
    def client_notakeover(self) -> bool:
        """Whether no message of this side refers to those before it, where messages are compressed."""
        return self.deflate is not None and not self.deflate.client_context_takeover

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class _Kept:
    """Keeps a lease that keeps this."""

    __slots__ = ("lease",)

    def __init__(self, lease: Connection) -> None:
        self.lease: Connection | None = lease

    def let_go(self) -> None:
        self.lease = None
