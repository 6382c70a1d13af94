"""SO_KEEPALIVE: the system looks after connections on which nothing happens."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tidewire_http_io._types import Transport

__all__: list[str] = []


def keep_alive_by_system(transport: Transport) -> None:
    """Let the system find out about peers that are gone without a word; nothing happens where there is no TCP."""
    connected = transport.get_extra_info("socket")
    if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):  # the peer may be gone already
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
