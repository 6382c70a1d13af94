"""Asking the system about a socket, past the event loop, which may not have had the time to."""

from __future__ import annotations

import select

__all__ = ["is_readable"]


def is_readable(descriptor: int) -> bool:
    """Tell whether a socket has something for whoever reads or accepts: bytes, their end, an error or a client.

    Args:
        descriptor: that of the socket; a negative one, that of a socket that is closed, has nothing.
    """
    if descriptor < 0:
        return False
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([descriptor], [], [], 0)[0])
