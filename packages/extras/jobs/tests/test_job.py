"""Jobs: their states, and where their results and failures go."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest

from tidewire_jobs import Job, Scheduler

TOLD = list[dict[str, Any]]
WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


class Stop:
    """A coroutine that goes on until it is let go, heeding its cancellation or not."""

    def __init__(self, *, heeds: bool = True, failure: Exception | None = None) -> None:
        self.go = asyncio.Event()
        self.heeds = heeds
        self.failure = failure
        self.cancelled = 0

    async def __call__(self) -> str:
        while not self.go.is_set():
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                if self.failure is not None:
                    raise self.failure from None
                if self.heeds:
                    raise
        if self.failure is not None:
            raise self.failure
        return "done"


@pytest.fixture
def told() -> TOLD:
    """What the exception handler was told."""
    return []


@pytest.fixture
async def scheduler(told: TOLD) -> Scheduler:
    return Scheduler(limit=1, exception_handler=lambda _, context: told.append(context))


async def rounds(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def state(job: Job[Any]) -> tuple[bool, bool, bool]:
    return job.pending, job.active, job.closed


async def test_a_job_is_pending_then_active_then_closed(scheduler: Scheduler) -> None:
    first, second = Stop(), Stop()
    running = await scheduler.spawn(first(), name="first")
    waiting = await scheduler.spawn(second())
    assert (state(running), state(waiting)) == ((False, True, False), (True, False, False))
    first.go.set()
    assert await running.wait() == "done"
    assert (state(running), state(waiting)) == ((False, False, True), (False, True, False))
    second.go.set()
    assert await waiting.wait() == "done"
    assert await waiting.wait() == "done"
    assert repr(running).startswith("<Job 'first' closed ")


async def test_names_are_those_of_the_tasks(scheduler: Scheduler) -> None:
    seen: list[str] = []

    async def look() -> None:
        task = asyncio.current_task()
        assert task is not None
        seen.append(task.get_name())

    stop = Stop()
    first = await scheduler.spawn(stop(), name="first")
    second = await scheduler.spawn(look())
    assert first.get_name() == "first"
    assert second.get_name().startswith("job-")
    second.set_name("second")
    first.set_name("first, renamed")
    assert first.task is not None
    assert first.task.get_name() == "first, renamed"
    stop.go.set()
    await second.wait()
    assert seen == ["second"]


async def test_a_job_has_the_context_of_whoever_started_it(scheduler: Scheduler) -> None:
    stop = Stop()
    await scheduler.spawn(stop())

    async def look() -> str:
        return WHO.get()

    WHO.set("somebody")
    job = await scheduler.spawn(look())
    WHO.set("somebody else")
    stop.go.set()
    assert await job.wait() == "somebody"


async def test_a_failure_goes_to_whoever_waits(scheduler: Scheduler, told: TOLD) -> None:
    job = await scheduler.spawn(Stop(failure=ValueError("x"))())
    waiting = [asyncio.create_task(job.wait()) for _ in range(2)]
    await rounds()
    assert job.task is not None
    job.task.cancel()
    for each in await asyncio.gather(*waiting, return_exceptions=True):
        assert repr(each) == "ValueError('x')"
    with pytest.raises(ValueError, match="x"):
        await job.wait()
    assert told == []


async def test_a_failure_that_nobody_waits_for_is_told_once(scheduler: Scheduler, told: TOLD) -> None:
    stop = Stop(failure=ValueError("x"))
    job = await scheduler.spawn(stop())
    stop.go.set()
    await rounds()
    assert told == [{"message": "Job processing failed", "job": job, "exception": stop.failure}]
    with pytest.raises(ValueError, match="x"):
        await job.wait()
    assert len(told) == 1


async def test_a_cancelled_waiter_cancels_nothing_and_a_later_failure_is_told(
    scheduler: Scheduler, told: TOLD
) -> None:
    stop = Stop(failure=ValueError("x"))
    job = await scheduler.spawn(stop())
    waiting = asyncio.create_task(job.wait())
    await rounds()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (stop.cancelled, job.active) == (0, True)
    stop.go.set()
    await rounds()
    assert [context["exception"] for context in told] == [stop.failure]


async def test_a_failure_is_told_when_the_waiter_is_cancelled_at_the_same_time(
    scheduler: Scheduler, told: TOLD
) -> None:
    stop = Stop(failure=ValueError("x"))
    job = await scheduler.spawn(stop())
    waiting = asyncio.create_task(job.wait())
    await rounds()
    # Between the job's end and the waiter's next step.
    job.finished.add_done_callback(lambda _: waiting.cancel())
    stop.go.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert [context["exception"] for context in told] == [stop.failure]


async def test_a_wait_that_times_out_closes_the_job(scheduler: Scheduler, told: TOLD) -> None:
    stop = Stop()
    job = await scheduler.spawn(stop())
    with pytest.raises(TimeoutError, match="took longer than 0"):
        await job.wait(timeout=0)
    assert (job.closed, stop.cancelled, told) == (True, 1, [])
    with pytest.raises(asyncio.CancelledError):
        await job.wait()


async def test_what_a_job_raises_after_a_timeout_is_told(scheduler: Scheduler, told: TOLD) -> None:
    job = await scheduler.spawn(Stop(failure=ValueError("x"))())
    with pytest.raises(TimeoutError):
        await job.wait(timeout=0)
    assert [repr(context["exception"]) for context in told] == ["ValueError('x')"]


async def test_to_close_a_job_cancels_it(scheduler: Scheduler, told: TOLD) -> None:
    stop = Stop()
    job = await scheduler.spawn(stop())
    await rounds()
    await job.close()
    await job.close()
    assert (job.closed, stop.cancelled, told, len(scheduler)) == (True, 1, [], 0)


async def test_what_a_job_raises_while_it_is_closed_is_raised(scheduler: Scheduler, told: TOLD) -> None:
    job = await scheduler.spawn(Stop(failure=ValueError("x"))())
    await rounds()
    with pytest.raises(ValueError, match="x"):
        await job.close()
    assert told == []


async def test_a_pending_job_that_is_closed_never_begins(scheduler: Scheduler) -> None:
    first, second = Stop(), Stop()
    running = await scheduler.spawn(first())
    waiting = await scheduler.spawn(second())
    waiter = asyncio.create_task(waiting.wait())
    await rounds()
    await waiting.close()
    with pytest.raises(asyncio.CancelledError, match="before its turn"):
        await waiter
    assert (waiting.closed, scheduler.pending_count, running.active) == (True, 0, True)
    await running.close()


async def test_a_job_that_does_not_heed_its_cancellation_is_kept(scheduler: Scheduler) -> None:
    stop = Stop(heeds=False)
    job = await scheduler.spawn(stop())
    await rounds()
    with pytest.raises(TimeoutError, match="goes on 0 seconds after"):
        await job.close(timeout=0)
    assert (job.active, job in scheduler) == (True, True)
    stop.go.set()
    assert await job.wait() == "done"


async def test_a_job_does_not_wait_for_itself(scheduler: Scheduler) -> None:
    async def wait() -> None:
        await job.wait()

    async def close() -> None:
        await job.close()

    for coroutine in (wait(), close()):
        job = await scheduler.spawn(coroutine)
        with pytest.raises(RuntimeError, match="its own end"):
            await job.wait()


async def test_in_debug_mode_it_is_told_where_a_job_was_started(scheduler: Scheduler, told: TOLD) -> None:
    asyncio.get_running_loop().set_debug(True)
    stop = Stop(failure=ValueError("x"))
    await scheduler.spawn(stop())
    stop.go.set()
    await rounds()
    assert any(frame.name.startswith("test_in_debug") for frame in told[0]["source_traceback"])
