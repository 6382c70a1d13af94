"""A second codec, in memory: streams that interleave on one connection, with windows and resets.

It is what HTTP/2 does, with Python objects in place of bytes: the seam between connections and what stands on them is
proved where the conformance tests hold for this one too. `memory_harness` has the peers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tidewire_http_io import ByteChannel, Receiver, ResetReason, TunnelReceiver
from tidewire_http_parser import (
    FieldBlock,
    Fields,
    InterimHead,
    LocalProtocolError,
    RequestHead,
    ResponseHead,
)

WINDOW = 4096


@dataclass(frozen=True)
class Frame:
    """What goes to the peer.

    Attributes:
        stream: whose it is.
        kind: interim, head, data or reset.
    """

    stream: int
    kind: str
    status: int = 0
    method: str = ""
    target: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    data: bytes = b""
    end: bool = False
    reason: ResetReason | None = None


class MemoryExchange:
    """What both sides of an exchange have; see `tidewire_http_io.Exchange`."""

    def __init__(self, number: int, emit: Callable[[Frame], None], has_body: bool) -> None:
        self.number = number
        self.grant: Callable[[int], None] = lambda size: None
        self.send_window = WINDOW
        self.bytes_sent = 0
        self.head_sent = False
        self.finished = False
        self.disconnected = False
        self.body_complete = not has_body
        self.channel: MemoryChannel | None = None
        self._emit = emit
        self._receiver: Receiver | None = None
        self._kept: list[bytes] = []
        self._trailers: Fields | None = None if has_body else []
        self._reset: tuple[ResetReason, Exception | None] | None = None
        self._declared: int | None = None
        self._mute = False
        self._pending: deque[tuple[bytes, bool, Fields]] = deque()
        self._waiters: list[asyncio.Future[None]] = []

    # What users of the exchange call.

    @property
    def is_writable(self) -> bool:
        return self.send_window > 0 and not self._pending

    def info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("192.0.2.1", 50000)}.get(name, default)

    def receive(self, receiver: Receiver) -> None:
        self._receiver = receiver
        kept, self._kept = self._kept, []
        for piece in kept:
            receiver.data_received(piece, False, None)
        if self._trailers is not None:
            receiver.end_received(self._trailers)
        elif self._reset is not None:
            receiver.reset_received(*self._reset)

    def take_body(self) -> bytes:
        body = b"".join(self._kept)
        pieces = len(self._kept)
        self._kept = []
        if pieces:
            self.consumed(len(body), pieces)
        return body

    def consumed(self, size: int, pieces: int) -> None:
        assert size or pieces
        if size:
            self.grant(size)

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        if not self._begun("body data", end):
            return
        if self._mute:
            data = b""
        elif self._declared is not None:
            if len(data) > self._declared:
                raise LocalProtocolError("more body than declared")
            self._declared -= len(data)
        if end and not self._mute and self._declared:
            raise LocalProtocolError("less body than declared")
        self.push(data, end)
        if end:
            self._finish()

    def send_trailers(self, fields: Fields) -> None:
        if not self._begun("trailers", True):
            return
        if self._declared and not self._mute:
            raise LocalProtocolError("less body than declared")
        self.push(b"", True, [] if self._declared is not None else fields)
        self._finish()

    def writable(self) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        if self.is_writable or self.disconnected:
            future.set_result(None)
        else:
            self._waiters.append(future)
        return future

    def reset(self, reason: ResetReason) -> None:
        if self.disconnected or (self.finished and self.body_complete):
            return
        self._emit(Frame(self.number, "reset", reason=reason))
        self.lose(reason, None)

    # What the codec calls.

    def feed(self, data: bytes) -> None:
        if self.channel is not None:
            self.channel.feed(data)
        elif self._receiver is None:
            self._kept.append(data)
        else:
            self._receiver.data_received(data, False, None)

    @property
    def trailers(self) -> Fields:
        return self._trailers or []

    def end_inbound(self, trailers: Fields) -> None:
        if self.channel is not None:
            self.channel.feed_eof()
            return
        if self.disconnected or self.body_complete:
            return
        self.body_complete = True
        self._trailers = trailers
        if self._receiver is not None:
            self._receiver.end_received(trailers)

    def lose(self, reason: ResetReason, error: Exception | None) -> None:
        if self.disconnected:
            return
        self.disconnected = True
        self._pending.clear()
        if not self.body_complete:
            self._reset = (reason, error)
            if self._receiver is not None:
                self._receiver.reset_received(reason, error)
        self._release_writers()
        if self.channel is not None:
            self.channel.lose(error)

    def credit(self, size: int) -> None:
        """The peer has read so many bytes."""
        self.send_window += size
        self._flush()
        if self.is_writable:
            self._release_writers()

    def push(self, data: bytes, end: bool, trailers: Fields | None = None) -> None:
        """Send as far as the window goes; the rest follows."""
        self.bytes_sent += len(data)
        self._pending.append((data, end, trailers or []))
        self._flush()

    def cut(self) -> None:
        """Break the tunnel off."""
        if not self.disconnected:
            self._emit(Frame(self.number, "reset", reason=ResetReason.CANCEL))
            asyncio.get_running_loop().call_soon(self.lose, ResetReason.CANCEL, None)

    def _begun(self, what: str, end: bool) -> bool:
        if self.disconnected:
            self.finished = self.finished or end
            return False
        if self.head_sent and not self.finished:
            return True
        raise LocalProtocolError(f"{what} outside of a message")

    def _send(self, frame: Frame) -> None:
        if not self.disconnected:
            self._emit(frame)

    def _flush(self) -> None:
        while self._pending and not self.disconnected:
            data, end, trailers = self._pending.popleft()
            piece, rest = data[: self.send_window], data[self.send_window :]
            self.send_window -= len(piece)
            if piece or not rest:
                last = end and not rest
                self._emit(Frame(self.number, "data", data=piece, fields=tuple(trailers), end=last))
            if rest:
                self._pending.appendleft((rest, end, trailers))
                return

    def _begin(self, frame: Frame, body_length: int | None, *, end: bool) -> None:
        """Send the head, with a body as it says."""
        if self.head_sent:
            raise LocalProtocolError("a second head")
        declared = [int(value) for name, value in frame.fields if name.lower() == "content-length"]
        length = declared[0] if declared else body_length
        if end and not self._mute and length:
            raise LocalProtocolError("less body than declared")
        self._declared = length
        self.bytes_sent += sum(len(name) + len(value) for name, value in frame.fields)
        self.head_sent = True
        self._send(frame)
        if end:
            self._finish()

    def _finish(self) -> None:
        self.finished = True

    def _release_writers(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    @property
    def sendfile(self) -> None:
        return None  # there is no socket


class MemoryServerExchange(MemoryExchange):
    """See `tidewire_http_io.ServerExchange`."""

    def __init__(self, number: int, head: RequestHead, emit: Callable[[Frame], None], has_body: bool) -> None:
        super().__init__(number, emit, has_body)
        self.head = head
        self.status = 0
        self._continue_sent = False
        self._on_disconnect: Callable[[], None] | None = None
        self._tells_end = False

    @property
    def awaits_continue(self) -> bool:
        waits = self.head.expect_continue and not self._continue_sent and not self.body_complete
        return waits and not self._kept

    def send_interim(self, status: int, fields: Fields) -> None:
        if self.head_sent:
            raise LocalProtocolError("an interim response after the head")
        self._continue_sent = self._continue_sent or status == 100
        self._send(Frame(self.number, "interim", status, fields=tuple(fields)))

    def send_head(
        self, status: int, reason: str | None, fields: Fields, *, body_length: int | None, end: bool = False
    ) -> None:
        self._mute = self.head.method == "HEAD" or status in (204, 304)
        self._begin(Frame(self.number, "head", status, fields=tuple(fields), end=end), body_length, end=end)
        self.status = status

    def respond(
        self, status: int, reason: str | None, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        if block is not None:
            fields = [*fields, *block.fields]
        _check_length(fields, body, self.head.method == "HEAD")
        self.send_head(status, reason, fields, body_length=len(body))
        self.send_data(body, end=True)

    def hop_by_hop_fields(self, status: int, fields: Fields, *, body_length: int | None) -> Fields:
        return []  # frames say where a body ends

    def accept_tunnel(self, status: int, fields: Fields) -> ByteChannel:
        if (
            not self.head.offers_switch
            or not self.body_complete
            or (status == 101) != bool(self.head.upgrade)
        ):
            raise LocalProtocolError("no switch is offered")
        self.send_head(status, None, fields, body_length=None)
        self._finish()
        self.channel = MemoryChannel(self, self._kept)
        return self.channel

    def when_disconnected(self, callback: Callable[[], None] | None, *, or_finished: bool = False) -> None:
        self._on_disconnect = callback
        self._tells_end = or_finished

    def lose(self, reason: ResetReason, error: Exception | None) -> None:
        super().lose(reason, error)
        callback, self._on_disconnect = self._on_disconnect, None
        if callback is not None and not self.finished:
            callback()

    def _finish(self) -> None:
        super()._finish()
        callback, self._on_disconnect = self._on_disconnect, None
        if callback is not None and self._tells_end:
            callback()


class MemoryClientExchange(MemoryExchange):
    """See `tidewire_http_io.ClientExchange`."""

    def __init__(self, number: int, emit: Callable[[Frame], None]) -> None:
        super().__init__(number, emit, True)
        self.response_head: ResponseHead | None = None
        self.response_begun = False
        self._on_interim: Callable[[InterimHead], None] | None = None
        self._waiter: asyncio.Future[ResponseHead | None] | None = None
        self._offered: MemoryChannel | None = None

    @property
    def reset_reason(self) -> ResetReason | None:
        return self._reset[0] if self._reset else None

    @property
    def reset_error(self) -> Exception | None:
        return self._reset[1] if self._reset else None

    def send_head(
        self,
        method: str,
        target: str,
        fields: Fields,
        *,
        body_length: int | None = 0,
        http_1_1: bool = True,
        end: bool = False,
    ) -> None:
        if self.disconnected:
            return
        stays_open = any(name == "Upgrade" for name, _ in fields)
        last = end and not stays_open
        frame = Frame(self.number, "head", method=method, target=target, fields=tuple(fields), end=last)
        self._begin(frame, body_length, end=end)

    def send_request(
        self, method: str, target: str, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        if block is not None:
            fields = [*block.fields, *fields]
        _check_length(fields, body, False)
        self.send_head(method, target, fields, body_length=len(body))
        self.send_data(body, end=True)

    def when_interim(self, callback: Callable[[InterimHead], None] | None) -> None:
        self._on_interim = callback

    def response(self) -> asyncio.Future[ResponseHead | None]:
        if self._waiter is not None and not self._waiter.done():
            raise LocalProtocolError("somebody waits already")
        future = asyncio.get_running_loop().create_future()
        if self.response_head is not None or self._reset is not None:
            future.set_result(self.response_head)
        else:
            self._waiter = future
        return future

    def take_tunnel(self) -> ByteChannel:
        channel, self._offered = self._offered, None
        if channel is None or not self.finished:
            self._offered = channel
            raise LocalProtocolError("nothing was switched, or not yet")
        return channel

    def reset(self, reason: ResetReason) -> None:
        super().reset(reason)
        if self._offered is not None:
            self.cut()

    def take_response(self, head: ResponseHead) -> None:
        """What the codec calls with a head."""
        self.response_begun = True
        if isinstance(head, InterimHead):
            if self._on_interim is not None:
                self._on_interim(head)
            return
        self.response_head = head
        if head.offers_switch:
            self.end_inbound([])
            self.channel = self._offered = MemoryChannel(self, [])
        self._wake()

    def lose(self, reason: ResetReason, error: Exception | None) -> None:
        super().lose(reason if self.head_sent else ResetReason.REFUSED, error)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(self.response_head)


class MemoryChannel:
    """See `tidewire_http_io.ByteChannel`."""

    def __init__(self, exchange: MemoryExchange, kept: list[bytes]) -> None:
        self._exchange = exchange
        self._kept = kept
        self._receiver: TunnelReceiver | None = None
        self._paused = False
        self._eof = False
        self._eof_written = False
        self._closing = False
        self._delivering = False
        self._loss: tuple[Exception | None] | None = None

    @property
    def is_writable(self) -> bool:
        return self._exchange.is_writable

    @property
    def closed(self) -> bool:
        return self._exchange.disconnected or self._eof_written or self._closing

    def info(self, name: str, default: Any = None) -> Any:
        return self._exchange.info(name, default)

    def receive(self, receiver: TunnelReceiver) -> None:
        self._receiver = receiver
        self._deliver()
        if self._eof and not self._kept:
            receiver.eof_received()
        if self._loss is not None:
            receiver.connection_lost(*self._loss)

    def write(self, data: bytes) -> None:
        if not self.closed and data:
            self._exchange.push(data, False)

    def write_pieces(self, pieces: list[bytes]) -> None:
        self.write(b"".join(pieces))

    def receive_buffered(self) -> bool:
        return False

    def writable(self) -> asyncio.Future[None]:
        return self._exchange.writable()

    def write_eof(self) -> None:
        if not self.closed:
            self._eof_written = True
            self._exchange.push(b"", True)
            self._end_if_over()

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._deliver()

    def close(self) -> None:
        self.write_eof()
        self._closing = True
        self._end_if_over()

    def abort(self) -> None:
        self._exchange.cut()

    def feed(self, data: bytes) -> None:
        self._kept.append(data)
        self._deliver()

    def feed_eof(self) -> None:
        self._eof = True
        if self._receiver is not None:
            self._receiver.eof_received()
        self._end_if_over()

    def lose(self, error: Exception | None) -> None:
        self._loss = (error,)
        if self._receiver is not None:
            self._receiver.connection_lost(error)

    def _deliver(self) -> None:
        if self._delivering:
            return
        self._delivering = True
        while self._receiver is not None and self._kept and not self._paused:
            data = self._kept.pop(0)
            self._receiver.data_received(data)
            self._exchange.grant(len(data))
        self._delivering = False

    def _end_if_over(self) -> None:
        if self._closing or (self._eof and self._eof_written):
            asyncio.get_running_loop().call_soon(self._exchange.lose, ResetReason.CANCEL, None)


def _check_length(fields: Fields, body: bytes, mute: bool) -> None:
    declared = [int(value) for name, value in fields if name.lower() == "content-length"]
    if declared and declared[0] != len(body) and not mute:
        raise LocalProtocolError("Content-Length differs from the body's length")
