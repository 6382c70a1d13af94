# Compiled by mypyc.
"""Messages compressed with DEFLATE (RFC 7692, section 7.2).

Each message is a sequence of blocks that ends with an empty one, of which the last four bytes are left out. With
context takeover a message refers to those before it; so whatever was compressed must be sent, and in that order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tidewire_http_parser.codings import zlib_backend
from tidewire_websocket._errors import InvalidDeflate

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# What ends a message and is not sent.
_TAIL: Final = b"\x00\x00\xff\xff"
# A message may hold final blocks (RFC 7692, section 7.2.3.4), each of which costs a new decompressor.
_MAX_STREAMS: Final = 16
# zlib inflates with a window of 2^9 bytes what was made for one of 2^8, and cannot make that.
_MIN_WINDOW_BITS: Final = 9


class Inflater:
    """Decompresses one message after the other.

    Args:
        window_bits: the base-2 logarithm of the peer's window, 8 to 15.
        takeover: whether a message may refer to those before it.

    Attributes:
        has_more: whether the last step has left something.
    """

    __slots__ = (
        "_decompressor",
        "_errors",
        "_rest",
        "_streams",
        "_takeover",
        "_window_bits",
        "has_more",
    )

    def __init__(self, window_bits: int, takeover: bool) -> None:
        self._window_bits = max(window_bits, _MIN_WINDOW_BITS)
        self._takeover = takeover
        self._decompressor: Any = None
        self._errors: Any = zlib_backend().error
        self._streams: i64 = 0
        self._rest = b""
        self.has_more = False

    def inflate(self, data: bytes, max_output: int) -> bytes:
        """Decompress a piece of a message.

        Args:
            data: the piece.
            max_output: where to stop, in bytes. As much output means that there was too much: nothing more may be
                asked of this inflater then.

        Raises:
            InvalidDeflate: it is not compressed as it should be.
        """
        output = self.step(data, max_output)
        while self.has_more and len(output) < max_output:
            output += self.step(self._rest, max_output - len(output))
        return output

    def step(self, data: bytes | None, max_output: int) -> bytes:
        """Decompress a piece of a message up to a size, and the rest of it with the next steps.

        Args:
            data: the piece; None to go on with the last one while `has_more`.
            max_output: how many bytes to return at most.

        Raises:
            InvalidDeflate: it is not compressed as it should be.
        """
        if self._decompressor is None:
            self._decompressor = zlib_backend().decompressobj(wbits=-self._window_bits)
        decompressor = self._decompressor
        try:
            output: bytes = decompressor.decompress(self._rest if data is None else data, max_output)
        except self._errors as error:
            problem = InvalidDeflate("a message that is not compressed")
            problem.__cause__ = error
            raise problem  # noqa: B904 - see the line before
        if decompressor.eof:
            self._rest = decompressor.unused_data
            self._decompressor = None
            self._streams += 1
            if self._streams > _MAX_STREAMS:
                raise InvalidDeflate("a message of too many compressed streams")
            self.has_more = len(self._rest) > 0
        else:
            self._rest = decompressor.unconsumed_tail
            self.has_more = len(self._rest) > 0 or len(output) >= max_output
        return output

    def finish(self, max_output: int) -> bytes:
        """The message is complete: return what there is of it yet; see `inflate()`."""
        # A final block has ended the stream where there is no decompressor: then the last empty block is left over.
        output = self.inflate(_TAIL, max_output) if self._decompressor is not None else b""
        self.end_message()
        return output

    def last_step(self, max_output: int) -> bytes:
        """The message is complete: go on as with `step()`; `end_message()` is to follow when there is no more."""
        return self.step(_TAIL, max_output) if self._decompressor is not None else b""

    def end_message(self) -> None:
        """Everything of the message was read."""
        self._streams = 0
        self._rest = b""
        self.has_more = False
        if not self._takeover:
            self._decompressor = None


class Deflater:
    """Compresses one message after the other.

    Args:
        window_bits: the base-2 logarithm of the window, 9 to 15.
        takeover: whether a message may refer to those before it; a context of its own for each takes longer to make.
        level: how hard to try, as zlib has it.
        mem_level: how much memory to take for that, as zlib has it.
    """

    __slots__ = ("_compressor", "_level", "_mem_level", "_stale", "_sync", "_takeover", "window_bits")

    def __init__(self, window_bits: int, takeover: bool, level: int, mem_level: int) -> None:
        self.window_bits = window_bits
        self._takeover = takeover
        self._level = level
        self._mem_level = mem_level
        self._compressor: Any = None
        self._sync: Any = zlib_backend().Z_SYNC_FLUSH

    @property
    def parameters(self) -> tuple[int, int, int]:
        """What decides how a message comes out that refers to no other: window, level and memory."""
        return self.window_bits, self._level, self._mem_level

    def compress(self, payload: bytes, window_bits: int = 0) -> bytes:
        """Compress a whole message, which must be sent.

        Args:
            payload: the message, not empty.
            window_bits: a smaller window for this message, 0 for the usual one.
        """
        if window_bits and window_bits != self.window_bits:
            return self.compress_apart(payload, window_bits)
        return self.begin(payload) + self.finish()

    def compress_apart(self, payload: bytes, window_bits: int = 0) -> bytes:
        """Compress a whole message that refers to no other, and may be sent to others with such a window, too.

        Args:
            payload: the message, not empty.
            window_bits: a smaller window, 0 for the usual one.
        """
        self.forget()
        if not window_bits or window_bits > self.window_bits:
            window_bits = self.window_bits
        compressor = self._make(window_bits)
        compressed: bytes = compressor.compress(payload)
        return compressed + self._without_tail(compressor.flush(self._sync))

    def forget(self) -> None:
        """Refer to nothing that was compressed so far: something else comes between that and the next message."""
        self._compressor = None

    def begin(self, payload: bytes) -> bytes:
        """Compress a piece of a message; what is returned must be sent, and may be empty."""
        if self._compressor is None:
            self._compressor = self._make(self.window_bits)
        compressed: bytes = self._compressor.compress(payload)
        return compressed

    def finish(self) -> bytes:
        """The message is complete: return the rest of it."""
        if self._compressor is None:
            # An empty message: an empty stored block without its last four bytes.
            return b"\x00"
        rest = self._without_tail(self._compressor.flush(self._sync))
        if not self._takeover:
            self._compressor = None
        return rest

    def _make(self, window_bits: int) -> Any:
        return zlib_backend().compressobj(level=self._level, wbits=-window_bits, memLevel=self._mem_level)

    def _without_tail(self, data: bytes) -> bytes:
        # zlib flushes nothing where nothing was compressed since the last time.
        return data[:-4] if data else b"\x00"
