"""The data of one part of a multipart content, as it was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar, Final, NoReturn

from tidewire_http_io._stream_errors import LineTooLong
from tidewire_http_io.forms._part_feed import PartFeed, own_error
from tidewire_http_io.forms._transfer_encodings import aligned_end
from tidewire_http_parser import NEED_DATA, InvalidMultipart, RemoteProtocolError
from tidewire_http_parser.multipart import EndOfPart, PartData

__all__: list[str] = []

# As with a body's own lines.
_LONGEST_LINE: Final = 524288


class SentPart:
    """Reads the data of a part as it was sent.

    A read that is cancelled or fails has taken nothing. Once the next part was asked for, this one has nothing more to
    read.

    Args:
        feed: where it comes from; it stands behind the part's head.
        in_groups: whether the data is read in whole groups of four characters, as that of base64 is.
        length: bytes that the part says it has; None where it says nothing, or is not asked.
    """

    chunk_size: ClassVar[int] = 8192
    """Bytes that `read_chunk()` returns at most where it is not told otherwise."""

    def __init__(self, feed: PartFeed, *, in_groups: bool, length: int | None) -> None:
        self._feed = feed
        # Not itself: the feed, which it knows, would keep it.
        feed.reader = self._turn = object()
        self._in_groups = in_groups
        self._held = b""  # bytes of the part that were received
        self._pos = 0  # how many of them were read
        self._ended = False  # whether none will be received any more
        self._left = length
        self._problem = ""  # what is wrong with the part, once that was found

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over the data in pieces of `chunk_size` at most, as it was sent."""
        return self

    async def __anext__(self) -> bytes:
        piece = await self.next()
        if piece is None:
            raise StopAsyncIteration
        return piece

    def at_eof(self) -> bool:
        """Whether everything was read, or let go."""
        return self._pos == len(self._held) and (self._ended or self._feed.reader is not self._turn)

    async def next(self) -> bytes | None:
        """Read the next piece of the data as it was sent; None at the end."""
        return await self.read_chunk() or None

    async def read_chunk(self, size: int = chunk_size) -> bytes:
        """Read up to so many bytes as they were sent, waiting for at least one.

        Of base64 only whole groups of four characters are read, so that each chunk can be given to `decode()`; one of
        them is read whatever the size.

        Args:
            size: how many, from 1 upwards.

        Returns:
            The bytes; none at the end.

        Raises:
            ValueError: the size is below 1.
            tidewire_http_parser.InvalidMultipart: the content is malformed, or ends too early.
            StreamReset: the content will not be completed.
        """
        if size < 1:
            raise ValueError(f"a chunk has at least 1 byte, not {size}")
        if self._in_groups:
            return await self._take_aligned(size)
        if self._pos == len(self._held) and not await self._receive():
            return b""
        # As `_take()` does: large files are read with this, chunk by chunk.
        start = self._pos
        piece = self._held[start : start + size]
        self._pos = start + len(piece)
        return piece

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        r"""Read a line as it was sent, its `\n` included.

        Args:
            max_line_length: bytes of the line, its end included; 524288 where None.

        Returns:
            The line; the rest of the data where there is no further line end; none at the end.

        Raises:
            LineTooLong: the line is longer. Nothing of it was read.
            tidewire_http_parser.InvalidMultipart: the content is malformed, or ends too early.
            StreamReset: the content will not be completed.
        """
        limit = _LONGEST_LINE if max_line_length is None else max_line_length
        line = bytearray()
        try:
            while await self._fill():
                end = self._held.find(b"\n", self._pos) + 1
                stop = end or len(self._held)
                if len(line) + stop - self._pos > limit:
                    raise LineTooLong(limit, bytes(line[:100]) + self._held[self._pos : self._pos + 100])
                line += self._held[self._pos : stop]
                self._pos = stop
                if end:
                    break
        except BaseException:
            self._put_back(bytes(line))
            raise
        return bytes(line)

    async def release(self) -> None:
        """Pass over the rest of the part; nothing of it is decoded or kept.

        Raises:
            tidewire_http_parser.InvalidMultipart: the content is malformed, or ends too early.
            StreamReset: the content will not be completed.
        """
        self._held = b""
        self._pos = 0
        self._left = None
        self._problem = ""
        while await self._receive():
            self._held = b""

    def _take(self, size: int) -> bytes:
        """Take up to so many of the bytes that were received."""
        start = self._pos
        piece = self._held[start : start + size]
        self._pos = start + len(piece)
        return piece

    async def _take_aligned(self, size: int) -> bytes:
        window = b""
        try:
            while await self._fill():
                window += self._take(max(size - len(window), 4))
                end = aligned_end(window)
                if end:
                    # The last group ends within this piece, or there would have been one before it.
                    self._pos -= len(window) - end
                    return window[:end]
        except BaseException:
            self._put_back(window)
            raise
        return window

    def _put_back(self, data: bytes) -> None:
        """Put back what was taken by a read that failed, or was cancelled."""
        self._held = data + self._held[self._pos :]
        self._pos = 0

    async def _fill(self) -> bool:
        """Wait until there are bytes; tell whether there are, and not the end."""
        return self._pos < len(self._held) or await self._receive()

    async def _receive(self) -> bool:
        if self._problem:
            raise InvalidMultipart(self._problem)
        feed = self._feed
        parser = feed.parser
        while not self._ended and feed.reader is self._turn:
            # Not by `poll()` and `fill()`: this is once for each read of an upload.
            try:
                event = parser.next_event()
            except RemoteProtocolError as error:
                raise own_error(error) from error.__cause__
            if event is NEED_DATA:
                received = await feed.content.readany()
                if received:
                    parser.receive_data(received)
                else:
                    parser.receive_eof()
            elif isinstance(event, PartData):
                data = event.data
                if self._left is not None:
                    self._left -= len(data)
                    if self._left < 0:
                        self._fail("part longer than its Content-Length")
                self._held = data
                self._pos = 0
                return True
            elif isinstance(event, EndOfPart):
                self._ended = True
                if self._left:
                    self._fail("part shorter than its Content-Length")
        return False

    def _fail(self, problem: str) -> NoReturn:
        self._problem = problem
        raise InvalidMultipart(problem)
