"""Sessions in Redis; needs redis: `pip install tidewire-sessions[redis]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from tidewire_sessions._server_storages import AbstractServerStorage, ServerStorageOptions

if TYPE_CHECKING:
    from redis.asyncio import Redis, RedisCluster

__all__ = ["RedisStorage"]


class RedisStorage(AbstractServerStorage):
    """Keeps sessions in Redis, under keys of the cookie's name, an underscore and the identity.

    Keys end by themselves when their session does.

    Args:
        redis_pool: the client; it remains its maker's to close.
        options: see `AbstractServerStorage`.

    Raises:
        RuntimeError: the package redis is not installed, or is older than 4.3.
        TypeError: the client is no `redis.asyncio.Redis` or `RedisCluster`.
    """

    def __init__(self, redis_pool: Redis | RedisCluster, **options: Unpack[ServerStorageOptions]) -> None:
        super().__init__(**options)
        if not isinstance(redis_pool, _client_types()):
            raise TypeError(f"a redis.asyncio.Redis is needed, not {type(redis_pool).__name__}")
        self._redis: Any = redis_pool

    async def read(self, key: str) -> str | bytes | None:
        """See `AbstractServerStorage`."""
        kept: str | bytes | None = await self._redis.get(key)
        return kept

    async def write(self, key: str, text: str, seconds: int | None, *, replace: bool) -> bool:
        """See `AbstractServerStorage`."""
        return bool(await self._redis.set(key, text, ex=seconds, xx=replace))

    async def delete(self, key: str) -> None:
        """See `AbstractServerStorage`."""
        await self._redis.delete(key)


def _client_types() -> tuple[type, ...]:
    try:
        from redis.asyncio import Redis, RedisCluster
    except ImportError as error:
        raise RuntimeError("RedisStorage needs the package redis, 4.3 or newer") from error
    return Redis, RedisCluster
