"""What `async for` goes over when it reads a body.

These are objects and no generators, since one that is left half way would need a task to be closed. Each takes what is
there from the buffer, and asks the stream, a coroutine more, where there is nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tidewire_http_io._body_buffer import NO_LIMIT, BodyBuffer

__all__: list[str] = []


class LineIterator:
    """Lines with their ends."""

    __slots__ = ("_buffer", "_readline")

    def __init__(self, buffer: BodyBuffer, readline: Callable[[], Awaitable[bytes]]) -> None:
        self._buffer = buffer
        self._readline = readline

    def __aiter__(self) -> LineIterator:
        return self

    async def __anext__(self) -> bytes:
        line = self._buffer.take_line() or await self._readline()
        if line:
            return line
        raise StopAsyncIteration


class PieceIterator:
    """Pieces of at most `n` bytes."""

    __slots__ = ("_buffer", "_more", "_n")

    def __init__(self, buffer: BodyBuffer, n: int, more: Callable[[], Awaitable[bool]]) -> None:
        self._buffer = buffer
        self._n = n
        self._more = more

    def __aiter__(self) -> PieceIterator:
        return self

    async def __anext__(self) -> bytes:
        while not (piece := self._buffer.take_any(self._n)):
            if not await self._more():
                raise StopAsyncIteration
        return piece


class AnyIterator:
    """Pieces as they come."""

    __slots__ = ("_buffer", "_more")

    def __init__(self, buffer: BodyBuffer, more: Callable[[], Awaitable[bool]]) -> None:
        self._buffer = buffer
        self._more = more

    def __aiter__(self) -> AnyIterator:
        return self

    async def __anext__(self) -> bytes:
        while not (piece := self._buffer.take_any(NO_LIMIT)):
            if not await self._more():
                raise StopAsyncIteration
        return piece


class ChunkIterator:
    """Pieces of chunks of the transfer, each with whether a chunk ends with it."""

    __slots__ = ("_buffer", "_readchunk")

    def __init__(self, buffer: BodyBuffer, readchunk: Callable[[], Awaitable[tuple[bytes, bool]]]) -> None:
        self._buffer = buffer
        self._readchunk = readchunk

    def __aiter__(self) -> ChunkIterator:
        return self

    async def __anext__(self) -> tuple[bytes, bool]:
        chunk = self._buffer.take_chunk(NO_LIMIT) or await self._readchunk()
        if chunk[0] or chunk[1]:
            return chunk
        raise StopAsyncIteration
