"""Sessions in memory."""

from __future__ import annotations

import pytest

from tidewire_sessions import MemoryStorage
from tidewire_sessions._browser import Clock
from tidewire_sessions.conformance import CHECKS, Check, Subject

SUBJECT = Subject(make_storage=MemoryStorage, on_server=True, tamper_proof=True)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_conformance(check: Check) -> None:
    await check(SUBJECT)


async def test_those_that_were_not_written_for_longest_make_room() -> None:
    storage = MemoryStorage(max_sessions=2)
    for key in "abac":
        assert await storage.write(key, key, None, replace=False)
    assert [await storage.read(key) for key in "abc"] == ["a", None, "c"]
    assert len(storage) == 2


async def test_what_has_ended_is_forgotten() -> None:
    clock = Clock()
    storage = MemoryStorage(clock=clock)
    await storage.write("a", "text", 10, replace=False)
    clock.advance(10)
    assert await storage.read("a") == "text"
    clock.advance(1)
    assert not await storage.write("a", "new", 10, replace=True)
    assert len(storage) == 0
    assert storage  # also where it is empty


def test_room_for_no_session_is_refused() -> None:
    with pytest.raises(ValueError, match="max_sessions"):
        MemoryStorage(max_sessions=0)
