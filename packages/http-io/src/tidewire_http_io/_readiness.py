"""Asking the system about a socket, past the event loop, which may not have had the time to."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator

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


def last_words(descriptor: int, size: int) -> Iterator[bytes]:
    """Give what is still to be read from a socket whose connection is broken.

    Args:
        descriptor: that of the socket, which does not block; nothing comes of one that is closed.
        size: bytes that are read at once.
    """
    while True:
        try:
            data = os.read(descriptor, size)
        except OSError:
            return
        if not data:
            return
        yield data
