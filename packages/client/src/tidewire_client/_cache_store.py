"""Where a cache keeps responses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from tidewire_client._cached_response import CachedResponse

__all__ = ["CacheStore", "MemoryCacheStore"]


class CacheStore(Protocol):
    """Keeps the responses of a `CacheMiddleware`, by the URLs of their requests.

    It may lose any of them at any time. An error of it is an error of the request.
    """

    async def get(self, url: str, /) -> Sequence[CachedResponse]:
        """Return the responses of a URL, as they were put; none where nothing is known."""

    async def put(self, url: str, responses: Sequence[CachedResponse], /) -> None:
        """Keep responses in place of those that were there; none to forget the URL."""


class MemoryCacheStore:
    """Keeps responses in memory; those of the URL that was not asked for longest go first.

    Args:
        max_bytes: how many bytes there may be of them, their overhead included.

    Raises:
        ValueError: fewer than one byte.
    """

    def __init__(self, max_bytes: int = 64 * 1024 * 1024) -> None:
        if max_bytes < 1:
            raise ValueError(f"at least one byte, not {max_bytes}")
        self._max_bytes = max_bytes
        self._size = 0
        self._entries: OrderedDict[str, tuple[tuple[CachedResponse, ...], int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self._entries)} URLs, {self._size} of {self._max_bytes} bytes>"

    @property
    def size(self) -> int:
        """How many bytes are taken, about."""
        return self._size

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._size = 0

    async def get(self, url: str, /) -> Sequence[CachedResponse]:
        """See `CacheStore`."""
        entry = self._entries.get(url)
        if entry is None:
            return ()
        self._entries.move_to_end(url)
        return entry[0]

    async def put(self, url: str, responses: Sequence[CachedResponse], /) -> None:
        """See `CacheStore`."""
        old = self._entries.pop(url, None)
        if old is not None:
            self._size -= old[1]
        size = len(url) + sum(response.size for response in responses)
        if not responses or size > self._max_bytes:
            return
        self._entries[url] = (tuple(responses), size)
        self._size += size
        while self._size > self._max_bytes:
            _, (_, gone) = self._entries.popitem(last=False)
            self._size -= gone
