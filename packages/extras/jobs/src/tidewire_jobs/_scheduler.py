"""The scheduler: starts jobs, and knows when all of them have ended."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Generator, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from tidewire_jobs._job import Job

__all__ = ["ExceptionHandler", "Scheduler"]

T = TypeVar("T")

ExceptionHandler = Callable[["Scheduler", dict[str, Any]], object]
"""What is called with the scheduler and a context: `message`, `exception`, and where there is one `job` or `future`."""


class _Shield(asyncio.Future[T]):
    """What stands before something that is shielded.

    Args:
        tell: called with a failure that nobody else hears of.
        loop: the event loop.
    """

    def __init__(self, tell: Callable[[BaseException], None], *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._tell = tell

    def __await__(self) -> Generator[Any, None, T]:
        try:
            return (yield from super().__await__())
        except asyncio.CancelledError:
            # Whoever was cancelled just when it had failed does not get to know of the failure.
            if self.done() and not self.cancelled() and (failure := self.exception()) is not None:
                self._tell(failure)
            raise

    __iter__ = __await__


class Scheduler(Collection[Job[Any]]):
    """Starts jobs and keeps them until they have ended; a collection of those that have not.

    It is made in the event loop that runs its jobs, and used in that one only. `async with` it waits for its jobs at the
    end.

    Args:
        close_timeout: seconds that cancelled jobs have to come to their end; None for any number.
        wait_timeout: seconds that `wait_and_close()` waits for jobs before it cancels them; None for any number.
        limit: how many jobs run at once; None for any number.
        pending_limit: how many more may wait for their turn before `spawn()` waits, too; 0 for any number.
        exception_handler: called with the scheduler and a context where a job fails and nobody waits for it; None for
            the event loop's.

    Raises:
        RuntimeError: no event loop runs.
        TypeError: the handler cannot be called.
        ValueError: a limit below its minimum.
    """

    def __init__(
        self,
        *,
        close_timeout: float | None = 0.1,
        wait_timeout: float | None = 60,
        limit: int | None = 100,
        pending_limit: int = 10000,
        exception_handler: ExceptionHandler | None = None,
    ) -> None:
        if exception_handler is not None and not callable(exception_handler):
            raise TypeError(f"a callable or None, not {exception_handler!r}")
        if limit is not None and limit < 1:
            raise ValueError(f"at least one job at once, not {limit}")
        if pending_limit < 0:
            raise ValueError(f"pending_limit is 0 or more, not {pending_limit}")
        self._loop = asyncio.get_running_loop()
        self._close_timeout = close_timeout
        self._wait_timeout = wait_timeout
        self._limit = limit
        self._pending_limit = pending_limit
        self._exception_handler = exception_handler
        self._jobs: set[Job[Any]] = set()
        self._pending: OrderedDict[Job[Any], None] = OrderedDict()
        self._places = asyncio.Semaphore(pending_limit) if pending_limit else None
        self._shields: set[asyncio.Future[Any]] = set()
        self._closed = False

    def __repr__(self) -> str:
        state = "closed, " if self._closed else ""
        return f"<Scheduler {state}{self.active_count} active and {self.pending_count} pending jobs>"

    def __len__(self) -> int:
        return len(self._jobs)

    def __bool__(self) -> bool:
        # Not for its jobs' sake: `if scheduler` asks whether there is one.
        return True

    def __iter__(self) -> Iterator[Job[Any]]:
        return iter(list(self._jobs))

    def __contains__(self, job: object) -> bool:
        return job in self._jobs

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.wait_and_close()

    @property
    def limit(self) -> int | None:
        """How many jobs run at once."""
        return self._limit

    @property
    def pending_limit(self) -> int:
        """How many jobs may wait for their turn."""
        return self._pending_limit

    @property
    def close_timeout(self) -> float | None:
        """Seconds that cancelled jobs have to come to their end."""
        return self._close_timeout

    @property
    def wait_timeout(self) -> float | None:
        """Seconds that `wait_and_close()` waits before it cancels."""
        return self._wait_timeout

    @property
    def active_count(self) -> int:
        """The number of jobs that run."""
        return len(self._jobs) - len(self._pending)

    @property
    def pending_count(self) -> int:
        """The number of jobs that wait for their turn."""
        return len(self._pending)

    @property
    def closed(self) -> bool:
        """Whether no more jobs are taken."""
        return self._closed

    @property
    def exception_handler(self) -> ExceptionHandler | None:
        """What is told of failures that nobody waits for; None for the event loop's handler."""
        return self._exception_handler

    async def spawn(self, coro: Coroutine[Any, Any, T], name: str | None = None) -> Job[T]:
        """Start a job, or let it wait for its turn; where too many wait already, wait for one of them to begin.

        Args:
            coro: the coroutine. Where it is not taken, it is closed.
            name: a name for people to read.

        Raises:
            RuntimeError: the scheduler is closed, or belongs to another event loop.
            TypeError: it is no coroutine.
        """
        if not asyncio.iscoroutine(coro):
            raise TypeError(f"a coroutine, not {coro!r}")
        try:
            self._check_open()
            job = Job(coro, self, name)
            if self._has_room():
                self._start(job)
                return job
            if self._places is not None:
                await self._places.acquire()
            # Much may have happened meanwhile.
            if self._closed or self._has_room():
                self._release_place()
                self._check_open()
                self._start(job)
                return job
        except BaseException:
            coro.close()
            raise
        self._jobs.add(job)
        self._pending[job] = None
        return job

    def shield(self, awaitable: Awaitable[T]) -> asyncio.Future[T]:
        """Protect something from being cancelled, as `asyncio.shield()` does; it is waited for at the end.

        It counts for no limit. What it raises when the future was cancelled goes to the exception handler.

        Args:
            awaitable: a coroutine or a future.

        Returns:
            A future with what comes of it. To cancel that one cancels nothing else.

        Raises:
            RuntimeError: the scheduler is closed, or belongs to another event loop.
        """
        try:
            self._check_open()
        except BaseException:
            if asyncio.iscoroutine(awaitable):
                awaitable.close()
            raise
        inner: asyncio.Future[T] = asyncio.ensure_future(awaitable)
        if inner.done():
            return inner
        outer = _Shield[T](self._tell_shielded, loop=self._loop)
        self._shields.add(inner)

        def settle(inner: asyncio.Future[T]) -> None:
            self._shields.discard(inner)
            failure = None if inner.cancelled() else inner.exception()
            if outer.cancelled():
                if failure is not None:
                    self._tell_shielded(failure)
            elif inner.cancelled():
                outer.cancel()
            elif failure is not None:
                outer.set_exception(failure)
            else:
                outer.set_result(inner.result())

        inner.add_done_callback(settle)
        return outer

    async def wait_and_close(self, timeout: float | None = None) -> None:
        """Wait for all jobs and shields, then cancel those that are left.

        Jobs may start others until then. A job that calls this does not wait for itself.

        Args:
            timeout: seconds to wait; None for `wait_timeout`.
        """
        seconds = self._wait_timeout if timeout is None else timeout
        deadline = None if seconds is None else self._loop.time() + seconds
        try:
            while unfinished := self._unfinished():
                left = None if deadline is None else deadline - self._loop.time()
                if left is not None and left <= 0:
                    break
                # Jobs that they start meanwhile are seen in the next round. None of these is done, so that each round
                # waits.
                await asyncio.wait(unfinished, timeout=left)
        finally:
            await self.close()

    async def close(self) -> None:
        """Take no more jobs, cancel all jobs and shields, and wait for their end.

        Jobs and shields that take longer than `close_timeout` are told to the exception handler, and go on. A job that calls this
        is not cancelled.
        """
        self._closed = True
        current = asyncio.current_task()
        for job in self:
            if job.task is None or job.task is not current:
                job.cancel()
        for shielded in self._shields - {current}:
            shielded.cancel()
        if unfinished := self._unfinished():
            await asyncio.wait(unfinished, timeout=self._close_timeout)
        for job in self:
            if job.task is not current:
                self.call_exception_handler(job.context("Job closing timed out", TimeoutError()))
        for shielded in self._shields - {current}:
            self.call_exception_handler(
                {
                    "message": "Closing what is shielded timed out",
                    "future": shielded,
                    "exception": TimeoutError(),
                }
            )

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Call the exception handler; where that fails itself, the event loop's is told of both.

        Args:
            context: what has happened; see `ExceptionHandler`.
        """
        handler = self._exception_handler
        if handler is None:
            self._loop.call_exception_handler(context)
            return
        try:
            handler(self, context)
        except Exception as failure:
            self._loop.call_exception_handler(context)
            self._loop.call_exception_handler(
                {"message": "The exception handler of a scheduler has failed", "exception": failure}
            )

    # What jobs do.

    def forget(self, job: Job[Any]) -> None:
        """Take note that a job has ended, or will never begin; the next one begins."""
        self._jobs.discard(job)
        if job in self._pending:
            del self._pending[job]
            self._release_place()
        while self._pending and not self._closed and self._has_room():
            following, _ = self._pending.popitem(last=False)
            self._release_place()
            following.start()

    def _tell_shielded(self, failure: BaseException) -> None:
        self.call_exception_handler({"message": "Shielded task failed", "exception": failure})

    def _start(self, job: Job[Any]) -> None:
        self._jobs.add(job)
        job.start()

    def _has_room(self) -> bool:
        return self._limit is None or self.active_count < self._limit

    def _release_place(self) -> None:
        if self._places is not None:
            self._places.release()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the scheduler is closed")
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("the scheduler belongs to another event loop")

    def _unfinished(self) -> list[asyncio.Future[Any]]:
        """What is waited for: everything but the job that asks."""
        current = asyncio.current_task()
        jobs = [job.finished for job in self._jobs if job.task is None or job.task is not current]
        return [*jobs, *(self._shields - {current})]
