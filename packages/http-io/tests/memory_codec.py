"""A second codec, in memory: streams that interleave on one connection, with windows and resets.

It is what HTTP/2 does, with Python objects in place of bytes: the seam between connections and what stands on them is
proved where the conformance tests hold for this one too.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exchange_harness import Seen
from wire import Recorder

from tidewire_http_io import Receiver, ResetReason, ServerExchange
from tidewire_http_parser import FieldBlock, Fields, LocalProtocolError, RequestHead

WINDOW = 4096


@dataclass(frozen=True)
class Frame:
    """What goes from the server to the peer.

    Attributes:
        stream: whose it is.
        kind: interim, head, data, trailers or reset.
    """

    stream: int
    kind: str
    status: int = 0
    fields: tuple[tuple[str, str], ...] = ()
    data: bytes = b""
    end: bool = False
    reason: ResetReason | None = None


class MemoryExchange:
    """A `ServerExchange`; see there for what users of it call."""

    def __init__(self, number: int, head: RequestHead, emit: Callable[[Frame], None], has_body: bool) -> None:
        self.number = number
        self.head = head
        self.grant: Callable[[int], None] = lambda size: None
        self.send_window = WINDOW
        self.head_sent = False
        self.finished = False
        self.disconnected = False
        self.body_complete = not has_body
        self._emit = emit
        self._receiver: Receiver | None = None
        self._kept: list[bytes] = []
        self._trailers: Fields | None = None if has_body else []
        self._reset: tuple[ResetReason, Exception | None] | None = None
        self._declared: int | None = None
        self._mute = False
        self._pending: deque[tuple[bytes, bool, Fields]] = deque()
        self._waiters: list[asyncio.Future[None]] = []
        self._on_disconnect: Callable[[], None] | None = None

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
        self._kept = []
        self.consumed(len(body))
        return body

    def consumed(self, size: int) -> None:
        if size:
            self.grant(size)

    def send_interim(self, status: int, fields: Fields) -> None:
        if self.head_sent:
            raise LocalProtocolError("an interim response after the head")
        self._send(Frame(self.number, "interim", status, tuple(fields)))

    def send_head(
        self, status: int, reason: str | None, fields: Fields, *, body_length: int | None, end: bool = False
    ) -> None:
        if self.head_sent:
            raise LocalProtocolError("a second head")
        declared = [int(value) for name, value in fields if name.lower() == "content-length"]
        self._declared = declared[0] if declared else body_length
        self._mute = self.head.method == "HEAD" or status in (204, 304)
        self.head_sent = True
        if end and not self._mute and self._declared:
            raise LocalProtocolError("less body than declared")
        self._send(Frame(self.number, "head", status, tuple(fields), end=end))
        if end:
            self._finish()

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        if not self._begun("body data"):
            return
        if self._mute:
            data = b""
        elif self._declared is not None:
            if len(data) > self._declared:
                raise LocalProtocolError("more body than declared")
            self._declared -= len(data)
        if end and not self._mute and self._declared:
            raise LocalProtocolError("less body than declared")
        self._pending.append((data, end, []))
        self._flush()
        if end:
            self._finish()

    def send_trailers(self, fields: Fields) -> None:
        if not self._begun("trailers"):
            return
        if self._declared and not self._mute:
            raise LocalProtocolError("less body than declared")
        self._pending.append((b"", True, [] if self._declared is not None else fields))
        self._flush()
        self._finish()

    def respond(
        self, status: int, reason: str | None, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        if block is not None:
            fields = [*fields, *block.fields]
        declared = [int(value) for name, value in fields if name.lower() == "content-length"]
        if declared and declared[0] != len(body) and self.head.method != "HEAD":
            raise LocalProtocolError("Content-Length differs from the body's length")
        self.send_head(status, reason, fields, body_length=len(body))
        self.send_data(body, end=True)

    def writable(self) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        if self.is_writable or self.disconnected:
            future.set_result(None)
        else:
            self._waiters.append(future)
        return future

    def when_disconnected(self, callback: Callable[[], None] | None) -> None:
        self._on_disconnect = callback

    def reset(self, reason: ResetReason) -> None:
        if self.disconnected or (self.finished and self.body_complete):
            return
        self._emit(Frame(self.number, "reset", reason=reason))
        self.lose(reason, None)

    # What the codec calls.

    def feed(self, data: bytes) -> None:
        if self._receiver is None:
            self._kept.append(data)
        else:
            self._receiver.data_received(data, False, None)

    def end_inbound(self, trailers: Fields) -> None:
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
        callback, self._on_disconnect = self._on_disconnect, None
        if callback is not None and not self.finished:
            callback()

    def credit(self, size: int) -> None:
        """The peer has read so many bytes."""
        self.send_window += size
        self._flush()
        if self.is_writable:
            self._release_writers()

    def _begun(self, what: str) -> bool:
        if self.head_sent and not self.finished:
            return True
        if not self.disconnected:
            raise LocalProtocolError(f"{what} outside of a response")
        return False

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

    def _finish(self) -> None:
        self.finished = True
        self._on_disconnect = None

    def _release_writers(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


@dataclass
class MemoryStream:
    """See `exchange_harness.Stream`; the peer's side of a stream."""

    exchange: ServerExchange
    served: MemoryExchange
    seen: Seen = field(default_factory=Seen)
    window: int = WINDOW
    reset: ResetReason | None = None
    held: bool = False
    _owed: int = 0
    _queue: deque[bytes] = field(default_factory=deque)
    _end: Fields | None = None

    @property
    def may_send(self) -> bool:
        return self.window > 0

    def send(self, data: bytes) -> None:
        self._queue.append(data)
        self._flush()

    def end(self, *trailers: tuple[str, str]) -> None:
        self._end = list(trailers)
        self._flush()

    def leave(self) -> None:
        self.seen.broken = True
        self.served.lose(ResetReason.CANCEL, None)

    def hold(self) -> None:
        self.held = True

    def release(self) -> None:
        self.held = False
        while self._owed and not self.held:
            owed, self._owed = self._owed, 0
            self.served.credit(owed)

    def granted(self, size: int) -> None:
        """The server has given credit back."""
        self.window += size
        self._flush()

    def take(self, frame: Frame) -> None:
        """Take what the server sends."""
        seen = self.seen
        assert not seen.ended, "a frame after the end"
        if frame.kind == "interim":
            seen.interims.append(frame.status)
        elif frame.kind == "head":
            seen.status = frame.status
            seen.fields = dict(frame.fields)
        elif frame.kind == "data":
            seen.body += frame.data
            seen.trailers = list(frame.fields)
            self._owed += len(frame.data)
        else:
            seen.broken = True
            self.reset = frame.reason
        seen.ended = frame.end

    def _flush(self) -> None:
        while self._queue and self.window > 0 and not self.seen.broken:
            data = self._queue.popleft()
            piece, rest = data[: self.window], data[self.window :]
            self.window -= len(piece)
            if rest:
                self._queue.appendleft(rest)
            self.served.feed(piece)
        if self._end is not None and not self._queue:
            trailers, self._end = self._end, None
            self.served.end_inbound(trailers)


class MemoryCodec:
    """A connection of the codec, and its peer; see `exchange_harness.Harness`.

    Attributes:
        frames: all that the server sent, of whatever stream.
    """

    read_window = WINDOW
    write_window = WINDOW

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.streams: list[MemoryStream] = []

    def open(self, method: str = "GET", *, has_body: bool = False, length: int | None = None) -> MemoryStream:
        head = RequestHead(method, "/", True)
        head.host = "example"
        head.fields = [("Host", "example")]
        head.body_length = -1 if has_body else length or 0
        number = len(self.streams)
        served = MemoryExchange(number, head, self._emit, has_body or bool(length))
        stream = MemoryStream(served, served)
        served.grant = stream.granted
        self.streams.append(stream)
        return stream

    def recorder(self, exchange: ServerExchange | None = None) -> Recorder:
        return Recorder(exchange)

    async def turn(self) -> None:
        for stream in self.streams:
            if not stream.held:
                stream.release()
        for _ in range(3):
            await asyncio.sleep(0)

    def _emit(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.streams[frame.stream].take(frame)
