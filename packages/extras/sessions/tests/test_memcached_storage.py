"""Sessions in a real memcached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiomcache
import pytest

from tidewire_sessions._browser import Clock
from tidewire_sessions.conformance import CHECKS, Check, Subject
from tidewire_sessions.memcached_storage import MemcachedStorage

pytestmark = pytest.mark.peer("memcached")


@pytest.fixture
async def client(memcached_port: int) -> AsyncIterator[aiomcache.Client]:
    """A client of an empty memcached."""
    client = aiomcache.Client("127.0.0.1", memcached_port)
    await client.flush_all()
    yield client
    await client.close()


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_conformance(check: Check, client: aiomcache.Client) -> None:
    def make_storage(**options: Any) -> MemcachedStorage:
        return MemcachedStorage(client, **options)

    await check(Subject(make_storage=make_storage, on_server=True, tamper_proof=True))


async def test_only_what_is_there_is_replaced(client: aiomcache.Client) -> None:
    storage = MemcachedStorage(client)
    assert not await storage.write("a", "1", 100, replace=True)
    assert await storage.read("a") is None
    assert await storage.write("a", "1", None, replace=False)
    assert await storage.write("a", "2", 100, replace=True)
    assert await storage.read("a") == b"2"
    await storage.delete("a")
    await storage.delete("a")
    assert await storage.read("a") is None


async def test_more_than_30_days_are_a_moment(client: aiomcache.Client) -> None:
    clock = Clock()
    storage = MemcachedStorage(client, clock=clock, key_factory=lambda: "mine")
    month = 30 * 24 * 3600
    assert storage._exptime(None) == 0
    assert storage._exptime(month) == month
    assert storage._exptime(month + 1) == int(clock()) + month + 1
    # As a number of seconds memcached would take this for a moment in 1970, and keep nothing.
    assert await storage.write("a", "1", month + 1, replace=False)
    assert await storage.read("a") == b"1"
    assert storage._key_factory() == "mine"
