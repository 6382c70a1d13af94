"""What a payload is written to."""

from __future__ import annotations

from typing import Protocol

__all__ = ["BodyWriter"]

BytesLike = bytes | bytearray | memoryview


class BodyWriter(Protocol):
    """Takes a body in pieces; a `BodySink` is one."""

    async def write(self, data: BytesLike) -> None:
        """Take a piece, and return when the next may come."""


class Collector:
    """Keeps what is written to it."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    async def write(self, data: BytesLike) -> None:
        """See `BodyWriter`."""
        self._pieces.append(as_bytes(data))

    def collected(self) -> bytes:
        """Return all that was written."""
        return b"".join(self._pieces)


class LimitedWriter:
    """Passes on so many bytes, and drops what comes behind them."""

    __slots__ = ("_left", "_writer")

    def __init__(self, writer: BodyWriter, limit: int) -> None:
        self._writer = writer
        self._left = limit

    async def write(self, data: BytesLike) -> None:
        """See `BodyWriter`."""
        if self._left > 0:
            piece = as_bytes(data)[: self._left]
            self._left -= len(piece)
            await self._writer.write(piece)


def as_bytes(data: BytesLike) -> bytes:
    """Return a piece as bytes, whatever kind of bytes-like it is.

    Raises:
        TypeError: it is none.
    """
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"a piece of a body is bytes-like, not {type(data).__name__}")
