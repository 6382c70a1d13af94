"""Which proxy a request goes through: the one that it names, or one of the environment."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Mapping
from typing import Final

from yarl import URL

from tidewire_client._auth import BasicAuth, encode_basic_auth
from tidewire_client._errors import InvalidURL
from tidewire_client._socks import SOCKS_SCHEMES
from tidewire_client._socks_tunnels import PASSWORD, USER

__all__: list[str] = []

_LOGGER: Final = logging.getLogger("tidewire.client")
_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
# A websocket goes the way of HTTP where nothing is said of it.
_FALLBACKS: Final = {"ws": "http", "wss": "https"}
_SCHEMES: Final = SOCKS_SCHEMES | {"http", "https"}


def proxy_of_environment(url: URL, environ: Mapping[str, str]) -> URL | None:
    """Return the proxy that the environment names for a URL; None where there is none.

    Looked at are `http_proxy`, `https_proxy`, `ws_proxy`, `wss_proxy`, `all_proxy` and `no_proxy`, before their
    upper-case forms. HTTP_PROXY counts for nothing where REQUEST_METHOD is set: in a CGI program it is what the
    client sent as a header field.
    """
    scheme = url.scheme
    if scheme not in _PORTS or is_excepted(url, _variable(environ, "no_proxy")):
        return None
    named = _variable(environ, f"{scheme}_proxy")
    if not named and scheme in _FALLBACKS:
        named = _variable(environ, f"{_FALLBACKS[scheme]}_proxy")
    named = named or _variable(environ, "all_proxy")
    if not named:
        return None
    try:
        proxy = URL(named if "://" in named else f"http://{named}")
    except ValueError:
        _LOGGER.warning("the proxy for %s in the environment is no URL", scheme)
        return None
    if proxy.scheme not in _SCHEMES or not proxy.raw_host:
        _LOGGER.warning(
            "the proxy for %s in the environment is none that is understood: %s", scheme, proxy.scheme
        )
        return None
    return proxy


def is_excepted(url: URL, no_proxy: str) -> bool:
    """Tell whether a URL is among those that no proxy is used for.

    Args:
        url: the URL.
        no_proxy: names, which except what is below them too, with or without a leading dot or `*.`; addresses; networks
            such as `10.0.0.0/8`; each with a port or without; separated by commas. `*` excepts everything.
    """
    host = (url.raw_host or "").lower().rstrip(".")
    port = url.port
    address = _address(host)
    for entry in no_proxy.lower().split(","):
        pattern = entry.strip()
        if not pattern:
            continue
        if pattern == "*":
            return True
        name, wanted = _split_port(pattern)
        if wanted is not None and wanted != port:
            continue
        if address is not None:
            if _covers(name, address):
                return True
            continue
        name = name.removeprefix("*").removeprefix(".").rstrip(".")
        if name and (host == name or host.endswith("." + name)):
            return True
    return False


def proxy_target(proxy: URL | str, auth: BasicAuth | None) -> tuple[URL, list[tuple[str, str]]]:
    """Split a proxy's URL into the proxy and the credentials for it.

    Args:
        proxy: its URL, perhaps with user and password: `http`, `https`, `socks5`, or `socks5h` for a SOCKS proxy that
            resolves names.
        auth: credentials that go before those.

    Returns:
        The URL without user and password, and names and values for the proxy: Proxy-Authorization, or user and
        password of SOCKS, where there are credentials.

    Raises:
        InvalidURL: it is no URL of a proxy.
    """
    try:
        url = URL(proxy)
    except (ValueError, TypeError) as error:
        raise InvalidURL(str(proxy)) from error
    if url.scheme not in _SCHEMES or not url.raw_host:
        raise InvalidURL(url.with_user(None) if url.raw_user else url, "no URL of an HTTP or SOCKS 5 proxy")
    user, password = url.user or "", url.password or ""
    named = url.raw_user is not None or url.raw_password is not None
    if named:
        url = url.with_user(None)
    if auth is None and not named:
        return url, []
    if url.scheme in SOCKS_SCHEMES:
        login, word = (user, password) if auth is None else (auth.login, auth.password)
        return url, [(USER, login), (PASSWORD, word)]
    return url, [
        ("Proxy-Authorization", encode_basic_auth(user, password) if auth is None else auth.encode())
    ]


def _variable(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if value is None and not (name == "http_proxy" and "REQUEST_METHOD" in environ):
        value = environ.get(name.upper())
    return (value or "").strip()


def _split_port(pattern: str) -> tuple[str, int | None]:
    """Take the port off an entry; one that is an IPv6 address has none without brackets."""
    if pattern.startswith("["):
        name, _, rest = pattern[1:].partition("]")
        return name, _port(rest.removeprefix(":")) if rest.startswith(":") else None
    if pattern.count(":") == 1 and "/" not in pattern:
        name, _, digits = pattern.partition(":")
        return name, _port(digits)
    return pattern, None


def _port(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else -1


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _covers(name: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
