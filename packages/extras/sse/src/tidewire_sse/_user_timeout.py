"""TCP_USER_TIMEOUT (RFC 5482): how long the system tries to reach a peer that acknowledges nothing."""

from __future__ import annotations

import socket
from typing import Any, Final

__all__: list[str] = []

# Linux has it, and few others.
_OPTION: Final[int | None] = getattr(socket, "TCP_USER_TIMEOUT", None)


class UserTimeout:
    """Sets the time-out of a connection, and sets it back.

    A stream of events is hardly ever more than fits into the system's buffers, so that writing never waits; without
    this it takes a quarter of an hour to learn that a peer has vanished.

    Args:
        sock: the socket, or what a transport gives for it; None where there is none.
    """

    __slots__ = ("_before", "_sock")

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._before: int | None = None

    def set(self, seconds: float) -> None:
        """Set the time-out, where the system and the kind of socket know one."""
        sock = self._sock
        if _OPTION is None or sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        try:
            before = sock.getsockopt(socket.IPPROTO_TCP, _OPTION)
            sock.setsockopt(socket.IPPROTO_TCP, _OPTION, max(1, round(seconds * 1000)))
        except OSError:
            return  # the connection has just ended
        self._before = before

    def restore(self) -> None:
        """Set back what was there before; nothing happens where nothing was set."""
        before, self._before = self._before, None
        if before is not None and _OPTION is not None:
            try:
                self._sock.setsockopt(socket.IPPROTO_TCP, _OPTION, before)
            except OSError:
                return  # the connection has ended
