"""To which addresses a connection may go, and from which."""

from __future__ import annotations

import errno
import functools
import socket
from collections.abc import Sequence
from typing import Any

from tidewire_client._address_policy import AddressPolicyType
from tidewire_client._connection_errors import ClientAddressRefusedError, ClientConnectorDNSError
from tidewire_client._connection_key import ConnectionKey
from tidewire_client._dns_cache import NameLookup
from tidewire_client._happy_eyeballs import interleave
from tidewire_client._resolvers import ResolveResult, literal
from tidewire_client._types import AddrInfoType, ConnectionTrace

__all__: list[str] = []


class Addresses:
    """Finds addresses, leaves out those that cannot or may not be used, and orders the others.

    Args:
        lookup: knows the addresses of names.
        policy: tells to which of them connections may go; None for all.
        local_addr: host and port that connections come from; None for any.
        first_count: how many of the first family come before one of another; None for the resolver's order.

    Attributes:
        policy: as above.
    """

    __slots__ = ("_first_count", "_local_addr", "_lookup", "policy")

    def __init__(
        self,
        lookup: NameLookup,
        policy: AddressPolicyType | None,
        local_addr: tuple[str, int] | None,
        first_count: int | None,
    ) -> None:
        self._lookup = lookup
        self.policy = policy
        self._local_addr = local_addr
        self._first_count = first_count

    async def all_of(self, key: ConnectionKey, traces: Sequence[ConnectionTrace]) -> list[AddrInfoType]:
        """Return all addresses of a host, in the resolver's order.

        Raises:
            ClientConnectorDNSError: there are none.
        """
        try:
            return [address_of(result) for result in await self._lookup.find(key.host, key.port, traces)]
        except (OSError, UnicodeError) as error:
            raise _unknown(key, error) from error

    async def usable_of(self, key: ConnectionKey, traces: Sequence[ConnectionTrace]) -> list[AddrInfoType]:
        """Return the addresses of a host that can be connected to from here, in the order to try them.

        Raises:
            ClientConnectorDNSError: there are none.
        """
        if self._local_addr is None:
            address = _literal_address(key.host, key.port)
            if address is not None:
                return [address]
        addresses = await self.all_of(key, traces)
        if self._local_addr is not None:
            try:
                families = {result["family"] for result in await self._lookup.find(*self._local_addr)}
            except (OSError, UnicodeError) as error:
                raise _unknown(key, error) from error
            addresses = [address for address in addresses if address[0] in families]
        if not addresses:
            nothing = OSError(errno.EADDRNOTAVAIL, "no address of a family that can be used")
            raise ClientConnectorDNSError(key, nothing)
        if self._first_count is None or len(addresses) == 1:
            return addresses
        return interleave(addresses, self._first_count)

    def allowed(self, key: ConnectionKey, addresses: list[AddrInfoType]) -> list[AddrInfoType]:
        """Return the addresses that the policy lets pass.

        Raises:
            ClientAddressRefusedError: it is none of them.
        """
        policy = self.policy
        if policy is None:
            return addresses
        allowed = [address for address in addresses if policy(address[4][0])]
        if not allowed:
            refused = OSError(errno.EACCES, "the address policy allows none of its addresses")
            raise ClientAddressRefusedError(key, refused)
        return allowed

    async def local(self, family: int) -> tuple[Any, ...] | None:
        """Return the address that connections of a family come from, as sockets take it; None for any."""
        if self._local_addr is None:
            return None
        found = await self._lookup.find(*self._local_addr)
        return next(address_of(each)[4] for each in found if each["family"] == family)


def _unknown(key: ConnectionKey, error: OSError | UnicodeError) -> ClientConnectorDNSError:
    """Tell that a name has no address; the codec for names is what refuses some that no name server is asked for."""
    if isinstance(error, OSError):
        return ClientConnectorDNSError(key, error)
    return ClientConnectorDNSError(
        key, OSError(socket.EAI_NONAME, "a label of the name is empty or too long")
    )


@functools.lru_cache(maxsize=256)
def _literal_address(host: str, port: int) -> AddrInfoType | None:
    """Return an address that stands for itself; None for a name, or where the number of its zone may change."""
    found = None if "%" in host else literal(host, port)
    return None if found is None else address_of(found)


def address_of(result: ResolveResult) -> AddrInfoType:
    """Return what a resolver has found in the form that sockets take."""
    host, _, zone = result["host"].partition("%")
    where: tuple[Any, ...] = (host, result["port"])
    if result["family"] == socket.AF_INET6:
        scope = 0
        if zone:
            scope = int(zone) if zone.isascii() and zone.isdigit() else socket.if_nametoindex(zone)
        where = (host, result["port"], 0, scope)
    return (result["family"], socket.SOCK_STREAM, result["proto"], "", where)
