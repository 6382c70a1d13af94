"""A loop that does not wait: its time, the order of what happens, and whom it waits for all the same."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from tidewire_testing import FakeTimeLoop


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=FakeTimeLoop) as runner:
        return runner.run(main)


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_day_passes_at_once() -> None:
    async def main() -> float:
        await asyncio.sleep(86400)
        return now()

    began = time.monotonic()
    assert run(main()) == 86400
    assert time.monotonic() - began < 60


def test_what_happens_does_so_in_the_order_of_time() -> None:
    seen: list[tuple[str, float]] = []

    async def work(name: str, *pauses: float) -> None:
        for pause in pauses:
            await asyncio.sleep(pause)
            seen.append((name, now()))

    async def main() -> None:
        await asyncio.gather(work("a", 3, 3), work("b", 2, 2, 2.5))

    run(main())
    assert seen == [("b", 2), ("a", 3), ("b", 4), ("a", 6), ("b", 6.5)]


def test_time_stands_still_while_there_is_something_to_do() -> None:
    async def main() -> float:
        asyncio.get_running_loop().call_later(1, lambda: None)
        for _ in range(1000):
            await asyncio.sleep(0)
        return now()

    assert run(main()) == 0


def test_deadlines_pass() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(300):
                await asyncio.Event().wait()
        return now()

    assert run(main()) == 300


def test_threads_are_waited_for_and_take_no_time() -> None:
    go = threading.Event()

    async def main() -> float:
        async with asyncio.timeout(1):
            timer = threading.Timer(0.05, go.set)
            timer.start()
            assert await asyncio.to_thread(go.wait, 30)
        timer.join()
        took = now()
        with pytest.raises(ZeroDivisionError):
            await asyncio.get_running_loop().run_in_executor(None, lambda: 1 // 0)
        await asyncio.sleep(5)
        assert now() == took + 5
        return took

    assert run(main()) == 0


def test_without_timers_others_are_waited_for() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        timer = threading.Timer(0.02, lambda: loop.call_soon_threadsafe(future.set_result, None))
        timer.start()
        await future
        timer.join()
        return now()

    assert run(main()) == 0


def test_it_begins_when_it_is_told() -> None:
    loop = FakeTimeLoop(100)
    try:
        loop.run_until_complete(asyncio.sleep(0.5))
        assert loop.time() == 100.5
    finally:
        loop.close()
