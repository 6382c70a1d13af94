"""One member of encoded content from first byte to last: a gzip member, a zlib or deflate stream, a br stream, a frame.

The libraries differ in how they bound their output, in who keeps what input they did not get to, and in how they tell
that there is more. Here they are alike: a `MemberDecoder`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from tidewire_http_parser._errors import InvalidContentCoding, UnsupportedContentCoding
from tidewire_http_parser.codings._libraries import REQUIREMENTS, brotli, zstd
from tidewire_http_parser.codings._types import BrotliModule, ZstdModule
from tidewire_http_parser.codings._zlib_backend import ZlibBackend, zlib_backend

__all__: list[str] = []

# RFC 9659: who decodes `zstd` need not accept a larger window, and who encodes must not use one.
ZSTD_WINDOW_LOG: Final = 23

# What brotli fills, in any version, before it looks at its limit for the first time. brotlicffi keeps to the limit
# exactly; so this must not be small.
_BROTLI_BLOCK: Final = 32 * 1024 - 16


class MemberDecoder(Protocol):
    """Decodes one member of a content coding."""

    @property
    def errors(self) -> type[Exception]:
        """What `decode()` raises for corrupt data."""

    @property
    def needs_input(self) -> bool:
        """Whether there is no more output without more input."""

    @property
    def eof(self) -> bool:
        """Whether the member is complete, and all its output was returned; `needs_input` is true then."""

    @property
    def unused(self) -> bytes:
        """When it is complete: what was given of the bytes behind it."""

    def decode(self, data: bytes, max_output: int) -> bytes:
        """Decode.

        Args:
            data: more of the member; empty where `needs_input` is false.
            max_output: how many bytes to return at most, from 1 upwards.
        """


class _ZlibMember:
    """A member of gzip, or a stream of zlib or deflate."""

    __slots__ = ("_decompressor", "errors", "needs_input")

    def __init__(self, backend: ZlibBackend, wbits: int) -> None:
        self._decompressor = backend.decompressobj(wbits=wbits)
        self.errors = backend.error
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self.needs_input and self._decompressor.eof

    @property
    def unused(self) -> bytes:
        return self._decompressor.unused_data

    def decode(self, data: bytes, max_output: int) -> bytes:
        if not self.needs_input:
            data = self._decompressor.unconsumed_tail
        output = self._decompressor.decompress(data, max_output)
        # Not by the tail: isal takes all input at once, and has output without any.
        self.needs_input = len(output) < max_output or self._decompressor.eof
        return output


class _BrotliMember:
    """A br stream."""

    __slots__ = ("_block", "_decompressor", "_given", "errors")

    # br has no members: what follows a stream belongs to nothing. The library refuses it when it sees both at once.
    unused = b""

    def __init__(self, library: BrotliModule) -> None:
        self._decompressor = library.Decompressor()
        self._block = b""  # what the library returned
        self._given = 0  # how much of it was passed on
        self.errors = library.error

    @property
    def needs_input(self) -> bool:
        if self._given < len(self._block):
            return False
        # Only an empty block tells that there is no more: the library may take input, and have output without any.
        return self._decompressor.is_finished() or (
            not self._block and self._decompressor.can_accept_more_data()
        )

    @property
    def eof(self) -> bool:
        return self._given == len(self._block) and self._decompressor.is_finished()

    def decode(self, data: bytes, max_output: int) -> bytes:
        if self._given == len(self._block):
            self._block = self._decompressor.process(data, output_buffer_limit=_BROTLI_BLOCK)
            self._given = 0
            if not self._decompressor.can_accept_more_data():
                if self._decompressor.is_finished():
                    raise InvalidContentCoding("bytes behind the end of br content")
                if not self._block and not data:
                    raise InvalidContentCoding("br content that does not go on")
        start = self._given
        output = self._block[start : start + max_output]
        self._given += len(output)
        return output


class _ZstdMember:
    """A zstd frame, or a skippable one."""

    __slots__ = ("_begun", "_decompressor", "errors")

    def __init__(self, library: ZstdModule) -> None:
        parameter = library.DecompressionParameter.window_log_max
        self._decompressor = library.ZstdDecompressor(options={parameter: ZSTD_WINDOW_LOG})
        self._begun = False
        self.errors = library.ZstdError

    @property
    def needs_input(self) -> bool:
        return self._decompressor.needs_input or self._decompressor.eof

    @property
    def eof(self) -> bool:
        return self._decompressor.eof

    @property
    def unused(self) -> bytes:
        return self._decompressor.unused_data

    def decode(self, data: bytes, max_output: int) -> bytes:
        if not self._begun:
            # The library decodes a frame that is there as a whole in another way, and judges it by more: an empty one
            # that claims a size is corrupt then, and else is not. What is given in two never is there as a whole.
            self._begun = True
            self._decompressor.decompress(data[:1], max_length=0)
            data = data[1:]
        return self._decompressor.decompress(data, max_length=max_output)


def member_decoders(coding: str) -> Callable[[int], MemberDecoder]:
    """Return what makes decoders of a coding's members.

    Args:
        coding: the coding's name, in lower case.

    Returns:
        A function that takes the first byte of the content, the same one for every member, and makes a decoder.

    Raises:
        UnsupportedContentCoding: the coding is unknown, or its library is not installed.
    """
    if coding in ("gzip", "deflate"):
        backend = zlib_backend()
        bits = backend.MAX_WBITS
        if coding == "gzip":
            return lambda first: _ZlibMember(backend, 16 + bits)
        # The first byte of the zlib format ends in 8, the method "deflate" (RFC 1950, section 2.2). That of raw deflate,
        # which some senders mistake for it, does not: it would be a stored block with padding that is not zero.
        return lambda first: _ZlibMember(backend, bits if first & 0x0F == 8 else -bits)
    if coding == "br":
        brotli_library = brotli()
        if brotli_library is not None:
            return lambda first: _BrotliMember(brotli_library)
    elif coding == "zstd":
        zstd_library = zstd()
        if zstd_library is not None:
            return lambda first: _ZstdMember(zstd_library)
    raise UnsupportedContentCoding(coding, REQUIREMENTS.get(coding))
