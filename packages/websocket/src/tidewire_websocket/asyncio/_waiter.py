# Compiled by mypyc.
"""What the reader of a websocket waits for, again and again.

A future of asyncio has its callbacks run in the event loop's next turn, which for a small message costs about as much as
everything else that is done for it. This runs them at once: the task that receives goes on inside `data_received()`, as
handlers begin there. It is to a task what a future is (`_asyncio_future_blocking` is how tasks know one), and it is used
again for each wait, by one task at a time.

A task that goes on asks what it has waited for how that ended. Of a future of asyncio it knows where to look; of anything
else it has to find the method by its name, which takes as long as reading a short message does. So it is shown a future
that is done, unless the wait has failed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context

__all__: list[str] = []

_IDLE: Final = 0
_WAITED_FOR: Final = 1
_DONE: Final = 2

_current_task: Final[Any] = asyncio.current_task


class Waiter:
    """Lets one task wait: `begin()`, then the waiter is yielded to the task, then `end()`; see `_arrival.py`.

    Args:
        loop: the event loop.
    """

    __slots__ = ("_asyncio_future_blocking", "_callback", "_context", "_done", "_error", "_loop", "_state")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop: Any = loop
        self._asyncio_future_blocking = False
        self._state = _IDLE
        self._callback: Any = None
        self._context: Any = None
        self._error: BaseException | None = None
        self._done: Any = None  # a future that is done, from the first wait on

    @property
    def busy(self) -> bool:
        """Whether a task waits, or was woken and has not gone on yet."""
        return self._state != _IDLE

    def begin(self) -> None:
        """A task is about to wait."""
        self._state = _WAITED_FOR
        self._asyncio_future_blocking = True

    def end(self) -> None:
        """The task does not wait any more, however that came."""
        self._state = _IDLE
        self._asyncio_future_blocking = False
        self._callback = None
        self._context = None
        self._error = None

    def wake(self) -> None:
        """Let the task go on: now, where none is running, else in the event loop's next turn."""
        if self._state == _WAITED_FOR:
            self._state = _DONE
            callback = self._callback
            if callback is None:
                return
            if _current_task(self._loop) is None:
                done = self._done
                if done is None:
                    done = self._loop.create_future()
                    done.set_result(None)
                    self._done = done
                self._context.run(callback, done)
            else:
                self._loop.call_soon(callback, self, context=self._context)

    def fail(self, error: BaseException) -> bool:
        """Let the task go on with an exception, in the event loop's next turn; tell whether one waits."""
        if self._state != _WAITED_FOR:
            return False
        self._state = _DONE
        self._error = error
        if self._callback is not None:
            self._loop.call_soon(self._callback, self, context=self._context)
        return True

    # What a task calls.

    def get_loop(self) -> Any:
        """Return the event loop."""
        return self._loop

    def add_done_callback(self, callback: Callable[..., Any], *, context: Context | None = None) -> None:
        """Take what is to be called."""
        self._callback = callback
        self._context = context

    def cancel(self, msg: Any = None) -> bool:
        """Cancel the wait."""
        return self.fail(asyncio.CancelledError() if msg is None else asyncio.CancelledError(msg))

    def result(self) -> None:
        """Raise what the wait has ended with, if it has."""
        error = self._error
        if error is not None:
            self._error = None
            raise error
