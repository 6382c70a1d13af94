"""An input taken apart: the first bytes choose, the others are what is chosen for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Choices"]

T = TypeVar("T")


class Choices:
    """Reads choices from the front of an input; where it is used up, each choice is the first there is.

    Args:
        data: the input.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pos = 0

    def __bool__(self) -> bool:
        return self._pos < len(self._data)

    def number(self, end: int = 256) -> int:
        """Return a number below `end`, which is at most 256."""
        octet = self._data[self._pos] if self else 0
        self._pos += 1
        return octet % end

    def flag(self) -> bool:
        """Return yes or no."""
        return bool(self.number(2))

    def pick(self, things: Sequence[T]) -> T:
        """Return one of some things."""
        return things[self.number(len(things))]

    def octets(self, most: int = 32) -> bytes:
        """Return at most so many bytes."""
        size = self.number(most + 1)
        piece = self._data[self._pos : self._pos + size]
        self._pos += size
        return piece

    def text(self, most: int = 32) -> str:
        """Return what at most so many bytes say, as a field value is decoded."""
        return self.octets(most).decode("utf-8", "surrogateescape")

    def rest(self) -> bytes:
        """Return all that is left."""
        piece = self._data[self._pos :]
        self._pos = len(self._data)
        return piece
