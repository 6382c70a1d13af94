"""The body of a message as a stream of bytes, read with `await`."""

from __future__ import annotations

import asyncio

from tidewire_http_io._body_buffer import NO_LIMIT
from tidewire_http_io._incoming_body import IncomingBody, error_anew, limit_to_number
from tidewire_http_io._stream_errors import LineTooLong
from tidewire_http_io._stream_iterators import AnyIterator, ChunkIterator, LineIterator, PieceIterator

__all__ = ["StreamReader"]


class StreamReader(IncomingBody):
    """Reads a body; a `Receiver`, fed by the exchange, or by hand with `feed_data()` and `feed_eof()`.

    One reader at a time. What is read gives its credit back, so that the peer sends on. A read that is cancelled has
    taken nothing.

    Three limits have nothing to do with each other: how much is kept for a reader that is slow, which is the
    exchange's; `max_line_length`; and `max_size`. A read that needs more than the first (a long line, `readexactly()`,
    the whole body) gives credit back for what it has seen, up to as much as it was asked for; where the chunks of the
    transfer end in that is forgotten.

    Encoded content is decoded as it is read, in steps of 64 KiB, and never for anything else; where there is much of
    it at once, in a thread of the event loop's default executor. All sizes are those of decoded bytes.

    Args:
        consumed: called with the bytes and pieces of credit that are given back; None where nobody waits for any.
        content_encoding: the value of Content-Encoding where the body is to be decoded.
        max_line_length: bytes of a line, its end included; math.inf for any number.
        max_size: bytes of the body, decoded; math.inf for any number.

    Raises:
        tidewire_http_parser.InvalidContentCoding: too many codings.
        tidewire_http_parser.UnsupportedContentCoding: a coding that is unknown, or whose library is not installed.
    """

    __slots__ = ()

    async def read(self, n: int = -1) -> bytes:
        """Read up to `n` bytes, waiting for at least one; with -1 read to the end.

        Returns:
            The bytes; none at the end, or where `n` is 0.

        Raises:
            BodyTooLarge: the body is longer than `max_size`.
            RuntimeError: somebody else is reading.
            StreamReset: the body will not be completed. What came before can be read first.
            tidewire_http_parser.InvalidContentCoding: the content is not as its Content-Encoding says. What came
                before can be read first.
        """
        while not (data := self._buffer.take(n)) and n:
            if n < 0:
                return await self._read_size(NO_LIMIT)
            if not await self._more():
                break
        return data

    async def readany(self) -> bytes:
        """Read what is there, waiting for at least one byte; see `read()`.

        Returns:
            The bytes; none at the end.
        """
        while not (data := self._buffer.take_all()):
            if not await self._more():
                break
        return data

    async def readexactly(self, n: int) -> bytes:
        """Read exactly `n` bytes; see `read()`.

        Raises:
            asyncio.IncompleteReadError: the end came first; the error has what there was.
            ValueError: `n` is below 0.
        """
        if n <= self._buffer.size and (data := self._buffer.take(n)):
            return data
        if n < 0:
            raise ValueError(f"0 bytes or more can be read, not {n}")
        data = await self._read_size(n)
        if len(data) < n:
            raise asyncio.IncompleteReadError(data, n)
        return data

    async def readline(self, *, max_line_length: float | None = None) -> bytes:
        """Read a line with its end, a newline; see `read()`.

        Args:
            max_line_length: bytes of the line, its end included; None for the stream's own limit, math.inf for none.

        Returns:
            The line; the last one may have no end, and at the end there is none.

        Raises:
            LineTooLong: the line is longer. It can still be read in another way.
        """
        if max_line_length is None and (line := self._buffer.take_line()):
            return line
        return await self.readuntil(max_size=max_line_length)

    async def readuntil(
        self, separator: bytes | bytearray | memoryview = b"\n", *, max_size: float | None = None
    ) -> bytes:
        """Read what comes before a separator, and the separator; see `read()`.

        Args:
            separator: at least one byte.
            max_size: bytes to read at most, those of the separator included; None for the stream's `max_line_length`,
                math.inf for any number.

        Returns:
            The bytes; at the end of the body those that are left, without a separator.

        Raises:
            LineTooLong: there is no separator in so many bytes. They can still be read in another way.
            ValueError: the separator is empty.
        """
        buffer = self._buffer
        limit: int = buffer.max_line if max_size is None else limit_to_number(max_size, least=1)
        if type(separator) is not bytes:
            separator = bytes(memoryview(separator))
        if not separator:
            raise ValueError("the separator is empty")
        if line := buffer.take_until(separator, limit):
            return line
        self._begin()
        while (line := buffer.take_until(separator, limit)) is None:
            if buffer.size > limit:
                raise LineTooLong(limit, buffer.peek(100))
            if not await self._more(than_is_there=True):
                return buffer.take_all()
        return line

    async def readchunk(self) -> tuple[bytes, bool]:
        """Read what is there of a chunk of the transfer, waiting for at least one byte; see `read()`.

        Returns:
            The bytes, and whether a chunk ends with them, which may come later and with none; no bytes and False at
            the end. Where the transfer has no chunks it is always False.
        """
        while (chunk := self._buffer.take_chunk(NO_LIMIT)) is None:
            if not await self._more():
                return b"", False
        return chunk

    async def release(self) -> None:
        """Read to the end, and throw away what is there and what comes; none of it is decoded (S12).

        Raises:
            RuntimeError: somebody else is reading.
            StreamReset: the body will not be completed.
        """
        self._begin()
        if self._decoded is not None:
            self._decoded = None
            self._buffer.clear()
            self._buffer = self._received
        self._buffer.max_size = NO_LIMIT
        self._buffer.take_all()
        while await self._more():
            self._buffer.take_all()

    def read_nowait(self, n: int = -1) -> bytes:
        """Read up to `n` bytes of what is there, all of it with -1, without waiting; see `read()`.

        Returns:
            The bytes; none where none are there.
        """
        self._begin()
        if not self._buffer.size:
            decoded = self._decoded
            if decoded is not None and decoded.can_go_on:
                self._decode(decoded)
            if not self._buffer.size and self._error is not None:
                raise error_anew(self._error)
        return self._buffer.take_all() if n < 0 else self._buffer.take(n)

    def unread_data(self, data: bytes | bytearray | memoryview) -> None:
        """Put bytes back, to be read before all others."""
        self._begin()
        self._buffer.push_back(bytes(data))

    def iter_chunked(self, n: int) -> PieceIterator:
        """Iterate over the body in pieces of at most `n` bytes; see `read()`."""
        if n < 1:
            raise ValueError(f"pieces have 1 byte or more, not {n}")
        return PieceIterator(self._buffer, n, self._more)

    def iter_any(self) -> AnyIterator:
        """Iterate over the body in pieces as they come; see `readany()`."""
        return AnyIterator(self._buffer, self._more)

    def iter_chunks(self) -> ChunkIterator:
        """Iterate over pieces of the chunks of the transfer; see `readchunk()`."""
        return ChunkIterator(self._buffer, self.readchunk)

    def __aiter__(self) -> LineIterator:
        """Iterate over lines; see `readline()`."""
        return LineIterator(self._buffer, self.readline)

    async def _read_size(self, n: int) -> bytes:
        """Read `n` bytes, fewer only at the end; nothing is taken before all are there."""
        buffer = self._buffer
        self._begin()
        while buffer.size < n:
            if not await self._more(than_is_there=True):
                break
        return buffer.take(n)
