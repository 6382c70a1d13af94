"""What lower modules expect of objects that are defined above them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from yarl import URL

from tidewire_http_io import ServerExchange
from tidewire_http_parser import FieldBlock, RequestHead
from tidewire_web._matcher import Match

__all__: list[str] = []

Handler = Callable[[Any], Awaitable[Any]]


class RouteLike(Protocol):
    """A route, as the router hands it out."""

    method: str
    handler: Handler


class RouteRegistry(Protocol):
    """Where a route definition puts its routes."""

    def add_route(self, method: str, path: str, handler: Handler) -> Any:
        """Add a route."""

    def add_get(self, path: str, handler: Handler, *, allow_head: bool = True) -> Any:
        """Add a route for GET and, unless `allow_head` is false, for HEAD."""


class Services(Protocol):
    """What a server has for its requests."""

    app: Any
    """The application that answers; None where there is none."""
    client_max_size: int
    """Bytes of a body that `read()` takes; 0 for any number."""
    standard_fields: FieldBlock
    """The fields that every response has: Date and Server."""


class RequestLike(Protocol):
    """What a response needs of the request that it answers."""

    @property
    def exchange(self) -> ServerExchange:
        """The exchange that the request came by."""

    @property
    def services(self) -> Services:
        """What the server has for its requests."""


class RoutedRequest(Protocol):
    """What an application needs of a request to find its handler."""

    method: str
    head: RequestHead
    match: Match

    @property
    def rel_url(self) -> URL:
        """Path and query as a relative URL."""


class Site(Protocol):
    """Where a server listens."""

    @property
    def addresses(self) -> list[Any]:
        """The addresses, as `socket.getsockname()` gives them."""

    async def stop(self) -> None:
        """Stop to listen."""
