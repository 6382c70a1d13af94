# Compiled by mypyc.
"""The clock of a whole request, from its beginning until its response is read."""

from __future__ import annotations

import asyncio

from tidewire_client._task_clock import TaskClock
from tidewire_client._timeouts import ClientTimeout
from tidewire_http_io import ClientExchange, ResetReason, Sweep

__all__: list[str] = []


class TotalClock(TaskClock):
    """Ends a request that takes too long: first by cancelling its task, later by resetting its exchange.

    Args:
        timeout: has the time, and says what is long.
        sweep: looks after long ones.
        loop: the event loop.
    """

    __slots__ = ("_exchange",)

    def __init__(self, timeout: ClientTimeout, sweep: Sweep, loop: asyncio.AbstractEventLoop) -> None:
        self._exchange: ClientExchange | None = None
        super().__init__(timeout.total, timeout.ceil_threshold, sweep, loop)

    def deadline_passed(self) -> None:
        """See `TaskClock`."""
        exchange = self._exchange
        if exchange is None:
            super().deadline_passed()
            return
        self._exchange = None
        if not exchange.body_complete:
            self.expired = True
            exchange.reset(ResetReason.TIMEOUT)
        super().stop()

    def go_on_with(self, exchange: ClientExchange) -> None:
        """Take note that there is a response, and that from here on its body is waited for."""
        self._task = None
        self._exchange = exchange

    def stop(self) -> None:
        """See `TaskClock`."""
        self._exchange = None
        super().stop()

    def end(self) -> None:
        """Look no more, as everything is there: the task is let go, whose result the response may be."""
        self.stop()
        self._task = None
