from __future__ import annotations

import asyncio

import pytest

from tidewire.compat import _futures as futures


async def test_a_future_keeps_its_first_outcome() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    futures.set_result(future, 1)
    futures.set_result(future, 2)
    futures.set_exception(future, ValueError())
    assert await future == 1
    await futures.noop(1, x=2)


async def test_an_exception_gets_its_cause() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    cause = OSError()
    futures.set_exception(future, ValueError(), cause)
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        await future
    assert raised.value.__cause__ is cause


def test_long_timeouts_end_with_a_whole_second() -> None:
    assert futures.calculate_timeout_when(0.5, 10, 5) == 11
    assert futures.calculate_timeout_when(0.5, 1, 5) == 1.5


async def test_a_block_is_limited() -> None:
    with pytest.raises(TimeoutError):
        async with futures.ceil_timeout(0.001):
            await asyncio.Event().wait()
    async with futures.ceil_timeout(None):
        pass


async def test_a_timer_cancels_the_task_in_its_block() -> None:
    handle = futures.TimeoutHandle(asyncio.get_running_loop(), 0.001)
    timer = handle.timer()
    assert handle.start() is not None
    with pytest.raises(TimeoutError), timer:
        await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_without_a_time_there_is_no_limit() -> None:
    loop = asyncio.get_running_loop()
    handle = futures.TimeoutHandle(loop, None)
    assert handle.start() is None
    timer = handle.timer()
    assert isinstance(timer, futures.TimerNoop)
    with timer:
        timer.assert_timeout()
    assert futures.call_later(lambda: None, 0, loop) is None


async def test_a_method_is_called_while_its_object_lives() -> None:
    called = asyncio.Event()

    class Thing:
        def act(self) -> None:
            called.set()

    thing = Thing()
    assert futures.weakref_handle(thing, "act", 0.001, asyncio.get_running_loop()) is not None
    await asyncio.wait_for(called.wait(), 15)
