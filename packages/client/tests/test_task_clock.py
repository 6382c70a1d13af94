from __future__ import annotations

import asyncio

import pytest

from tidewire_client._task_clock import TaskClock
from tidewire_http_io import Sweep
from tidewire_testing import FakeClock


def make(seconds: float | None, time: FakeClock) -> tuple[TaskClock, Sweep]:
    loop = asyncio.get_running_loop()
    sweep = Sweep(time.call_later, time.time, lambda: 0.0)
    return TaskClock(seconds, 5, sweep, loop), sweep


async def test_a_time_of_no_length_is_none() -> None:
    for seconds in (None, 0, -1):
        clock, sweep = make(seconds, FakeClock())
        assert clock.deadline == 0.0
        assert not len(sweep)
        clock.stop()
        assert not clock.expired


async def test_a_long_time_is_looked_at_by_the_sweep() -> None:
    time = FakeClock()
    clock, sweep = make(5.1, time)
    assert len(sweep) == 1
    time.advance(5.0)
    assert not clock.expired
    time.advance(2.2)
    assert clock.expired
    assert not len(sweep)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(0)
    assert clock.take_back()


async def test_a_short_time_is_a_timer() -> None:
    clock, sweep = make(0.001, FakeClock())
    assert not len(sweep)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.get_running_loop().create_future()
    assert clock.expired
    assert clock.take_back()


async def test_one_that_was_stopped_ends_nothing() -> None:
    time = FakeClock()
    long, sweep = make(6, time)
    short, _ = make(0.001, time)
    long.stop()
    short.stop()
    time.advance(60)
    loop = asyncio.get_running_loop()
    later = loop.create_future()
    loop.call_later(0.002, later.set_result, None)
    await later
    assert not long.expired
    assert not short.expired
    assert not len(sweep)


async def test_whoever_does_not_wait_can_end_it_at_once() -> None:
    clock, _ = make(None, FakeClock())
    clock.deadline_passed()
    assert clock.expired
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(0)
    assert clock.take_back()


async def test_a_cancellation_by_somebody_else_is_left_alone() -> None:
    clock, _ = make(None, FakeClock())
    task = asyncio.current_task()
    assert task is not None
    clock.deadline_passed()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(0)
    assert not clock.take_back()
    assert task.uncancel() == 0
