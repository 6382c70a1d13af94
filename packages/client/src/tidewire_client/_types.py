"""What the modules of the client expect of objects that they do not define, and names for what they take."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

__all__ = ["AddrInfoType", "SocketFactoryType"]

AddrInfoType: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]
"""One address, as `socket.getaddrinfo()` describes it."""

SocketFactoryType: TypeAlias = Callable[[AddrInfoType], socket.socket]
"""What makes the socket for an address, before it is connected."""


class Endpoint(Protocol):
    """Where a connection goes, as far as errors tell of it."""

    @property
    def host(self) -> str:
        """The host."""

    @property
    def port(self) -> int | None:
        """The port."""

    @property
    def is_ssl(self) -> bool:
        """Whether there is TLS."""

    @property
    def ssl(self) -> Any:
        """How the server's certificate is verified."""


class ConnectionTrace(Protocol):
    """What is told of the way to a connection."""

    async def connection_queued_start(self) -> None:
        """The request waits for room in the pool."""

    async def connection_queued_end(self) -> None:
        """It has waited."""

    async def connection_create_start(self) -> None:
        """A new connection is opened."""

    async def connection_create_end(self) -> None:
        """It is there."""

    async def connection_reuseconn(self) -> None:
        """An idle connection is used again."""

    async def dns_resolvehost_start(self, host: str) -> None:
        """The resolver is asked."""

    async def dns_resolvehost_end(self, host: str) -> None:
        """It has answered."""

    async def dns_cache_hit(self, host: str) -> None:
        """The name was in the cache."""

    async def dns_cache_miss(self, host: str) -> None:
        """It was not."""
