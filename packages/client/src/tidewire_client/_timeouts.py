"""The clocks of a request: how long each part of it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ClientTimeout", "ClientWSTimeout"]


@dataclass(frozen=True)
class ClientTimeout:
    """How long a request and its parts may take, in seconds; None or 0 for as long as it takes.

    The clocks run apart from each other, and the error says which of them has expired.

    Attributes:
        total: the whole request, from its start until its response is read, redirects included.
        connect: until there is a connection, a free one or a new one, the waiting in the pool included.
        sock_read: each time that a response, or its next bytes, are waited for.
        sock_connect: opening a new connection: the name's resolution, TCP, TLS and a proxy's answer.
        ceil_threshold: a time-out above so many seconds is looked at once a second, which costs next to nothing, and
            expires up to two seconds later than it says.
        pool: until the pool has room for another connection.
    """

    total: float | None = None
    connect: float | None = None
    sock_read: float | None = None
    sock_connect: float | None = None
    ceil_threshold: float = 5
    pool: float | None = None


@dataclass(frozen=True)
class ClientWSTimeout:
    """How long the parts of a websocket may take, in seconds.

    Attributes:
        ws_receive: each time that a message is waited for; None for as long as it takes.
        ws_close: the closing handshake, from the close frame of this side to the end; None for 10.
    """

    ws_receive: float | None = None
    ws_close: float | None = None


DEFAULT_TIMEOUT: Final = ClientTimeout(total=5 * 60, sock_connect=30)
"""What a session has where nobody says otherwise."""
