"""The life of a websocket: what is answered by itself, how it closes, and what becomes of it when it breaks.

Either side may begin the closing handshake. When both close frames are there the server closes the channel, and the
client waits for that.

Either way there is one deadline, from the close frame of this side on; then the channel is aborted. A peer that breaks
the protocol gets a close frame that says so, and nothing of it is read any more (RFC 6455, section 7.1.7).
"""

from __future__ import annotations

import asyncio
from functools import partial

from tidewire_http_io import ByteChannel
from tidewire_websocket._close_codes import WSCloseCode, close_payload, shortened_reason
from tidewire_websocket._deflate_agreement import DeflateAgreement
from tidewire_websocket._errors import PingTimeout, WebSocketClosed, WebSocketError
from tidewire_websocket._frames import CLOSE, FIN, PING, PONG
from tidewire_websocket._message_types import CLOSING, WSMessageError, WSMsgType
from tidewire_websocket.asyncio._inbound import Inbound
from tidewire_websocket.asyncio._keepalive import Keepalive
from tidewire_websocket.asyncio._options import WebSocketOptions
from tidewire_websocket.asyncio._outbound import Outbound
from tidewire_websocket.asyncio._types import Cancellable, Clock

__all__: list[str] = []


class Connection:
    """One side of a websocket, without what users call.

    Args:
        channel: where it goes through.
        server: whether this side is the server.
        options: how it behaves.
        agreement: what was agreed on for compression.
        clock: tells the time and wakes up.

    Attributes:
        inbound: the way in.
        outbound: the way out.
        close_code: the code of the closing, None as long as nothing is closed.
        exception: what went wrong; None where nothing did.
    """

    def __init__(
        self,
        channel: ByteChannel,
        server: bool,
        options: WebSocketOptions,
        agreement: DeflateAgreement | None,
        clock: Clock,
    ) -> None:
        self.channel = channel
        self.server = server
        self.options = options
        self.loop = asyncio.get_running_loop()
        self._clock = clock
        self.inflater = None if agreement is None else agreement.inflater(server)
        deflater = None if agreement is None else agreement.deflater(server, options.deflate)
        self.outbound = Outbound(channel, not server, deflater, options.writer_limit)
        heard = None if options.heartbeat is None else clock.time
        inbound = Inbound(self, channel, self.outbound, options, self.inflater, heard, self.loop)
        self.inbound = inbound
        self._keepalive: Keepalive | None = None
        if options.heartbeat is not None:
            self._keepalive = self._make_keepalive()
        self.close_code: int | None = None
        self.exception: BaseException | None = None
        self._close_sent = False
        self._lost = False
        self._done: asyncio.Future[None] | None = None  # what close() waits for
        self._deadline: Cancellable | None = None
        self._late_pong: bytes | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        channel.receive(inbound)

    # What is sent.

    def send_control(self, opcode: int, payload: bytes) -> None:
        """Send a ping or a pong.

        Raises:
            WebSocketClosed: nothing can be sent any more.
        """
        if self.outbound.closed:
            raise WebSocketClosed(self.close_code)
        self.outbound.write_frame(FIN | opcode, payload)

    # The end.

    def start_closing(self, code: int, reason: bytes | str) -> bool:
        """Send the close frame of this side; tell whether it could be sent.

        Raises:
            tidewire_http_parser.LocalProtocolError: a code or a reason that may not be sent.
        """
        payload = close_payload(code, reason)
        if self.outbound.closed:
            return False
        self._send_close(payload)
        if self.inbound.closed:
            self._complete()
        else:
            self.inbound.drop_messages()
            if self.inbound.waiter.busy:
                # Whoever reads is told, and then finds everything closed.
                self.inbound.put(CLOSING)
            self.inbound.finish()
        return True

    async def wait_closed(self) -> None:
        """Wait until the closing handshake is over; it has a deadline, and whoever is cancelled here aborts it."""
        if self._lost or (self.server and self._close_sent and self.inbound.closed):
            return
        if self._done is None:
            self._done = self.loop.create_future()
        try:
            await asyncio.shield(self._done)
        except asyncio.CancelledError:
            self._give_up(None)
            raise

    def fail(self, code: int, reason: str, error: BaseException) -> None:
        """Close, since something is wrong: say so, and read nothing any more (RFC 6455, section 7.1.7)."""
        if self._lost or self.exception is not None:
            return
        self.exception = error
        if not self.inbound.closed:
            self.close_code = code
        if not self.outbound.closed:
            self._send_close(close_payload(code, shortened_reason(reason)))
        if self.inbound.error is None:
            self.inbound.drop_messages()
        if not self.inbound.finished:
            self.inbound.put(WSMessageError(WSMsgType.ERROR, error, None))
        self.inbound.finish()
        # With both sides closed at once, what comes from the peer could keep it from reading the close frame.
        try:
            self.outbound.flush()
            self.channel.write_eof()
        except OSError:
            # The peer is gone, and the transport was not told yet.
            self.channel.abort()
        self._finish_closing()

    def abort(self, error: BaseException | None) -> None:
        """Give the connection up: the peer is not told."""
        if self._lost:
            return
        if error is not None and self.exception is None:
            self.exception = error
            self.inbound.put(WSMessageError(WSMsgType.ERROR, error, None))
        self.close_code = WSCloseCode.ABNORMAL_CLOSURE
        self.outbound.closed = True
        self.inbound.finish()
        self.channel.abort()
        self._finish_closing()

    def _send_close(self, payload: bytes) -> None:
        self.outbound.write_frame(FIN | CLOSE, payload)
        self.outbound.closed = True
        self._close_sent = True
        self._stop_keepalive()
        self._set_deadline(partial(self._give_up, TimeoutError("the closing handshake took too long")))

    def _set_deadline(self, callback: partial[None]) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self._clock.call_later(self.options.close_timeout, callback)

    def _give_up(self, error: BaseException | None) -> None:
        """The deadline has passed."""
        self._deadline = None
        if self._lost:
            return
        if not (self._close_sent and self.inbound.closed) and self.exception is None:
            self.exception = error
            self.close_code = WSCloseCode.ABNORMAL_CLOSURE
        self.channel.abort()
        self.inbound.finish()
        self._finish_closing()

    def _complete(self) -> None:
        """Both close frames are there: the server closes, the client waits for that (RFC 6455, section 7.1.1)."""
        self.inbound.finish()
        if self.server:
            self.outbound.flush()
            self.channel.close()
            self._finish_closing()

    def _finish_closing(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    # What the way in tells.

    def pinged(self, payload: bytes) -> None:
        """See `Owner`."""
        if self.outbound.closed:
            return
        if self.channel.is_writable:
            self.outbound.write_frame(FIN | PONG, payload)
            return
        # A peer that sends pings and reads no pongs has only the last one answered, as it may be.
        if self._late_pong is None:
            task = self.loop.create_task(self._send_late_pong())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._late_pong = payload

    def ponged(self, payload: bytes) -> None:
        """See `Owner`."""
        if self._keepalive is not None:
            self._keepalive.ponged(payload)

    def close_received(self, code: int) -> None:
        """See `Owner`."""
        self.close_code = code
        self._stop_keepalive()
        if self._close_sent:
            self._complete()
            return
        # The reader is woken when everything that came was read.
        self.inbound.finished = True
        if self.options.autoclose:
            # Whoever reads gets to it; where nobody does, it is answered all the same.
            self._set_deadline(partial(self.answer_close))

    def answer_close(self) -> None:
        """Answer the peer's close frame with its own code."""
        if not self.outbound.closed and not self._lost:
            self._send_close(close_payload(self.inbound.close_code, b""))
            self._complete()

    def violated(self, error: Exception, in_hand: bool) -> None:
        """See `Owner`."""
        if (in_hand or self.inbound.pending) and self.exception is None:
            # What was in order before gets its answers first; the peer may wait as long for the close frame as for one
            # that closes in order.
            self.inbound.put(WSMessageError(WSMsgType.ERROR, error, None))
            self.inbound.finish()
            self._set_deadline(partial(self.refuse, error))
        else:
            self.refuse(error)

    def refuse(self, error: Exception) -> None:
        """Fail the connection for what the peer has done, if that was not done before."""
        code = error.code if isinstance(error, WebSocketError) else WSCloseCode.INTERNAL_ERROR
        self.fail(code, str(error), error)

    def eof_received(self) -> None:
        """See `Owner`."""
        if not self.inbound.closed and self.close_code is None:
            self.close_code = WSCloseCode.ABNORMAL_CLOSURE
        self.outbound.closed = True
        self._stop_keepalive()
        self.inbound.finish()
        self.outbound.flush()
        self.channel.close()

    def connection_lost(self, error: Exception | None) -> None:
        """See `Owner`."""
        self._lost = True
        self.outbound.closed = True
        if not self.inbound.closed:
            if self.close_code is None:
                self.close_code = WSCloseCode.ABNORMAL_CLOSURE
            if self.exception is None:
                self.exception = error
        self._stop_keepalive()
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self.inbound.finish()
        self._finish_closing()

    async def _send_late_pong(self) -> None:
        await self.channel.writable()
        payload, self._late_pong = self._late_pong, None
        if payload is not None and not self.outbound.closed:
            self.outbound.write_frame(FIN | PONG, payload)

    # Whether the peer is there.

    @property
    def keepalive(self) -> Keepalive:
        """What sends pings; it is made when it is first needed."""
        if self._keepalive is None:
            self._keepalive = self._make_keepalive()
        return self._keepalive

    @property
    def latency(self) -> float | None:
        """Seconds from the last ping that was answered to its pong."""
        return None if self._keepalive is None else self._keepalive.latency

    def _make_keepalive(self) -> Keepalive:
        inbound = self.inbound
        return Keepalive(
            self._clock,
            self.options.heartbeat,
            send_ping=partial(self.send_control, PING),
            heard_at=lambda: inbound.heard_at,
            is_deaf=lambda: inbound.paused,
            gone=lambda seconds: self.abort(PingTimeout(seconds)),
        )

    def _stop_keepalive(self) -> None:
        if self._keepalive is not None:
            self._keepalive.stop()
