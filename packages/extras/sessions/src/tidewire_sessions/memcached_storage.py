"""Sessions in memcached, by a client like aiomcache's: `pip install tidewire-sessions[memcached]`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, Unpack

from tidewire_sessions._server_storages import AbstractServerStorage, ServerStorageOptions

__all__ = ["MemcachedClient", "MemcachedStorage"]

# Seconds up to which memcached takes a time for one from now on; what is more is a moment since the epoch.
_RELATIVE: Final = 30 * 24 * 3600


class MemcachedClient(Protocol):
    """What the storage needs of a client; `aiomcache.Client` has it."""

    @property
    def get(self) -> Callable[..., Awaitable[Any]]:
        """Called with a key; gives the bytes that are kept under it, or None."""

    @property
    def set(self) -> Callable[..., Awaitable[Any]]:
        """Called with key, bytes and `exptime`; keeps them."""

    @property
    def replace(self) -> Callable[..., Awaitable[Any]]:
        """The same where something is kept under the key; gives whether that is so."""

    @property
    def delete(self) -> Callable[..., Awaitable[Any]]:
        """Called with a key; deletes what is kept under it."""


class MemcachedStorage(AbstractServerStorage):
    """Keeps sessions in memcached, under keys of the cookie's name, an underscore and the identity.

    memcached forgets what it has no room for, and so may a session be forgotten before its time.

    Args:
        memcached_conn: the client; it remains its maker's to close.
        options: see `AbstractServerStorage`.
    """

    def __init__(self, memcached_conn: MemcachedClient, **options: Unpack[ServerStorageOptions]) -> None:
        super().__init__(**options)
        self._memcached = memcached_conn

    async def read(self, key: str) -> bytes | None:
        """See `AbstractServerStorage`."""
        kept: bytes | None = await self._memcached.get(key.encode("ascii"))
        return kept

    async def write(self, key: str, text: str, seconds: int | None, *, replace: bool) -> bool:
        """See `AbstractServerStorage`."""
        write = self._memcached.replace if replace else self._memcached.set
        return bool(await write(key.encode("ascii"), text.encode(), exptime=self._exptime(seconds)))

    async def delete(self, key: str) -> None:
        """See `AbstractServerStorage`."""
        await self._memcached.delete(key.encode("ascii"))

    def _exptime(self, seconds: int | None) -> int:
        """A time as memcached takes it, where 0 is for ever."""
        if seconds is None:
            return 0
        return seconds if seconds <= _RELATIVE else int(self._limits.clock()) + seconds
