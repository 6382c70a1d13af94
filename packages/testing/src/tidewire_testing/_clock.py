"""A clock that only the test moves, with the scheduling methods of an event loop."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

__all__ = ["ClockHandle", "FakeClock"]

# Sums of floats miss their mark by less than this, and asyncio forgives as much: a timer for 1.0 runs after
# ten steps of 0.1.
_RESOLUTION = 1e-9


class ClockHandle:
    """One scheduled callback, as `asyncio.TimerHandle` is one; `FakeClock` makes them."""

    __slots__ = ("_callback", "_cancelled", "_context", "_order", "_when")

    def __init__(self, when: float, order: int, callback: Callable[[], Any], context: Context | None) -> None:
        """Keep what was scheduled.

        Args:
            when: due time, in seconds of the clock.
            order: what decides between callbacks due at the same time; lower is earlier.
            callback: what to call.
            context: the context to run in; a copy of the current one where None.
        """
        self._when = when
        self._order = order
        self._callback: Callable[[], Any] | None = callback
        self._context = copy_context() if context is None else context
        self._cancelled = False

    def __lt__(self, other: ClockHandle) -> bool:
        """Order by due time, then by the order of scheduling."""
        return (self._when, self._order) < (other._when, other._order)

    def __repr__(self) -> str:
        """Show the due time and the state."""
        state = "cancelled" if self._cancelled else "pending" if self.is_pending() else "done"
        return f"<ClockHandle at {self._when:g}, {state}>"

    def when(self) -> float:
        """Return the due time, in seconds of the clock."""
        return self._when

    def is_pending(self) -> bool:
        """Return whether the callback has neither run nor been cancelled."""
        return self._callback is not None

    def cancel(self) -> None:
        """Have the callback not run; after it has run, or again, this does nothing."""
        if self._callback is not None:
            self._callback = None
            self._cancelled = True

    def cancelled(self) -> bool:
        """Return whether the callback was cancelled before it ran."""
        return self._cancelled

    def run(self) -> None:
        """Call the callback, in its context, unless it has run or was cancelled."""
        callback, self._callback = self._callback, None
        if callback is not None:
            self._context.run(callback)


class FakeClock:
    """A monotonic clock that stands still until a test advances it.

    Code under test takes `clock.time` (or the clock itself, which can be called) and `clock.call_later` or
    `clock.call_at` where it would take those of an event loop.

    Callbacks run inside `advance()` and `run_until()`, in order of due time, and those due at the same time
    in the order in which they were scheduled; `now` is the due time while one runs. What a callback
    schedules runs in the same call if it is due. An exception out of a callback ends the call, with the
    clock at that callback's due time and the rest still scheduled.
    """

    def __init__(self, start: float = 0.0, *, max_callbacks: int = 10_000) -> None:
        """Set the clock.

        Args:
            start: the first time, in seconds.
            max_callbacks: how many callbacks may run at one and the same time, before they are taken to
                reschedule each other without end.
        """
        self._now = float(start)
        self._max_callbacks = max_callbacks
        self._heap: list[ClockHandle] = []
        self._next_order = 0
        self._running = False

    def __call__(self) -> float:
        """Return the time, in seconds, so that the clock stands in for `time.monotonic`."""
        return self._now

    def __repr__(self) -> str:
        """Show the time and how much is scheduled."""
        return f"<FakeClock at {self._now:g}, {self.pending} pending>"

    @property
    def now(self) -> float:
        """The time, in seconds; it never goes back."""
        return self._now

    @property
    def pending(self) -> int:
        """How many callbacks are scheduled and not cancelled."""
        return sum(handle.is_pending() for handle in self._heap)

    @property
    def next_due(self) -> float | None:
        """The due time of the next callback, in seconds of the clock; None where nothing is scheduled."""
        self._drop_cancelled()
        return self._heap[0].when() if self._heap else None

    def time(self) -> float:
        """Return the time, in seconds, under the name an event loop gives it."""
        return self._now

    def call_soon(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> ClockHandle:
        """Schedule `callback(*args)` for now; it runs in the next `advance()`, of 0 seconds too."""
        return self.call_at(self._now, callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> ClockHandle:
        """Schedule `callback(*args)` for `delay` seconds from now.

        Args:
            delay: seconds; a negative delay is due at once.
            callback: what to call; its result is ignored.
            args: its arguments.
            context: the context to run in; a copy of the current one without.

        Returns:
            a handle with `cancel()`.

        Raises:
            ValueError: `delay` is not a number.
        """
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> ClockHandle:
        """Schedule `callback(*args)` for the time `when`, in seconds of the clock; see `call_later`."""
        if math.isnan(when):
            raise ValueError("a callback cannot be scheduled for a time that is not a number")
        order = self._next_order
        self._next_order += 1
        handle = ClockHandle(when, order, lambda: callback(*args), context)
        heapq.heappush(self._heap, handle)
        return handle

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, and run what becomes due in them.

        Raises:
            ValueError: `seconds` is negative or not a finite number.
            RuntimeError: called from a callback, or the callbacks reschedule each other without end.
        """
        self.run_until(self._now + seconds)

    def run_until(self, when: float) -> None:
        """Go on to the time `when`, in seconds of the clock, and run what becomes due until then.

        Raises:
            ValueError: `when` has passed, or is not a finite number.
            RuntimeError: called from a callback, or the callbacks reschedule each other without end.
        """
        if not math.isfinite(when):
            raise ValueError(f"the clock cannot go to {when}")
        if when < self._now:
            raise ValueError(f"the clock is at {self._now:g} and does not go back to {when:g}")
        if self._running:
            raise RuntimeError("a callback cannot move the clock that runs it")
        self._running = True
        try:
            self._run_due(when)
        finally:
            self._running = False
        self._now = max(self._now, when)

    def _run_due(self, until: float) -> None:
        at_this_time = 0
        while (due := self.next_due) is not None and due <= until + _RESOLUTION:
            if due > self._now:
                at_this_time = 0
                self._now = due
            at_this_time += 1
            if at_this_time > self._max_callbacks:
                raise RuntimeError(
                    f"more than {self._max_callbacks} callbacks at {self._now:g}; does one repeat itself?"
                )
            heapq.heappop(self._heap).run()

    def _drop_cancelled(self) -> None:
        while self._heap and not self._heap[0].is_pending():
            heapq.heappop(self._heap)
