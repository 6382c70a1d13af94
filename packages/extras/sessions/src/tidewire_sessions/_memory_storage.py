"""A storage in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict
from typing import Unpack

from tidewire_sessions._server_storages import AbstractServerStorage, ServerStorageOptions

__all__ = ["MemoryStorage"]


class MemoryStorage(AbstractServerStorage):
    """Keeps sessions in the memory of this process: for tests, for development, for a service of one process.

    Args:
        max_sessions: how many are kept; where there are more, those go first that were not written for longest.
        options: see `AbstractServerStorage`.

    Raises:
        ValueError: not even one session would be kept.
    """

    def __init__(self, *, max_sessions: int = 100_000, **options: Unpack[ServerStorageOptions]) -> None:
        super().__init__(**options)
        if max_sessions < 1:
            raise ValueError(f"max_sessions is at least 1, not {max_sessions}")
        self._max_sessions = max_sessions
        # As texts, so that a session is not changed by whoever still holds a value that was put into it.
        self._kept: OrderedDict[str, tuple[str, float | None]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def __bool__(self) -> bool:
        return True

    async def read(self, key: str) -> str | None:
        """See `AbstractServerStorage`."""
        text, end = self._kept.get(key, (None, None))
        if end is not None and self._limits.clock() > end:
            del self._kept[key]
            return None
        return text

    async def write(self, key: str, text: str, seconds: int | None, *, replace: bool) -> bool:
        """See `AbstractServerStorage`."""
        if replace and await self.read(key) is None:
            return False
        self._kept[key] = (text, None if seconds is None else self._limits.clock() + seconds)
        self._kept.move_to_end(key)
        while len(self._kept) > self._max_sessions:
            self._kept.popitem(last=False)
        return True

    async def delete(self, key: str) -> None:
        """See `AbstractServerStorage`."""
        self._kept.pop(key, None)
