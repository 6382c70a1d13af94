"""Byte channels in memory, and the test as a peer behind one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from tidewire_testing import FakeClock
from tidewire_websocket import DeflateAgreement, MessageReader, WSMessage
from tidewire_websocket._frames import FIN, serialise_frame
from tidewire_websocket.asyncio import WebSocket, WebSocketOptions


class MemoryChannel:
    """A `ByteChannel` that is driven by the test, or joined with another one."""

    def __init__(self) -> None:
        self.written = b""
        self.writes = 0
        self.pieces: list[list[Any]] = []  # what was written in several
        self.is_writable = True
        self.closed = False
        self.reading = True
        self.fills = True  # whether it can put bytes into a buffer of the receiver's
        self.buffered = False  # whether it does
        self.ended = ""  # how this side has ended it: eof, close or abort
        self.other: MemoryChannel | None = None
        self._kept: list[bytes] = []
        self._receiver: Any = None
        self._waiters: list[asyncio.Future[None]] = []
        self._loop = asyncio.get_running_loop()

    # The channel.

    def info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("192.0.2.1", 50000)}.get(name, default)

    def receive(self, receiver: Any) -> None:
        self._receiver = receiver
        self._deliver()

    def write(self, data: bytes) -> None:
        if self.closed:
            return
        self.writes += 1
        self.written += data
        if self.other is not None:
            self._loop.call_soon(self.other.feed, data)

    def write_pieces(self, pieces: list[Any]) -> None:
        self.pieces.append(pieces)
        self.write(b"".join(pieces))

    def writable(self) -> Awaitable[None]:
        future = self._loop.create_future()
        if self.is_writable or self.closed:
            future.set_result(None)
        else:
            self._waiters.append(future)
        return future

    def write_eof(self) -> None:
        self.closed = True
        self.ended = self.ended or "eof"
        if self.other is not None:
            self._loop.call_soon(self.other.feed_eof)

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True
        self._loop.call_soon(self._deliver)

    def receive_buffered(self) -> bool:
        self.buffered = self.fills
        return self.buffered

    def close(self) -> None:
        self.ended = self.ended if self.ended == "abort" else "close"
        self._end()

    def abort(self) -> None:
        self.ended = "abort"
        self._end()

    def _end(self) -> None:
        self.closed = True
        self._loop.call_soon(self.lose, None)
        if self.other is not None:
            self._loop.call_soon(self.other.feed_eof)

    # The test.

    def feed(self, data: bytes) -> None:
        self._kept.append(data)
        self._deliver()

    def _deliver(self) -> None:
        while self._kept and self.reading and self._receiver is not None:
            data = self._kept.pop(0)
            buffer = self._receiver.get_buffer() if self.buffered else None
            if buffer is None:
                self._receiver.data_received(data)
                continue
            count = min(len(buffer), len(data))
            buffer[:count] = data[:count]
            if count < len(data):
                self._kept.insert(0, data[count:])
            self._receiver.buffer_updated(count)

    def feed_eof(self) -> None:
        if self._receiver is not None:
            self._receiver.eof_received()

    def lose(self, error: Exception | None) -> None:
        self.closed = True
        receiver, self._receiver = self._receiver, None
        self.give_credit()
        if receiver is not None:
            receiver.connection_lost(error)

    def take_credit(self) -> None:
        self.is_writable = False

    def give_credit(self) -> None:
        self.is_writable = True
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


class Peer:
    """A websocket, its clock, and the test at the other end of it.

    Args:
        server: whether the websocket is the server; the test is the other side then.
        deflate: what was agreed on for compression.
        options: the options of the websocket, by name.
    """

    def __init__(
        self, *, server: bool = True, deflate: DeflateAgreement | None = None, **options: Any
    ) -> None:
        self.channel = MemoryChannel()
        self.clock = FakeClock()
        self.server = server
        self.ws = WebSocket(
            self.channel,
            server=server,
            options=WebSocketOptions(**options),
            deflate=deflate,
            clock=self.clock,
        )
        inflater = None if deflate is None else deflate.inflater(not server)
        self._reader = MessageReader(not server, 0, inflater=inflater)
        self._read = 0

    def send(self, opcode: int, payload: bytes | str = b"", *, fin: bool = True, rsv1: bool = False) -> None:
        """Send a frame to the websocket."""
        self.channel.feed(self.frame(opcode, payload, fin=fin, rsv1=rsv1))

    def frame(
        self, opcode: int, payload: bytes | str = b"", *, fin: bool = True, rsv1: bool = False
    ) -> bytes:
        """A frame as the test's side writes it."""
        data = payload.encode() if isinstance(payload, str) else payload
        return serialise_frame(opcode | (FIN if fin else 0) | (0x40 if rsv1 else 0), data, self.server)

    def received(self) -> list[tuple[int, Any]]:
        """What the websocket has sent since the last call: types and data."""
        self._reader.receive_data(self.channel.written[self._read :])
        self._read = len(self.channel.written)
        messages: list[tuple[int, Any]] = []
        while (message := self._reader.take()) is not None:
            assert isinstance(message, WSMessage)
            messages.append((int(message.type), message.data))
        assert self._reader.error is None
        return messages


def joined(
    *, deflate: DeflateAgreement | None = None, **options: Any
) -> tuple[WebSocket, WebSocket, list[MemoryChannel]]:
    """Make a server's websocket and a client's that are connected."""
    ends = [MemoryChannel(), MemoryChannel()]
    ends[0].other, ends[1].other = ends[1], ends[0]
    chosen = WebSocketOptions(**options)
    server = WebSocket(ends[0], server=True, options=chosen, deflate=deflate)
    client = WebSocket(ends[1], server=False, options=chosen, deflate=deflate)
    return server, client, ends


async def settle() -> None:
    """Let everything happen that is due."""
    for _ in range(10):
        await asyncio.sleep(0)
