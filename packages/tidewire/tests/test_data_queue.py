from __future__ import annotations

import asyncio

import pytest

from tidewire import DataQueue, EofStream


async def test_what_is_fed_is_read_in_order() -> None:
    queue: DataQueue[int] = DataQueue()
    queue.feed_data(1)
    queue.feed_data(2, 100)
    assert len(queue) == 2
    assert [await queue.read(), await queue.read()] == [1, 2]


async def test_a_reader_waits() -> None:
    queue: DataQueue[int] = DataQueue(asyncio.get_running_loop())
    task = asyncio.create_task(queue.read())
    await asyncio.sleep(0)
    queue.feed_data(3)
    assert await task == 3


async def test_it_ends() -> None:
    queue: DataQueue[int] = DataQueue()
    queue.feed_data(1)
    queue.feed_eof()
    assert queue.is_eof()
    assert not queue.at_eof()
    assert [each async for each in queue] == [1]
    assert queue.at_eof()
    with pytest.raises(EofStream):
        await queue.read()


async def test_an_error_comes_after_what_was_fed() -> None:
    queue: DataQueue[int] = DataQueue()
    queue.feed_data(1)
    cause = OSError()
    queue.set_exception(ValueError("x"), cause)
    assert await queue.read() == 1
    with pytest.raises(ValueError, match="x") as raised:
        await queue.read()
    assert raised.value.__cause__ is cause
    assert queue.exception() is raised.value


async def test_there_is_one_reader() -> None:
    queue: DataQueue[int] = DataQueue()
    task = asyncio.create_task(queue.read())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError):
        await queue.read()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    queue.feed_data(1)
    assert await queue.read() == 1
