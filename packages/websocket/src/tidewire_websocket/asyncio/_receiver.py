"""What receiving takes beyond the next message: time-outs, messages that come in parts, and what others ask for."""

from __future__ import annotations

from typing import Any, Final, cast

from tidewire_websocket._errors import WebSocketClosed, WebSocketError
from tidewire_websocket._message_types import CLOSED as CLOSED_MESSAGE
from tidewire_websocket._message_types import (
    WSMessage,
    WSMessageBinary,
    WSMessageError,
    WSMessageText,
    WSMessageTextBytes,
    WSMsgType,
)
from tidewire_websocket.asyncio._arrival import arrival
from tidewire_websocket.asyncio._connection import Connection
from tidewire_websocket.asyncio._receive_stream import ReceiveStream

__all__: list[str] = []

# How often a server's handler may ask a closed websocket for messages, before it is told that it does so in vain.
_VAIN_RECEIVES: Final = 5

# Messages with which a websocket ends.
ENDS: Final = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED})


class Receiver:
    """Receives from a connection, for one task at a time.

    Args:
        connection: where from.

    Attributes:
        plain: whether a message is received by waiting for it and no more, as there is no time-out and no streaming.
        timeout: seconds to wait for a message where nothing else is said; None for no end.
    """

    __slots__ = (
        "_connection",
        "_inbound",
        "_interruption",
        "_stream",
        "_vain_receives",
        "_whole",
        "plain",
        "timeout",
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._inbound = connection.inbound
        self._stream: ReceiveStream | None = None  # the message that is being read in parts
        self._whole: ReceiveStream | None = None  # the one that receive_whole() reads, or was cancelled with
        self._interruption: Any = None  # what came in place of the rest of it
        self._vain_receives = 0
        self.timeout = connection.options.receive_timeout
        self.plain = self.timeout is None and not connection.options.streaming

    async def arrival(self, timeout: float | None) -> Any:
        """Wait for the next message or part; return CLOSED where none will come. The reader has claimed it.

        Args:
            timeout: seconds; what the options say where None.

        Raises:
            TimeoutError: nothing has come in that time.
        """
        if timeout is None:
            timeout = self.timeout
        if timeout is None:
            return await arrival(self._inbound)
        timer = self._connection.loop.call_later(timeout, self._time_out)
        try:
            return await arrival(self._inbound)
        finally:
            timer.cancel()

    def _time_out(self) -> None:
        self._inbound.waiter.fail(TimeoutError())

    def noted(self, message: Any) -> WSMessage:
        """Do what a message asks for that is neither text nor binary, and return it.

        Raises:
            RuntimeError: a server has asked for CLOSED too often.
        """
        kind = message.type
        if kind is WSMsgType.CLOSE:
            if self._connection.options.autoclose:
                self._connection.answer_close()
        elif kind is WSMsgType.ERROR:
            if isinstance(message.data, WebSocketError):
                self._connection.refuse(message.data)
        elif kind is WSMsgType.CLOSED and self._connection.server:
            self._vain_receives += 1
            if self._vain_receives >= _VAIN_RECEIVES:
                raise RuntimeError("the websocket is closed")
        return cast(WSMessage, message)

    async def receive_whole(self) -> WSMessage:
        """Receive where messages come in parts; who is cancelled leaves what has come to the next."""
        connection = self._connection
        begun = self._whole or await self._next_beginning(None)
        if not isinstance(begun, ReceiveStream):
            return cast(WSMessage, begun)
        self._whole = begun
        try:
            data = await begun.read(connection.options.max_msg_size)
        except WebSocketError as error:
            self._whole = None
            return self._inbound.next() or WSMessageError(WSMsgType.ERROR, error, None)
        except WebSocketClosed:
            # Whoever receives is told in a message.
            self._whole = None
            interruption, self._interruption = self._interruption, None
            return self.noted(interruption or CLOSED_MESSAGE)
        self._whole = None
        if begun.type is WSMsgType.BINARY:
            return WSMessageBinary(WSMsgType.BINARY, data, "")
        if connection.options.decode_text:
            return WSMessageText(WSMsgType.TEXT, data, "")
        return WSMessageTextBytes(WSMsgType.TEXT, data, "")

    async def receive_stream(self, timeout: float | None) -> ReceiveStream | None:
        """Return the next message as a stream; see `WebSocket.receive_stream()`."""
        if not self._connection.options.streaming:
            raise RuntimeError("only a websocket with the option `streaming` hands over parts of messages")
        if self._whole is not None and not self._inbound.waiter.busy:
            # receive_whole() was cancelled within it: what that has read comes first.
            stream, self._whole = self._whole, None
            return stream
        while True:
            part = await self._next_beginning(timeout)
            if isinstance(part, ReceiveStream):
                return part
            if part.type is WSMsgType.ERROR:
                raise part.data
            if part.type in ENDS:
                return None

    async def _next_beginning(self, timeout: float | None) -> Any:
        """Return the next message as a stream, or what is no message as it is."""
        if self._inbound.waiter.busy:
            raise RuntimeError("another task is receiving")
        stream = self._stream
        if stream is not None:
            while not stream.ended:
                try:
                    await stream.receive_some()
                except (WebSocketError, WebSocketClosed):
                    break
            self._stream = None
        part, self._interruption = self._interruption, None
        if part is None:
            part = self._inbound.claim()
        if part is None:
            part = await self.arrival(timeout)
        if isinstance(part, WSMessage):
            return self.noted(part)
        connection = self._connection
        self._stream = ReceiveStream(
            part, self._next_part, connection.refuse, connection.inflater, connection.options.decode_text
        )
        return self._stream

    async def _next_part(self) -> Any:
        """Return the next part of a message that has begun."""
        while True:
            part = self._inbound.claim()
            if part is None:
                part = await self.arrival(None)
            if not isinstance(part, WSMessage):
                return part
            if part.type not in (WSMsgType.PING, WSMsgType.PONG):
                self._interruption = part
                raise WebSocketClosed(self._connection.close_code) from self._connection.exception
