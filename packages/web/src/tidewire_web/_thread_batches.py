"""Short calls that may have to wait for a disk: many of them in one go of a thread.

A way to a thread and back for each would cost more than what is done there: threads that call the system now and then
take the interpreter from each other, and from the event loop, every time.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar

__all__: list[str] = []

T = TypeVar("T")

# Threads that work at the same time; another is asked for help where nothing was done for so many seconds.
_THREADS: Final = 8
_PATIENCE: Final = 0.01
# The loop is told of results when there are so many, or the first of them is so many seconds old, or all are there; of
# those that wait since the next call takes long it gets to know by its own look.
_RESULTS: Final = 16
_AGE: Final = 0.001

_Call = tuple["asyncio.Future[Any]", Callable[..., Any], tuple[Any, ...]]
_Result = tuple["asyncio.Future[Any]", Any, BaseException | None]


class ThreadBatches:
    """Calls that threads of an event loop's executor work on, in their order.

    One thread does them all as long as it gets on. Where a call takes long, those behind it go to another thread.

    Args:
        loop: the event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = weakref.ref(loop)
        self._calls: deque[_Call] = deque()
        self._results: deque[_Result] = deque()
        self._threads = 0
        self._done = 0  # results so far, and how many there were at the last look
        self._seen = 0
        self._looking = False

    def submit(self, call: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Have something called in a thread; called on the event loop."""
        loop = self._running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._calls.append((future, call, args))
        if not self._threads:
            self._start(loop)
        return future

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        loop = self._loop()
        assert loop is not None  # it is what calls
        return loop

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_in_executor(None, self._work, loop).add_done_callback(self._end)
        self._threads += 1
        if not self._looking:
            self._looking = True
            loop.call_later(_PATIENCE, self._look)

    def _look(self) -> None:
        """Get help where calls wait and nothing gets done."""
        loop = self._running_loop()
        self._looking = False
        self._give_back()
        if not self._threads:
            return
        if self._calls and self._done == self._seen and self._threads < _THREADS:
            self._start(loop)
        self._seen = self._done
        if not self._looking:
            self._looking = True
            loop.call_later(_PATIENCE, self._look)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do calls until there are none; what a thread does."""
        untold = 0
        due = 0.0
        while True:
            try:
                future, call, args = self._calls.popleft()
            except IndexError:
                return
            self._results.append(_result_of(future, call, args))
            untold += 1
            now = time.monotonic()
            if untold == 1:
                due = now + _AGE
            if untold >= _RESULTS or now >= due:
                untold = 0
                try:
                    loop.call_soon_threadsafe(self._give_back)
                except RuntimeError:
                    return  # the loop is closed, and nobody waits any more

    def _end(self, working: asyncio.Future[None]) -> None:
        self._threads -= 1
        self._give_back()
        if self._calls and not self._threads:
            self._start(self._running_loop())

    def _give_back(self) -> None:
        while self._results:
            future, result, error = self._results.popleft()
            self._done += 1
            if future.done():
                continue  # whoever asked does not want it any more
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def _result_of(future: asyncio.Future[Any], call: Callable[..., Any], args: tuple[Any, ...]) -> _Result:
    if future.done():
        return future, None, None
    try:
        result = call(*args)
    except Exception as error:
        return future, None, error
    # What nobody wants any more may hold a file open: it is forgotten here, as the loop may run no more.
    return future, None if future.done() else result, None


_batches: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, ThreadBatches] = weakref.WeakKeyDictionary()


def in_thread(call: Callable[..., T], *args: Any) -> asyncio.Future[T]:
    """Have something called in a thread of the running event loop's executor.

    Args:
        call: what takes a moment, or waits for a disk.
        args: its arguments.
    """
    loop = asyncio.get_running_loop()
    batches = _batches.get(loop)
    if batches is None:
        batches = _batches[loop] = ThreadBatches(loop)
    return batches.submit(call, *args)
