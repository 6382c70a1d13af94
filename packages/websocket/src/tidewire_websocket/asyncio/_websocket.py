"""A websocket on asyncio, the same for servers and for clients."""

from __future__ import annotations

import asyncio
import json
import types
from collections.abc import Callable, Generator
from typing import Any, cast

from tidewire_http_io import ByteChannel
from tidewire_websocket._close_codes import WSCloseCode
from tidewire_websocket._deflate_agreement import DeflateAgreement
from tidewire_websocket._errors import WSMessageTypeError
from tidewire_websocket._frames import BINARY, CLOSE, PING, PONG, TEXT
from tidewire_websocket._message_types import WSMessage, WSMsgType
from tidewire_websocket._serialiser import checked_control
from tidewire_websocket.asyncio._arrival import arrival
from tidewire_websocket.asyncio._connection import Connection
from tidewire_websocket.asyncio._options import WebSocketOptions
from tidewire_websocket.asyncio._outbound import AS_AGREED, SENT, SENT_WAIT
from tidewire_websocket.asyncio._receive_stream import ReceiveStream
from tidewire_websocket.asyncio._receiver import ENDS, Receiver
from tidewire_websocket.asyncio._send_stream import SendStream
from tidewire_websocket.asyncio._sender import BytesLike, Sender, as_bytes, control_payload, window_bits
from tidewire_websocket.asyncio._types import Clock

__all__ = ["WebSocket"]


