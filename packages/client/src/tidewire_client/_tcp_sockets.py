"""A socket that is connected, at less cost than by the event loop's own way."""

from __future__ import annotations

import asyncio
import errno
import functools
import os
import socket
import sys
from typing import Any, Final

from tidewire_client._types import AddrInfoType

__all__: list[str] = []

# With it a socket does not block from the beginning on.
_NONBLOCK: Final[int] = getattr(socket, "SOCK_NONBLOCK", 0)
# The event loop that Windows has by default watches no sockets.
_WATCHES: Final = sys.platform != "win32"


def stream_socket(family: int, protocol: int) -> socket.socket:
    """Make a socket that does not block.

    Args:
        family: that of its addresses.
        protocol: that of streams; 0 for TCP. Named, since event loops have only such a socket send at once what is
            written (TCP_NODELAY).

    Raises:
        OSError: there can be none.
    """
    sock = socket.socket(family, socket.SOCK_STREAM | _NONBLOCK, protocol or socket.IPPROTO_TCP)
    if not _NONBLOCK:
        sock.setblocking(False)
    return sock


async def connect(
    loop: asyncio.AbstractEventLoop, sock: socket.socket, family: int, where: tuple[Any, ...]
) -> None:
    """Connect a socket.

    Args:
        loop: the event loop.
        sock: a socket that does not block.
        family: its family, that of IPv4 or IPv6.
        where: an address, as sockets take it.

    Raises:
        OSError: it cannot be connected.
    """
    if not _WATCHES or not _is_address(family, where[0]):
        await loop.sock_connect(sock, where)
        return
    number = sock.connect_ex(where)
    if number == errno.EINPROGRESS:
        if _is_connected(sock):
            return  # the peer is on this host
        await _writable(loop, sock)
        number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        raise OSError(number, f"{os.strerror(number)}: {where}")


def by_loop(address: AddrInfoType) -> dict[str, Any]:
    """Return with which arguments an event loop's `create_connection()` goes to an address."""
    family, _, protocol, _, where = address
    host = str(where[0])
    if len(where) > 2 and where[3]:
        host = f"{host}%{where[3]}"
    return {"host": host, "port": where[1], "family": family, "proto": protocol}


@functools.lru_cache(maxsize=256)
def _is_address(family: int, host: object) -> bool:
    """Tell whether it is an address; a name would have the socket ask for it, and everybody wait."""
    try:
        socket.inet_pton(family, str(host))
    except OSError:
        return False
    return True


def _is_connected(sock: socket.socket) -> bool:
    try:
        sock.getpeername()
    except OSError:
        return False
    return True


async def _writable(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
    """Wait until a connection is made, or has failed."""
    descriptor = sock.fileno()
    future = loop.create_future()
    loop.add_writer(descriptor, _tell, future)
    try:
        await future
    finally:
        loop.remove_writer(descriptor)


def _tell(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
