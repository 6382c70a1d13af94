"""What lower modules expect of objects that are defined above them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from tidewire_http_io import ServerExchange

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


class RequestLike(Protocol):
    """What a response needs of the request that it answers."""

    @property
    def exchange(self) -> ServerExchange:
        """The exchange that the request came by."""

    @property
    def date(self) -> str:
        """The time of day, as the value of a Date field."""

    @property
    def server_software(self) -> str:
        """The value of the Server field."""


class Services(Protocol):
    """What a server has for its requests."""

    client_max_size: int
    """Bytes of a body that `read()` takes; 0 for any number."""
    server_software: str
    """The value of the Server field."""

    @property
    def date(self) -> str:
        """The time of day, as the value of a Date field."""


class RoutedRequest(Protocol):
    """What an application needs of a request to find its handler."""

    method: str

    @property
    def exchange(self) -> ServerExchange:
        """The exchange that the request came by."""

    @property
    def raw_rel_path(self) -> str:
        """The path of a request target in another form than origin-form."""

    def set_match(self, route: RouteLike | None, values: dict[str, str]) -> None:
        """Take note of what the router found."""


class Site(Protocol):
    """Where a server listens."""

    @property
    def addresses(self) -> list[Any]:
        """The addresses, as `socket.getsockname()` gives them."""

    async def stop(self) -> None:
        """Stop to listen."""
