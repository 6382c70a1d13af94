"""Calls in threads: in order, many to a turn, and none behind one that takes long."""

from __future__ import annotations

import asyncio
import threading
import weakref

import pytest

from tidewire_web._thread_batches import ThreadBatches, in_thread


async def test_what_is_called_is_not_called_on_the_loop() -> None:
    assert await in_thread(threading.get_ident) != threading.get_ident()
    assert await in_thread(max, 1, 2) == 2


async def test_an_error_goes_to_who_has_asked() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await in_thread(int, "x")
    assert await in_thread(int, "1") == 1


async def test_many_calls_are_one_turn() -> None:
    order: list[int] = []
    threads = set()

    def call(number: int) -> int:
        order.append(number)
        threads.add(threading.get_ident())
        return number

    futures = [in_thread(call, number) for number in range(100)]
    assert await asyncio.gather(*futures) == list(range(100))
    assert order == list(range(100))
    assert len(threads) == 1


async def test_calls_behind_one_that_takes_long_go_to_another_thread() -> None:
    gate = threading.Event()
    batches = ThreadBatches(asyncio.get_running_loop())
    first = batches.submit(gate.wait, 20)
    second = batches.submit(int, "2")
    assert await asyncio.wait_for(second, 5) == 2
    assert not first.done()
    gate.set()
    assert await first


async def test_results_come_while_others_are_still_worked_on() -> None:
    gate = threading.Event()
    batches = ThreadBatches(asyncio.get_running_loop())
    futures = [batches.submit(int, "1") for _ in range(16)]
    last = batches.submit(gate.wait, 20)
    assert await asyncio.wait_for(asyncio.gather(*futures), 5) == [1] * 16
    assert not last.done()
    gate.set()
    await last


async def test_a_call_that_nobody_wants_any_more_is_left_out() -> None:
    gate = threading.Event()
    called: list[int] = []
    batches = ThreadBatches(asyncio.get_running_loop())
    first = batches.submit(gate.wait, 20)
    future = batches.submit(called.append, 1)
    future.cancel()
    gate.set()
    await first
    assert await batches.submit(int, "3") == 3
    assert called == []


async def test_a_result_that_nobody_wants_any_more_is_forgotten() -> None:
    class Result:
        pass

    gate = threading.Event()
    made: list[weakref.ref[Result]] = []

    def call() -> Result:
        gate.wait(20)
        result = Result()
        made.append(weakref.ref(result))
        return result

    batches = ThreadBatches(asyncio.get_running_loop())
    future = batches.submit(call)
    future.cancel()
    gate.set()
    await batches.submit(int, "1")
    assert all(ref() is None for ref in made)


def test_each_loop_has_its_own() -> None:
    async def call() -> int:
        return await in_thread(int, "1")

    assert [asyncio.run(call()) for _ in range(2)] == [1, 1]
