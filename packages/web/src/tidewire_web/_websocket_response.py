"""Responses that become websockets: the handshake, and the end of the handler."""

from __future__ import annotations

from asyncio import Task
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from tidewire_http_io import ServerExchange
from tidewire_web._message_response import MessageResponse
from tidewire_web._types import RequestLike
from tidewire_web._websocket_handshake import WebSocketReady, agree, refusal
from tidewire_websocket import (
    DeflateOptions,
    Handshake,
    WSCloseCode,
    WSHandshakeError,
    WSMessage,
)
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions

__all__ = ["WebSocketResponse"]

_DEFLATE: Final = DeflateOptions()
_EXTENSIONS: Final = "Sec-WebSocket-Extensions"


class WebSocketResponse(MessageResponse):
    """A websocket with a client (RFC 6455), as the response to its handshake.

        async def echo(request):
            ws = WebSocketResponse()
            await ws.prepare(request)
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await ws.send_str(message.data)
            return ws

    One task at a time receives; any task may send, ping and close. When the connection is lost, receiving ends, and the
    handler goes on. A handler that returns the websocket closes it, if that was not done before; one that ends otherwise
    closes it with 1011 (Internal Error), or 1001 (Going Away) where it was cancelled. A server that stops waits for
    its handlers: applications close their websockets in `on_shutdown`.

    Times are in seconds.

    Args:
        timeout: how long the closing handshake may take.
        receive_timeout: how long `receive()` waits where it is not told; None or 0 for ever.
        autoclose: whether a close frame of the client is answered when it is received.
        autoping: whether pings are answered, and pings and pongs not shown to who receives.
        heartbeat: how long the client may be silent before it is sent a ping, which it has half as long to answer with
            anything at all; nobody has to receive for that. None or 0 for no pings.
        protocols: the subprotocols that this side knows.
        compress: whether to agree on compression with clients that offer it (RFC 7692), or how.
        max_msg_size: bytes that a message of the client may have, decompressed; 0 for no limit.
        writer_limit: bytes that may wait to be sent before senders wait too.
        decode_text: whether texts come as `str`, or as the bytes that they are.
        streaming: whether messages can be received in pieces, with `receive_stream()`.
    """

    def __init__(
        self,
        *,
        timeout: float = 10.0,
        receive_timeout: float | None = None,
        autoclose: bool = True,
        autoping: bool = True,
        heartbeat: float | None = None,
        protocols: Iterable[str] = (),
        compress: bool | DeflateOptions = True,
        max_msg_size: int = 4 * 1024 * 1024,
        writer_limit: int = 262144,
        decode_text: bool = True,
        streaming: bool = False,
    ) -> None:
        super().__init__(status=101)
        self._protocols = tuple(protocols)
        deflate = compress if isinstance(compress, DeflateOptions) else _DEFLATE
        self._deflate = deflate if compress else None
        self._options = WebSocketOptions(
            close_timeout=timeout,
            receive_timeout=receive_timeout or None,
            heartbeat=heartbeat or None,
            autoclose=autoclose,
            autoping=autoping,
            max_msg_size=max_msg_size,
            writer_limit=writer_limit,
            decode_text=decode_text,
            streaming=streaming,
            deflate=deflate,
        )

    def __repr__(self) -> str:
        websocket = self._websocket
        state = "not prepared" if websocket is None else "closed" if websocket.closed else "open"
        return f"<{type(self).__name__} {state}>"

    # The handshake.

    def can_prepare(self, request: RequestLike) -> WebSocketReady:
        """Tell whether a request can become this websocket, so that a handler may answer others in another way.

        Raises:
            RuntimeError: the websocket is prepared already.
            tidewire_http_parser.LocalProtocolError: a subprotocol of this side is no token.
        """
        if self._exchange is not None:
            raise RuntimeError("the websocket is prepared already")
        try:
            handshake = agree(request, self._protocols, self._deflate)
        except WSHandshakeError:
            return WebSocketReady(False, None)
        return WebSocketReady(True, handshake.protocol)

    async def prepare(self, request: RequestLike) -> None:
        """Answer the handshake; nothing happens where that was done for the same request.

        Before the answer goes out, the receivers of `on_response_prepare` see its head, and may change it but for the
        fields of the handshake.

        Args:
            request: the client's handshake.

        Raises:
            HTTPBadRequest: the request is no handshake.
            HTTPMethodNotAllowed: nor can it be one.
            RuntimeError: the websocket answers another request already.
            tidewire_http_parser.LocalProtocolError: a value that may not go out, or another response was sent.
        """
        exchange = request.exchange
        if self._exchange is not None:
            if self._exchange is not exchange:
                raise RuntimeError(f"{self!r} answers another request already; make a new one for each")
            return
        try:
            handshake = agree(request, self._protocols, self._deflate)
        except WSHandshakeError as error:
            raise refusal(request, error) from error
        if handshake.offered and handshake.protocol is None:
            request.services.logger.warning(
                "A client's websocket protocols %.200r are none of %.200r", handshake.offered, self._protocols
            )
        self._exchange = exchange
        self._request = request
        try:
            await self._switch(request, exchange, handshake)
        finally:
            if self._websocket is None:
                # It may be mended, and be sent then.
                self._exchange = None
                self._request = None

    async def _switch(self, request: RequestLike, exchange: ServerExchange, handshake: Handshake) -> None:
        self._complete_head(exchange, handshake)
        self._add_usual_fields(request)
        if request.prepare_receivers:
            for receiver in request.prepare_receivers:
                await receiver(request, self)
            self._complete_head(exchange, handshake)
        channel = exchange.accept_tunnel(self._status, list(self.headers.items()))
        self._websocket = WebSocket(
            channel,
            server=True,
            options=self._options,
            protocol=handshake.protocol,
            deflate=handshake.deflate,
        )
        request.task.add_done_callback(self._handler_ended)

    def _complete_head(self, exchange: ServerExchange, handshake: Handshake) -> None:
        self._adjust_fields(exchange)
        headers = self.headers
        if handshake.deflate is None:
            headers.pop(_EXTENSIONS, None)  # nothing is told that was not agreed on (S27)
        for name, value in handshake.fields:
            headers[name] = value

    # What it is like.

    @property
    def compress(self) -> int:
        """The base-2 logarithm of the window that this side compresses with; 0 where it does not.

        Before the handshake, whether it would like to.
        """
        return self._deflate is not None if self._websocket is None else self._websocket.compress

    @property
    def keep_alive(self) -> bool | None:
        """False: HTTP is not spoken any more on the connection. None before the handshake."""
        return None if self._exchange is None else False

    def __aiter__(self) -> AsyncIterator[WSMessage]:
        # A subclass may receive in a way of its own, around which nothing is to lead.
        return self._prepared() if type(self) is WebSocketResponse else super().__aiter__()

    # The end of the handler.

    def _has_ended(self) -> bool:
        return self._ended

    def _handler_ended(self, task: Task[Any]) -> None:
        """Nobody is there any more who would do something with the websocket."""
        websocket = self._websocket
        if websocket is not None and not websocket.closed:
            code = WSCloseCode.GOING_AWAY if task.cancelled() else WSCloseCode.INTERNAL_ERROR
            websocket.start_closing(code=code)
        self._end()
