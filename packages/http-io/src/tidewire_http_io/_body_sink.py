"""What a body is written through: the way from those who have it to the exchange that sends it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

from tidewire_http_io._exchange import Outbound
from tidewire_http_io._sink_errors import BodyLengthMismatch, PeerGone
from tidewire_http_parser import Fields, LocalProtocolError
from tidewire_http_parser.codings import ContentEncoder

__all__ = ["BodySink"]

BytesLike = bytes | bytearray | memoryview

# What is handed to the exchange at once: pieces of files come in this size and need no copy, and a peer that reads
# nothing makes the connection hold this much more than its own limit, and no more.
_SLICE: Final = 262144
# What is encoded on the loop. Into a thread and back costs 80 microseconds of CPU time (CPython 3.13), and 32 KiB of
# JSON take gzip 500, deflate 470, br 680, zstd 120: below that the way costs too much of the work, above it a whole
# slice would hold up everyone else for 6 milliseconds.
_INLINE: Final = 32768
# Bytes that are taken without a wait before others get their turn: a peer that is never slow would let nobody else
# run.
_FAIR_SHARE: Final = 1048576


class BodySink:
    """Takes a body in pieces and sends it as the peer keeps up.

    Several tasks may write: each `write()` goes out in one piece, in the order of the calls, whatever is cancelled.
    One that is cancelled while it waits for its turn sends nothing; one that has begun to send is finished behind its
    writer's back, and those after it wait for it. So neither the content nor its encoding can have a hole.

    After an error other than `PeerGone`, or without a `write_eof()` that returned, the body is not complete: whoever
    made the sink resets the exchange then.

    Args:
        outbound: the exchange; its head is out already.
        length: bytes that will be written, before they are encoded; None where that is not known.
        encoder: encodes what is written; it belongs to the sink from here on.
        on_progress: called with `accepted` and `flushed` as they grow; it must not raise.
        executor: runs the encoder for large pieces; None for the event loop's own.
        inline_limit: bytes of a piece that is encoded on the event loop; larger ones are in the executor.

    Raises:
        TypeError: the length is neither an int nor None.
        ValueError: it is negative.
    """

    __slots__ = (
        "__weakref__",
        "_accepted",
        "_apart",
        "_at_once",
        "_encoder",
        "_ended",
        "_executor",
        "_failed",
        "_fast",
        "_flushed",
        "_inline",
        "_length",
        "_limit",
        "_on_progress",
        "_outbound",
        "_turn",
        "_waiting",
        "_writers",
        "_yield_at",
    )

    def __init__(
        self,
        outbound: Outbound,
        *,
        length: int | None = None,
        encoder: ContentEncoder | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        executor: Executor | None = None,
        inline_limit: int = _INLINE,
    ) -> None:
        if length is not None:
            if not isinstance(length, int):
                raise TypeError(f"a length is an int, or None where it is not known, not {length!r}")
            if length < 0:
                raise ValueError(f"a length is not negative, and None where it is not known, not {length!r}")
        self._outbound = outbound
        self._length = length
        self._limit = sys.maxsize if length is None else length
        self._encoder = encoder
        self._on_progress = on_progress
        self._executor = executor
        self._inline = min(inline_limit, _SLICE)
        self._at_once = _SLICE if encoder is None else self._inline
        self._accepted = 0
        self._waiting = 0  # bytes of these that were handed to neither the encoder nor the exchange
        self._flushed = 0  # as far as is known from the last look at the exchange
        self._yield_at = _FAIR_SHARE  # when so many bytes were sent, others get their turn
        self._writers = 0  # those who wait for their turn, or have it
        self._turn: asyncio.Lock | None = None
        self._apart: asyncio.Task[None] | None = None  # what finishes a write; the loop does not keep it
        self._ended = False
        self._failed = False
        # Whether a piece has only to be counted and sent, where there is credit and nobody waits.
        self._fast = encoder is None and on_progress is None

    def __repr__(self) -> str:
        of = "" if self._length is None else f" of {self._length}"
        return f"<BodySink {self._accepted}{of} bytes{', ended' if self._ended else ''}>"

    @property
    def length(self) -> int | None:
        """Bytes that will be written, before they are encoded; None where that is not known."""
        return self._length

    @property
    def accepted(self) -> int:
        """Bytes that were taken, before they are encoded."""
        return self._accepted

    @property
    def flushed(self) -> int:
        """Bytes of these that have left: they are sent, but for what the connection holds when it is not full."""
        self._look()
        return self._flushed

    @property
    def ended(self) -> bool:
        """Whether the end of the body was written."""
        return self._ended

    async def write(self, data: BytesLike) -> None:
        """Send a piece of the body.

        It returns when the piece was handed over, which the next write may have to wait for; see `drain()`. The data
        must not be changed before.

        Args:
            data: any number of bytes.

        Raises:
            BodyLengthMismatch: more than was declared; nothing of it is sent.
            LocalProtocolError: after the end, or after a write that failed.
            PeerGone: the peer has gone.
            TypeError: the data is not bytes-like.
        """
        if self._fast and type(data) is bytes:
            # What most writes are; the checks are those below.
            size = len(data)
            accepted = self._accepted + size
            outbound = self._outbound
            if (
                0 < size <= _SLICE
                and accepted <= self._limit
                and not self._writers
                and outbound.is_writable
                and not outbound.disconnected
            ):
                try:
                    outbound.send_data(data)
                except Exception:
                    self._fail()
                    raise
                self._accepted = accepted
                if accepted >= self._yield_at:
                    await self._yield()
                return
        content = data if type(data) is bytes else _content(data)
        size = len(content)
        self._check(size)
        if not size:
            return
        self._accepted += size
        self._waiting += size
        if size <= self._at_once and not self._writers and self._outbound.is_writable:
            self._send(bytes(content))
            if self._accepted >= self._yield_at:
                await self._yield()
            return
        await self._begin_turn(size)
        await self._send_in_turn(content)

    async def write_eof(self, data: BytesLike = b"", *, trailers: Fields | None = None) -> None:
        """Send the last piece and the end of the body; nothing happens where it has ended already.

        Where the peer has gone, it ends in silence if there is no data.

        Args:
            data: any number of bytes.
            trailers: the trailer section, if any; dropped where the framing has no room for one.

        Raises:
            BodyLengthMismatch: more or less than was declared; neither data nor end are sent.
            LocalProtocolError: data or trailers after the end, trailers that may not go out, or after a write that
                failed.
            PeerGone: the peer has gone, and there is data.
            TypeError: the data is not bytes-like.
        """
        content = data if type(data) is bytes else _content(data)
        size = len(content)
        if self._ended and not size and not trailers:
            return
        if self._outbound.disconnected and not size and not self._ended:
            self._ended = True
            self._fast = False
            return
        self._check(size)
        self._check_complete(self._accepted + size)
        if size > self._at_once:
            await self.write(content)
            content = b""
            size = 0
        self._ended = True
        self._fast = False
        if not self._writers and (not size or self._outbound.is_writable):
            self._accepted += size
            self._waiting += size
            self._finish(bytes(content), trailers)
            return
        self._accepted += size
        self._waiting += size
        try:
            await self._begin_turn(size)
        except BaseException:
            self._ended = False
            self._fast = self._encoder is None and self._on_progress is None and not self._failed
            raise
        try:
            self._finish(bytes(content), trailers)
        finally:
            self._end_turn()

    async def flush(self) -> None:
        """Send what the encoder holds back, so that the peer can read all that was written; then `drain()`.

        Each makes the encoded body larger.

        Raises:
            LocalProtocolError: after the end, or after a write that failed.
            PeerGone: the peer has gone.
        """
        if self._encoder is not None:
            self._check(0)
            await self._begin_turn(0)
            try:
                self._hand_over(self._encoder.flush(), 0)
            finally:
                self._end_turn()
        await self.drain()

    async def drain(self) -> None:
        """Wait until the peer has taken so much that there is room for more."""
        if not self._outbound.is_writable:
            await self._outbound.writable()
            self._note_wait()
        self._note_progress()

    # Checks.

    def _check(self, size: int) -> None:
        if self._ended:
            raise LocalProtocolError("the body has ended")
        if self._failed or self._outbound.disconnected:
            raise self._broken()
        if self._accepted + size > self._limit:
            raise BodyLengthMismatch(self._limit, self._accepted + size)

    def _broken(self) -> Exception:
        if self._outbound.disconnected:
            return PeerGone()
        return LocalProtocolError("an earlier write failed, and the body has a hole")

    def _check_complete(self, written: int) -> None:
        if self._length is not None and written < self._length:
            raise BodyLengthMismatch(self._length, written)

    # Turns: who is about to wait takes one.

    async def _begin_turn(self, size: int) -> None:
        """Wait for this writer's turn, and for credit; where that fails its bytes do not count."""
        self._writers += 1
        if self._turn is None:
            self._turn = asyncio.Lock()
        begun = False
        try:
            await self._turn.acquire()
            begun = True
            if self._failed:
                raise self._broken()
            if size:
                await self._wait_for_credit()
        except BaseException:
            self._accepted -= size
            self._waiting -= size
            if begun:
                self._end_turn()
            else:
                self._writers -= 1
            raise

    def _end_turn(self) -> None:
        self._writers -= 1
        if self._turn is not None:
            self._turn.release()

    async def _wait_for_credit(self) -> None:
        if not self._outbound.is_writable:
            await self._outbound.writable()
            self._note_wait()
        elif self._accepted - self._waiting >= self._yield_at:
            await self._yield()
        if self._outbound.disconnected:
            raise PeerGone
        self._note_progress()

    async def _yield(self) -> None:
        self._note_wait()
        await asyncio.sleep(0)

    def _note_wait(self) -> None:
        self._yield_at = self._accepted - self._waiting + _FAIR_SHARE

    # Sending.

    async def _send_in_turn(self, content: bytes | memoryview) -> None:
        """Send a whole piece, with credit for its beginning, and end the turn."""
        if self._encoder is not None and len(content) > self._inline:
            self._apart = task = self._send_apart(bytes(content), 0)
            try:
                await asyncio.wait([task])  # not the task itself: cancelling would go through to it
                task.result()
            finally:
                del task  # its error knows this frame: together they would be a circle
            return
        offset = 0
        try:
            while True:
                self._send(bytes(content[offset : offset + _SLICE]))
                offset += _SLICE
                if offset >= len(content):
                    break
                await self._wait_for_credit()
        except asyncio.CancelledError:
            rest = (content, offset) if isinstance(content, bytes) else (bytes(content[offset:]), 0)
            self._apart = self._send_apart(*rest)
            raise
        except BaseException:
            self._fail()
            self._end_turn()
            raise
        self._end_turn()

    def _send_apart(self, content: bytes, offset: int) -> asyncio.Task[None]:
        """Send the rest of a piece in a task of its own, which ends the turn."""
        task = asyncio.get_running_loop().create_task(self._send_rest(content, offset))
        # Not in the task's own `finally`: it may be cancelled before it has begun.
        task.add_done_callback(self._sent_apart)
        return task

    def _sent_apart(self, task: asyncio.Task[None]) -> None:
        self._apart = None
        if task.cancelled() or task.exception() is not None:
            self._fail()
        self._end_turn()

    async def _send_rest(self, content: bytes, offset: int) -> None:
        loop = asyncio.get_running_loop()
        encoder = self._encoder
        while offset < len(content):
            await self._wait_for_credit()
            piece = content[offset : offset + _SLICE]
            if encoder is not None and len(piece) > self._inline:
                encoded = await loop.run_in_executor(self._executor, encoder.encode, piece)
                self._hand_over(encoded, len(piece))
            else:
                self._send(piece)
            offset += _SLICE

    def _send(self, piece: bytes) -> None:
        try:
            self._hand_over(piece if self._encoder is None else self._encoder.encode(piece), len(piece))
        except Exception:
            self._fail()
            raise

    def _fail(self) -> None:
        self._failed = True
        self._fast = False

    def _hand_over(self, encoded: bytes, size: int) -> None:
        if encoded:
            self._outbound.send_data(encoded)
        self._waiting -= size
        if self._on_progress is not None:
            self._note_progress()

    def _finish(self, content: bytes, trailers: Fields | None) -> None:
        # Again: a write that was cancelled while it waited does not count any more.
        self._check_complete(self._accepted - self._waiting + len(content))
        encoded = content
        if self._encoder is not None:
            encoded = self._encoder.encode(content) + self._encoder.finish()
        if trailers:
            if encoded:
                self._outbound.send_data(encoded)
            self._outbound.send_trailers(trailers)
        else:
            self._outbound.send_data(encoded, end=True)
        self._waiting -= len(content)
        self._note_progress()

    def _look(self) -> None:
        if self._outbound.is_writable and not self._outbound.disconnected:
            self._flushed = self._accepted - self._waiting

    def _note_progress(self) -> None:
        self._look()
        if self._on_progress is not None:
            self._on_progress(self._accepted, self._flushed)


def _content(data: BytesLike) -> bytes | memoryview:
    """Return data as bytes, or a large one that need not be copied as a view of bytes."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"a piece of a body is bytes-like, not {type(data).__name__}")
    view = memoryview(data)
    if view.nbytes <= _SLICE or not view.c_contiguous:
        return view.tobytes()
    return view.cast("B")
