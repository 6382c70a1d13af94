"""Jobs: coroutines that run beside what has started them."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import sys
import traceback
from collections.abc import Coroutine
from typing import Any, Final, Generic, TypeVar

from tidewire_jobs._types import JobOwner

__all__ = ["Job"]

T = TypeVar("T")

_NUMBERS: Final = itertools.count(1)


class Job(Generic[T]):
    """A coroutine that runs beside what has started it; made by `Scheduler.spawn()`.

    It is pending, then active, then closed. What it raises goes to those who wait for it, and where nobody does, to the
    scheduler's exception handler: never nowhere.

    Args:
        coro: the coroutine.
        owner: the scheduler.
        name: a name for people to read; None for one with a number.
    """

    __slots__ = (
        "__weakref__", "_context", "_coro", "_finished", "_is_told", "_loop", "_name", "_owner", "_source", "_task",
        "_waiters",
    )  # fmt: skip

    def __init__(self, coro: Coroutine[Any, Any, T], owner: JobOwner, name: str | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._coro = coro
        self._owner = owner
        self._name = f"job-{next(_NUMBERS)}" if name is None else name
        # That of whoever has started it, also where the job has to wait for its turn.
        self._context = contextvars.copy_context()
        self._finished: asyncio.Future[None] = self._loop.create_future()
        self._task: asyncio.Task[T] | None = None
        self._waiters = 0
        self._is_told = False  # whether somebody knows what it has raised
        self._source = traceback.extract_stack(sys._getframe(1)) if self._loop.get_debug() else None

    def __repr__(self) -> str:
        state = "closed" if self.closed else "pending" if self.pending else "active"
        return f"<Job {self._name!r} {state} {self._coro!r:.100}>"

    @property
    def pending(self) -> bool:
        """Whether the job waits for its turn."""
        return self._task is None and not self._finished.done()

    @property
    def active(self) -> bool:
        """Whether the job runs; one that does not heed its cancellation still does."""
        return self._task is not None and not self._finished.done()

    @property
    def closed(self) -> bool:
        """Whether the job has ended, or was closed before its turn."""
        return self._finished.done()

    def get_name(self) -> str:
        """Return the name, which is that of the task too."""
        return self._name

    def set_name(self, name: str) -> None:
        """Change the name."""
        self._name = name
        if self._task is not None:
            self._task.set_name(name)

    async def wait(self, *, timeout: float | None = None) -> T:
        """Wait for the job's end. Whoever waits may be cancelled: the job goes on.

        Args:
            timeout: seconds to wait; then the job is closed. None for any number.

        Returns:
            What the coroutine returns.

        Raises:
            asyncio.CancelledError: the job was closed.
            Exception: what the coroutine raises.
            RuntimeError: the job waits for itself.
            TimeoutError: it took longer.
        """
        self._refuse_itself()
        self._waiters += 1
        try:
            await asyncio.wait((self._finished,), timeout=timeout)
            if self._finished.done():
                return self._result()
        finally:
            self._leave()
        await self._stop(self._owner.close_timeout)
        raise TimeoutError(f"{self._name} took longer than {timeout} seconds")

    async def close(self, *, timeout: float | None = None) -> None:
        """Cancel the job and wait for its end; nothing happens where it has ended.

        Args:
            timeout: seconds to wait for its end; None for the scheduler's `close_timeout`.

        Raises:
            Exception: what the coroutine raises while it is cancelled.
            RuntimeError: the job closes itself.
            TimeoutError: it goes on. The scheduler keeps it until it ends.
        """
        if self._finished.done():
            return
        self._refuse_itself()
        self._waiters += 1
        try:
            seconds = self._owner.close_timeout if timeout is None else timeout
            if not await self._stop(seconds):
                raise TimeoutError(f"{self._name} goes on {seconds} seconds after it was cancelled")
            failure = self._failure()
            self._is_told = True
            if failure is not None:
                raise failure
        finally:
            self._leave()

    # What the scheduler does.

    @property
    def task(self) -> asyncio.Task[T] | None:
        """The task that runs it; None before its turn."""
        return self._task

    @property
    def finished(self) -> asyncio.Future[None]:
        """Done when the job has ended."""
        return self._finished

    def start(self) -> None:
        """Run the coroutine."""
        # Not by the argument `context`, which task factories did not have to know before Python 3.11.
        task = self._context.run(self._loop.create_task, self._coro)
        task.set_name(self._name)
        self._task = task
        task.add_done_callback(self._end)

    def cancel(self) -> None:
        """Cancel the coroutine; one that waits for its turn never begins."""
        if self._task is not None:
            self._task.cancel()
        elif not self._finished.done():
            self._coro.close()
            self._finished.set_result(None)
            self._owner.forget(self)

    def context(self, message: str, exception: BaseException) -> dict[str, Any]:
        """Return what an exception handler is told."""
        context = {"message": message, "job": self, "exception": exception}
        if self._source is not None:
            context["source_traceback"] = self._source
        return context

    def _end(self, _task: asyncio.Task[T]) -> None:
        self._finished.set_result(None)
        self._owner.forget(self)
        self._tell_failure()

    async def _stop(self, timeout: float | None) -> bool:
        """Cancel it; returns whether it has ended in time."""
        self.cancel()
        if not self._finished.done():
            await asyncio.wait((self._finished,), timeout=timeout)
        return self._finished.done()

    def _result(self) -> T:
        self._is_told = True
        if self._task is None:
            raise asyncio.CancelledError(f"{self._name} was closed before its turn")
        return self._task.result()

    def _failure(self) -> BaseException | None:
        task = self._task
        return None if task is None or not task.done() or task.cancelled() else task.exception()

    def _leave(self) -> None:
        """Wait no longer. Whoever was cancelled just when the job had failed has not heard of it."""
        self._waiters -= 1
        self._tell_failure()

    def _tell_failure(self) -> None:
        failure = self._failure()
        if failure is not None and not self._waiters and not self._is_told:
            self._is_told = True
            self._owner.call_exception_handler(self.context("Job processing failed", failure))

    def _refuse_itself(self) -> None:
        if self._task is not None and self._task is asyncio.current_task():
            raise RuntimeError(f"{self._name} would wait for its own end")
