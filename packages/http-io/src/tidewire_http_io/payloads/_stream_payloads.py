"""Payloads of what comes piece by piece, and only once."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from tidewire_http_io._stream_reader import StreamReader
from tidewire_http_io.payloads._body_writers import BodyWriter, BytesLike, Collector, as_bytes
from tidewire_http_io.payloads._payload import Headers, Payload
from tidewire_http_io.payloads._payload_errors import PayloadConsumed

__all__ = ["AsyncIterablePayload", "StreamReaderPayload"]


class AsyncIterablePayload(Payload):
    """What an async iterable yields, such as an async generator; it is not known how much that is.

    It can be written once, unless `as_bytes()` was called before: that keeps what it has read. What the iterable
    raises goes through as it is. An async generator is closed however writing ends.

    Args:
        value: yields bytes-like pieces.
        headers: as with `Payload`.
        content_type: as with `Payload`.
        filename: as with `Payload`.
        encoding: as with `Payload`.

    Raises:
        TypeError: the value is no async iterable; when it is written: it yields something else.
    """

    def __init__(
        self,
        value: AsyncIterable[BytesLike],
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        if not isinstance(value, AsyncIterable):
            raise TypeError(f"the body is an async iterable, not {type(value).__name__}")
        super().__init__(value, headers, content_type, filename, encoding)
        self._begun = False
        self._kept: bytes | None = None

    @property
    def size(self) -> int | None:
        """See `Payload`; known after `as_bytes()`."""
        return None if self._kept is None else len(self._kept)

    @property
    def replayable(self) -> bool:
        """See `Payload`; true after `as_bytes()`."""
        return self._kept is not None

    @property
    def consumed(self) -> bool:
        """See `Payload`."""
        return self._begun and self._kept is None

    @property
    def autoclose(self) -> bool:
        """See `Payload`."""
        return self._kept is not None

    def whole(self) -> bytes | None:
        """See `Payload`; there after `as_bytes()`."""
        return self._kept

    async def write(self, writer: BodyWriter) -> None:
        """See `Payload`."""
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: BodyWriter, content_length: int | None) -> None:
        """See `Payload`; no more is asked of the iterable than is needed."""
        if self._kept is not None:
            if content := self._kept[:content_length]:
                await writer.write(content)
            return
        self._begin()
        left = content_length
        iterator = self._iterate()
        try:
            while left is None or left > 0:
                try:
                    piece = as_bytes(await anext(iterator))
                except StopAsyncIteration:
                    break
                if left is not None:
                    piece = piece[:left]
                    left -= len(piece)
                if piece:
                    await writer.write(piece)
        finally:
            await _close(iterator)

    async def as_bytes(self) -> bytes:
        """See `Payload`; it can be written as often as wanted from then on."""
        if self._kept is None:
            collector = Collector()
            await self.write(collector)
            self._kept = collector.collected()
        return self._kept

    async def close(self) -> None:
        """See `Payload`; not while it is written."""
        if not self._begun:
            self._begun = True
            await _close(self._value)

    def _iterate(self) -> AsyncIterator[BytesLike]:
        iterable: AsyncIterable[BytesLike] = self._value
        return aiter(iterable)

    def _begin(self) -> None:
        if self._begun:
            raise PayloadConsumed(
                repr(self), "what comes piece by piece can be written once; as_bytes() before would keep it"
            )
        self._begun = True


class StreamReaderPayload(AsyncIterablePayload):
    """The rest of a body that is being read: one request's sent on in another.

    Args:
        value: the stream.
        headers: as with `Payload`.
        content_type: as with `Payload`.
        filename: as with `Payload`.
        encoding: as with `Payload`.
    """

    def __init__(
        self,
        value: StreamReader,
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        super().__init__(value.iter_any(), headers, content_type, filename, encoding)
        self._reader = value

    @property
    def value(self) -> StreamReader:
        """See `Payload`."""
        return self._reader


async def _close(iterator: Any) -> None:
    """Close an async generator, so that its own `finally` runs now and not whenever."""
    close = getattr(iterator, "aclose", None)
    if close is not None:
        await close()
