"""Connections to servers on the same machine: Unix sockets, and named pipes of Windows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from tidewire_client._connection_errors import (
    ClientConnectionError,
    ClientConnectorError,
    UnixClientConnectorError,
)
from tidewire_client._connection_key import ConnectionKey
from tidewire_client._connector import KEEPALIVE_DEFAULT, BaseConnector, KeepaliveDefault
from tidewire_client._seat import Seat
from tidewire_client._timeouts import ClientTimeout
from tidewire_client._types import ConnectionTrace
from tidewire_http_io import ClientConnection

__all__ = ["NamedPipeConnector", "UnixConnector"]


class _LocalConnector(BaseConnector):
    """What is connected to by a path; the host of a URL is for the Host field only."""

    def __init__(
        self,
        path: str,
        force_close: bool = False,
        keepalive_timeout: float | KeepaliveDefault | None = KEEPALIVE_DEFAULT,
        limit: int | None = 100,
        limit_per_host: int | None = 0,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(
            force_close=force_close,
            keepalive_timeout=keepalive_timeout,
            limit=limit,
            limit_per_host=limit_per_host,
            loop=loop,
        )
        self._path = path

    @property
    def path(self) -> str:
        """Where the server listens."""
        return self._path

    async def _open(
        self, key: ConnectionKey, seat: Seat, timeout: ClientTimeout, traces: Sequence[ConnectionTrace]
    ) -> ClientConnection:
        if key.is_ssl or key.proxy is not None:
            raise ClientConnectionError("neither TLS nor a proxy is used on the same machine")
        protocol = self._protocol(key, seat)
        try:
            await self._dial(key, protocol)
        except BaseException:
            self._transports.give_up(protocol)
            raise
        return protocol

    async def _dial(self, key: ConnectionKey, protocol: Any) -> None:
        raise NotImplementedError


class UnixConnector(_LocalConnector):
    """Opens connections to a Unix socket.

    Args:
        path: the socket's path.
        force_close: see `BaseConnector`, as for all that follow.
        keepalive_timeout: see there.
        limit: see there.
        limit_per_host: see there.
        loop: ignored; deprecated.
    """

    allowed_protocol_schema_set: ClassVar[frozenset[str]] = BaseConnector.allowed_protocol_schema_set | {
        "unix"
    }

    async def _dial(self, key: ConnectionKey, protocol: Any) -> None:
        try:
            await self._loop.create_unix_connection(lambda: protocol, self._path)
        except OSError as error:
            raise UnixClientConnectorError(self._path, key, error) from error


class NamedPipeConnector(_LocalConnector):
    """Opens connections to a named pipe, on Windows and the proactor event loop.

    Args:
        path: the pipe's path.
        force_close: see `BaseConnector`, as for all that follow.
        keepalive_timeout: see there.
        limit: see there.
        limit_per_host: see there.
        loop: ignored; deprecated.

    Raises:
        RuntimeError: the event loop knows no named pipes.
    """

    allowed_protocol_schema_set: ClassVar[frozenset[str]] = BaseConnector.allowed_protocol_schema_set | {
        "npipe"
    }

    def __init__(
        self,
        path: str,
        force_close: bool = False,
        keepalive_timeout: float | KeepaliveDefault | None = KEEPALIVE_DEFAULT,
        limit: int | None = 100,
        limit_per_host: int | None = 0,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not hasattr(asyncio.get_running_loop(), "create_pipe_connection"):
            raise RuntimeError("named pipes are there on Windows only, with asyncio.ProactorEventLoop")
        super().__init__(path, force_close, keepalive_timeout, limit, limit_per_host, loop)

    async def _dial(self, key: ConnectionKey, protocol: Any) -> None:
        loop: Any = self._loop
        try:
            await loop.create_pipe_connection(lambda: protocol, self._path)
        except OSError as error:
            raise ClientConnectorError(key, error) from error
