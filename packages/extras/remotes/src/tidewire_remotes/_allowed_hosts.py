"""Refuses requests for other hosts."""

from __future__ import annotations

from collections.abc import Collection

from tidewire_remotes._hosts import HostPattern, normalise_host
from tidewire_remotes._tool import ABC, Handler, WhitePaths
from tidewire_web import Application, Request, StreamResponse, middleware

__all__ = ["AllowedHosts"]


class AllowedHosts(ABC):
    """Answers requests for a host that is not listed with 400.

    Hosts are compared without case. One that is listed without a port is allowed with any.

    Args:
        allowed_hosts: the hosts; `*.example.com` for all below `example.com`, `*` for any.
        white_paths: paths that are answered for any host.

    Raises:
        TypeError: it is no collection of text.
        ValueError: a host is malformed.
    """

    def __init__(self, allowed_hosts: Collection[str] = ("*",), *, white_paths: Collection[str] = ()) -> None:
        given: object = allowed_hosts
        if isinstance(given, (str, bytes)) or not isinstance(given, Collection):
            raise TypeError(f"a collection of hosts, not {allowed_hosts!r}")
        self._allows_any = "*" in allowed_hosts
        self._patterns = [HostPattern(each) for each in allowed_hosts if each != "*"]
        self._white_paths = WhitePaths(white_paths)

    async def setup(self, app: Application) -> None:
        """Add the tool's middleware to an application."""
        app.middlewares.append(self.middleware)

    def allows(self, host: str) -> bool:
        """Return whether a host is allowed.

        Args:
            host: the host, with a port or without, as a request names it.
        """
        if self._allows_any:
            return True
        found = normalise_host(host)
        return found is not None and any(pattern.matches(*found) for pattern in self._patterns)

    @middleware
    async def middleware(self, request: Request, handler: Handler) -> StreamResponse:
        """Refuse a request, or hand it on."""
        if request not in self._white_paths and not self.allows(request.host):
            await self.raise_error(request)
            await super().raise_error(request)
        return await handler(request)
