"""Sessions in a real Redis."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from tidewire_sessions.conformance import CHECKS, Check, Subject
from tidewire_sessions.redis_storage import RedisStorage

pytestmark = pytest.mark.peer("redis-server")


@pytest.fixture(params=[False, True], ids=["bytes", "str"])
async def client(redis_port: int, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A client, of either kind, of an empty Redis."""
    client: Any = Redis(port=redis_port, decode_responses=request.param)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_conformance(check: Check, client: Any) -> None:
    def make_storage(**options: Any) -> RedisStorage:
        return RedisStorage(client, **options)

    await check(Subject(make_storage=make_storage, on_server=True, tamper_proof=True))


async def test_keys_end_by_themselves(client: Any) -> None:
    storage = RedisStorage(client)
    assert await storage.write("a", "text", 100, replace=False)
    assert await storage.write("b", "text", None, replace=False)
    assert 90 < await client.ttl("a") <= 100
    assert await client.ttl("b") == -1


async def test_only_what_is_there_is_replaced(client: Any) -> None:
    storage = RedisStorage(client)
    assert not await storage.write("a", "1", 100, replace=True)
    assert await storage.read("a") is None
    assert await storage.write("a", "1", 100, replace=False)
    assert await storage.write("a", "2", 100, replace=True)
    assert await storage.read("a") in ("2", b"2")
    await storage.delete("a")
    await storage.delete("a")
    assert await storage.read("a") is None


def test_a_client_that_is_none_is_refused() -> None:
    wrong: Any = object()
    with pytest.raises(TypeError, match="redis"):
        RedisStorage(wrong)


def test_where_redis_is_not_installed_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: Any = object()
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(RuntimeError, match="package redis"):
        RedisStorage(wrong)


async def test_identities_are_made_by_a_factory_of_ones_own(client: Any) -> None:
    assert RedisStorage(client, key_factory=lambda: "mine")._key_factory() == "mine"
