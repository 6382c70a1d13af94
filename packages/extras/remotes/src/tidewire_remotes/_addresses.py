"""Addresses: of peers, in fields, and the sets of those that are trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Sequence
from types import EllipsisType
from typing import Any, Final

from tidewire_remotes._errors import InvalidHeader
from tidewire_web import Request

__all__ = ["AddressLike", "TrustedList"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

AddressLike = str | Address | Network
"""An address or a network; as text such as `192.0.2.1` or `2001:db8::/32`, or `unix`."""

TrustedList = Sequence[Collection[AddressLike] | EllipsisType]
"""For each proxy the addresses that it may have, the one next to the server first; `...` at the end for all others."""

_TYPES: Final = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
)


class AddressSet:
    """Addresses and networks, and peers on Unix domain sockets.

    Args:
        addresses: addresses and networks, as text or of the module `ipaddress`; `unix` for peers without an address.

    Raises:
        TypeError: it is no collection, or one of other things.
        ValueError: text that is neither an address nor a network, or a network with bits of a host.
    """

    __slots__ = ("_networks", "_unix")

    def __init__(self, addresses: Collection[AddressLike]) -> None:
        given: object = addresses
        if isinstance(given, (str, bytes)) or not isinstance(given, Collection):
            raise TypeError(f"a collection of addresses, not {addresses!r}")
        self._unix = False
        self._networks: list[Network] = []
        for each in given:
            if each == "unix":
                self._unix = True
            elif isinstance(each, (str, *_TYPES)):
                self._networks.append(_unmapped(ipaddress.ip_network(each)))
            else:
                raise TypeError(f"an address or a network, not {each!r}")

    def __repr__(self) -> str:
        return f"<AddressSet {[*(['unix'] if self._unix else []), *map(str, self._networks)]}>"

    def __len__(self) -> int:
        return len(self._networks) + self._unix

    def __contains__(self, address: Address | None) -> bool:
        """Whether an address is one of them; None stands for a peer without one."""
        if address is None:
            return self._unix
        return any(address in network for network in self._networks)


class TrustedHops:
    """The proxies between a server and its clients.

    Args:
        trusted: see `TrustedList`.

    Raises:
        TypeError: it is no sequence of collections of addresses.
        ValueError: `...` is not at the end, or an address is none.

    Attributes:
        sets: the addresses of each proxy, the one next to the server first.
        is_open: whether there may be more before the first of them, which are not believed.
    """

    __slots__ = ("is_open", "sets")

    def __init__(self, trusted: TrustedList) -> None:
        given: object = trusted
        if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
            raise TypeError(f"a sequence of collections of addresses, not {trusted!r}")
        self.is_open = bool(given) and given[-1] is ...
        listed: list[Any] = list(given[:-1] if self.is_open else given)
        if any(each is ... for each in listed):
            raise ValueError("... is allowed only at the end, for all proxies that are not looked at")
        self.sets = [AddressSet(each) for each in listed]

    def __len__(self) -> int:
        return len(self.sets)


def peer_address(request: Request) -> Address | None:
    """Return the address of whoever has made the connection; None where it has none."""
    name = request.get_extra_info("peername")
    if not isinstance(name, tuple):
        return None
    return _parse(str(name[0]).partition("%")[0])


def node_address(name: str, node: str) -> Address:
    """Return the address of an entry of X-Forwarded-For, or of the parameter `for` of Forwarded.

    Args:
        name: the field, for the error.
        node: an address, with a port or without; that of IPv6 in brackets, or alone.

    Raises:
        InvalidHeader: it is none.
    """
    text = node.strip(" \t")
    host, _ = split_port(text)
    address: Address | None
    if host.startswith("["):
        address = _parse(host[1:-1]) if host.endswith("]") and ":" in host else None
    else:
        address = _parse(host)
    if address is None:
        raise InvalidHeader(name, text)
    return address


def split_port(text: str) -> tuple[str, str]:
    """Take the port off a host, which keeps its brackets; an address of IPv6 without brackets has none.

    Returns:
        The host and the port, empty where there is none. What is not a port stays with the host.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit() and len(port) <= 5):
        return text, ""
    if host.endswith("]") if host.startswith("[") else ":" not in host:
        return host, port
    return text, ""


def _unmapped(network: Network) -> Network:
    """A network as its addresses are compared: those of IPv4 as such, however they are written."""
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.IPv4Network((mapped, network.prefixlen - 96))
    return network


def _parse(text: str) -> Address | None:
    if "%" in text:
        return None  # what a zone is called counts on another machine for nothing
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # IPv4 on a socket of IPv6.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped
