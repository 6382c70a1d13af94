"""Responses that become websockets."""

from __future__ import annotations

import json
from asyncio import Task
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, Final

from tidewire_http_io import ServerExchange
from tidewire_web._stream_response import StreamResponse
from tidewire_web._types import RequestLike
from tidewire_web._websocket_handshake import WebSocketReady, agree, refusal
from tidewire_websocket import (
    DeflateAgreement,
    DeflateOptions,
    Handshake,
    WSCloseCode,
    WSHandshakeError,
    WSMessage,
    WSMsgType,
)
from tidewire_websocket.asyncio import ReceiveStream, SendStream, WebSocket, WebSocketOptions

__all__ = ["WebSocketResponse"]

BytesLike = bytes | bytearray | memoryview
Doing = Coroutine[Any, Any, None]

_DEFLATE: Final = DeflateOptions()
_EXTENSIONS: Final = "Sec-WebSocket-Extensions"


class WebSocketResponse(StreamResponse):
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

    _websocket: WebSocket | None = None

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

    def _has_body(self) -> bool:
        return False

    # What is known of it.

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more: this side has closed, or the connection is lost."""
        return self._websocket is not None and self._websocket.closed

    @property
    def close_code(self) -> int | None:
        """Why it is closed: the client's code, 1005 where it gave none, 1006 where it gave no close frame at all.

        None as long as it is open. Where the client has broken the protocol, the code that it was told.
        """
        return None if self._websocket is None else self._websocket.close_code

    @property
    def ws_protocol(self) -> str | None:
        """The subprotocol that was agreed on; None without one."""
        return None if self._websocket is None else self._websocket.protocol

    @property
    def ws_compression(self) -> DeflateAgreement | None:
        """What was agreed on for compression; None for none."""
        return None if self._websocket is None else self._websocket.deflate

    @property
    def compress(self) -> int:
        """The base-2 logarithm of the window that this side compresses with; 0 where it does not.

        Before the handshake, whether it would like to.
        """
        return self._deflate is not None if self._websocket is None else self._websocket.compress

    @property
    def latency(self) -> float | None:
        """Seconds from the last heartbeat or `measure_latency()` that was answered to its answer."""
        return None if self._websocket is None else self._websocket.latency

    @property
    def keep_alive(self) -> bool | None:
        """False: HTTP is not spoken any more on the connection. None before the handshake."""
        return None if self._exchange is None else False

    def exception(self) -> BaseException | None:
        """Return what went wrong; None where nothing did."""
        return None if self._websocket is None else self._websocket.exception()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection, by the names that asyncio's transports use."""
        return default if self._websocket is None else self._websocket.get_extra_info(name, default)

    # What is done with a prepared one are coroutines of `WebSocket`, without one around them: they are what is hot.

    def _prepared(self) -> WebSocket:
        if self._websocket is None:
            raise RuntimeError("the websocket is not prepared; call prepare() first")
        return self._websocket

    # Receiving.

    def __aiter__(self) -> AsyncIterator[WSMessage]:
        if type(self) is WebSocketResponse:
            return self._prepared()
        return self

    async def __anext__(self) -> WSMessage:
        message = await self.receive()
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
            raise StopAsyncIteration
        return message

    def receive(self, timeout: float | None = None) -> Coroutine[Any, Any, WSMessage]:
        """Return the next message.

        After the last one it is one of type CLOSE, where the client has closed; CLOSING, where another task has closed
        meanwhile; ERROR, where something went wrong; and from then on CLOSED.

        Args:
            timeout: seconds to wait; `receive_timeout` where None.

        Raises:
            RuntimeError: the websocket is not prepared, another task receives, or more than CLOSED was asked for five
                times.
            TimeoutError: nothing has come in that time.
        """
        return self._prepared().receive(timeout)

    def receive_str(self, *, timeout: float | None = None) -> Coroutine[Any, Any, str]:
        """Return the next message, a text; bytes where texts are not decoded.

        Raises:
            WSMessageTypeError: (a TypeError) it is of another type.
            RuntimeError, TimeoutError: as `receive()`.
        """
        return self._prepared().receive_str(timeout=timeout)

    def receive_bytes(self, *, timeout: float | None = None) -> Coroutine[Any, Any, bytes]:
        """Return the next message, a binary one; see `receive_str()`."""
        return self._prepared().receive_bytes(timeout=timeout)

    def receive_json(
        self, *, loads: Callable[[Any], Any] = json.loads, timeout: float | None = None
    ) -> Coroutine[Any, Any, Any]:
        """Return the next message, a text, read as JSON by `loads`; see `receive_str()`."""
        return self._prepared().receive_json(loads=loads, timeout=timeout)

    def receive_stream(self, timeout: float | None = None) -> Coroutine[Any, Any, ReceiveStream | None]:
        """Return the next message as a stream of pieces; None where the websocket was closed in place of one.

            while (stream := await ws.receive_stream()) is not None:
                async for piece in stream:
                    ...

        Raises:
            RuntimeError: the websocket was made without `streaming`, or as `receive()`.
            WebSocketError: the client has broken the protocol.
            TimeoutError: nothing has come in that time.
        """
        return self._prepared().receive_stream(timeout)

    # Sending.

    def send_str(self, data: str, compress: int | None = None) -> Doing:
        """Send a text.

        Args:
            data: the text.
            compress: for this message, 0 for no compression, or 9 to 15 bits of window; None for what was agreed on.
                Nothing is compressed where that was not agreed on.

        Raises:
            RuntimeError: the websocket is not prepared.
            TypeError: the data are no text.
            ValueError: another number.
            WebSocketClosed: (a ConnectionResetError) nothing can be sent any more.
        """
        return self._prepared().send_str(data, compress)

    def send_bytes(self, data: BytesLike, compress: int | None = None) -> Doing:
        """Send a binary message; see `send_str()`."""
        return self._prepared().send_bytes(data, compress)

    def send_json(
        self, data: Any, compress: int | None = None, *, dumps: Callable[[Any], str] = json.dumps
    ) -> Doing:
        """Send data in a text, written as JSON by `dumps`; see `send_str()`."""
        return self._prepared().send_json(data, compress, dumps=dumps)

    def send_json_bytes(
        self, data: Any, compress: int | None = None, *, dumps: Callable[[Any], bytes]
    ) -> Doing:
        """Send data in a text, written as JSON by what makes bytes of it, such as `orjson.dumps`; see `send_str()`."""
        return self._prepared().send_json_bytes(data, compress, dumps=dumps)

    def send_frame(self, message: BytesLike, opcode: WSMsgType, compress: int | None = None) -> Doing:
        """Send bytes as a message of one frame, or as a ping or pong; that a text is UTF-8 is not looked at.

        Raises:
            ValueError: an opcode other than TEXT, BINARY, PING and PONG.
            RuntimeError, TypeError, WebSocketClosed: as `send_str()`.
            tidewire_http_parser.LocalProtocolError: more than 125 bytes in a ping or pong.
        """
        return self._prepared().send_frame(message, opcode, compress)

    def send_stream(self, kind: WSMsgType = WSMsgType.BINARY, compress: int | None = None) -> SendStream:
        """Send one message in pieces, whatever its size: `async with ws.send_stream() as stream: ...`.

        Args:
            kind: TEXT or BINARY.
            compress: 0 for no compression; other numbers mean what was agreed on.

        Raises:
            RuntimeError: the websocket is not prepared.
            ValueError: another type.
        """
        return self._prepared().send_stream(kind, compress)

    def ping(self, message: bytes | str = b"") -> Doing:
        """Send a ping, of up to 125 bytes.

        Raises:
            RuntimeError: the websocket is not prepared.
            WebSocketClosed: nothing can be sent any more.
            tidewire_http_parser.LocalProtocolError: more bytes.
        """
        return self._prepared().ping(message)

    def pong(self, message: bytes | str = b"") -> Doing:
        """Send a pong that nobody has asked for, or that answers a ping which was received; see `ping()`."""
        return self._prepared().pong(message)

    def measure_latency(self) -> Coroutine[Any, Any, float]:
        """Send a ping and wait for its pong; return the seconds in between. Nobody has to receive meanwhile.

        Raises:
            RuntimeError: the websocket is not prepared.
            WebSocketClosed: it is closed, or was before the pong came.
        """
        return self._prepared().measure_latency()

    # The end.

    def close(
        self, *, code: int = WSCloseCode.OK, message: bytes | str = b"", drain: bool = True
    ) -> Coroutine[Any, Any, bool]:
        """Close: tell the client, wait for its answer, and close the connection; `timeout` is for all of it.

        A task that receives meanwhile gets CLOSING. Messages that come after are dropped.

        Args:
            code: the status code; 1000 to 1014 as far as they may be sent, or 3000 to 4999.
            message: why, up to 123 bytes of UTF-8.
            drain: without effect: the wait for the client's answer is a longer one.

        Returns:
            Whether it was this call that closed; False where it was closed before, or is being closed.

        Raises:
            RuntimeError: the websocket is not prepared.
            tidewire_http_parser.LocalProtocolError: a code or a message that may not be sent.
        """
        return self._prepared().close(code=code, message=message, drain=drain)

    def wait_closed(self) -> Doing:
        """Wait until the connection is closed; a closing that has begun has its deadline.

        Whoever is cancelled here aborts the connection.
        """
        return self._prepared().wait_closed()

    async def write(self, data: BytesLike) -> None:
        """Refuse: a websocket has messages, and no body."""
        raise RuntimeError("a websocket has no body; send_str() and send_bytes() send messages")

    async def flush(self) -> None:
        """Refuse, as `write()`."""
        raise RuntimeError("a websocket has no body, and holds no message back")

    async def write_eof(self, data: BytesLike = b"") -> None:
        """Close, if that was not done before.

        Raises:
            RuntimeError: the websocket is not prepared, or there are data.
        """
        websocket = self._prepared()
        if data:
            raise RuntimeError("a websocket has no body; send_str() and send_bytes() send messages")
        await websocket.close()
        self._end()

    def _has_ended(self) -> bool:
        return self._ended

    def _handler_ended(self, task: Task[Any]) -> None:
        """Nobody is there any more who would do something with the websocket."""
        websocket = self._websocket
        if websocket is not None and not websocket.closed:
            code = WSCloseCode.GOING_AWAY if task.cancelled() else WSCloseCode.INTERNAL_ERROR
            websocket.start_closing(code=code)
        self._end()
