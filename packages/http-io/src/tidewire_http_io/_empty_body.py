"""The body of a message that has none."""

from __future__ import annotations

from typing import Final

from tidewire_http_io._exchange import ResetReason
from tidewire_http_io._stream_reader import StreamReader
from tidewire_http_parser import Fields

__all__ = ["EMPTY_PAYLOAD", "EmptyStreamReader"]


class EmptyStreamReader(StreamReader):
    """A body without bytes, at its end from the beginning; nothing changes it, so that any number of messages share it."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self._eof = True

    @property
    def trailers(self) -> Fields:
        """None."""
        return []

    @property
    def max_line_length(self) -> float:
        """As of any body; setting it has no effect."""
        return super().max_line_length

    @max_line_length.setter
    def max_line_length(self, value: float) -> None:
        pass

    @property
    def max_size(self) -> float:
        """As of any body; setting it has no effect."""
        return super().max_size

    @max_size.setter
    def max_size(self, value: float) -> None:
        pass

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        """Refuse it.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("an empty body takes no bytes")

    def end_received(self, trailers: Fields) -> None:
        """Nothing changes."""

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        """Nothing changes: everything was read."""

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        """Nothing changes: everything was read."""

    def unread_data(self, data: bytes | bytearray | memoryview) -> None:
        """Refuse it.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("an empty body takes no bytes")


EMPTY_PAYLOAD: Final = EmptyStreamReader()
"""The empty body that is shared."""
