"""Streams that can be made as aiohttp's are."""

from __future__ import annotations

from typing import Any, TypeVar

import tidewire_http_io
from tidewire._data_queue import DataQueue
from tidewire.compat._deprecations import is_called_by_program, warn_of
from tidewire.compat._stand_in import StandIn

__all__: list[str] = []

_T = TypeVar("_T")


class StreamReader(tidewire_http_io.StreamReader, metaclass=StandIn):
    """A stream that is fed by hand; see `tidewire_http_io.StreamReader`.

    Args:
        protocol: ignored: nobody is slowed down who feeds it.
        limit: ignored.
        timer: ignored.
        loop: ignored: the event loop is the running one.
        options: see there.
    """

    __slots__ = ()

    def __init__(
        self, protocol: Any = None, limit: int = 2**16, *, timer: Any = None, loop: Any = None, **options: Any
    ) -> None:
        super().__init__(**options)

    def feed_data(self, data: Any, size: int = 0, **options: Any) -> None:
        """Add bytes; the size is ignored."""
        super().feed_data(data, **options)

    def unread_data(self, data: Any) -> None:
        """Put bytes back to the front."""
        if is_called_by_program():
            warn_of("unread_data() is deprecated")
        super().unread_data(data)


class FlowControlDataQueue(DataQueue[_T]):
    """A `DataQueue`; flow control is the exchange's.

    Args:
        protocol: ignored.
        limit: ignored.
        loop: ignored.
    """

    def __init__(self, protocol: Any, limit: int, *, loop: Any = None) -> None:
        warn_of("FlowControlDataQueue is deprecated, use DataQueue")
        super().__init__()
