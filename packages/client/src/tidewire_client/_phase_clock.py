# Compiled by mypyc.
"""The clock of one phase of a request: the wait for room in the pool, or the opening of a connection."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

from tidewire_client._connection_errors import ConnectionTimeoutError
from tidewire_client._task_clock import TaskClock
from tidewire_client._timeouts import ClientTimeout
from tidewire_http_io import Sweep

__all__: list[str] = []


class PhaseClock(TaskClock):
    """Limits the time of a `with` block of the task that has made it, and says which clock it was.

    Args:
        name: the name of the time, in `ClientTimeout`.
        seconds: the time; None or 0 for as long as it takes.
        timeout: says what is long.
        sweep: looks after long times.
        loop: the event loop.

    Raises:
        ConnectionTimeoutError: the time was over before the end of the block, which was cancelled.
    """

    __slots__ = ("_name",)

    def __init__(
        self,
        name: str,
        seconds: Any,
        timeout: ClientTimeout,
        sweep: Sweep,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(seconds, timeout.ceil_threshold, sweep, loop)
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        if self.expired and self.take_back() and isinstance(error, asyncio.CancelledError):
            raise _because_of(error, ConnectionTimeoutError(clock=self._name, seconds=self.seconds))


def _because_of(cause: BaseException, error: ConnectionTimeoutError) -> ConnectionTimeoutError:
    error.__cause__ = cause
    return error
