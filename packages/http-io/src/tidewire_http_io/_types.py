"""What the compiled modules expect of objects that they do not define."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

__all__: list[str] = []


class Cancellable(Protocol):
    """A callback that was scheduled."""

    def cancel(self) -> None:
        """Take it back."""


class Watched(Protocol):
    """What a `Sweep` looks after."""

    deadline: float
    """When `deadline_passed()` is due, by the sweep's clock; 0.0 for never."""

    def deadline_passed(self) -> None:
        """Called once for a deadline, which has been set back to 0.0."""


class Transport(Protocol):
    """What the connections need of an event loop's transport; uvloop's are of no asyncio class."""

    def write(self, data: bytes) -> None:
        """Send bytes, or keep them to be sent."""

    def writelines(self, data: list[bytes]) -> None:
        """Send several pieces of bytes."""

    def write_eof(self) -> None:
        """Close the sending side once everything is sent."""

    def can_write_eof(self) -> bool:
        """Tell whether `write_eof()` is there."""

    def close(self) -> None:
        """Close once everything is sent."""

    def abort(self) -> None:
        """Close now."""

    def is_closing(self) -> bool:
        """Tell whether it is closing or closed."""

    def pause_reading(self) -> None:
        """Deliver no more data until `resume_reading()`."""

    def resume_reading(self) -> None:
        """Deliver data again."""

    def get_write_buffer_size(self) -> int:
        """Bytes that are still to be sent."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection."""

    def set_protocol(self, protocol: Any) -> None:
        """Call another protocol from here on."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Say when writing is to be paused and resumed."""


class Loop(Protocol):
    """What the connections need of an event loop."""

    def call_soon(self, callback: Callable[..., Any], *args: Any) -> Cancellable:
        """Schedule a callback for the next round."""

    def create_future(self) -> Any:
        """Make a future."""
