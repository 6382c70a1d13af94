# Compiled by mypyc.
"""The way in: bytes from the channel become messages that wait for the reader, in one call for most of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidewire_websocket._frames import CLOSE, PING
from tidewire_websocket._message_reader import MessageReader
from tidewire_websocket._message_types import CLOSED
from tidewire_websocket.asyncio._outbound import Outbound
from tidewire_websocket.asyncio._waiter import Waiter

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable

    from tidewire_http_io import ByteChannel
    from tidewire_websocket._deflate import Inflater
    from tidewire_websocket.asyncio._options import WebSocketOptions
    from tidewire_websocket.asyncio._types import Owner

__all__: list[str] = []


class Inbound(MessageReader):
    """Receives from a channel; see `TunnelReceiver` for what that calls.

    Args:
        owner: is told of what is no message.
        channel: where the bytes come from; it is slowed down while the reader does not keep up.
        outbound: the way out.
        options: how the websocket behaves.
        inflater: what takes permessage-deflate off; None where it was not negotiated.
        clock: tells the time; None where nobody asks when the peer was heard last.
        loop: the event loop of the reader.

    Attributes:
        waiter: what the reader waits for.
        heard_at: when anything has come last, by the clock.
        finished: whether no more messages come than those that wait.
        paused: whether the channel is held back, as the reader does not keep up.
    """

    __slots__ = (
        "_autoping",
        "_buffered",
        "_channel",
        "_clock",
        "_outbound",
        "_owner",
        "_violated",
        "finished",
        "heard_at",
        "paused",
        "waiter",
    )

    def __init__(
        self,
        owner: Owner,
        channel: ByteChannel,
        outbound: Outbound,
        options: WebSocketOptions,
        inflater: Inflater | None,
        clock: Callable[[], float] | None,
        loop: AbstractEventLoop,
    ) -> None:
        super().__init__(
            not outbound.masked,
            # Where parts are handed over as they come, whoever puts them together counts.
            0 if options.streaming else options.max_msg_size,
            options.read_limit,
            inflater,
            options.decode_text,
            options.streaming,
        )
        self._owner: Any = owner
        self._channel: Any = channel
        self._outbound = outbound
        self._autoping: bool = options.autoping
        self._clock: Any = clock
        self._violated = False
        self._buffered = False  # whether the channel fills the buffers of long messages
        self.heard_at: float = 0.0 if clock is None else clock()
        self.waiter = Waiter(loop)
        self.finished = False
        self.paused = False

    # What the channel calls.

    def data_received(self, data: bytes) -> None:
        """See `TunnelReceiver`."""
        if self._clock is not None:
            self.heard_at = self._clock()
        self.receive_data(data)
        if self._assembly.long is not None and not self._buffered:
            self._buffered = self._channel.receive_buffered()
        if self._next is not None or self.error is not None:
            self._wake_reader()

    def get_buffer(self) -> Any:
        """See `BufferReceiver`."""
        return self.buffer

    def buffer_updated(self, count: int) -> None:
        """See `BufferReceiver`."""
        if self._clock is not None:
            self.heard_at = self._clock()
        self.buffer_filled(count)
        if self._next is not None or self.error is not None:
            self._wake_reader()

    def eof_received(self) -> None:
        """See `TunnelReceiver`."""
        self._owner.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """See `TunnelReceiver`."""
        self._owner.connection_lost(error)

    # What the reader and the owner call.

    def next(self) -> Any:
        """Return the next message or part; None where there is none yet."""
        message: Any = self.take()
        if self.paused or self.error is not None:
            self._look_up(message is not None)
        return message

    def claim(self) -> Any:
        """Return the next message or part, CLOSED where no more come; None where a reader has begun to wait for it.

        Raises:
            RuntimeError: another one waits.
        """
        waiter = self.waiter
        if waiter.busy:
            raise RuntimeError("another task is receiving")
        message: Any = self.next()
        if message is None:
            if self.finished:
                return CLOSED
            waiter.begin()
        return message

    def arrived(self) -> Any:
        """As `claim()`, for the reader who has waited."""
        self.waiter.end()
        return self.claim()

    def finish(self) -> None:
        """Let no more messages come."""
        self.finished = True
        self.waiter.wake()

    def drop_messages(self) -> None:
        """Forget what waits, and all that comes but control frames."""
        self.discard()
        self._look_up(False)

    # What the base class calls.

    def control_received(self, opcode: int, payload: bytes) -> None:
        """See `MessageReader`."""
        if opcode == CLOSE:
            super().control_received(opcode, payload)
            self._owner.close_received(self.close_code)
        elif opcode == PING:
            if self._autoping:
                self._owner.pinged(payload)
            elif not self.discards:
                super().control_received(opcode, payload)
        else:
            self._owner.ponged(payload)
            if not self._autoping and not self.discards:
                super().control_received(opcode, payload)

    def _wake_reader(self) -> None:
        """Let the reader go on, in here, whatever it does then; what it answers goes out in one write."""
        outbound = self._outbound
        outbound.cork()
        try:
            self.waiter.wake()
            self._look_up(False)
        finally:
            outbound.uncork()

    def _look_up(self, in_hand: bool) -> None:
        """Tell the owner of an error, and hold the channel back or let it go on.

        Args:
            in_hand: whether the reader is about to get a message that it may answer.
        """
        if self.error is not None and not self._violated:
            self._violated = True
            self._owner.violated(self.error, in_hand)
        if self.full:
            if not self.paused:
                self.paused = True
                self._channel.pause_reading()
        elif self.paused and self._held is None:
            self.paused = False
            self._channel.resume_reading()
