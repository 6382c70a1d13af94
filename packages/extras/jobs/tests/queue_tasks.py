"""Tasks of a broker on Redis, for the tests and for the worker that they start."""

from __future__ import annotations

import os

from taskiq.serializers import JSONSerializer
from taskiq_redis import RedisAsyncResultBackend, RedisStreamBroker

URL = os.environ["REDIS_URL"]

broker = RedisStreamBroker(URL, xread_block=100).with_result_backend(
    RedisAsyncResultBackend(URL, result_ex_time=60, serializer=JSONSerializer())
)


@broker.task
async def add(one: int, other: int) -> int:
    """Add two numbers."""
    return one + other


@broker.task
async def process_id() -> int:
    """Tell who does it."""
    return os.getpid()


@broker.task
async def fail() -> None:
    """Raise something."""
    raise ValueError("x")
