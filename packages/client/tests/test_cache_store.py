from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from tidewire_client import CachedResponse, CacheStore, MemoryCacheStore

BASE = CachedResponse(
    status=200,
    reason="OK",
    fields=(),
    body=bytes(1000),
    decoded=True,
    nominated=(),
    credentials="",
    requested=0.0,
    received=0.0,
)
ONE = BASE.size + 1  # with a URL of one character


async def test_what_is_put_is_there_until_something_else_is() -> None:
    store: CacheStore = MemoryCacheStore()
    assert list(await store.get("a")) == []
    other = dataclasses.replace(BASE, body=b"other")
    await store.put("a", [BASE, other])
    assert list(await store.get("a")) == [BASE, other]
    await store.put("a", [other])
    assert list(await store.get("a")) == [other]
    await store.put("a", [])
    assert list(await store.get("a")) == []


async def test_what_was_not_asked_for_longest_goes_first() -> None:
    store = MemoryCacheStore(3 * ONE)
    for url in "abc":
        await store.put(url, [BASE])
    await store.get("a")
    await store.put("d", [BASE])
    assert [len(await store.get(url)) for url in "abcd"] == [1, 0, 1, 1]
    assert store.size == 3 * ONE


async def test_what_is_larger_than_everything_is_not_kept_and_replaces_what_was() -> None:
    store = MemoryCacheStore(2 * ONE)
    await store.put("a", [BASE])
    await store.put("b", [BASE])
    await store.put("a", [dataclasses.replace(BASE, body=bytes(5000))])
    assert [len(await store.get(url)) for url in "ab"] == [0, 1]
    assert store.size == ONE


async def test_its_size_is_right_whatever_happens() -> None:
    store = MemoryCacheStore(10 * ONE)
    entries: list[tuple[str, Sequence[CachedResponse]]] = []
    for number in range(200):
        size = number * 37 % 4000
        await store.put(str(number % 17), [dataclasses.replace(BASE, body=bytes(size))] * (number % 3))
        entries = [(url, await store.get(url)) for url in map(str, range(17))]
        assert store.size == sum(
            len(url) + sum(each.size for each in found) for url, found in entries if found
        )
        assert store.size <= 10 * ONE
    assert len(store) == sum(bool(found) for _, found in entries)
    store.clear()
    assert (len(store), store.size) == (0, 0)
    assert "0 URLs" in repr(store)


def test_there_is_room_for_a_byte() -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        MemoryCacheStore(0)
