# Compiled by mypyc.
"""The clock of what a task is at: it cancels the task when the time is over."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from tidewire_http_io import Sweep

__all__: list[str] = []

_current_task: Final[Any] = asyncio.current_task


class TaskClock:
    """Cancels the task that has made it, once its time is over.

    Long times are looked at by a sweep, which costs next to nothing and lets them be up to two seconds longer; short
    ones are timers.

    Args:
        seconds: the time; None or 0 for as long as it takes.
        ceil_threshold: seconds above which a time is long.
        sweep: looks after long ones.
        loop: the event loop.

    Attributes:
        deadline: when `deadline_passed()` is due, by the sweep's clock; 0.0 for never.
        expired: whether the time is over, and the task was not done.
        seconds: the time.
    """

    __slots__ = ("_cancelling", "_sweep", "_task", "_timer", "deadline", "expired", "seconds")

    def __init__(
        self, seconds: Any, ceil_threshold: Any, sweep: Sweep, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.seconds: Any = seconds  # any kind of number
        self.expired = False
        self.deadline: float = 0.0
        self._timer: Any = None
        self._sweep: Any = None
        task = _current_task()
        self._task: Any = task
        self._cancelling: int = 0 if task is None else task.cancelling()
        if seconds is not None and seconds > 0:
            if seconds > ceil_threshold:
                self._sweep = sweep
                sweep.watch(self)
                self.deadline = sweep.after(seconds)
            else:
                self._timer = loop.call_later(seconds, self.deadline_passed)

    def deadline_passed(self) -> None:
        """The time is over, by itself or by somebody who does not wait for that."""
        task = self._task
        if task is not None:
            self.expired = True
            task.cancel()
        self.stop()

    def stop(self) -> None:
        """Look no more."""
        if self._sweep is not None:
            self.deadline = 0.0
            self._sweep.unwatch(self)
            self._sweep = None
        elif self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def take_back(self) -> bool:
        """Take the cancellation of the task back; tell whether there was none but this clock's."""
        task = self._task
        self._task = None
        return task is not None and bool(task.uncancel() <= self._cancelling)
