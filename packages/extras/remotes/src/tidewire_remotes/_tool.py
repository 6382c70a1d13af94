"""What all tools have in common."""

from __future__ import annotations

import abc
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, Final, TypedDict

from tidewire_remotes._addresses import Address, TrustedHops, TrustedList, node_address, peer_address
from tidewire_remotes._errors import RemoteError, UntrustedIP
from tidewire_web import Application, HTTPBadRequest, Request, StreamResponse, middleware

__all__ = ["ABC", "setup"]

LOGGER: Final = logging.getLogger("tidewire.remotes")

Handler = Callable[[Request], Awaitable[StreamResponse]]


class ABC(abc.ABC):
    """A tool for an application; see `setup()`."""

    @abc.abstractmethod
    async def setup(self, app: Application) -> None:
        """Add what the tool does to an application."""

    async def raise_error(self, request: Request) -> None:
        """Raise the answer to a request that is refused; where nothing is raised, it is 400.

        Args:
            request: the request.

        Raises:
            HTTPBadRequest: always. Override this for another answer.
        """
        raise HTTPBadRequest

    async def refuse(self, request: Request, error: RemoteError) -> None:
        """Log an error and raise the answer to it.

        Raises:
            HTTPException: what `raise_error()` raises.
        """
        # One line whatever was sent: representations have no line breaks, and are cut off.
        LOGGER.warning("Refused %.20r %.100r: %s", request.method, request.path, error)
        await self.raise_error(request)
        raise HTTPBadRequest


class WhitePaths:
    """The paths that a tool leaves alone.

    Args:
        paths: the paths, decoded.

    Raises:
        TypeError: they are no collection, but one path.
    """

    __slots__ = ("_paths",)

    def __init__(self, paths: Collection[str]) -> None:
        given: object = paths
        if isinstance(given, (str, bytes)) or not isinstance(given, Collection):
            raise TypeError(f"a collection of paths, not {paths!r}")
        self._paths = frozenset(paths)

    def __contains__(self, request: Request) -> bool:
        """Whether a request is for one of them."""
        # A slash that is encoded is part of a segment for the router, which may find another handler by it, and is
        # a slash in `request.path`.
        return request.path in self._paths and "%2f" not in request.rel_url.raw_path.lower()


class Overrides(TypedDict, total=False):
    """What a proxy says of a request, and is believed."""

    remote: str
    scheme: str
    host: str


class ProxyTool(ABC):
    """A tool that finds out what proxies say of a request.

    Args:
        white_paths: paths for which it does nothing.

    Raises:
        TypeError: the paths are no collection.
    """

    def __init__(self, white_paths: Collection[str] = ()) -> None:
        self._white_paths = WhitePaths(white_paths)

    async def setup(self, app: Application) -> None:
        """Add the tool's middleware to an application."""
        app.middlewares.append(self.middleware)

    @middleware
    async def middleware(self, request: Request, handler: Handler) -> StreamResponse:
        """Hand a request on that knows what proxies say of it."""
        if request in self._white_paths:
            return await handler(request)
        overrides: Any = None
        try:
            overrides = self.decide(request)
        except RemoteError as error:
            await self.refuse(request, error)
        return await handler(request.clone(**overrides) if overrides else request)

    @abc.abstractmethod
    def decide(self, request: Request) -> Overrides:
        """Return what is believed of what proxies say.

        Raises:
            RemoteError: the request has not come the way it should have come.
        """


class StrictTool(ProxyTool):
    """A tool that believes what has come through the proxies that are trusted, and refuses all other requests.

    Args:
        trusted: the addresses of each proxy, the one next to the server first; with `...` at the end there may be more
            entries, of proxies that are not believed, and the client is who has sent the request to the last proxy
            that is.
        white_paths: paths for which nothing is looked at.

    Raises:
        TypeError: it is no sequence of collections of addresses.
        ValueError: an address is none.
    """

    def __init__(self, trusted: TrustedList, *, white_paths: Collection[str] = ()) -> None:
        super().__init__(white_paths)
        self._hops = TrustedHops(trusted)

    def has_right_number(self, entries: Collection[object]) -> bool:
        """Whether there are as many entries as proxies, or more where that may be."""
        count = len(self._hops)
        return len(entries) == count or (self._hops.is_open and len(entries) > count)

    def client_of(self, request: Request, name: str, nodes: Sequence[str]) -> Address | None:
        """Return who has sent a request to the proxy that is furthest from the server.

        Args:
            request: the request.
            name: the field, for the error.
            nodes: who has sent it to each proxy, the one next to the server last.

        Raises:
            InvalidHeader: one of them is no address.
            UntrustedIP: a proxy has not the address that it should have.
        """
        sender = peer_address(request)
        for trusted, node in zip(self._hops.sets, reversed(nodes), strict=True):
            if sender not in trusted:
                raise UntrustedIP(None if sender is None else str(sender))
            sender = node_address(name, node)
        return sender


async def setup(app: Application, *tools: ABC) -> None:
    """Set tools up. What is given first sees requests first, so that those that find out who a client is come first.

    Args:
        app: the application.
        tools: the tools.

    Raises:
        Exception: as with the `setup()` of each tool.
    """
    for tool in tools:
        await tool.setup(app)
