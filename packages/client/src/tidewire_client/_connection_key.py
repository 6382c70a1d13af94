# Compiled by mypyc.
"""What connections have to have in common so that one can stand in for the other."""

from __future__ import annotations

import ipaddress
import ssl as ssl_module
from collections.abc import Sequence
from typing import Any, Final

from yarl import URL

from tidewire_client._errors import InvalidUrlClientError
from tidewire_client._fingerprint import Fingerprint
from tidewire_http_io import ClientOptions

__all__: list[str] = []

DEFAULT_OPTIONS = ClientOptions()
_NO_FIELDS: Final[tuple[tuple[str, str], ...]] = ()
_SECURE_PORT: Final = 443
_PLAIN_PORT: Final = 80


class ConnectionKey:
    """Everything that the identity of a connection depends on, so that no request gets one that was made for another.

    Attributes:
        host: the host to connect to, as in a URL without brackets; that of the proxy where it forwards.
        port: its port.
        is_ssl: whether the requests themselves are under TLS.
        ssl: how the peer's certificate is verified: True, False, an SSLContext or a Fingerprint.
        server_hostname: the name that is verified in place of the host's, and sent as SNI.
        proxy: the URL of the proxy, without user-info; None without one.
        proxy_fields: what the proxy is sent with CONNECT, or user and password for one that speaks SOCKS.
        forwards: whether the proxy is asked to forward requests, rather than to open a tunnel.
        options: limits of the responses on the connection.
    """

    __slots__ = (
        "_hash",
        "forwards",
        "host",
        "is_ssl",
        "options",
        "port",
        "proxy",
        "proxy_fields",
        "server_hostname",
        "ssl",
    )

    def __init__(
        self,
        host: str,
        port: int,
        is_ssl: bool,
        ssl: object,
        server_hostname: str | None,
        proxy: tuple[URL, tuple[tuple[str, str], ...], bool] | None,
        options: ClientOptions,
    ) -> None:
        self.host = host
        self.port = port
        self.is_ssl = is_ssl
        self.ssl = ssl
        self.server_hostname = server_hostname
        self.proxy: URL | None = None
        self.proxy_fields = _NO_FIELDS
        self.forwards = False
        if proxy is not None:
            self.proxy, self.proxy_fields, self.forwards = proxy
        self.options = options
        self._hash = hash((host, port, is_ssl, ssl, server_hostname, proxy, options))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, ConnectionKey)
            and other._hash == self._hash
            and other.host == self.host
            and other.port == self.port
            and other.is_ssl == self.is_ssl
            # True == 1, but nothing else than these four kinds gets here, and contexts are equal to themselves only.
            and other.ssl == self.ssl
            and other.server_hostname == self.server_hostname
            and other.proxy == self.proxy
            and other.proxy_fields == self.proxy_fields
            and other.forwards == self.forwards
            and other.options == self.options
        )

    def __repr__(self) -> str:
        # Without the proxy's fields: they hold credentials.
        parts = [f"{self.host}:{self.port}"]
        if self.is_ssl:
            parts.append("tls")
        if self.ssl is not True:
            parts.append(f"ssl={self.ssl!r}")
        if self.server_hostname is not None:
            parts.append(f"server_hostname={self.server_hostname!r}")
        if self.proxy is not None:
            parts.append(f"proxy={str(self.proxy)!r}")
        return f"<ConnectionKey {' '.join(parts)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # A context cannot be pickled; errors that hold a key can be.
        ssl = True if isinstance(self.ssl, ssl_module.SSLContext) else self.ssl
        proxy = None if self.proxy is None else (self.proxy, _NO_FIELDS, self.forwards)
        arguments = (self.host, self.port, self.is_ssl, ssl, self.server_hostname, proxy, self.options)
        return ConnectionKey, arguments


def connection_key(
    url: URL,
    *,
    proxy: URL | None = None,
    proxy_fields: Sequence[tuple[str, str]] = (),
    ssl: object = True,
    server_hostname: str | None = None,
    options: ClientOptions = DEFAULT_OPTIONS,
) -> ConnectionKey:
    """Make the key of the connections that a request can go on.

    Args:
        url: where the request goes.
        proxy: the proxy on the way there; user-info in it is ignored.
        proxy_fields: names and values that the proxy is sent, credentials among them.
        ssl: True for what the connector was given, False for no verification, an SSLContext, or a Fingerprint.
        server_hostname: the name to verify, and to send as SNI, in place of the host's.
        options: limits of the responses.

    Returns:
        The key. Where a proxy forwards the requests (RFC 9112, section 3.2.2) it is that of the proxy, whatever the
        origin; with TLS or a websocket in it a tunnel is opened (RFC 9110, section 9.3.6), as by a SOCKS proxy always.

    Raises:
        InvalidUrlClientError: no host, or an IPv4 address in a notation that not everybody reads alike.
        TypeError: `ssl` is something else.
    """
    if not (isinstance(ssl, (bool, ssl_module.SSLContext, Fingerprint))):
        raise TypeError(f"ssl should be SSLContext, Fingerprint, or bool, got {ssl!r} instead.")
    scheme = url.scheme
    is_ssl = scheme in {"https", "wss"}
    forwards = (
        proxy is not None and proxy.scheme in {"http", "https"} and scheme not in {"https", "wss", "ws"}
    )
    host = url.raw_host
    if not host:
        raise InvalidUrlClientError(url)
    host = _checked(url, host)
    port = url.port
    if port is None:  # nobody has port 0, and a server that redirects there means no other
        port = _SECURE_PORT if is_ssl else _PLAIN_PORT
    way = None
    if proxy is not None:
        proxy_host = proxy.raw_host
        if not proxy_host:
            raise InvalidUrlClientError(proxy)
        proxy_host = _checked(proxy, proxy_host)
        if forwards:
            host = proxy_host
            port = proxy.port or _PLAIN_PORT
        way = (proxy.origin(), tuple(proxy_fields), forwards)
    if not is_ssl:
        server_hostname = None
        if proxy is None or proxy.scheme != "https":
            ssl = True
    return ConnectionKey(host, port, is_ssl, ssl, server_hostname, way, options)


def _checked(url: URL, host: str) -> str:
    """Refuse what some would read as an IPv4 address and others as a name; several dots at the end are one."""
    if host.endswith(".."):
        host = host.rstrip(".") + "."
    if ":" in host:
        return host.replace("%25", "%", 1)  # the sign before a zone is itself encoded (RFC 6874)
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdigit() or (last[:2] in {"0x", "0X"} and _is_hexadecimal(last[2:])):
        canonical = True
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            canonical = False
        if not canonical:
            raise InvalidUrlClientError(url, "an IPv4 address has four decimal numbers")
    return host


def _is_hexadecimal(text: str) -> bool:
    for character in text:
        if character not in "0123456789abcdefABCDEF":
            return False
    return True
