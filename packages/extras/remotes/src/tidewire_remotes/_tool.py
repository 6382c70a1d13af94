"""What all tools have in common."""

from __future__ import annotations

import abc
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final, TypedDict

from tidewire_remotes._errors import RemoteError
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
        self._white_paths = path_set(white_paths)

    async def setup(self, app: Application) -> None:
        """Add the tool's middleware to an application."""
        app.middlewares.append(self.middleware)

    @middleware
    async def middleware(self, request: Request, handler: Handler) -> StreamResponse:
        """Hand a request on that knows what proxies say of it."""
        if request.path in self._white_paths:
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


def path_set(paths: Collection[str]) -> frozenset[str]:
    """Return paths as a set.

    Raises:
        TypeError: they are no collection, but one path.
    """
    given: object = paths
    if isinstance(given, (str, bytes)) or not isinstance(given, Collection):
        raise TypeError(f"a collection of paths, not {paths!r}")
    return frozenset(paths)


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
