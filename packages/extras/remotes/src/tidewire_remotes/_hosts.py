"""Hosts, as requests and proxies name them (RFC 3986, section 3.2.2)."""

from __future__ import annotations

import ipaddress
from typing import Final

from tidewire_remotes._addresses import split_port

__all__: list[str] = []

_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._~")


def normalise_host(text: str) -> tuple[str, str] | None:
    """Return a host in lower case, without the dot at its end, and its port; None where it is malformed.

    Args:
        text: a name or an address, that of IPv6 in brackets, with a port or without.
    """
    host, port = split_port(text.lower())
    if host.startswith("["):
        if not host.endswith("]"):
            return None
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1])}]", port
        except ValueError:
            return None
    host = host.removesuffix(".")
    if not host or not _NAME.issuperset(host):
        return None
    return host, port


class HostPattern:
    """A host, or all hosts below one.

    Args:
        pattern: a host, with a port where only that one is meant; `*.example.com` for all below `example.com`.

    Raises:
        TypeError: it is no text.
        ValueError: it is no host.
    """

    __slots__ = ("_host", "_port", "_suffix")

    def __init__(self, pattern: str) -> None:
        given: object = pattern
        if not isinstance(given, str):
            raise TypeError(f"a host is a str, not {pattern!r}")
        self._suffix = pattern.startswith("*.")
        found = normalise_host(pattern.removeprefix("*."))
        if found is None:
            raise ValueError(f"a host, with or without a port: {pattern!r}")
        self._host, self._port = found

    def matches(self, host: str, port: str) -> bool:
        """Whether a host, in the form that `normalise_host()` gives it, is meant."""
        if self._port and port != self._port:
            return False
        return host.endswith(f".{self._host}") if self._suffix else host == self._host
