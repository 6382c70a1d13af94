"""Ports of this machine that nobody uses."""

from __future__ import annotations

import os
import socket
import sys
from typing import Final

__all__ = ["REUSE_ADDRESS", "get_port_socket", "get_unused_port_socket", "unused_port"]

REUSE_ADDRESS: Final = os.name == "posix" and sys.platform != "cygwin"
"""Whether a listening socket may take an address that an earlier one has just left."""


def get_port_socket(host: str, port: int, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    """Make a socket that is bound to a port and does not listen yet.

    Args:
        host: an address.
        port: the port; 0 for one that is free.
        family: the address's family.

    Raises:
        OSError: the address is taken, or not of this machine.
    """
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if REUSE_ADDRESS:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except BaseException:
        sock.close()
        raise
    return sock


def get_unused_port_socket(host: str, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    """Make a socket that is bound to a free port; see `get_port_socket()`."""
    return get_port_socket(host, 0, family)


def unused_port() -> int:
    """Return a TCP port of the loopback interface that is free at this moment.

    Somebody else may take it before it is used; a socket of `get_unused_port_socket()` cannot be taken.
    """
    with get_unused_port_socket("127.0.0.1") as sock:
        port: int = sock.getsockname()[1]
        return port
