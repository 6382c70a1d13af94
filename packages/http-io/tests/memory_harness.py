"""The peers of the codec in memory, for the conformance tests."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Generic, TypeVar

from exchange_harness import Seen
from memory_codec import WINDOW, Frame, MemoryClientExchange, MemoryExchange, MemoryServerExchange
from wire import Recorder

from tidewire_http_io import ByteChannel, Exchange, ResetReason
from tidewire_http_parser import Fields, InterimHead, RequestHead, ResponseHead

E = TypeVar("E", bound=MemoryExchange)
UPGRADE = [("Upgrade", "echo")]


class MemoryStream(Generic[E]):
    """See `exchange_harness.Stream`; the peer's side of a stream."""

    channel: ByteChannel

    def __init__(self, exchange: E) -> None:
        self.exchange = exchange
        self.seen = Seen()
        self.reset: ResetReason | None = None
        self.held = False
        self._window = WINDOW
        self._owed = 0
        self._flushing = False
        self._queue: deque[bytes] = deque()
        self._end: Fields | None = None

    @property
    def may_send(self) -> bool:
        return self._window > 0

    def send(self, data: bytes) -> None:
        self._queue.append(data)
        self._flush()

    def end(self, *trailers: tuple[str, str]) -> None:
        self._end = list(trailers)
        self._flush()

    def leave(self) -> None:
        self.seen.broken = True
        self.exchange.lose(ResetReason.CANCEL, None)

    def hold(self) -> None:
        self.held = True

    def release(self) -> None:
        self.held = False
        while self._owed and not self.held:
            owed, self._owed = self._owed, 0
            self.exchange.credit(owed)

    def granted(self, size: int) -> None:
        """Credit was given back."""
        self._window += size
        self._flush()

    def take(self, frame: Frame) -> None:
        """Take what is sent."""
        seen = self.seen
        assert not seen.ended or frame.kind == "reset", "a frame after the end"
        if frame.kind == "interim":
            seen.interims.append(frame.status)
        elif frame.kind == "head":
            seen.status = frame.status or None
            seen.method, seen.target = frame.method or None, frame.target or None
            seen.fields = dict(frame.fields)
        elif frame.kind == "data":
            seen.body += frame.data
            seen.trailers = list(frame.fields)
            self._owed += len(frame.data)
        else:
            seen.broken = True
            self.reset = frame.reason
        seen.ended = seen.ended or frame.end

    def _flush(self) -> None:
        if self._flushing:
            return
        self._flushing = True
        while self._queue and self._window > 0 and not self.seen.broken:
            data = self._queue.popleft()
            piece, rest = data[: self._window], data[self._window :]
            self._window -= len(piece)
            if rest:
                self._queue.appendleft(rest)
            self.exchange.feed(piece)
        self._flushing = False
        if self._end is not None and not self._queue:
            trailers, self._end = self._end, None
            self.exchange.end_inbound(trailers)


class MemoryServerStream(MemoryStream[MemoryServerExchange]):
    """The client's side of a stream."""

    def begin(self, body_length: int | None = None) -> None:
        self.exchange.send_head(200, None, [], body_length=body_length)

    def answer(self, status: int, body: bytes | None = None) -> None:
        raise NotImplementedError

    def become_tunnel(self, first: bytes) -> None:
        if first:
            self.send(first)
        self.channel = self.exchange.accept_tunnel(101, UPGRADE)


class MemoryClientStream(MemoryStream[MemoryClientExchange]):
    """The server's side of a stream."""

    def __init__(self, exchange: MemoryClientExchange, method: str) -> None:
        super().__init__(exchange)
        self._method = method
        self._answered = False

    def begin(self, body_length: int | None = None) -> None:
        self.exchange.send_head(self._method, "/", [("Host", "example")], body_length=body_length)

    def answer(self, status: int, body: bytes | None = None) -> None:
        head = (
            InterimHead(status, "", True)
            if status < 200 and status != 101
            else ResponseHead(status, "", True)
        )
        head.offers_switch = status == 101
        self._answered = self._answered or not isinstance(head, InterimHead)
        self.exchange.take_response(head)
        if body is not None:
            self.send(body)
            self.end()

    def send(self, data: bytes) -> None:
        if not self._answered:
            self._answered = True
            if not self.exchange.head_sent:
                self.begin()
            self.answer(200)
        super().send(data)

    def become_tunnel(self, first: bytes) -> None:
        self.exchange.send_head("GET", "/", UPGRADE, end=True)
        self.answer(101)
        if first:
            self.send(first)
        self.channel = self.exchange.take_tunnel()


class MemoryHarness:
    """What both sides' harnesses have in common.

    Attributes:
        frames: all that was sent, of whatever stream.
    """

    read_window = WINDOW
    write_window = WINDOW

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.streams: list[MemoryStream[Any]] = []

    def recorder(self, exchange: Exchange | None = None) -> Recorder:
        return Recorder(exchange)

    async def turn(self) -> None:
        for stream in self.streams:
            if not stream.held:
                stream.release()
        for _ in range(3):
            await asyncio.sleep(0)

    def emit(self, frame: Frame) -> None:
        """Take what an exchange sends to its peer."""
        self.frames.append(frame)
        self.streams[frame.stream].take(frame)


class MemoryServerHarness(MemoryHarness):
    """See `exchange_harness.Harness`; the server's side."""

    def open(
        self, method: str = "GET", *, has_body: bool = False, length: int | None = None
    ) -> MemoryServerStream:
        head = RequestHead(method, "/", True)
        head.host = "example"
        head.fields = [("Host", "example")]
        head.body_length = -1 if has_body else length or 0
        return self._open(head)

    def open_tunnel(self, first: bytes = b"") -> MemoryServerStream:
        head = RequestHead("GET", "/", True)
        head.upgrade = ("echo",)
        head.offers_switch = True
        stream = self._open(head)
        stream.become_tunnel(first)
        return stream

    def _open(self, head: RequestHead) -> MemoryServerStream:
        exchange = MemoryServerExchange(len(self.streams), head, self.emit, head.body_length != 0)
        stream = MemoryServerStream(exchange)
        exchange.grant = stream.granted
        self.streams.append(stream)
        return stream


class MemoryClientHarness(MemoryHarness):
    """See `exchange_harness.Harness`; the client's side."""

    def open(
        self, method: str = "GET", *, has_body: bool = False, length: int | None = None
    ) -> MemoryClientStream:
        exchange = MemoryClientExchange(len(self.streams), self.emit)
        stream = MemoryClientStream(exchange, method)
        exchange.grant = stream.granted
        self.streams.append(stream)
        return stream

    def open_tunnel(self, first: bytes = b"") -> MemoryClientStream:
        stream = self.open()
        stream.become_tunnel(first)
        return stream
