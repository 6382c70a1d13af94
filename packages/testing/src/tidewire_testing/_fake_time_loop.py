"""An event loop that does not wait for timers: its time goes on to the next of them."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Final, TypeVar, TypeVarTuple

__all__ = ["FakeTimeLoop"]

_Args = TypeVarTuple("_Args")
_Result = TypeVar("_Result")

# Seconds, real ones, for which threads are waited for at a time.
_THREADS: Final = 0.01


class _Selector(selectors.DefaultSelector):
    """Waits for whoever is not the loop's clock, and moves that one."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self.now = start
        self.threads = 0  # how many functions run in threads

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(_THREADS if self.threads else 0)
        if not ready and not self.threads:
            self.now += timeout
        return ready


class FakeTimeLoop(asyncio.SelectorEventLoop):
    """An event loop on which `asyncio.sleep()`, time-outs and deadlines take no time.

    Where nothing else is to be done, its clock goes forward to the next timer; it moves for nothing else. What the test
    sees is as ever, in the order of time: `loop.time()` tells how much would have passed.

        with asyncio.Runner(loop_factory=FakeTimeLoop) as runner:
            runner.run(main())

    Functions in threads (`asyncio.to_thread()`, `run_in_executor()`) are waited for, and the clock stands still
    meanwhile. Other processes and other machines are not: no time passes in which they could answer, so that connections
    are to be in memory. What reads other clocks, such as `time.monotonic()`, sees no time pass.

    Args:
        start: what the clock shows in the beginning, in seconds.
    """

    def __init__(self, start: float = 0.0) -> None:
        self._fake = _Selector(start)
        super().__init__(self._fake)

    def time(self) -> float:
        """Return the time, in seconds."""
        return self._fake.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Args], _Result], *args: *_Args
    ) -> asyncio.Future[_Result]:
        """Run a function in a thread; see `asyncio.loop.run_in_executor()`."""
        future: asyncio.Future[_Result] = super().run_in_executor(executor, func, *args)
        self._fake.threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _future: asyncio.Future[Any]) -> None:
        self._fake.threads -= 1
