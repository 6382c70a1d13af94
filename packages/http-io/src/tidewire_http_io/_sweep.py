# Compiled by mypyc.
"""One timer for all connections of a server: their deadlines, and the two clocks that they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tidewire_http_parser.field_values import format_date

if TYPE_CHECKING:
    from tidewire_http_io._types import Cancellable, Watched

__all__ = ["Sweep"]


class Sweep:
    """Looks at every watched connection once a second, while there is one.

    A connection keeps one deadline and sets it by writing an attribute: nothing is scheduled and nothing is cancelled
    when a request comes or goes. The price is precision, a second or two.

    Args:
        call_later: schedules a callback, as an event loop's `call_later` does.
        monotonic: a clock in seconds that never goes back, such as the event loop's `time`.
        wall: the time of day in seconds since the epoch, such as `time.time`.
        dated: called with the value of a Date field at each look, so that nobody has to ask for it per response.

    Attributes:
        now: what `monotonic` said at the last look.
        date: the time of day at the last look, as the value of a Date field.
    """

    __slots__ = ("_call_later", "_dated", "_monotonic", "_timer", "_wall", "_watched", "date", "now")

    def __init__(
        self,
        call_later: Callable[..., Cancellable],
        monotonic: Callable[[], float],
        wall: Callable[[], float],
        dated: Callable[[str], None] | None = None,
    ) -> None:
        self._dated = dated
        self._call_later = call_later
        self._monotonic = monotonic
        self._wall = wall
        self._timer: Cancellable | None = None
        self._watched: set[Any] = set()
        self.now = 0.0
        self.date = ""
        self._read_clocks()

    def __len__(self) -> int:
        return len(self._watched)

    def watch(self, connection: Watched) -> None:
        """Look after a connection until `unwatch()`."""
        self._watched.add(connection)
        if self._timer is None:
            self._read_clocks()
            self._timer = self._call_later(1.0, self._look)

    def unwatch(self, connection: Watched) -> None:
        """Look after a connection no more."""
        self._watched.discard(connection)
        if not self._watched and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def after(self, seconds: float) -> float:
        """The deadline that is at least so many seconds away."""
        # `now` is up to a second old: without the second added, a deadline could pass early.
        return self.now + seconds + 1.0

    def _read_clocks(self) -> None:
        self.now = self._monotonic()
        self.date = format_date(self._wall())
        if self._dated is not None:
            self._dated(self.date)

    def _look(self) -> None:
        self._read_clocks()
        self._timer = self._call_later(1.0, self._look)
        now = self.now
        late = [connection for connection in self._watched if 0.0 < connection.deadline <= now]
        for connection in late:
            connection.deadline = 0.0
            connection.deadline_passed()
