"""What the parts of a multipart are written to, on their way to what the whole is written to."""

from __future__ import annotations

import asyncio
from typing import Final

from tidewire_http_io.forms._part_codings import PartEncoder
from tidewire_http_io.payloads import BodyWriter
from tidewire_http_parser.multipart import MultipartEncoder

__all__: list[str] = []

BytesLike = bytes | bytearray | memoryview

# What is gathered of heads and small parts before it is written, and from which size a piece is written by itself.
LOT: Final = 65536
# A piece that is encoded or copied at once.
_SLICE: Final = 262144
# What is encoded on the event loop, as with a `BodySink`.
_INLINE: Final = 32768


class PartSink:
    """Writes delimiters and heads, and the data between them; a `BodyWriter` for each part's payload.

    What is written by `add()` waits for more; what a payload writes goes out at once, with what has waited.

    Args:
        writer: takes the whole.
        encoder: makes the multipart.
    """

    __slots__ = ("_codings", "_encoder", "_pieces", "_size", "_writer")

    def __init__(self, writer: BodyWriter, encoder: MultipartEncoder) -> None:
        self._writer = writer
        self._encoder = encoder
        self._codings: PartEncoder | None = None
        self._pieces: list[bytes] = []
        self._size = 0

    async def add(self, octets: bytes) -> None:
        """Take what the encoder has made, and gather it."""
        if self._size + len(octets) > LOT:
            await self.flush()
        self._pieces.append(octets)
        self._size += len(octets)

    async def flush(self) -> None:
        """Write what was gathered."""
        if self._pieces:
            gathered = b"".join(self._pieces)
            self._pieces = []
            self._size = 0
            await self._writer.write(gathered)

    def begin_codings(self, codings: PartEncoder) -> None:
        """Encode what is written from here on."""
        self._codings = codings

    async def end_codings(self) -> None:
        """Write what the encoding held back, and encode no more."""
        if self._codings is not None:
            octets = self._codings.finish()
            self._codings = None
            await self._write(octets)

    async def write(self, data: BytesLike) -> None:
        """Take a piece of a part's data; see `BodyWriter`."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"a piece of a body is bytes-like, not {type(data).__name__}")
        if len(data) <= _SLICE and isinstance(data, bytes):
            await self._encode(data)
            return
        view = memoryview(data)
        view = view.cast("B") if view.c_contiguous else memoryview(view.tobytes())
        for start in range(0, len(view), _SLICE):
            await self._encode(bytes(view[start : start + _SLICE]))

    async def _encode(self, data: bytes) -> None:
        codings = self._codings
        if codings is not None:
            if len(data) > _INLINE:
                # Where this is cancelled nobody uses the codings any more.
                data = await asyncio.get_running_loop().run_in_executor(None, codings.encode, data)
            else:
                data = codings.encode(data)
        await self._write(data)

    async def _write(self, data: bytes) -> None:
        if not data:
            return
        octets = self._encoder.data(data)
        if len(octets) < LOT:
            await self.add(octets)
            await self.flush()
        else:
            await self.flush()
            await self._writer.write(octets)
