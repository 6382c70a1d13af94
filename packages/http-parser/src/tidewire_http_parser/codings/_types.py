"""What is taken from callers, and what is used of the libraries for br and zstd.

Those may be absent when this is type-checked or built, so it is said here what they are like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

__all__: list[str] = []

BytesLike = bytes | bytearray | memoryview


class BrotliDecompressor(Protocol):
    """Decodes one br stream."""

    def process(self, data: bytes, /, *, output_buffer_limit: int) -> bytes:
        """Decode, and stop where the output has reached the limit; it may exceed it by a block."""

    def can_accept_more_data(self) -> bool:
        """Whether input may be given; where not, there is output to be had with none."""

    def is_finished(self) -> bool:
        """Whether the stream has come to its end."""


class BrotliCompressor(Protocol):
    """Makes one br stream."""

    def process(self, data: bytes, /) -> bytes:
        """Encode."""

    def flush(self) -> bytes:
        """Encode what is held back."""

    def finish(self) -> bytes:
        """End the stream."""


class BrotliModule(Protocol):
    """The module `brotli` or `brotlicffi`."""

    @property
    def error(self) -> type[Exception]:
        """What is raised for content that is no br stream, and for wrong arguments."""

    def Decompressor(self) -> BrotliDecompressor:  # noqa: N802
        """Make a decompressor."""

    def Compressor(self, *, quality: int) -> BrotliCompressor:  # noqa: N802
        """Make a compressor."""


class ZstdDecompressor(Protocol):
    """Decodes one zstd frame."""

    @property
    def eof(self) -> bool:
        """Whether the frame has come to its end."""

    @property
    def needs_input(self) -> bool:
        """Whether input may be given; where not, there is output to be had with none."""

    @property
    def unused_data(self) -> bytes:
        """What was given behind the end of the frame."""

    def decompress(self, data: bytes, /, max_length: int) -> bytes:
        """Decode, to so many bytes at most."""


class ZstdCompressor(Protocol):
    """Makes one zstd frame."""

    @property
    def FLUSH_BLOCK(self) -> int:  # noqa: N802
        """Flush what is held back."""

    @property
    def FLUSH_FRAME(self) -> int:  # noqa: N802
        """End the frame."""

    def compress(self, data: bytes, /) -> bytes:
        """Encode."""

    def flush(self, mode: int, /) -> bytes:
        """Flush or end, as the mode says."""


class ZstdParameters(Protocol):
    """An enumeration of parameters; only numbers are needed of it."""

    @property
    def compression_level(self) -> int:
        """The level."""

    @property
    def window_log(self) -> int:
        """The window's size as a power of two, when encoding."""

    @property
    def window_log_max(self) -> int:
        """The largest window that is accepted, as a power of two, when decoding."""


class ZstdModule(Protocol):
    """The module `compression.zstd` or `backports.zstd`."""

    @property
    def CompressionParameter(self) -> ZstdParameters:  # noqa: N802
        """What can be set of a compressor."""

    @property
    def DecompressionParameter(self) -> ZstdParameters:  # noqa: N802
        """What can be set of a decompressor."""

    @property
    def ZstdError(self) -> type[Exception]:  # noqa: N802
        """What is raised for content that is no zstd frame."""

    def ZstdCompressor(self, *, options: Mapping[int, int]) -> ZstdCompressor:  # noqa: N802
        """Make a compressor."""

    def ZstdDecompressor(self, *, options: Mapping[int, int]) -> ZstdDecompressor:  # noqa: N802
        """Make a decompressor."""
