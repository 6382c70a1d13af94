"""A resolver that knows what the test has told it."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from tidewire_client import AbstractResolver, ResolveResult

__all__ = ["Addresses", "FakeResolver"]

Addresses: TypeAlias = str | tuple[str, int] | Iterable[str | tuple[str, int]]
"""Addresses of a host: one or several, each with or without the port that is connected to whatever the URL says."""


class FakeResolver(AbstractResolver):
    """Resolves names from a table, so that a client under test finds the test's own servers.

    Args:
        hosts: names with their addresses, as in `{"api.example": ("127.0.0.1", server.port)}`; an exception in the
            place of addresses is raised. Names that are not there cannot be resolved.

    Attributes:
        asked: the names that were asked for, with their ports, in order.
        closed: whether it was closed.
    """

    def __init__(self, hosts: Mapping[str, Addresses | Exception] | None = None) -> None:
        self._hosts: dict[str, Addresses | Exception] = {}
        self.asked: list[tuple[str, int]] = []
        self.closed = False
        for host, addresses in (hosts or {}).items():
            self.add(host, addresses)

    def add(self, host: str, addresses: Addresses | Exception) -> None:
        """Add a name, or give it other addresses."""
        self._hosts[_plain(host)] = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See `tidewire_client.AbstractResolver`.

        Raises:
            OSError: the name is not in the table, or has no address of this family.
        """
        if self.closed:
            raise OSError(errno.EBADF, "the resolver is closed")
        self.asked.append((host, port))
        found = self._hosts.get(_plain(host))
        if isinstance(found, Exception):
            raise found
        results = [_result(host, address, port) for address in _listed(found)]
        results = [each for each in results if family in (socket.AF_UNSPEC, each["family"])]
        if not results:
            raise OSError(socket.EAI_NONAME, f"{host} is not known to the test")
        return results

    async def close(self) -> None:
        """See `tidewire_client.AbstractResolver`."""
        self.closed = True


def _plain(host: str) -> str:
    return host.rstrip(".").lower()


def _listed(addresses: Addresses | None) -> list[str | tuple[str, int]]:
    if addresses is None:
        return []
    if isinstance(addresses, str):
        return [addresses]
    if isinstance(addresses, tuple) and len(addresses) == 2 and isinstance(addresses[1], int):
        return [(str(addresses[0]), addresses[1])]
    listed: list[str | tuple[str, int]] = []
    for each in addresses:
        if isinstance(each, int):
            raise TypeError(f"an address is a str, or a tuple of a str and a port, not {each!r}")
        listed.append(each)
    return listed


def _result(hostname: str, address: str | tuple[str, int], port: int) -> ResolveResult:
    if not isinstance(address, str):
        address, port = address
    is_new = ipaddress.ip_address(address.partition("%")[0]).version == 6
    return ResolveResult(
        hostname=hostname,
        host=address,
        port=port,
        family=socket.AF_INET6 if is_new else socket.AF_INET,
        proto=socket.IPPROTO_TCP,
        flags=int(socket.AI_NUMERICHOST | socket.AI_NUMERICSERV),
    )
