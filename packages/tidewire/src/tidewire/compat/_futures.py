"""Timers and what is done with futures, which `aiohttp.helpers` has."""

from __future__ import annotations

import asyncio
import math
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

__all__: list[str] = []


async def noop(*args: Any, **kwargs: Any) -> None:
    """Do nothing."""


def set_result(fut: asyncio.Future[Any], result: Any) -> None:
    """Give a future its result, unless it has one."""
    if not fut.done():
        fut.set_result(result)


def set_exception(fut: Any, exc: BaseException, exc_cause: BaseException | None = None) -> None:
    """Give a future, or a stream, its error, unless it has one."""
    if isinstance(fut, asyncio.Future) and fut.done():
        return
    if exc_cause is not None and exc_cause is not exc:
        exc.__cause__ = exc_cause
    fut.set_exception(exc)


def calculate_timeout_when(loop_time: float, timeout: float, timeout_ceiling_threshold: float) -> float:
    """Return when a time-out expires; a whole second for a long one."""
    when = loop_time + timeout
    return math.ceil(when) if timeout > timeout_ceiling_threshold else when


def call_later(
    cb: Callable[[], Any],
    timeout: float | None,
    loop: asyncio.AbstractEventLoop,
    timeout_ceil_threshold: float = 5,
) -> asyncio.TimerHandle | None:
    """Have a function called after a time; None where there is no time."""
    if timeout is None or timeout <= 0:
        return None
    return loop.call_at(calculate_timeout_when(loop.time(), timeout, timeout_ceil_threshold), cb)


def weakref_handle(
    ob: object,
    name: str,
    timeout: float | None,
    loop: asyncio.AbstractEventLoop,
    timeout_ceil_threshold: float = 5,
) -> asyncio.TimerHandle | None:
    """Have a method called after a time, where its object is still there."""
    reference = weakref.ref(ob)

    def call() -> None:
        if (alive := reference()) is not None:
            getattr(alive, name)()

    return call_later(call, timeout, loop, timeout_ceil_threshold)


def ceil_timeout(delay: float | None, ceil_threshold: float = 5) -> asyncio.Timeout:
    """Limit the time of a block, as `asyncio.timeout()` does; no time limits nothing."""
    if delay is None or delay <= 0:
        return asyncio.timeout(None)
    now = asyncio.get_running_loop().time()
    return asyncio.timeout_at(calculate_timeout_when(now, delay, ceil_threshold))


class BaseTimerContext:
    """Limits the time of what happens in a block."""

    def assert_timeout(self) -> None:
        """Raise an error where the time is over."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return


class TimerNoop(BaseTimerContext):
    """Limits nothing."""


class TimerContext(BaseTimerContext):
    """Has the task cancelled that is in the block when the time is over, and raises TimeoutError there.

    Args:
        loop: the event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: list[asyncio.Task[Any]] = []
        self._cancelled = False

    def assert_timeout(self) -> None:
        """Raise an error where the time is over.

        Raises:
            TimeoutError: it is.
        """
        if self._cancelled:
            raise TimeoutError

    def timeout(self) -> None:
        """Let the time be over."""
        if not self._cancelled:
            for task in set(self._tasks):
                task.cancel()
            self._cancelled = True

    def __enter__(self) -> Self:
        task = asyncio.current_task(self._loop)
        if task is None:
            raise RuntimeError("Timeout context manager should be used inside a task")
        self.assert_timeout()
        self._tasks.append(task)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._tasks:
            task = self._tasks.pop()
            if kind is asyncio.CancelledError and self._cancelled:
                task.uncancel()
                raise TimeoutError from error


class TimeoutHandle:
    """Calls functions when a time is over.

    Args:
        loop: the event loop.
        timeout: the time in seconds; None for none.
        ceil_threshold: above so many seconds the end is a whole second.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, timeout: float | None, ceil_threshold: float = 5
    ) -> None:
        self._loop = loop
        self._timeout = timeout
        self._ceil_threshold = ceil_threshold
        self._callbacks: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []

    def register(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Add a function."""
        self._callbacks.append((callback, args, kwargs))

    def close(self) -> None:
        """Forget the functions."""
        self._callbacks.clear()

    def start(self) -> asyncio.TimerHandle | None:
        """Begin."""
        return call_later(self, self._timeout, self._loop, self._ceil_threshold)

    def timer(self) -> BaseTimerContext:
        """Make what limits the time of a block."""
        if not self._timeout or self._timeout <= 0:
            return TimerNoop()
        context = TimerContext(self._loop)
        self.register(context.timeout)
        return context

    def __call__(self) -> None:
        for callback, args, kwargs in self._callbacks:
            callback(*args, **kwargs)
        self._callbacks.clear()
