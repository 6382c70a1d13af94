# Compiled by mypyc.
"""A carrier with a deadline, for whatever its peer is to do next.

There is one of them at a time. What both sides of HTTP wait for is here: that the peer takes what was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_io._carrier import Carrier
from tidewire_http_io._sweep import Sweep

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_http_io._types import Loop

__all__: list[str] = []

# What the deadline is about, here; subclasses have others, of higher numbers.
SEND: Final = 1  # that the peer takes of what waits for it


class TimedCarrier(Carrier):
    """A carrier that knows how long it waits for its peer.

    Args:
        loop: the event loop.
        sweep: looks after the deadline.
        write_bufsize: bytes that the transport may hold before writers have to wait.
        send_timeout: seconds in which the peer has to take some of what waits for it; 0 for no limit.

    Attributes:
        deadline: when `deadline_passed()` is due, by the sweep's clock; 0.0 for never.
    """

    __slots__ = ("_deadline_kind", "_send_timeout", "_sweep", "_unsent", "deadline")

    def __init__(self, loop: Loop, sweep: Sweep, write_bufsize: i64, send_timeout: float) -> None:
        super().__init__(loop, write_bufsize)
        self._sweep = sweep
        self._send_timeout: float = send_timeout
        self.deadline = 0.0
        self._deadline_kind: i64 = 0
        self._unsent: i64 = 0  # bytes that waited for the peer when that was last looked at

    def close(self) -> None:
        """Close the connection once everything is sent, or the peer takes no more of it."""
        if not self.lost:
            super().close()
            self._await_sending()

    def deadline_passed(self) -> None:
        """The peer was too slow."""
        raise NotImplementedError

    # What subclasses call.

    def _await(self, kind: i64, seconds: float) -> None:
        """Set the deadline, for what the peer is to do next."""
        self._deadline_kind = kind
        self.deadline = self._sweep.after(seconds) if seconds > 0 else 0.0

    def _await_nothing(self) -> None:
        """Set no deadline: it is not the peer's turn."""
        self._deadline_kind = 0
        self.deadline = 0.0

    def _await_sending(self) -> None:
        """Set the deadline for the peer to take something of what waits for it."""
        self._unsent = self.unsent
        self._await(SEND, self._send_timeout)

    def _is_sending(self) -> bool:
        """Whether the peer has taken some of the bytes that waited for it at the last look."""
        before = self._unsent
        self._unsent = self.unsent
        return self._unsent < before
