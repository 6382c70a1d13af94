"""A connection through a SOCKS proxy, before it is one to the server."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence

from tidewire_client._socks import SocksHandshake

__all__: list[str] = []

# The names under which credentials stand in a connection's key.
USER = "user"
PASSWORD = "password"  # noqa: S105 - a name


async def open_socks(
    loop: asyncio.AbstractEventLoop,
    sock: socket.socket,
    host: str,
    port: int,
    proxy_fields: Sequence[tuple[str, str]],
) -> None:
    """Have a proxy connect to a server; what is sent afterwards goes there.

    Args:
        loop: the event loop.
        sock: is connected to the proxy; it is closed where that fails.
        host: the server: a name that the proxy resolves, or an address.
        port: its port.
        proxy_fields: user and password, by their names.

    Raises:
        SocksRefusal: the proxy does not.
        OSError: it has gone, or does not speak SOCKS 5; or what it was to be told cannot be said.
    """
    named = dict(proxy_fields)
    credentials = (named[USER], named.get(PASSWORD, "")) if USER in named else None
    try:
        try:
            handshake = SocksHandshake(host, port, credentials)
        except ValueError as error:
            raise OSError(errno.EINVAL, str(error)) from error
        sending = handshake.begin()
        while handshake.wanted:
            if sending:
                await loop.sock_sendall(sock, sending)
            sending = handshake.receive(await _exactly(loop, sock, handshake.wanted))
        if _has_more(sock):
            raise OSError(errno.EPROTO, "the SOCKS proxy has spoken before its turn")
    except BaseException:
        sock.close()
        raise


async def _exactly(loop: asyncio.AbstractEventLoop, sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = await loop.sock_recv(sock, size - len(data))
        if not piece:
            raise OSError(errno.ECONNRESET, "the SOCKS proxy has closed the connection")
        data += piece
    return data


def _has_more(sock: socket.socket) -> bool:
    """Tell whether something has come: the server was sent nothing yet that it could answer."""
    try:
        return sock.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return False
