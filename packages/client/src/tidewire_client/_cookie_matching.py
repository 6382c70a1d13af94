"""Which cookie belongs where: the rules of domains and paths (RFC 6265bis, section 5.1)."""

from __future__ import annotations

import ipaddress

__all__: list[str] = []


def is_address(host: str) -> bool:
    """Tell whether a host is an IP address, which cookies know nothing of but equality."""
    if ":" in host:
        return True
    if not host[-1:].isdigit():
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def domain_matches(host: str, domain: str) -> bool:
    """Tell whether a host is in a domain (RFC 6265bis, section 5.1.3).

    Args:
        host: the host, in lower case.
        domain: the domain, in lower case and without a leading dot.
    """
    if host == domain:
        return True
    return host.endswith(domain) and host[-len(domain) - 1] == "." and not is_address(host)


def domain_of(host: str, domain: str | None) -> tuple[str, bool] | None:
    """Decide on the domain of a cookie that is set (RFC 6265bis, section 5.7).

    Args:
        host: the host that sets it.
        domain: what the cookie says.

    Returns:
        The domain, and whether the cookie is for that host only; None where the host may not set it: another domain,
        one that ends in a dot, or one of a single label, which is nobody's own.
    """
    if not domain:
        return host, True
    if domain.endswith("."):
        return None
    if domain == host:
        return host, is_address(host) or "." not in host
    if "." not in domain or not domain_matches(host, domain):
        return None
    return domain, False


def path_matches(path: str, cookie_path: str) -> bool:
    """Tell whether a path is at or below that of a cookie (RFC 6265bis, section 5.1.4)."""
    if not path.startswith(cookie_path):
        return False
    return len(path) == len(cookie_path) or cookie_path[-1:] == "/" or path[len(cookie_path)] == "/"


def default_path(path: str) -> str:
    """Return the path of a cookie that names none (RFC 6265bis, section 5.1.4).

    Args:
        path: the path of the URL that it came from.
    """
    if not path.startswith("/"):
        return "/"
    return path[: path.rfind("/")] or "/"


def domains_of(host: str) -> list[str]:
    """Name the domains whose cookies a host may get: itself, and those above it."""
    domains = [host]
    if not is_address(host):
        dot = host.find(".")
        while dot >= 0:
            domains.append(host[dot + 1 :])
            dot = host.find(".", dot + 1)
    return domains
