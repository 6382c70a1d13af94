"""A body as it comes: what feeds it, its limits, its end or its error, and the wait for more of it."""

from __future__ import annotations

import asyncio
import copy
import math
import operator
from collections.abc import Callable
from typing import Any, Final, SupportsIndex, cast

from tidewire_http_io._body_buffer import NO_LIMIT, BodyBuffer
from tidewire_http_io._decoded_body import DecodedBody, Made
from tidewire_http_io._exchange import ResetReason
from tidewire_http_io._stream_errors import BodyTooLarge, StreamReset
from tidewire_http_parser import Fields
from tidewire_http_parser.codings import parse_content_encoding

__all__ = ["MAX_LINE_LENGTH"]

MAX_LINE_LENGTH: Final = 524288
"""Bytes that a line of a body may have where nothing else is said: twice the usual `read_bufsize`."""


class IncomingBody:
    """A `Receiver` that keeps what comes for a reader; see `StreamReader`."""

    __slots__ = (
        "__weakref__",
        "_buffer",
        "_decoded",
        "_end_waiters",
        "_eof",
        "_error",
        "_failure",
        "_on_eof",
        "_received",
        "_trailers",
        "_waiter",
    )

    def __init__(
        self,
        consumed: Callable[[int, int], None] | None = None,
        *,
        content_encoding: str = "",
        max_line_length: float = MAX_LINE_LENGTH,
        max_size: float = math.inf,
    ) -> None:
        max_line = limit_to_number(max_line_length, least=1)
        self._decoded: DecodedBody | None = None
        if content_encoding and parse_content_encoding(content_encoding):
            self._received = BodyBuffer(consumed, max_line)
            self._buffer = BodyBuffer(None, max_line)
            self._decoded = DecodedBody(content_encoding, self._received, self._buffer)
        else:
            self._received = self._buffer = BodyBuffer(consumed, max_line)
        self._buffer.max_size = limit_to_number(max_size, least=0)
        self._eof = False
        self._failure: BaseException | None = None  # what is raised at once
        self._error: Exception | None = None  # what is raised when everything was read
        self._waiter: asyncio.Future[None] | None = None
        self._end_waiters: list[asyncio.Future[None]] = []
        self._on_eof: list[Callable[[], None]] = []
        self._trailers: Fields = []

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "data_received" in cls.__dict__ and "pieces_received" not in cls.__dict__:
            # What is to pass through the one does not pass it by through the other.
            setattr(cls, "pieces_received", None)  # noqa: B010 - it is no method then

    def __repr__(self) -> str:
        state = f"{self._buffer.size} bytes" + (", eof" if self._eof else "")
        return f"<{type(self).__name__} {state}>"

    # What the exchange calls, and who feeds a stream by hand.

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        """See `Receiver`."""
        if self._received.append(data, ends_chunk, inner_ends):
            self._check_size()
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def pieces_received(self, pieces: list[bytes], chunk_ends: list[int]) -> None:
        """See `Receiver`."""
        if self._received.extend(pieces, chunk_ends):
            self._check_size()
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def end_received(self, trailers: Fields) -> None:
        """See `Receiver`."""
        self._eof = True
        self._trailers = trailers
        if self._decoded is not None:
            self._decoded.end_received()
            self._take_note(self._decoded)
        self._wake()
        self._wake_end_waiters()
        callbacks = self._on_eof
        self._on_eof = []
        for callback in callbacks:
            _call(callback)

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        """See `Receiver`."""
        reset = StreamReset(reason)
        reset.__cause__ = error
        self._error = self.reading_error(reset)
        self._on_eof.clear()
        self._wake()
        self._wake_end_waiters()

    def reading_error(self, error: Exception) -> Exception:
        """Return what reads raise where the body cannot be read on: a subclass may make another error of it.

        Args:
            error: why not: a `StreamReset`, or what is wrong with the content's coding.

        Returns:
            The error, which can be copied and keeps its cause.
        """
        return error

    def failure_error(self, failure: BaseException) -> BaseException:
        """Return what a read raises where the body has failed as a whole: a subclass may make another error of it.

        Args:
            failure: a `BodyTooLarge`, or what was given to `set_exception()`.

        Returns:
            An error of the read's own where it is the stream's; one that was handed over is raised itself.
        """
        return error_anew(failure) if isinstance(failure, BodyTooLarge) else failure

    def feed_data(self, data: bytes | bytearray | memoryview, *, ends_chunk: bool = False) -> None:
        """Add bytes to the body.

        Args:
            data: any number of bytes, in their encoded form where the body is encoded.
            ends_chunk: whether a chunk of the transfer ends with them.

        Raises:
            RuntimeError: the body is complete.
        """
        if self._eof:
            raise RuntimeError("feed_data() after feed_eof()")
        if data:
            self.data_received(bytes(data), ends_chunk, None)

    def feed_eof(self) -> None:
        """Complete the body."""
        if not self._eof:
            self.end_received([])

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        """Have every read fail from now on, that of who waits included, whatever has not been read.

        Args:
            exc: what is raised.
            exc_cause: its cause, where it has none of its own.
        """
        if exc_cause is not None:
            exc.__cause__ = exc_cause
        self._fail(exc)

    # What it is like.

    @property
    def trailers(self) -> Fields:
        """The fields that came behind the body; empty before its end."""
        return self._trailers

    @property
    def total_bytes(self) -> int:
        """How many bytes of body there were so far, read or not; of encoded content, what was decoded of it."""
        return self._buffer.total

    @property
    def total_raw_bytes(self) -> int:
        """How many bytes of body were received so far, in their encoded form."""
        return self._received.total

    @property
    def max_line_length(self) -> float:
        """How many bytes a line may have, its end included; math.inf for any number."""
        return _number_to_limit(self._buffer.max_line)

    @max_line_length.setter
    def max_line_length(self, value: float) -> None:
        self._buffer.max_line = limit_to_number(value, least=1)

    @property
    def max_size(self) -> float:
        """How many bytes the body may have, decoded; math.inf for any number."""
        return _number_to_limit(self._buffer.max_size)

    @max_size.setter
    def max_size(self, value: float) -> None:
        self._buffer.max_size = limit_to_number(value, least=0)
        self._check_size()

    def is_eof(self) -> bool:
        """Whether the end has come, though perhaps not been read."""
        return self._eof

    def at_eof(self) -> bool:
        """Whether everything has been read, so that there is nothing left, no error either."""
        if not self._eof or self._buffer.size or self._failure is not None or self._error is not None:
            return False
        return self._decoded is None or self._decoded.finished

    def exception(self) -> BaseException | None:
        """The error that reads raise, now or when they have come to it; None where there is none."""
        return self._error if self._failure is None else self._failure

    def on_eof(self, callback: Callable[[], None]) -> None:
        """Have a callback called when the end has come; at once where it has. Where it never comes, it is dropped."""
        if self._eof:
            _call(callback)
        elif self._failure is None and self._error is None:
            self._on_eof.append(callback)

    async def wait_eof(self) -> None:
        """Wait until the end has come.

        It comes when everything was sent, which a peer does only as long as somebody reads.

        Raises:
            StreamReset: the body will not be completed.
        """
        self._received.settle()
        while not self._eof:
            if self._failure is not None:
                raise self.failure_error(self._failure)
            if self._error is not None:
                raise error_anew(self._error)
            waiter = asyncio.get_running_loop().create_future()
            self._end_waiters.append(waiter)
            try:
                await waiter
            finally:
                self._end_waiters.remove(waiter)

    # What reads are made of.

    def _begin(self) -> None:
        """Check that there may be a read.

        Raises:
            RuntimeError: somebody else is reading.
        """
        waiter = self._waiter
        if waiter is not None:
            if not waiter.cancelled():
                raise RuntimeError("another task is reading this stream")
            self._waiter = None  # its task has not come to notice
            self._buffer.locked = self._failure is not None
        if self._failure is not None:
            raise self.failure_error(self._failure)

    async def _more(self, *, than_is_there: bool = False) -> bool:
        """Wait until something has changed; tell whether anything may come, which at the end it may not.

        Whoever calls it has seen all that is in the buffer.

        Args:
            than_is_there: whether credit for what is in the buffer is given back, since it is not enough.
        """
        if self._waiter is not None or self._failure is not None:
            self._begin()
            return True  # a read that was cancelled held on to what is there
        if than_is_there:
            total = self._buffer.total
            self._buffer.acknowledge()
            if self._failure is not None:
                raise self.failure_error(self._failure)
            if self._buffer.total != total:
                return True  # which has brought more already, and perhaps the end
        decoded = self._decoded
        if decoded is not None and decoded.can_go_on:
            if not decoded.is_heavy:
                self._decode(decoded)
                return True
            decoded.begin(asyncio.get_running_loop()).add_done_callback(self._decoded_elsewhere)
        elif decoded is None or not decoded.working:
            if self._error is not None:
                raise error_anew(self._error)
            if self._eof:
                return False
        self._waiter = waiter = asyncio.get_running_loop().create_future()
        self._buffer.locked = True
        try:
            await waiter
        finally:
            if self._waiter is waiter:
                self._waiter = None
                self._buffer.locked = self._failure is not None
        if self._failure is not None:
            raise self.failure_error(self._failure)
        return True

    def _decode(self, decoded: DecodedBody) -> None:
        decoded.decode()
        self._take_note(decoded)
        if self._failure is not None:
            raise self.failure_error(self._failure)

    def _decoded_elsewhere(self, future: asyncio.Future[Made]) -> None:
        decoded = self._decoded
        if decoded is None:
            return  # nobody wants it any more
        decoded.end(future)
        self._take_note(decoded)
        self._wake()

    def _take_note(self, decoded: DecodedBody) -> None:
        """Take note of what was decoded."""
        if decoded.error is not None:
            self._error = self.reading_error(decoded.error)
            self._received.closed = True
            self._received.clear()
        self._check_size()

    def _check_size(self) -> None:
        if self._buffer.total > self._buffer.max_size and self._failure is None:
            self._fail(BodyTooLarge(self._buffer.max_size))
            self._buffer.clear()
            self._received.clear()

    def _fail(self, failure: BaseException) -> None:
        self._failure = failure
        self._buffer.locked = True
        self._received.closed = self._buffer.closed = True
        self._on_eof.clear()
        self._wake()
        self._wake_end_waiters()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _wake_end_waiters(self) -> None:
        for waiter in self._end_waiters:
            if not waiter.done():
                waiter.set_result(None)


def limit_to_number(limit: float, *, least: int) -> int:
    """A limit as a number."""
    if limit == math.inf:
        return NO_LIMIT
    try:
        if type(limit) is float and limit.is_integer():
            limit = int(limit)  # many write 1e6
        number = operator.index(cast("SupportsIndex", limit))
    except TypeError:
        raise TypeError(f"a limit is a whole number of bytes, or math.inf, not {limit!r:.100}") from None
    if number < least:
        raise ValueError(f"a limit is {least} or more, not {number}")
    return min(number, NO_LIMIT)


def _number_to_limit(number: int) -> float:
    return math.inf if number == NO_LIMIT else number


def _call(callback: Callable[[], None]) -> None:
    """Call what waits for the end; where it fails, the event loop is told, and what feeds the stream goes on."""
    try:
        callback()
    except Exception as error:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": "a callback of on_eof() failed", "exception": error})


def error_anew(error: Exception) -> Exception:
    """The error, made anew: one that was raised knows its frames, and with them the stream."""
    raised = copy.copy(error)
    raised.__cause__ = error.__cause__
    return raised
