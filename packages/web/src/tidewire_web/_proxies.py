"""Trusted proxies: whose word is believed about where a request comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any, Final

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import (
    parse_forwarded,
    parse_forwarded_pairs,
    parse_x_forwarded_for,
)

__all__ = ["TrustedProxies"]

_X_FORWARDED: Final = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host")
_KNOWN: Final = frozenset({"forwarded", *(name.lower() for name in _X_FORWARDED)})
# Proxies in a row that are looked at, where addresses say which are trusted.
_MAX_HOPS: Final = 32
_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
AddressLike = str | ipaddress.IPv4Address | ipaddress.IPv6Address | Network


class Addresses:
    """A set of addresses and networks, and of Unix domain sockets.

    Args:
        addresses: addresses and networks such as `192.0.2.1`, `10.0.0.0/8` or `2001:db8::/32`; `unix` for peers on Unix
            domain sockets.

    Raises:
        TypeError: it is no collection, or one of text and addresses.
        ValueError: one of them is neither an address nor a network, or a network with bits of a host.
    """

    def __init__(self, addresses: Iterable[AddressLike]) -> None:
        if isinstance(addresses, (str, bytes)):
            raise TypeError(f"a collection of addresses, not {addresses!r}")
        self._unix = False
        self._networks: list[Network] = []
        for address in addresses:
            if address == "unix":
                self._unix = True
            elif isinstance(address, (str, *_IP_TYPES)):
                self._networks.append(ipaddress.ip_network(address))
            else:
                raise TypeError(f"an address or a network, not {address!r}")
        # The peers of a server behind proxies are few.
        self._has: Callable[[str], bool] = lru_cache(maxsize=1024)(self._look_up)

    def __bool__(self) -> bool:
        return self._unix or bool(self._networks)

    def __repr__(self) -> str:
        return f"<Addresses {[*(['unix'] if self._unix else []), *map(str, self._networks)]}>"

    def has(self, address: str) -> bool:
        """Whether an address is one of them."""
        return self._has(address)

    def has_peer(self, name: Any) -> bool:
        """Whether a peer is, by its name as sockets tell it."""
        if isinstance(name, tuple):
            return self._has(str(name[0]))
        return self._unix and name is not None

    def _look_up(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        # IPv4 on a socket of IPv6.
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return any(
            address in network or (mapped is not None and mapped in network) for network in self._networks
        )


_IP_TYPES: Final = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
)


class TrustedProxies:
    """Says which proxies are believed, and in what.

    Each proxy adds to a field whom it has the request from, at the right. So these fields are read from the right,
    and only as far as they were written by proxies that are trusted: what a client has sent itself is never believed.

    - With addresses, a peer that is none of them is not believed at all. Otherwise the client is the rightmost address
      that is not trusted, or the leftmost one where all are.
    - With a number of hops, so many proxies are in front of the server, whatever their addresses: the client is the
      address at this place from the right. Where there are less, the request has taken another way, and nothing is
      believed. This is safe only where nobody but proxies can connect.
    - With both, addresses decide, and not more than so many hops are looked at.

    Scheme and host are taken from the same place as the client's address, or from the only one where the proxies
    replace them. What is malformed is not believed.

    Args:
        addresses: addresses and networks such as `10.0.0.0/8`; `unix` for proxies that connect through a Unix domain
            socket.
        hops: how many proxies there are at most; None for what the addresses give, up to 32.
        fields: the fields that each of these proxies writes or removes; fields that a proxy passes on as the client
            has sent them may not be among them. Either `Forwarded` (RFC 7239), or any of `X-Forwarded-For`,
            `X-Forwarded-Proto` and `X-Forwarded-Host`. The first two of these are the default: a proxy that is not told
            to write `X-Forwarded-Host` passes on what the client has made up.

    Raises:
        TypeError: an argument is of another type.
        ValueError: neither addresses nor hops, less than one hop, or fields that are unknown or do not go together.
    """

    def __init__(
        self,
        addresses: Iterable[AddressLike] = (),
        *,
        hops: int | None = None,
        fields: Collection[str] = _X_FORWARDED[:2],
    ) -> None:
        number: Any = hops
        if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
            raise TypeError(f"a number of hops, not {hops!r}")
        if isinstance(fields, str):
            raise TypeError(f"a collection of field names, not {fields!r}")
        self._addresses = Addresses(addresses)
        if not self._addresses and hops is None:
            raise ValueError("addresses of proxies, a number of hops, or both")
        if hops is not None and not 1 <= hops <= _MAX_HOPS:
            raise ValueError(f"1 to {_MAX_HOPS} hops, not {hops}")
        self._hops = hops or _MAX_HOPS
        names = frozenset(name.lower() for name in fields)
        if not names or not names <= _KNOWN or ("forwarded" in names and len(names) > 1):
            raise ValueError(f"Forwarded, or some of {', '.join(_X_FORWARDED)}: {sorted(fields)}")
        self._names = names

    def __repr__(self) -> str:
        return f"<TrustedProxies {self._addresses!r} hops={self._hops} {sorted(self._names)}>"

    def apply(self, request: Any) -> None:
        """Let a request know what proxies that are trusted say of it."""
        exchange = request.exchange
        if self._addresses and not self._addresses.has_peer(exchange.info("peername")):
            return
        lines: dict[str, list[str]] = {}
        for name, value in exchange.head.fields:
            lowered = name.lower()
            if lowered in self._names:
                lines.setdefault(lowered, []).append(value)
        if not lines:
            return
        values = {name: ",".join(several) for name, several in lines.items()}
        if "forwarded" in values:
            self._apply_forwarded(request, values["forwarded"])
        else:
            self._apply_x_forwarded(request, values)

    def _apply_forwarded(self, request: Any, value: str) -> None:
        elements = parse_forwarded_pairs(value)[-self._hops :]
        place, remote = self._find_client(
            [_forwarded_address(element.get("for", "")) for element in elements]
        )
        if place:
            element = elements[-place]
            _override(request, remote, element.get("proto", ""), element.get("host", ""))

    def _apply_x_forwarded(self, request: Any, values: dict[str, str]) -> None:
        entries: list[str] = []
        if "x-forwarded-for" in values:
            entries = values["x-forwarded-for"].rsplit(",", self._hops)[-self._hops :]
            place, remote = self._find_client([_x_forwarded_address(entry) for entry in entries])
        elif self._addresses:
            # Nothing tells who the client is; how it has connected to the proxy next to the server may be told.
            place, remote = 1, None
        else:
            # Proxies that tell who the client is have told nothing: there was none on the way.
            place, remote = (0 if "x-forwarded-for" in self._names else self._hops), None
        if place:
            proto = _at(values.get("x-forwarded-proto", ""), place)
            host = _at(values.get("x-forwarded-host", ""), place)
            _override(request, remote, proto, host)

    def _find_client(self, addresses: list[str | None]) -> tuple[int, str | None]:
        """Find the client among addresses, of which None are no addresses.

        Returns:
            its place, counted from the right, 0 where nothing is to be believed; and its address, None where the
            proxy that is trusted does not tell it.
        """
        if not self._addresses:
            if len(addresses) < self._hops or addresses[-self._hops] is None:
                return 0, None
            return self._hops, addresses[-self._hops]
        place, client = 1, None
        for number, address in enumerate(reversed(addresses), 1):
            if address is None:
                break
            place, client = number, address
            if not self._addresses.has(address):
                break
        return place, client


def trusted_proxies_of(given: Any) -> TrustedProxies | None:
    """What is meant by the server's option.

    Args:
        given: a `TrustedProxies`, its addresses, a number of hops, or None.
    """
    if given is None or isinstance(given, TrustedProxies):
        return given
    return TrustedProxies(hops=given) if isinstance(given, int) else TrustedProxies(given)


def _override(request: Any, remote: str | None, proto: str, host: str) -> None:
    if remote is not None:
        request._remote = remote
    scheme = _SCHEMES.get(proto.strip().lower())
    if scheme is not None:
        request._scheme = scheme
    host = host.strip()
    if host and _is_host(host):
        request._host = host


def _at(value: str, place: int) -> str:
    """The value at a place from the right, or the only one."""
    if "," not in value:
        return value
    parts = value.rsplit(",", place)
    return parts[-place] if len(parts) >= place else ""


def _x_forwarded_address(entry: str) -> str | None:
    try:
        nodes = parse_x_forwarded_for(entry)
    except InvalidFieldValue:
        return None
    return _address(nodes[0].name) if nodes else None


def _forwarded_address(node: str) -> str | None:
    # The grammar of a node is that of an element of the other field, but for IPv6 without brackets.
    return _x_forwarded_address(node) if node.startswith("[") or node.count(":") < 2 else None


def _address(name: str) -> str | None:
    """The address of a node, in its usual form; None where the node has none."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(address if mapped is None else mapped)


def _is_host(host: str) -> bool:
    # The same grammar as that of the Host field.
    try:
        return parse_forwarded(f'host="{host}"')[0].host == host
    except (InvalidFieldValue, IndexError):
        return False
