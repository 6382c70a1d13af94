"""The body of a message as a stream of bytes, read with `await`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from tidewire_http_io._exchange import ResetReason
from tidewire_http_parser import Fields

__all__ = ["StreamReader", "StreamReset"]


class StreamReset(ConnectionError):
    """The stream ended before its end.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: ResetReason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the stream was reset: {self.reason.value}"


class StreamReader:
    """Reads a body; a `Receiver`, fed by the exchange.

    One reader at a time. What is read gives its credit back, so that the peer sends on.

    Args:
        consumed: called with the number of bytes that were read.
    """

    __slots__ = ("_chunks", "_consumed", "_eof", "_error", "_offset", "_size", "_waiter", "trailers")

    def __init__(self, consumed: Callable[[int], None]) -> None:
        self._consumed = consumed
        self._chunks: deque[bytes] = deque()
        self._offset = 0  # bytes of the first chunk that have been read
        self._size = 0  # bytes that have not been read
        self._eof = False
        self._error: StreamReset | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.trailers: Fields = []

    def __repr__(self) -> str:
        state = f"{self._size} bytes" + (", eof" if self._eof else "")
        return f"<StreamReader {state}>"

    # What the exchange calls.

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        """See `Receiver`."""
        self._chunks.append(data)
        self._size += len(data)
        self._wake()

    def end_received(self, trailers: Fields) -> None:
        """See `Receiver`."""
        self._eof = True
        self.trailers = trailers
        self._wake()

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        """See `Receiver`."""
        self._error = _new_reset(reason, error)
        self._wake()

    # What readers call.

    def is_eof(self) -> bool:
        """Whether the end has come, though perhaps not been read."""
        return self._eof

    def at_eof(self) -> bool:
        """Whether everything has been read."""
        return self._eof and not self._chunks

    def exception(self) -> Exception | None:
        """The error that every further read raises, None where there is none."""
        return self._error

    async def read(self, n: int = -1) -> bytes:
        """Read up to `n` bytes, waiting for at least one; with -1 read to the end.

        Returns:
            The bytes; none at the end, or where `n` is 0.

        Raises:
            StreamReset: the body will not be completed. What came before can be read first.
            RuntimeError: somebody else is reading.
        """
        if n < 0:
            pieces = []
            while piece := await self.readany():
                pieces.append(piece)
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if n == 0 or not await self._wait_for_data():
            return b""
        return self._take(n)

    async def readany(self) -> bytes:
        """Read what is there, waiting for at least one byte.

        Returns:
            The bytes; none at the end.

        Raises:
            StreamReset: the body will not be completed.
            RuntimeError: somebody else is reading.
        """
        if not await self._wait_for_data():
            return b""
        return self._take(self._size)

    async def readexactly(self, n: int) -> bytes:
        """Read exactly `n` bytes.

        Raises:
            asyncio.IncompleteReadError: the end came first.
            StreamReset: the body will not be completed.
            RuntimeError: somebody else is reading.
        """
        pieces: list[bytes] = []
        missing = n
        while missing > 0:
            piece = await self.read(missing)
            if not piece:
                raise asyncio.IncompleteReadError(b"".join(pieces), n)
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    async def iter_chunked(self, n: int) -> AsyncIterator[bytes]:
        """Iterate over the body in pieces of at most `n` bytes."""
        while piece := await self.read(n):
            yield piece

    async def iter_any(self) -> AsyncIterator[bytes]:
        """Iterate over the body in pieces as they come."""
        while piece := await self.readany():
            yield piece

    async def _wait_for_data(self) -> bool:
        """Wait until something can be read; tell whether it is data and not the end."""
        while not self._chunks:
            if self._error is not None:
                # A new one each time: one that was raised knows its frames, and with them this stream.
                raise _new_reset(self._error.reason, self._error.__cause__)
            if self._eof:
                return False
            if self._waiter is not None:
                raise RuntimeError("another task is reading this stream")
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return True

    def _take(self, n: int) -> bytes:
        """Take up to `n` bytes of what is there."""
        chunks = self._chunks
        if self._offset:
            data = chunks[0][self._offset : self._offset + n]
            self._offset += len(data)
            if self._offset == len(chunks[0]):
                chunks.popleft()
                self._offset = 0
        elif n >= self._size:
            data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
            chunks.clear()
        elif len(chunks[0]) <= n:
            data = chunks.popleft()
        else:
            data = chunks[0][:n]
            self._offset = n
        self._size -= len(data)
        self._consumed(len(data))
        return data

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _new_reset(reason: ResetReason, cause: BaseException | None) -> StreamReset:
    reset = StreamReset(reason)
    reset.__cause__ = cause
    return reset
