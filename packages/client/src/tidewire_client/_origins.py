"""Origins of URLs (RFC 6454)."""

from __future__ import annotations

from yarl import URL

__all__: list[str] = []


def same_origin(one: URL, other: URL) -> bool:
    """Tell whether two URLs have the same scheme, host and port; a port that goes without saying is one."""
    return one.scheme == other.scheme and one.raw_host == other.raw_host and one.port == other.port
