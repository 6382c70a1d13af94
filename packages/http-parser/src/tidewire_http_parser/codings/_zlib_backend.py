"""Which implementation of zlib's interface is used for gzip and deflate, here and in permessage-deflate."""

from __future__ import annotations

import zlib
from typing import Any, Final, Protocol

__all__ = ["ZlibBackend", "ZlibCompressor", "ZlibDecompressor", "set_zlib_backend", "zlib_backend"]


class ZlibCompressor(Protocol):
    """An object as `zlib.compressobj()` makes them."""

    def compress(self, data: bytes, /) -> bytes:
        """Compress, and return what is ready of it."""

    def flush(self, mode: int = ..., /) -> bytes:
        """Return what was held back; the mode is one of the backend's constants."""


class ZlibDecompressor(Protocol):
    """An object as `zlib.decompressobj()` makes them.

    Where `decompress()` returns as much as it was allowed to, there may be more: ask again, with `unconsumed_tail` as
    data. That may be empty (isal's is, having taken all input) and there is output all the same.
    """

    @property
    def eof(self) -> bool:
        """Whether the stream has come to its end."""

    @property
    def unconsumed_tail(self) -> bytes:
        """Input that has not been looked at because there was enough output."""

    @property
    def unused_data(self) -> bytes:
        """Input behind the end of the stream."""

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes:
        """Decompress, to `max_length` bytes at most; 0 means any number."""


class ZlibBackend(Protocol):
    """A module with the interface of the standard library's `zlib`, as far as Tidewire needs it.

    `wbits` chooses the format: `MAX_WBITS` zlib (RFC 1950), `16 + MAX_WBITS` gzip (RFC 1952), and negative numbers
    raw deflate (RFC 1951) with a window of so many bits.
    """

    @property
    def error(self) -> Any:
        """The class of what is raised for data that cannot be decompressed."""
        # Not type[Exception]: the stubs of zlib-ng and isal have an instance here.

    @property
    def MAX_WBITS(self) -> int:  # noqa: N802
        """The largest window, as a power of two."""

    @property
    def Z_SYNC_FLUSH(self) -> int:  # noqa: N802
        """Flush, so that all that was compressed can be decompressed."""

    @property
    def Z_FULL_FLUSH(self) -> int:  # noqa: N802
        """Flush, and refer to nothing before this point any more."""

    @property
    def Z_FINISH(self) -> int:  # noqa: N802
        """End the stream."""

    def compressobj(
        self,
        *,
        level: int = ...,
        wbits: int = ...,
        memLevel: int = ...,  # noqa: N803
        strategy: int = ...,
    ) -> ZlibCompressor:
        """Make a compressor."""

    def decompressobj(self, *, wbits: int = ...) -> ZlibDecompressor:
        """Make a decompressor."""


_NEEDED: Final = (
    "MAX_WBITS",
    "Z_FINISH",
    "Z_FULL_FLUSH",
    "Z_SYNC_FLUSH",
    "compressobj",
    "decompressobj",
    "error",
)

# A list of one, for the process.
_backend: Final[list[ZlibBackend]] = [zlib]


def set_zlib_backend(module: ZlibBackend) -> None:
    """Choose the implementation of gzip and deflate for the whole process.

    Encoders and decoders that exist already keep the one that they were made with. What the others do differently is
    theirs: isal has levels 0 to 3 and no strategies, and refuses gzip headers with a checksum, or with several
    optional fields, when they come in pieces.

    Args:
        module: `zlib`, `zlib_ng.zlib_ng`, `isal.isal_zlib` or another module with their interface.

    Raises:
        TypeError: the module lacks something of that interface.
    """
    missing = [name for name in _NEEDED if not hasattr(module, name)]
    if missing:
        raise TypeError(f"{module!r:.100} is no zlib: it has no {', '.join(missing)}")
    _backend[0] = module


def zlib_backend() -> ZlibBackend:
    """Return the implementation that `set_zlib_backend()` chose; the standard library's `zlib` before that."""
    return _backend[0]
