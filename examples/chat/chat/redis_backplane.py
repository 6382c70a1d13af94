"""Redis as what several processes share."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.backplane import Deliver

LOGGER: Final = logging.getLogger("chat")
PREFIX: Final = "tidewire-chat"
# Seconds. A process that died says no good-bye: its visitors are forgotten after a while.
VISIT_LASTS: Final = 60.0
RENEWED_EVERY: Final = 20.0
HISTORY_LASTS: Final = 24 * 3600
RETRY_AFTER: Final = 1.0


class RedisBackplane:
    """Shares everything over a Redis.

    A room has a sorted set of its visits, by the time until which they count, a list of what was said, and a channel.

    Args:
        url: where the Redis is.
        history: events that are kept of each room.
    """

    def __init__(self, url: str, history: int) -> None:
        self._redis = Redis.from_url(url, decode_responses=True)
        self._limit = history
        self._visits: set[tuple[str, str]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, deliver: Deliver) -> None:
        """See `Backplane`; returns when events arrive, or fails where there is no Redis."""
        await self._redis.ping()
        listening = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._listen(deliver, listening)),
            asyncio.create_task(self._renew()),
        ]
        await listening.wait()

    async def stop(self) -> None:
        """See `Backplane`."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    async def enter(self, room: str, visit: str, name: str) -> bool:
        """See `Backplane`."""
        entry = f"{visit}:{name}"
        self._visits.add((room, entry))
        before = await self._entries(room)
        await self._redis.zadd(_key(room, "visits"), {entry: time.time() + VISIT_LASTS})
        return name not in map(_name_in, before)

    async def leave(self, room: str, visit: str, name: str) -> bool:
        """See `Backplane`."""
        entry = f"{visit}:{name}"
        self._visits.discard((room, entry))
        await self._redis.zrem(_key(room, "visits"), entry)
        return name not in map(_name_in, await self._entries(room))

    async def members(self, room: str) -> tuple[str, ...]:
        """See `Backplane`."""
        return tuple(sorted(set(map(_name_in, await self._entries(room)))))

    async def publish(self, room: str, event: str, *, keep: bool) -> None:
        """See `Backplane`."""
        async with self._redis.pipeline(transaction=True) as pipeline:
            together: Any = pipeline  # whose methods are typed as if they were to be awaited one by one
            if keep:
                history = _key(room, "history")
                together.rpush(history, event)
                together.ltrim(history, -self._limit, -1)
                together.expire(history, HISTORY_LASTS)
            together.publish(_key(room, "events"), event)
            await together.execute()

    async def history(self, room: str) -> list[str]:
        """See `Backplane`."""
        return [str(event) for event in await self._redis.lrange(_key(room, "history"), 0, -1)]

    async def _entries(self, room: str) -> list[str]:
        entries = await self._redis.zrangebyscore(_key(room, "visits"), time.time(), "+inf")
        return [str(entry) for entry in entries]

    async def _listen(self, deliver: Deliver, listening: asyncio.Event) -> None:
        """Deliver what is published, until cancelled; where the connection is lost, over another one."""
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.psubscribe(_key("*", "events"))
                    async for message in subscription.listen():
                        if message["type"] == "psubscribe":
                            listening.set()
                        elif message["type"] == "pmessage":
                            await deliver(message["channel"].split(":")[1], message["data"])
            except RedisError:
                LOGGER.warning("The connection to Redis is lost", exc_info=True)
            await asyncio.sleep(RETRY_AFTER)

    async def _renew(self) -> None:
        """Have the visits of this process count for longer, until cancelled."""
        while True:
            await asyncio.sleep(RENEWED_EVERY)
            now = time.time()
            with contextlib.suppress(RedisError):  # it is tried again
                for room, entry in list(self._visits):
                    key = _key(room, "visits")
                    await self._redis.zadd(key, {entry: now + VISIT_LASTS})
                    await self._redis.zremrangebyscore(key, "-inf", now)


def _key(room: str, what: str) -> str:
    return f"{PREFIX}:{room}:{what}"


def _name_in(entry: str) -> str:
    return entry.partition(":")[2]