class WebSocket:
    """One side of a websocket, from the moment at which the handshake is done.

    One task at a time receives; any task may send, ping and close. `async for message in ws` ends when the websocket is
    closed by either side.

    Args:
        channel: what the connection has become; see `ServerExchange.accept_tunnel()` and `ClientExchange.take_tunnel()`.
        server: whether this side is the server.
        options: how the websocket behaves; the defaults of `WebSocketOptions` where None.
        protocol: the subprotocol that was agreed on.
        deflate: what was agreed on for compression; None for none.
        clock: what tells the time and wakes up; the running event loop where None.
    """

    __slots__ = (
        "__weakref__",
        "_connection",
        "_deflate",
        "_inbound",
        "_outbound",
        "_plain",
        "_protocol",
        "_receiver",
        "_sender",
    )

    def __init__(
        self,
        channel: ByteChannel,
        *,
        server: bool,
        options: WebSocketOptions | None = None,
        protocol: str | None = None,
        deflate: DeflateAgreement | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._protocol = protocol
        self._deflate = deflate
        connection = Connection(
            channel, server, options or WebSocketOptions(), deflate, clock or asyncio.get_running_loop()
        )
        self._connection = connection
        self._inbound = connection.inbound
        self._outbound = connection.outbound
        self._receiver = Receiver(connection)
        self._sender = Sender(connection)
        self._plain = self._receiver.plain

    def __repr__(self) -> str:
        side = "server" if self._connection.server else "client"
        return f"<WebSocket {side} {'closed' if self.closed else 'open'}>"

    # What is known of it.

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more: this side has closed, or the connection is lost."""
        return self._outbound.closed

    @property
    def close_code(self) -> int | None:
        """Why it is closed: the peer's code, 1005 where it gave none, 1006 where it gave no close frame at all.

        None as long as it is open. Where the peer has broken the protocol, the code that it was told.
        """
        return self._connection.close_code

    @property
    def protocol(self) -> str | None:
        """The subprotocol; None without one."""
        return self._protocol

    @property
    def deflate(self) -> DeflateAgreement | None:
        """What was agreed on for compression; None for none."""
        return self._deflate

    @property
    def compress(self) -> int:
        """The base-2 logarithm of the window that this side compresses with; 0 where it does not."""
        deflater = self._outbound.deflater
        return 0 if deflater is None else deflater.window_bits

    @property
    def latency(self) -> float | None:
        """Seconds from the last heartbeat or `measure_latency()` that was answered to its answer."""
        return self._connection.latency

    def exception(self) -> BaseException | None:
        """Return what went wrong; None where nothing did."""
        return self._connection.exception

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection, by the names that asyncio's transports use."""
        return self._connection.channel.info(name, default)

    # Receiving.

    async def receive(self, timeout: float | None = None) -> WSMessage:
        """Return the next message.

        After the last one it is one of type CLOSE, where the peer has closed; CLOSING, where another task has closed
        meanwhile; ERROR, where something went wrong; and from then on CLOSED.

        Args:
            timeout: seconds to wait; what the options say where None.

        Raises:
            RuntimeError: another task receives, or a server has asked five times for more than CLOSED.
            TimeoutError: nothing has come in that time.
        """
        inbound = self._inbound
        if self._connection.options.streaming:
            async with asyncio.timeout(self._receiver.timeout if timeout is None else timeout):
                return await self._receiver.receive_whole()
        message = inbound.claim()
        if message is None:
            if timeout is None and self._plain:
                message = await arrival(inbound)
            else:
                message = await self._receiver.arrival(timeout)
        if message[0] < CLOSE:
            return cast(WSMessage, message)
        return self._receiver.noted(message)

    def __aiter__(self) -> WebSocket:
        return self

    @types.coroutine
    def __anext__(self) -> Generator[Any, None, WSMessage]:
        # As receive(), without its coroutines: each would be resumed on the way to the next message.
        if self._plain:
            inbound = self._inbound
            message = inbound.claim()
            while message is None:
                try:
                    yield inbound.waiter
                except BaseException:
                    inbound.waiter.end()
                    raise
                message = inbound.arrived()
            if message[0] < CLOSE:
                return cast(WSMessage, message)
            noted = self._receiver.noted(message)
        else:
            noted = yield from self.receive().__await__()
        if noted.type in ENDS:
            raise StopAsyncIteration
        return noted

    async def receive_str(self, *, timeout: float | None = None) -> str:
        """Return the next message, a text; bytes where texts are not decoded.

        Args:
            timeout: as in `receive()`.

        Raises:
            WSMessageTypeError: it is of another type.
            RuntimeError, TimeoutError: as `receive()`.
        """
        message = await self.receive(timeout)
        if message.type is not WSMsgType.TEXT:
            raise WSMessageTypeError(f"TEXT expected; got {message.type.name}: {message.data!r:.100}")
        return cast(str, message.data)

    async def receive_bytes(self, *, timeout: float | None = None) -> bytes:
        """Return the next message, a binary one; see `receive_str()`."""
        message = await self.receive(timeout)
        if message.type is not WSMsgType.BINARY:
            raise WSMessageTypeError(f"BINARY expected; got {message.type.name}: {message.data!r:.100}")
        return cast(bytes, message.data)

    async def receive_json(
        self, *, loads: Callable[[Any], Any] = json.loads, timeout: float | None = None
    ) -> Any:
        """Return the next message, a text, read as JSON.

        Args:
            loads: reads a document.
            timeout: as in `receive()`.

        Raises:
            WSMessageTypeError, RuntimeError, TimeoutError: as `receive_str()`.
        """
        return loads(await self.receive_str(timeout=timeout))

    async def receive_stream(self, timeout: float | None = None) -> ReceiveStream | None:
        """Return the next message as a stream of pieces; None where the websocket was closed in place of one.

        Pings and pongs that are shown to the reader are passed over.

        Args:
            timeout: seconds to wait for its beginning; what the options say where None.

        Raises:
            RuntimeError: the options do not say `streaming`, or as `receive()`.
            WebSocketError: the peer has broken the protocol.
            TimeoutError: nothing has come in that time.
        """
        return await self._receiver.receive_stream(timeout)

    # Sending.

    async def send_str(self, data: str, compress: int | None = None) -> None:
        """Send a text.

        Args:
            data: the text.
            compress: for this message, 0 for no compression, or 9 to 15 bits of window; None for what was agreed on.
                Nothing is compressed where that was not agreed on.

        Raises:
            TypeError: the data are no text.
            ValueError: another number.
            WebSocketClosed: (a ConnectionResetError) nothing can be sent any more.
        """
        if not isinstance(data, str):
            raise TypeError(f"str expected; got {type(data).__name__}")
        outcome = self._outbound.send_text(data, AS_AGREED if compress is None else window_bits(compress))
        if outcome == SENT_WAIT:
            await self._sender.drain()
        elif outcome != SENT:
            await self._sender.go_on(outcome, TEXT, data.encode(), compress)

    async def send_bytes(self, data: BytesLike, compress: int | None = None) -> None:
        """Send a binary message; see `send_str()`.

        Args:
            data: the message.
            compress: as in `send_str()`.

        Raises:
            TypeError, ValueError, WebSocketClosed: as `send_str()`.
        """
        if type(data) is not bytes:
            data = as_bytes(data)
        outcome = self._outbound.send(BINARY, data, AS_AGREED if compress is None else window_bits(compress))
        if outcome != SENT:
            await self._sender.go_on(outcome, BINARY, data, compress)

    async def send_json(
        self, data: Any, compress: int | None = None, *, dumps: Callable[[Any], str] = json.dumps
    ) -> None:
        """Send data as JSON in a text.

        Args:
            data: what is to be sent.
            compress: as in `send_str()`.
            dumps: writes a document.
        """
        await self.send_str(dumps(data), compress)

    async def send_json_bytes(
        self, data: Any, compress: int | None = None, *, dumps: Callable[[Any], bytes]
    ) -> None:
        """Send data as JSON in a text, written by what makes bytes of it, such as `orjson.dumps`."""
        await self.send_frame(dumps(data), WSMsgType.TEXT, compress)

    async def send_frame(self, message: BytesLike, opcode: WSMsgType, compress: int | None = None) -> None:
        """Send bytes as a message of one frame, or as a ping or pong.

        Args:
            message: the payload; that of a text is UTF-8, which is not looked at here.
            opcode: TEXT, BINARY, PING or PONG.
            compress: as in `send_str()`.

        Raises:
            ValueError: another opcode.
            TypeError, WebSocketClosed: as `send_str()`.
            tidewire_http_parser.LocalProtocolError: more than 125 bytes in a ping or pong.
        """
        payload = as_bytes(message)
        if opcode in (PING, PONG):
            self._connection.send_control(opcode, checked_control(payload))
        elif opcode in (TEXT, BINARY):
            outcome = self._outbound.send(
                opcode, payload, AS_AGREED if compress is None else window_bits(compress)
            )
            if outcome != SENT:
                await self._sender.go_on(outcome, opcode, payload, compress)
        else:
            raise ValueError(f"a message is TEXT, BINARY, PING or PONG, not {opcode!r}")

    def send_stream(self, kind: WSMsgType = WSMsgType.BINARY, compress: int | None = None) -> SendStream:
        """Send one message in pieces, whatever its size: `async with ws.send_stream() as stream: ...`.

        Args:
            kind: TEXT or BINARY.
            compress: 0 for no compression; other numbers mean what was agreed on.

        Raises:
            ValueError: another type.
        """
        if kind not in (WSMsgType.TEXT, WSMsgType.BINARY):
            raise ValueError(f"a message is TEXT or BINARY, not {kind!r}")
        return SendStream(self._connection, self._sender, kind is WSMsgType.TEXT, compress != 0)

    # Pings, and the end.

    async def ping(self, message: bytes | str = b"") -> None:
        """Send a ping.

        Args:
            message: up to 125 bytes, or characters of as many bytes.

        Raises:
            tidewire_http_parser.LocalProtocolError: more bytes.
            WebSocketClosed: nothing can be sent any more.
        """
        self._connection.send_control(PING, control_payload(message))

    async def pong(self, message: bytes | str = b"") -> None:
        """Send a pong that nobody has asked for, or that answers a ping which was shown to the reader; see `ping()`."""
        self._connection.send_control(PONG, control_payload(message))

    async def measure_latency(self) -> float:
        """Send a ping and wait for its pong; return the seconds in between. Nobody has to receive meanwhile.

        Raises:
            WebSocketClosed: the websocket is closed, or was before the pong came.
        """
        waiter: asyncio.Future[float] = self._connection.loop.create_future()
        self._connection.keepalive.ping(waiter)
        return await waiter

    async def close(
        self, *, code: int = WSCloseCode.OK, message: bytes | str = b"", drain: bool = True
    ) -> bool:
        """Close: tell the peer, wait for its answer, and close the connection; `close_timeout` is for all of it.

        A task that receives meanwhile gets CLOSING. Messages that come after are dropped.

        Args:
            code: the status code; 1000 to 1014 as far as they may be sent, or 3000 to 4999.
            message: why, up to 123 bytes of UTF-8.
            drain: what users of other libraries know; the wait for the peer's answer is a longer one.

        Returns:
            Whether it was this call that closed; False where it was closed before, or is being closed.

        Raises:
            tidewire_http_parser.LocalProtocolError: a code or a message that may not be sent.
        """
        if not self._connection.start_closing(code, message):
            return False
        await self._connection.wait_closed()
        return True

    def start_closing(self, *, code: int = WSCloseCode.OK, message: bytes | str = b"") -> bool:
        """Begin to close, for those who cannot wait; the rest happens by itself, within `close_timeout`.

        Args:
            code: as in `close()`.
            message: as in `close()`.

        Returns:
            Whether it was this call that closed.

        Raises:
            tidewire_http_parser.LocalProtocolError: a code or a message that may not be sent.
        """
        return self._connection.start_closing(code, message)

    async def wait_closed(self) -> None:
        """Wait until the connection is closed; a closing that has begun has its deadline.

        Whoever is cancelled here aborts the connection.
        """
        await self._connection.wait_closed()
