"""Connections of a client to servers in the same process, without sockets."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

from tidewire_client import BaseConnector, ClientConnectionError, ClientConnectorError
from tidewire_http_io import ClientConnection
from tidewire_testing._linked_transport import link_protocols

__all__ = ["MemoryConnector", "PretendedTLS"]

_FIRST_PORT: Final = 49152
_PORTS: Final = 65536 - _FIRST_PORT


class PretendedTLS:
    """What stands where a connection under TLS has its `ssl_object`: nothing is encrypted in memory."""

    __slots__ = ()

    def version(self) -> str:
        """Return the version of TLS."""
        return "TLSv1.3"

    def cipher(self) -> tuple[str, str, int]:
        """Return the cipher: none."""
        return ("NULL", "TLSv1.3", 0)

    def getpeercert(self, binary_form: bool = False) -> Any:
        """Return the peer's certificate: none."""
        return None if binary_form else {}

    def selected_alpn_protocol(self) -> None:
        """Return the protocol that was agreed on: none."""


class MemoryConnector(BaseConnector):
    """Opens connections to servers in the same process, without sockets.

    Requests and responses are made of bytes and parsed as ever, by the code of both sides. With `https` and `wss` TLS
    is pretended.

    Args:
        servers: what makes the protocol for a new connection, such as a `tidewire_web.Server`, by where it can be
            reached: `host:port`, as in `{"api.example:443": server}`.
        options: see `tidewire_client.BaseConnector`.
    """

    def __init__(self, servers: Mapping[str, Callable[[], Any]], **options: Any) -> None:
        super().__init__(**options)
        self._servers = servers
        self._ports = itertools.count()

    async def _open(self, key: Any, seat: Any, timeout: Any, traces: Any) -> ClientConnection:
        """See `BaseConnector`."""
        if key.proxy is not None and not key.forwards:
            raise ClientConnectionError("there are no tunnels in memory")
        server = self._servers.get(f"{key.host}:{key.port}")
        try:
            if server is None:
                raise OSError(errno.ECONNREFUSED, "nobody listens there in memory")
            accepted = server()
        except OSError as error:
            raise ClientConnectorError(key, error) from error
        here = ("127.0.0.1", _FIRST_PORT + next(self._ports) % _PORTS)
        there = (key.host, key.port)
        tls = {"ssl_object": PretendedTLS()} if key.is_ssl else {}
        connection = self._protocol(key, seat)
        made: Any = connection
        link_protocols(
            made,
            accepted,
            a_extra={"peername": there, "sockname": here, **tls},
            b_extra={"peername": here, "sockname": there, **tls},
            can_write_eof=not key.is_ssl,
        )
        return connection
