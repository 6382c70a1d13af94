from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fake_time import in_fake_time

from tidewire_client import ClientTimeout
from tidewire_client._total_clock import TotalClock
from tidewire_http_io import ResetReason, Sweep


class Exchange:
    body_complete = False
    reason: ResetReason | None = None

    def reset(self, reason: ResetReason) -> None:
        self.reason = reason


def make(total: float | None, sweep: Sweep | None = None) -> tuple[TotalClock, Sweep]:
    loop = asyncio.get_running_loop()
    sweep = sweep or Sweep(loop.call_later, loop.time, loop.time)
    return TotalClock(ClientTimeout(total=total), sweep, loop), sweep


@in_fake_time
async def test_a_short_time_is_a_timer() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    clock, sweep = make(0.01)
    assert not len(sweep)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.Event().wait()
    assert loop.time() - before == pytest.approx(0.01)
    assert clock.expired
    assert clock.take_back()
    await asyncio.sleep(0)


async def test_a_long_time_is_swept() -> None:
    clock, sweep = make(60)
    assert len(sweep) == 1
    assert clock.deadline >= asyncio.get_running_loop().time() + 60
    clock.deadline_passed()
    assert not len(sweep)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(0)
    assert clock.take_back()


async def test_a_cancellation_of_somebody_else_is_his() -> None:
    clock, _ = make(60)
    task: Any = asyncio.current_task()
    clock.deadline_passed()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(0)
    assert not clock.take_back()
    task.uncancel()


@pytest.mark.parametrize("total", [None, 0])
async def test_no_time_is_no_clock(total: float | None) -> None:
    clock, sweep = make(total)
    assert clock.deadline == 0.0
    assert not len(sweep)
    clock.stop()
    assert not clock.expired
    clock.stop()
    await asyncio.sleep(0)


@in_fake_time
async def test_a_clock_that_is_stopped_does_nothing() -> None:
    for total in (0.001, 60):
        clock, sweep = make(total)
        clock.stop()
        assert not len(sweep)
    await asyncio.sleep(100)


@pytest.mark.parametrize("complete", [False, True])
async def test_with_a_response_its_exchange_is_reset(complete: bool) -> None:
    clock, _ = make(60)
    exchange: Any = Exchange()
    exchange.body_complete = complete
    clock.go_on_with(exchange)
    clock.deadline_passed()
    assert exchange.reason is (None if complete else ResetReason.TIMEOUT)
    assert clock.expired is not complete
    await asyncio.sleep(0)
