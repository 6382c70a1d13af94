"""The clock of a whole request, from its beginning until its response is read."""

from __future__ import annotations

import asyncio
from typing import Any

from tidewire_client._timeouts import ClientTimeout
from tidewire_http_io import ClientExchange, ResetReason, Sweep

__all__: list[str] = []


class TotalClock:
    """Ends a request that takes too long: first by cancelling its task, later by resetting its exchange.

    Long ones are looked at by a sweep, which costs next to nothing; short ones are timers.

    Args:
        timeout: has the time, and says what is short.
        sweep: looks after long ones.
        loop: the event loop.

    Attributes:
        deadline: when `deadline_passed()` is due, by the sweep's clock; 0.0 for never.
        expired: whether the time is over, and the request was not.
        seconds: the time.
    """

    __slots__ = ("_cancelling", "_exchange", "_sweep", "_task", "_timer", "deadline", "expired", "seconds")

    def __init__(self, timeout: ClientTimeout, sweep: Sweep, loop: asyncio.AbstractEventLoop) -> None:
        self.seconds = seconds = timeout.total or 0.0
        self.expired = False
        self.deadline = 0.0
        self._exchange: ClientExchange | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._sweep: Sweep | None = None
        self._task: asyncio.Task[Any] | None = None
        self._cancelling = 0
        if seconds > 0:
            self._task = task = asyncio.current_task()
            if task is not None:
                self._cancelling = task.cancelling()
            if seconds > timeout.ceil_threshold:
                self._sweep = sweep
                sweep.watch(self)
                self.deadline = sweep.after(seconds)
            else:
                self._timer = loop.call_later(seconds, self.deadline_passed)

    def deadline_passed(self) -> None:
        """The time is over."""
        exchange = self._exchange
        task = self._task
        if exchange is not None:
            if not exchange.body_complete:
                self.expired = True
                exchange.reset(ResetReason.TIMEOUT)
        elif task is not None:
            self.expired = True
            task.cancel()
        self.stop()

    def go_on_with(self, exchange: ClientExchange) -> None:
        """Take note that there is a response, and that from here on its body is waited for."""
        self._task = None
        self._exchange = exchange

    def stop(self) -> None:
        """Look no more."""
        self._exchange = None
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
