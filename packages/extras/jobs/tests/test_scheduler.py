"""The scheduler: limits, shields, and the end."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tidewire_jobs import Job, Scheduler

TOLD = list[dict[str, Any]]


async def rounds(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture
def told() -> TOLD:
    """What the event loop's exception handler was told; of the tests' own loop."""
    return []


@pytest.fixture(autouse=True)
async def listen(told: TOLD) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))


async def wait_for(event: asyncio.Event) -> str:
    await event.wait()
    return "done"


async def fail() -> None:
    raise ValueError("x")


async def stubborn(event: asyncio.Event) -> None:
    while not event.is_set():
        try:
            await event.wait()
        except asyncio.CancelledError:
            continue


# -- what it is -----------------------------------------------------------------------------------


async def test_defaults_and_properties() -> None:
    scheduler = Scheduler()
    assert (scheduler.limit, scheduler.pending_limit, scheduler.close_timeout, scheduler.wait_timeout) == (
        100, 10000, 0.1, 60,
    )  # fmt: skip
    assert (scheduler.closed, scheduler.exception_handler, len(scheduler), bool(scheduler)) == (
        False, None, 0, True,
    )  # fmt: skip
    await scheduler.close()
    assert scheduler.closed
    assert repr(scheduler) == "<Scheduler closed, 0 active and 0 pending jobs>"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"exception_handler": 1}, TypeError),
        ({"limit": 0}, ValueError),
        ({"pending_limit": -1}, ValueError),
    ],
)
async def test_wrong_arguments_are_refused(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Scheduler(**arguments)


def test_it_is_made_in_an_event_loop() -> None:
    with pytest.raises(RuntimeError):
        Scheduler()


async def test_it_is_a_collection_of_jobs() -> None:
    go = asyncio.Event()
    async with Scheduler(limit=1) as scheduler:
        jobs = {await scheduler.spawn(wait_for(go)) for _ in range(3)}
        assert set(scheduler) == jobs
        assert all(job in scheduler for job in jobs)
        assert (len(scheduler), scheduler.active_count, scheduler.pending_count) == (3, 1, 2)
        go.set()
    assert list(scheduler) == []


# -- limits ---------------------------------------------------------------------------------------


async def test_jobs_begin_in_their_order_and_not_too_many_at_once() -> None:
    running: set[int] = set()
    order: list[int] = []
    most = 0

    async def run(number: int) -> None:
        nonlocal most
        running.add(number)
        order.append(number)
        most = max(most, len(running))
        await rounds(20 + number % 3)
        running.discard(number)

    async with Scheduler(limit=3) as scheduler:
        for number in range(20):
            await scheduler.spawn(run(number))
    assert (order, most) == (list(range(20)), 3)


async def test_without_a_limit_all_run() -> None:
    go = asyncio.Event()
    async with Scheduler(limit=None) as scheduler:
        for _ in range(200):
            await scheduler.spawn(wait_for(go))
        assert scheduler.active_count == 200
        go.set()


async def test_spawn_waits_where_too_many_are_pending() -> None:
    gates = [asyncio.Event() for _ in range(4)]
    scheduler = Scheduler(limit=1, pending_limit=1)
    jobs = [await scheduler.spawn(wait_for(gate)) for gate in gates[:2]]
    late = [asyncio.create_task(scheduler.spawn(wait_for(gate))) for gate in gates[2:]]
    await rounds()
    assert not any(task.done() for task in late)
    gates[0].set()
    await jobs[0].wait()
    await rounds()
    assert [task.done() for task in late] == [True, False]
    for gate in gates:
        gate.set()
    jobs += [await task for task in late]
    assert [await job.wait() for job in jobs] == ["done"] * 4
    assert len(scheduler) == 0


async def test_no_number_of_pending_jobs_is_too_many_for_zero() -> None:
    go = asyncio.Event()
    async with Scheduler(limit=1, pending_limit=0) as scheduler:
        for _ in range(50):
            await scheduler.spawn(wait_for(go))
        assert scheduler.pending_count == 49
        go.set()


async def test_a_spawn_that_is_cancelled_leaves_nothing() -> None:
    go = asyncio.Event()
    scheduler = Scheduler(limit=1, pending_limit=1)
    for _ in range(2):
        await scheduler.spawn(wait_for(go))
    late = asyncio.create_task(scheduler.spawn(wait_for(go)))
    await rounds()
    late.cancel()
    with pytest.raises(asyncio.CancelledError):
        await late
    go.set()
    await scheduler.wait_and_close()
    assert len(scheduler) == 0


async def test_spawns_that_wait_are_refused_when_it_is_closed() -> None:
    scheduler = Scheduler(limit=1, pending_limit=1)
    for _ in range(2):
        await scheduler.spawn(wait_for(asyncio.Event()))
    late = [asyncio.create_task(scheduler.spawn(wait_for(asyncio.Event()))) for _ in range(5)]
    await rounds()
    await scheduler.close()
    for task in late:
        with pytest.raises(RuntimeError, match="closed"):
            await task
    assert len(scheduler) == 0


# -- what is refused ------------------------------------------------------------------------------


async def test_nothing_is_taken_after_the_end() -> None:
    scheduler = Scheduler()
    await scheduler.close()
    with pytest.raises(RuntimeError, match="closed"):
        await scheduler.spawn(fail())
    with pytest.raises(RuntimeError, match="closed"):
        await scheduler.shield(fail())


async def test_what_is_no_coroutine_is_refused() -> None:
    with pytest.raises(TypeError, match="a coroutine"):
        await Scheduler().spawn(fail)  # type: ignore[arg-type]


async def test_another_event_loop_is_refused() -> None:
    scheduler = Scheduler()

    def other() -> None:
        with pytest.raises(RuntimeError, match="another event loop"):
            asyncio.run(scheduler.spawn(fail()))

    await asyncio.to_thread(other)


# -- failures -------------------------------------------------------------------------------------


async def test_the_loop_is_told_where_there_is_no_handler(told: TOLD) -> None:
    job = await Scheduler().spawn(fail())
    await rounds()
    assert [(context["job"], repr(context["exception"])) for context in told] == [(job, "ValueError('x')")]


async def test_a_handler_that_fails_loses_nothing(told: TOLD) -> None:
    def broken(scheduler: Scheduler, context: dict[str, Any]) -> None:
        raise KeyError("y")

    await Scheduler(exception_handler=broken).spawn(fail())
    await rounds()
    assert [repr(context["exception"]) for context in told] == ["ValueError('x')", "KeyError('y')"]


# -- shields --------------------------------------------------------------------------------------


async def test_a_shield_gives_what_comes_of_it() -> None:
    scheduler = Scheduler()
    go = asyncio.Event()
    go.set()
    assert await scheduler.shield(wait_for(go)) == "done"
    with pytest.raises(ValueError, match="x"):
        await scheduler.shield(fail())
    done = asyncio.get_running_loop().create_future()
    done.set_result(1)
    assert await scheduler.shield(done) == 1
    inner = asyncio.ensure_future(wait_for(asyncio.Event()))
    outer = scheduler.shield(inner)
    inner.cancel()
    with pytest.raises(asyncio.CancelledError):
        await outer


async def test_what_is_shielded_is_not_cancelled_and_waited_for() -> None:
    scheduler = Scheduler()
    go = asyncio.Event()
    ended: list[str] = []

    async def save() -> None:
        await go.wait()
        ended.append("saved")

    async def handler() -> None:
        await scheduler.shield(save())

    task = asyncio.create_task(handler())
    await rounds()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    closing = asyncio.create_task(scheduler.wait_and_close())
    await rounds()
    assert not closing.done()
    go.set()
    await closing
    assert ended == ["saved"]


async def test_a_shield_whose_waiter_has_gone_loses_no_failure(told: TOLD) -> None:
    scheduler = Scheduler()
    go = asyncio.Event()

    async def save() -> None:
        await go.wait()
        raise ValueError("x")

    outer = scheduler.shield(save())
    await rounds()
    outer.cancel()
    go.set()
    await scheduler.wait_and_close()
    assert [repr(context["exception"]) for context in told] == ["ValueError('x')"]


@pytest.mark.parametrize("turns", range(8))
async def test_no_failure_is_lost_whenever_its_waiter_is_cancelled(told: TOLD, turns: int) -> None:
    scheduler = Scheduler()
    go = asyncio.Event()

    async def save() -> None:
        await go.wait()
        raise ValueError("x")

    async def handler() -> None:
        await scheduler.shield(save())

    task = asyncio.create_task(handler())
    await rounds()
    go.set()
    await rounds(turns)
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    await scheduler.wait_and_close()
    # Either the waiter knows of it, or the handler, and not both of them.
    assert [type(outcome), *(type(context["exception"]) for context in told)] in (
        [ValueError],
        [asyncio.CancelledError, ValueError],
    )


async def test_what_is_shielded_and_heeds_nothing_is_told_at_the_end(told: TOLD) -> None:
    scheduler = Scheduler(close_timeout=0)
    go = asyncio.Event()
    inner = asyncio.ensure_future(stubborn(go))
    outer = scheduler.shield(inner)
    await rounds()
    await scheduler.close()
    go.set()
    await outer
    (context,) = told
    assert (context["message"], context["future"]) == ("Closing what is shielded timed out", inner)
    assert isinstance(context["exception"], TimeoutError)


# -- the end --------------------------------------------------------------------------------------


async def test_wait_and_close_waits_for_jobs_that_jobs_have_started() -> None:
    scheduler = Scheduler(limit=1)
    ended: list[int] = []

    async def start(number: int) -> None:
        await asyncio.sleep(0)
        if number:
            await scheduler.spawn(start(number - 1))
        ended.append(number)

    await scheduler.spawn(start(5))
    await scheduler.wait_and_close()
    assert ended == [5, 4, 3, 2, 1, 0]


async def test_jobs_that_start_each_other_for_ever_are_cut_off_at_the_deadline() -> None:
    scheduler = Scheduler(wait_timeout=0.02)

    async def again() -> None:
        await asyncio.sleep(0)
        await scheduler.spawn(again())

    await scheduler.spawn(again())
    started = time.monotonic()
    await scheduler.wait_and_close()
    assert time.monotonic() - started < 1
    assert len(scheduler) == 0


async def test_a_job_that_heeds_nothing_is_told_and_does_not_hold_up_the_end(told: TOLD) -> None:
    scheduler = Scheduler(wait_timeout=0, close_timeout=0)
    go = asyncio.Event()
    job = await scheduler.spawn(stubborn(go))
    await rounds()
    await scheduler.wait_and_close()
    assert [(context["message"], context["job"]) for context in told] == [("Job closing timed out", job)]
    assert isinstance(told[0]["exception"], TimeoutError)
    assert list(scheduler) == [job]
    go.set()
    await job.wait()


async def test_a_job_may_close_its_own_scheduler() -> None:
    scheduler = Scheduler()
    go = asyncio.Event()
    other = await scheduler.spawn(wait_for(go))

    async def end() -> str:
        await scheduler.wait_and_close(timeout=0)
        return "ended"

    job = await scheduler.spawn(end())
    assert await job.wait() == "ended"
    assert (other.closed, scheduler.closed) == (True, True)


async def test_a_cancelled_wait_closes_all_the_same() -> None:
    scheduler = Scheduler()
    job = await scheduler.spawn(wait_for(asyncio.Event()))
    closing = asyncio.create_task(scheduler.wait_and_close())
    await rounds()
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert (job.closed, scheduler.closed) == (True, True)


async def test_pending_jobs_have_their_turn_before_the_end_and_none_after_it() -> None:
    go = asyncio.Event()
    scheduler = Scheduler(limit=1)
    jobs: list[Job[str]] = [await scheduler.spawn(wait_for(go)) for _ in range(3)]
    closing = asyncio.create_task(scheduler.wait_and_close())
    await rounds()
    go.set()
    await closing
    assert [await job.wait() for job in jobs] == ["done"] * 3

    scheduler = Scheduler(limit=1)
    jobs = [await scheduler.spawn(wait_for(asyncio.Event())) for _ in range(3)]
    await scheduler.close()
    assert all(job.closed for job in jobs)
    assert [job.task is None for job in jobs] == [False, True, True]


async def test_a_failure_while_it_closes_is_told(told: TOLD) -> None:
    scheduler = Scheduler()

    async def clean_up_badly() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("x")

    await scheduler.spawn(clean_up_badly())
    await rounds()
    await scheduler.close()
    assert [repr(context["exception"]) for context in told] == ["ValueError('x')"]
