"""What sending takes beyond writing a frame: arguments are looked at, turns are taken, and credit is waited for."""

from __future__ import annotations

import asyncio
from functools import partial

from tidewire_websocket._close_codes import WSCloseCode
from tidewire_websocket._errors import WebSocketClosed
from tidewire_websocket._frames import FIN, RSV1
from tidewire_websocket._serialiser import checked_control
from tidewire_websocket.asyncio._connection import Connection
from tidewire_websocket.asyncio._outbound import AS_AGREED, CLOSED, LARGE, SENT_WAIT

__all__: list[str] = []

BytesLike = bytes | bytearray | memoryview


class Sender:
    """Sends through a connection, for any number of tasks: each message is whole, and they have their turns.

    Args:
        connection: where to.
    """

    __slots__ = ("_connection", "_outbound", "_turns")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._outbound = connection.outbound
        self._turns: asyncio.Lock | None = None

    async def drain(self) -> None:
        """Wait for credit."""
        await self._connection.channel.writable()
        self._outbound.catch_up()

    async def go_on(self, outcome: int, opcode: int, payload: bytes, compress: int | None) -> None:
        """Go on with a message that could not simply be sent.

        Args:
            outcome: what became of it, one of the constants of `_outbound`.
            opcode: text or binary.
            payload: the message.
            compress: bits of window, 0 for no compression, None for what was agreed on.

        Raises:
            WebSocketClosed: nothing can be sent any more.
        """
        if outcome == SENT_WAIT:
            await self.drain()
        elif outcome == CLOSED:
            raise WebSocketClosed(self._connection.close_code)
        else:
            await self._send_in_turn(opcode, payload, AS_AGREED if compress is None else compress)

    async def take_turn(self) -> None:
        """Wait until no message is half written, and let no other begin before `end_turn()`.

        Raises:
            WebSocketClosed: nothing can be sent any more.
        """
        if self._turns is None:
            self._turns = asyncio.Lock()
        await self._turns.acquire()
        self._outbound.busy = True
        if self._outbound.closed:
            self.end_turn()
            raise WebSocketClosed(self._connection.close_code)

    def end_turn(self) -> None:
        """Let the next message begin."""
        self._outbound.end_turn()
        assert self._turns is not None
        self._turns.release()

    async def _send_in_turn(self, opcode: int, payload: bytes, compress: int) -> None:
        """Send a whole message that has to wait for another, or is to be compressed in a thread.

        A sender that is cancelled while it waits has sent nothing; later its message is sent all the same, since what
        was compressed is what the next messages refer to.
        """
        await self.take_turn()
        outbound = self._outbound
        try:
            outcome = outbound.send_now(opcode, payload, compress)
        except BaseException:
            self.end_turn()
            raise
        if outcome != LARGE:
            self.end_turn()
            if outcome == SENT_WAIT:
                await self.drain()
            return
        assert outbound.deflater is not None
        loop = self._connection.loop
        done: asyncio.Future[int] = loop.create_future()
        job = loop.run_in_executor(None, outbound.deflater.compress, payload, max(compress, 0))
        job.add_done_callback(partial(self._compressed, opcode, done))
        if await done == SENT_WAIT:
            await self.drain()

    def _compressed(self, opcode: int, done: asyncio.Future[int], job: asyncio.Future[bytes]) -> None:
        """What was compressed in a thread is there."""
        outcome = 0
        error = asyncio.CancelledError() if job.cancelled() else job.exception()
        if error is None and not self._outbound.closed:
            outcome = self._outbound.write_frame(FIN | RSV1 | opcode, job.result())
        if error is not None:
            self._connection.fail(WSCloseCode.INTERNAL_ERROR, "", error)
        self.end_turn()
        if not done.done():
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(outcome)


def window_bits(compress: int) -> int:
    """Return a window for one message.

    Raises:
        ValueError: there is none of so many bits.
    """
    if compress != 0 and not 9 <= compress <= 15:
        raise ValueError(f"a window has 9 to 15 bits, or 0 for no compression, not {compress}")
    return int(compress)


def as_bytes(data: object) -> bytes:
    """Return what is to be sent as bytes.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"bytes expected; got {type(data).__name__}")
    return bytes(data)


def control_payload(message: bytes | str) -> bytes:
    """Return what is to be sent in a ping or pong.

    Raises:
        tidewire_http_parser.LocalProtocolError: more than 125 bytes.
    """
    return checked_control(message.encode() if isinstance(message, str) else as_bytes(message))
