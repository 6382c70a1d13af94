"""Responses that go on as messages, in both directions: what is done with them once the handshake is answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from tidewire_web._stream_response import StreamResponse
from tidewire_websocket import DeflateAgreement, WSCloseCode, WSMessage, WSMsgType
from tidewire_websocket.asyncio import ReceiveStream, SendStream, WebSocket

__all__: list[str] = []

BytesLike = bytes | bytearray | memoryview
Doing = Coroutine[Any, Any, None]


class MessageResponse(StreamResponse):
    """A response that has a websocket in place of a body, as soon as that is agreed on.

    What is done with it are coroutines of `WebSocket`, without one around them: they are what is hot.
    """

    _websocket: WebSocket | None = None

    def _prepared(self) -> WebSocket:
        if self._websocket is None:
            raise RuntimeError("the websocket is not prepared; call prepare() first")
        return self._websocket

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
    def latency(self) -> float | None:
        """Seconds from the last heartbeat or `measure_latency()` that was answered to its answer."""
        return None if self._websocket is None else self._websocket.latency

    def exception(self) -> BaseException | None:
        """Return what went wrong; None where nothing did."""
        return None if self._websocket is None else self._websocket.exception()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection, by the names that asyncio's transports use."""
        return default if self._websocket is None else self._websocket.get_extra_info(name, default)

    # Receiving.

    def __aiter__(self) -> AsyncIterator[WSMessage]:
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
