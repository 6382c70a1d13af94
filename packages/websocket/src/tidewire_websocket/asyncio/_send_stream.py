"""A message that is sent as it is made, whatever its size."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tidewire_websocket._close_codes import WSCloseCode
from tidewire_websocket._errors import WebSocketClosed
from tidewire_websocket._frames import BINARY, CONTINUATION, FIN, RSV1, TEXT
from tidewire_websocket.asyncio._connection import Connection
from tidewire_websocket.asyncio._outbound import OFF_LOOP, SENT, SENT_WAIT
from tidewire_websocket.asyncio._sender import Sender, as_bytes

if TYPE_CHECKING:
    from tidewire_websocket._deflate import Deflater

__all__ = ["SendStream"]


class SendStream:
    """One message in pieces: `async with ws.send_stream() as stream: await stream.write(piece)`.

    Other messages wait until it is complete, control frames do not. A block that ends with an exception leaves a message
    that nobody can complete: the connection is closed with code 1011 then.
    """

    __slots__ = ("_begun", "_connection", "_deflater", "_job", "_open", "_sender", "_text")

    def __init__(self, connection: Connection, sender: Sender, text: bool, compress: bool) -> None:
        self._connection = connection
        self._sender = sender
        self._text = text
        self._deflater: Deflater | None = connection.outbound.deflater if compress else None
        self._job: asyncio.Future[bytes] | None = None  # a piece that is compressed in a thread
        self._open = False
        self._begun = False

    async def __aenter__(self) -> Self:
        await self._sender.take_turn()
        self._open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open = False
        outcome = SENT
        try:
            if error is None:
                await self._finish_job()
                rest = self._deflater.finish() if self._deflater is not None else b""
                outcome = self._write_frame(rest, last=True)
            else:
                self._fail(error)
        except asyncio.CancelledError as cancellation:
            self._fail(cancellation)
            raise
        finally:
            self._sender.end_turn()
        if outcome == SENT_WAIT:
            await self._sender.drain()

    async def write(self, data: str | bytes | bytearray | memoryview) -> None:
        """Send a piece, and wait for credit where there is none.

        A large piece that is cancelled while it is compressed in a thread goes out all the same, before the next one or at
        the end: what was compressed is what the next pieces refer to.

        Args:
            data: text for a text, bytes for a binary message.

        Raises:
            RuntimeError: the stream is not open.
            TypeError: data of the other kind.
            WebSocketClosed: nothing can be sent any more.
        """
        if not self._open:
            raise RuntimeError("the stream is not open")
        if self._text:
            if not isinstance(data, str):
                raise TypeError(f"str expected; got {type(data).__name__}")
            payload = data.encode()
        else:
            payload = as_bytes(data)
        if not payload:
            return
        deflater = self._deflater
        if deflater is not None:
            await self._finish_job()
            if len(payload) >= OFF_LOOP:
                self._job = self._connection.loop.run_in_executor(None, deflater.begin, payload)
                await self._finish_job()
                return
            payload = deflater.begin(payload)
            if not payload:
                return  # zlib has kept it for what follows
        await self._send(payload)

    async def _finish_job(self) -> None:
        """Wait for what a thread compresses, and send it; who is cancelled here leaves that to the next."""
        while (job := self._job) is not None:
            await asyncio.wait([job])
            if self._job is job:
                self._job = None
                if payload := job.result():
                    await self._send(payload)

    async def _send(self, payload: bytes) -> None:
        if self._write_frame(payload, last=False) == SENT_WAIT:
            await self._sender.drain()

    def _fail(self, error: BaseException) -> None:
        """Leave the message as it is."""
        if not self._connection.outbound.closed:
            self._connection.fail(WSCloseCode.INTERNAL_ERROR, "a message was not completed", error)

    def _write_frame(self, payload: bytes, *, last: bool) -> int:
        outbound = self._connection.outbound
        if outbound.closed:
            raise WebSocketClosed(self._connection.close_code)
        first = CONTINUATION if self._begun else TEXT if self._text else BINARY
        if not self._begun and self._deflater is not None:
            first |= RSV1
        self._begun = True
        return outbound.write_frame(first | FIN if last else first, payload)
