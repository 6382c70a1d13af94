from __future__ import annotations

import asyncio
import sys

from tidewire_testing._origins import LeakWatch


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_task_that_is_left_is_found_with_its_origin_and_ended() -> None:
    with LeakWatch() as watch:
        line = sys._getframe().f_lineno + 1
        task = asyncio.create_task(forever(), name="left")
        await asyncio.sleep(0)
        (found,) = await watch.leaks()
    assert found.startswith("task 'left' of forever(), made at ")
    assert f"test_origins.py:{line}, waiting at " in found
    assert task.cancelled()


async def test_what_comes_to_its_end_is_no_leak() -> None:
    with LeakWatch() as watch:
        task = asyncio.create_task(asyncio.sleep(0))
        other = asyncio.create_task(forever())
        await asyncio.sleep(0)
        other.cancel()
        assert await watch.leaks() == []
    assert task.done()


async def test_what_was_there_before_is_no_leak() -> None:
    task = asyncio.create_task(forever())
    with LeakWatch() as watch:
        assert await watch.leaks() == []
    assert not task.done()
    task.cancel()


async def test_a_task_of_a_group_has_the_line_that_made_it() -> None:
    with LeakWatch() as watch:
        async with asyncio.TaskGroup() as group:
            line = sys._getframe().f_lineno + 1
            task = group.create_task(forever())
            await asyncio.sleep(0)
            assert f"test_origins.py:{line}" in watch._tasks[task]
            task.cancel()


async def test_the_loop_is_as_it_was() -> None:
    loop = asyncio.get_running_loop()
    with LeakWatch():
        assert "create_task" in vars(loop)
    assert "create_task" not in vars(loop)
