"""Content to its encoded form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from tidewire_http_parser._argument_types import INT_OR_NONE, require
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser.codings._libraries import REQUIREMENTS, brotli, zstd
from tidewire_http_parser.codings._member_decoders import ZSTD_WINDOW_LOG
from tidewire_http_parser.codings._types import BrotliModule, BytesLike, ZstdModule
from tidewire_http_parser.codings._zlib_backend import zlib_backend

__all__ = ["ContentEncoder"]

# The library's own default, 11, is for files that are encoded once: it takes some fifty times as long as 5, which is
# what Apache's mod_brotli has for content that is made for one response.
_BROTLI_QUALITY: Final = 5

# 0 is the library's default. Levels above 19 have windows above what RFC 9659 allows.
_ZSTD_LEVEL: Final = 0
_ZSTD_LAST_ORDINARY_LEVEL: Final = 19


class _Compressor(NamedTuple):
    """What is done with a library's compressor."""

    encode: Callable[[bytes], bytes]
    flush: Callable[[], bytes]
    finish: Callable[[], bytes]


class ContentEncoder:
    """Encodes content with one content coding (RFC 9110, section 8.4.1).

    `encode()` as often as there is content, `flush()` where what was encoded must be readable at the other side before
    more comes, and `finish()` once. What they return makes up the encoded content, in this order. The same calls give
    the same bytes with the same library: gzip's header has neither time nor name.

    Args:
        coding: `gzip`, `deflate` (in the zlib format), `br` or `zstd`, in lower case.
        level: how hard to try. For gzip and deflate 0 to 9 (with isal 0 to 3), for br 0 to 11, for zstd up to 22 with
            windows bounded to 8 MiB (RFC 9659); None for the library's default, and 5 for br.
        strategy: for gzip and deflate, one of zlib's strategies; None for the usual one.

    Raises:
        LocalProtocolError: a coding that is unknown or whose library is not installed, or a level or strategy that it
            does not have.
        TypeError: an argument of another type.
    """

    __slots__ = ("__weakref__", "_compressor")

    def __init__(self, coding: str, *, level: int | None = None, strategy: int | None = None) -> None:
        require((coding, str), (level, INT_OR_NONE), (strategy, INT_OR_NONE))
        self._compressor: _Compressor | None = _compressor(coding, level, strategy)

    def encode(self, data: BytesLike) -> bytes:
        """Encode more of the content.

        Args:
            data: any number of bytes.

        Returns:
            What is ready; often nothing, since codings gather content first.

        Raises:
            LocalProtocolError: `finish()` was called.
            TypeError: the data is of another type.
        """
        # brotlicffi takes nothing but bytes.
        return self._open().encode(data if isinstance(data, bytes) else bytes(memoryview(data)))

    def flush(self) -> bytes:
        """Return all that is held back, so that everything encoded so far can be decoded.

        Each flush makes the encoded content larger.

        Raises:
            LocalProtocolError: `finish()` was called.
        """
        return self._open().flush()

    def finish(self) -> bytes:
        """Return the rest, and the end of the encoded content.

        Raises:
            LocalProtocolError: it was called before.
        """
        compressor = self._open()
        self._compressor = None
        return compressor.finish()

    def _open(self) -> _Compressor:
        if self._compressor is None:
            raise LocalProtocolError("the encoded content was finished")
        return self._compressor


def _compressor(coding: str, level: int | None, strategy: int | None) -> _Compressor:
    if coding in ("gzip", "deflate"):
        return _zlib_compressor(coding, level, strategy)
    if coding not in REQUIREMENTS:
        raise LocalProtocolError(f"unknown content coding {coding[:100]!r}")
    if strategy is not None:
        raise LocalProtocolError(f"{coding} has no strategies")
    if coding == "br":
        brotli_library = brotli()
        if brotli_library is not None:
            return _brotli_compressor(brotli_library, level)
    else:
        zstd_library = zstd()
        if zstd_library is not None:
            return _zstd_compressor(zstd_library, level)
    raise LocalProtocolError(f"content coding {coding!r} needs {REQUIREMENTS[coding]}")


def _zlib_compressor(coding: str, level: int | None, strategy: int | None) -> _Compressor:
    backend = zlib_backend()
    options = {"level": level, "strategy": strategy}
    chosen = {name: value for name, value in options.items() if value is not None}
    bits = backend.MAX_WBITS
    try:
        made = backend.compressobj(wbits=16 + bits if coding == "gzip" else bits, **chosen)
    except (ValueError, OverflowError, backend.error) as error:
        raise LocalProtocolError(f"no {coding} with {chosen}") from error
    return _Compressor(
        made.compress, partial(made.flush, backend.Z_SYNC_FLUSH), partial(made.flush, backend.Z_FINISH)
    )


def _brotli_compressor(library: BrotliModule, level: int | None) -> _Compressor:
    quality = _BROTLI_QUALITY if level is None else level
    if not 0 <= quality <= 11:
        raise LocalProtocolError(f"no br with level {level}")
    made = library.Compressor(quality=quality)
    return _Compressor(made.process, made.flush, made.finish)


def _zstd_compressor(library: ZstdModule, level: int | None) -> _Compressor:
    chosen = _ZSTD_LEVEL if level is None else level
    options = {library.CompressionParameter.compression_level: chosen}
    if chosen > _ZSTD_LAST_ORDINARY_LEVEL:
        options[library.CompressionParameter.window_log] = ZSTD_WINDOW_LOG
    try:
        made = library.ZstdCompressor(options=options)
    except (ValueError, OverflowError) as error:
        raise LocalProtocolError(f"no zstd with level {level}") from error
    return _Compressor(
        made.compress, partial(made.flush, made.FLUSH_BLOCK), partial(made.flush, made.FLUSH_FRAME)
    )
