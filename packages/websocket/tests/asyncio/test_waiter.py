"""What the reader waits for."""

from __future__ import annotations

import asyncio
import contextvars
import types
from collections.abc import Generator
from typing import Any

import pytest
from memory_channel import settle

from tidewire_websocket.asyncio._waiter import Waiter

VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="none")


@types.coroutine
def yielded(waiter: Waiter) -> Generator[Any, None, None]:
    yield waiter


async def wait(waiter: Waiter, log: list[str]) -> None:
    waiter.begin()
    try:
        await yielded(waiter)
        log.append(VARIABLE.get())
    finally:
        waiter.end()


async def test_a_callback_of_the_loop_lets_the_task_go_on_at_once() -> None:
    loop = asyncio.get_running_loop()
    waiter, log = Waiter(loop), list[str]()
    VARIABLE.set("the task's own")
    task = loop.create_task(wait(waiter, log))
    await settle()
    assert waiter.busy

    def wake() -> None:
        VARIABLE.set("the callback's")
        waiter.wake()
        log.append("after")

    loop.call_soon(wake)
    await task
    assert log == ["the task's own", "after"]
    assert not waiter.busy


async def test_another_task_lets_it_go_on_in_the_next_turn() -> None:
    loop = asyncio.get_running_loop()
    waiter, log = Waiter(loop), list[str]()
    for _ in range(3):
        task = loop.create_task(wait(waiter, log))
        await settle()
        waiter.wake()
        waiter.wake()
        assert log == []
        await task
        log.clear()


async def test_a_wait_can_fail_or_be_cancelled() -> None:
    loop = asyncio.get_running_loop()
    waiter, log = Waiter(loop), list[str]()
    assert not waiter.fail(TimeoutError())
    assert not waiter.cancel()
    task = loop.create_task(wait(waiter, log))
    await settle()
    assert waiter.fail(TimeoutError("late"))
    with pytest.raises(TimeoutError, match="late"):
        await task
    task = loop.create_task(wait(waiter, log))
    await settle()
    task.cancel("reason")
    waiter.wake()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == []
    assert not waiter.busy


async def test_a_task_that_is_cancelled_before_it_waits_does_not_wait() -> None:
    loop = asyncio.get_running_loop()
    waiter = Waiter(loop)

    async def cancelled() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await wait(waiter, [])

    with pytest.raises(asyncio.CancelledError):
        await loop.create_task(cancelled())
    assert not waiter.busy


@pytest.mark.parametrize("kind", [asyncio.tasks._PyTask, asyncio.Task], ids=["Python", "C"])  # type: ignore[attr-defined]
async def test_every_kind_of_task_may_wait(kind: type[asyncio.Task[None]]) -> None:
    loop = asyncio.get_running_loop()
    waiter, log = Waiter(loop), list[str]()
    assert waiter.get_loop() is loop
    task = kind(wait(waiter, log), loop=loop)
    await settle()
    loop.call_soon(waiter.wake)
    await settle()
    assert task.done()
    assert log == ["none"]
