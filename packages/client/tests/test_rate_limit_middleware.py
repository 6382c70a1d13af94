from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fake_time import in_fake_time, in_memory

from tidewire_client import RateLimitMiddleware


def test_requests_keep_to_the_rate() -> None:
    limit = RateLimitMiddleware(2, per=1.0, burst=1)
    assert [limit.reserve("a", 10.0) for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]
    assert limit.reserve("a", 11.0) == 1.0
    assert limit.reserve("a", 100.0) == 0.0


def test_some_may_pass_at_once() -> None:
    limit = RateLimitMiddleware(2, burst=3)
    assert [limit.reserve("a", 10.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]


def test_no_more_is_saved_up_than_a_burst() -> None:
    limit = RateLimitMiddleware(1, burst=2)
    limit.reserve("a", 0.0)
    assert [limit.reserve("a", 1000.0) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_each_origin_has_a_limit() -> None:
    limit = RateLimitMiddleware(1)
    assert limit.reserve("a", 0.0) == limit.reserve("b", 0.0) == 0.0
    assert limit.reserve("a", 0.0) == 1.0


def test_origins_are_forgotten() -> None:
    limit = RateLimitMiddleware(1)
    for number in range(20_001):
        limit.reserve(str(number), 0.0)
    assert len(limit._due) == 10_000
    assert limit.reserve("20000", 0.0) == 1.0


@pytest.mark.parametrize("how", [{"rate": 0}, {"rate": -1}, {"rate": 1, "per": 0}, {"rate": 1, "burst": 0}])
def test_numbers_are_above_zero(how: Any) -> None:
    with pytest.raises(ValueError, match="above 0"):
        RateLimitMiddleware(**how)


@pytest.mark.parametrize(("per_origin", "waits"), [(True, False), (False, True)])
@in_fake_time
async def test_a_request_waits_for_its_turn(per_origin: bool, waits: bool) -> None:
    limit = RateLimitMiddleware(1, per=60, per_origin=per_origin)
    loop = asyncio.get_running_loop()
    async with in_memory(middlewares=[limit]) as (service, session):
        async with session.get(service.url()):
            before = loop.time()
        async with session.get(service.url(host="localhost")):
            pass
        assert loop.time() - before == pytest.approx(60 if waits else 0)
