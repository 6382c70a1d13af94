# Compiled by mypyc.
"""A message that comes in parts: its fragments, and the pieces in which the network delivers those.

Parts are kept until the message is complete. Very small ones are put together as they come, so that a message of a
million of them takes little more memory than its bytes (S16). Text is validated with each part: what cannot become
UTF-8 any more is refused at once, and not at the end.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, Final

from tidewire_websocket._errors import InvalidText

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# What a message costs beside its bytes, about as much memory as the smallest takes.
OVERHEAD: Final = 128

# So many parts in a row are put together where they are small on average.
_RUN: Final = 64
_SMALL: Final = 64 * 4096


class MessagePart:
    """A part of a message that is not put together.

    Attributes:
        text: whether the message is a text.
        data: the bytes, unmasked and still compressed.
        first: whether the message begins with it.
        last: whether the message ends with it.
        compressed: whether the message is compressed.
    """

    __slots__ = ("compressed", "data", "first", "last", "text")

    def __init__(self, text: bool, data: bytes, first: bool, last: bool, compressed: bool) -> None:
        self.text = text
        self.data = data
        self.first = first
        self.last = last
        self.compressed = compressed


class Utf8Decoder:
    """Decodes text that comes in pieces, and refuses it with the first byte that is wrong."""

    __slots__ = ("_tail",)

    def __init__(self) -> None:
        self._tail = b""

    def decode(self, data: bytes) -> str:
        """Return the characters that are complete.

        Raises:
            InvalidText: this is not UTF-8, whatever follows.
        """
        if self._tail:
            data = self._tail + data
        size: i64 = len(data)
        text = ""
        used: i64 = 0
        try:
            decoded: tuple[str, int] = codecs.utf_8_decode(data, "strict", False)
            text, used = decoded
        except UnicodeDecodeError:
            _refuse()  # what it raises holds nothing of the data, see MessageReader
        if used == size:
            if self._tail:
                self._tail = b""
            return text
        # The codec waits for the third byte of what can only be half of a surrogate pair.
        if data[used] == 0xED and size - used > 1 and data[used + 1] >= 0xA0:
            _refuse()
        self._tail = data[used:]
        return text

    def finish(self) -> None:
        """The text is complete.

        Raises:
            InvalidText: it ends within a character.
        """
        if self._tail:
            self._tail = b""
            _refuse()


class MessageParts:
    """The parts of one message after the other.

    Args:
        decodes: whether texts become `str`, or stay the bytes that they are, validated all the same.
    """

    __slots__ = ("_decoder", "_decodes", "_parts", "_run", "_run_size", "_text")

    def __init__(self, decodes: bool) -> None:
        self._decodes = decodes
        self._decoder: Utf8Decoder | None = None
        self._text = False
        self._parts: list[Any] = []
        self._run: i64 = 0
        self._run_size: i64 = 0

    def begin(self, text: bool) -> None:
        """A message begins: a text, or bytes."""
        self._text = text
        if text and self._decoder is None:
            self._decoder = Utf8Decoder()

    def add(self, data: bytes) -> None:
        """Take a part.

        Raises:
            InvalidText: see `Utf8Decoder`.
        """
        part: Any = data
        decoder = self._decoder
        if self._text and decoder is not None:
            text = decoder.decode(data)
            if self._decodes:
                part = text
        self._parts.append(part)
        self._run += 1
        self._run_size += len(data)
        if self._run >= _RUN:
            if self._run_size < _SMALL:
                cut = len(self._parts) - _RUN
                joined = self._join(self._parts[cut:])
                del self._parts[cut:]
                self._parts.append(joined)
            self._run = 0
            self._run_size = 0

    def finish(self) -> Any:
        """The message is complete: return it, as `str` or as bytes.

        Raises:
            InvalidText: see `Utf8Decoder`.
        """
        parts = self._parts
        decoder = self._decoder
        if self._text and decoder is not None:
            decoder.finish()
        whole = parts[0] if len(parts) == 1 else self._join(parts)
        self.clear()
        return whole

    def clear(self) -> None:
        """Forget the message."""
        self._parts = []
        self._run = 0
        self._run_size = 0
        self._decoder = None

    def _join(self, parts: list[Any]) -> Any:
        if self._text and self._decodes:
            return "".join(parts)
        return b"".join(parts)


def cost_of(message: Any) -> i64:
    """Return what a message is counted with: its bytes or characters, and what it takes beside them."""
    data: Any = message.data
    if isinstance(data, bytes):
        return OVERHEAD + len(data)
    if isinstance(data, str):
        return OVERHEAD + len(data)
    return OVERHEAD


def _refuse() -> None:
    raise InvalidText("a text that is not UTF-8")
