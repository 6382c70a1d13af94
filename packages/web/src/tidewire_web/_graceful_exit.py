"""What ends a server's program in good order: an exception, and the signals that mean it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any, Final

__all__ = ["GracefulExit"]

# What a terminal and what a supervisor sends.
_NUMBERS: Final = (signal.SIGINT, signal.SIGTERM)


class GracefulExit(SystemExit):
    """Stops the server: `run_app()` cleans up and returns; elsewhere the program ends, with exit code 1.

    A runner that handles signals raises it out of the event loop, and so may any handler or task.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*(args or (1,)))


class StopSignals:
    """Has SIGINT and SIGTERM call something, until `release()`.

    Where signals cannot be handled, on Windows and outside the main thread, nothing is done: there Ctrl-C raises
    KeyboardInterrupt in the main thread, as ever.

    Args:
        loop: the event loop in which it is called.
        callback: what is called.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
        self._loop = loop
        self._before: dict[signal.Signals, Any] = {}
        for number in _NUMBERS:
            before = signal.getsignal(number)
            try:
                loop.add_signal_handler(number, callback)
            except (NotImplementedError, RuntimeError, ValueError):
                break
            self._before[number] = before

    def release(self) -> None:
        """Put back what handled the signals before."""
        while self._before:
            number, before = self._before.popitem()
            self._loop.remove_signal_handler(number)
            if before is not None:  # None is a handler that was not made in Python
                signal.signal(number, before)
