"""What the environment says of proxies and credentials, by the functions that there were."""

from __future__ import annotations

import netrc
import os
from pathlib import Path
from typing import NamedTuple
from urllib.request import getproxies, proxy_bypass

from yarl import URL

import tidewire_client
from tidewire.compat._basic_auth import strip_auth_from_url

__all__: list[str] = []


class ProxyInfo(NamedTuple):
    """A proxy.

    Attributes:
        proxy: its URL, without user and password.
        proxy_auth: these.
    """

    proxy: URL
    proxy_auth: tidewire_client.BasicAuth | None


def netrc_from_env() -> netrc.netrc | None:
    """Read the netrc file: that of the environment variable NETRC, or of the home folder; None where there is none."""
    try:
        path = os.environ.get("NETRC") or Path.home() / ("_netrc" if os.name == "nt" else ".netrc")
        return netrc.netrc(str(path))
    except (OSError, RuntimeError, netrc.NetrcParseError):
        return None


def proxies_from_env() -> dict[str, ProxyInfo]:
    """Return the proxies of the environment, by the schemes that they are for."""
    found = {}
    for scheme in ("https", "http", "wss", "ws"):
        given = getproxies().get(scheme)
        if given and (url := URL(given)).scheme in ("http", "https"):
            found[scheme] = ProxyInfo(*strip_auth_from_url(url))
    return found


def get_env_proxy_for_url(url: URL) -> tuple[URL, tidewire_client.BasicAuth | None]:
    """Return the proxy for a URL, and credentials for it.

    Raises:
        LookupError: there is none.
    """
    if url.host is None or proxy_bypass(url.host):
        raise LookupError(f"No proxying for {str(url)!r}")
    try:
        return proxies_from_env()[url.scheme]
    except KeyError:
        raise LookupError(f"No proxies found for {str(url)!r} in the env") from None
