"""The clock of what a task is at: it cancels the task when the time is over."""

from __future__ import annotations

import asyncio
from typing import Any

from tidewire_http_io import Sweep

__all__: list[str] = []


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
        self, seconds: float | None, ceil_threshold: float, sweep: Sweep, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.seconds = seconds
        self.expired = False
        self.deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._sweep: Sweep | None = None
        self._task: asyncio.Task[Any] | None = asyncio.current_task()
        self._cancelling = 0 if self._task is None else self._task.cancelling()
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
        return task is not None and task.uncancel() <= self._cancelling
