"""What a websocket expects of objects that it does not define."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

__all__: list[str] = []


class Cancellable(Protocol):
    """A callback that was scheduled."""

    def cancel(self) -> None:
        """Take it back."""


class Clock(Protocol):
    """What tells the time and wakes up: an event loop, or the clock of a test."""

    def time(self) -> float:
        """Seconds, from any point on, and never back."""

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any) -> Cancellable:
        """Schedule a callback in so many seconds."""


class Owner(Protocol):
    """What is told of all but messages."""

    def pinged(self, payload: bytes) -> None:
        """A ping has come."""

    def ponged(self, payload: bytes) -> None:
        """A pong has come."""

    def close_received(self, code: int) -> None:
        """A close frame has come, behind all messages."""

    def violated(self, error: Exception, in_hand: bool) -> None:
        """The peer has broken the protocol, behind what waits and, where so, behind what the reader gets now."""

    def eof_received(self) -> None:
        """The peer sends no more."""

    def connection_lost(self, error: Exception | None) -> None:
        """The channel is closed."""
