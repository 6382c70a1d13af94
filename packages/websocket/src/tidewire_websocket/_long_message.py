# Compiled by mypyc.
"""A long message in one frame: its bytes are put where they stay, and the mask is taken off there.

The length is known from the beginning, so there is one piece of memory for all of it, which becomes the message's bytes
without being copied once more, or its text where that is ASCII. What is only declared gets none of that (S22): beyond the first MiB the memory is made
as large as the fourfold of what has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tidewire_websocket._masking import bytes_of_room, make_room, make_text_room, mask_into, text_of_room
from tidewire_websocket._message_parts import Utf8Decoder

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Bytes that a message has room for before any of it has come.
_FIRST_ROOM: Final = 1 << 20
# How much larger the room becomes whenever it is full; so a message is copied by a third of its size, at most.
_GROWTH: Final = 4


class LongMessage:
    """The payload of one frame.

    Args:
        size: its length.
        text: whether it is a text, of which what cannot become UTF-8 any more is refused at once.
        key: the masking key; four zeros where there is none.
        decodes: whether a text becomes `str`, or stays the bytes that it is.
    """

    __slots__ = ("_decoder", "_decodes", "_key", "_room", "_size", "_text", "_texts", "_used", "_view")

    def __init__(self, size: int, text: bool, key: bytes, decodes: bool) -> None:
        self._size: i64 = size
        self._room: i64 = min(size, _FIRST_ROOM)
        self._used: i64 = 0
        self._key = key
        self._text = text
        self._decodes = decodes
        self._view: Any = self._make_room()
        # As long as everything is ASCII there is nothing to look for, and nothing to keep.
        self._decoder: Utf8Decoder | None = None
        self._texts: list[str] = []

    @property
    def room(self) -> int:
        """How many bytes there is room for."""
        return self._room - self._used

    def missing(self) -> Any:
        """Return a view of what is still to be filled, or of the next part of it; it is never empty."""
        if self._used == self._room:
            self._grow()
        return self._view[self._used :]

    def put(self, data: bytes, start: int, stop: int) -> None:
        """Take what has come elsewhere.

        Args:
            data: the bytes, masked.
            start: where the payload begins or goes on in them.
            stop: where it ends, or what there is of it.

        Raises:
            InvalidText: see `Utf8Decoder`.
        """
        while True:
            end: i64 = min(stop, start + self._room - self._used)
            self._take(data, start, end)
            if end == stop:
                return
            start = end
            self._grow()

    def filled(self, count: int) -> None:
        """Take what was put into the view that is missing.

        Raises:
            InvalidText: see `Utf8Decoder`.
        """
        self._take(self._view, self._used, self._used + count)

    def _grow(self) -> None:
        """Make more room."""
        self._room = min(self._size, self._room * _GROWTH)
        view = self._make_room()
        view[: self._used] = self._view[: self._used]
        self._view = view

    def _make_room(self) -> Any:
        # Most long texts are ASCII, whose bytes are its characters.
        return make_text_room(self._room) if self._text and self._decodes else make_room(self._room)

    def _take(self, source: Any, start: i64, stop: i64) -> None:
        before: i64 = self._used
        is_ascii: bool = mask_into(self._view, before, source, start, stop, self._key)
        self._used = before + stop - start
        if not self._text or (is_ascii and self._decoder is None):
            return
        decoder = self._decoder
        if decoder is None:
            decoder = Utf8Decoder()
            self._decoder = decoder
            if self._decodes:
                self._texts.append(str(self._view[:before], "ascii"))
        text = decoder.decode(bytes(self._view[before : self._used]))
        if self._decodes:
            self._texts.append(text)

    def finish(self) -> Any:
        """The message is complete: return it.

        Raises:
            InvalidText: see `Utf8Decoder`.
        """
        decoder = self._decoder
        if decoder is not None:
            decoder.finish()
        if not self._text or not self._decodes:
            return bytes_of_room(self._view)
        if decoder is not None:
            return "".join(self._texts)
        return text_of_room(self._view)
