"""Which addresses connections may go to: a guard against requests that are forged on the server's side (SSRF)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final, TypeAlias

__all__ = ["AddressPolicyType", "is_public_address"]

AddressPolicyType: TypeAlias = Callable[[str], bool]
"""Tells of an address, as text, whether a connection may go there."""

# Addresses of IPv6 that stand for one of IPv4 in their last 32 bits (RFC 6052, section 2.1).
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def is_public_address(address: str) -> bool:
    """Tell whether an address is one of the public Internet: a policy for `TCPConnector(address_policy=...)`.

    None are those of this host, of private networks, of links (with the metadata of cloud providers among them), of
    multicast, of documentation, and those that are reserved. One of IPv6 that stands for one of IPv4 is judged by that.

    Args:
        address: an address of IPv4 or IPv6; a zone is left aside.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
        if found.is_site_local or found.teredo is not None:
            return False
    return _is_public(found)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_link_local or address.is_loopback
    )
