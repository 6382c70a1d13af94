"""What lower modules expect of objects that are defined above them."""

from __future__ import annotations

import logging
from asyncio import Task
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from multidict import CIMultiDictProxy
from yarl import URL

from tidewire_http_io import BodySink, ServerExchange
from tidewire_http_parser import FieldBlock, RequestHead
from tidewire_web._match_tree import Match

__all__: list[str] = []

Handler = Callable[[Any], Awaitable[Any]]
ExpectHandler = Callable[[Any], Awaitable[Any]]
Middleware = Callable[[Any, Handler], Awaitable[Any]]
PrepareReceiver = Callable[[Any, Any], Awaitable[object]]


class RouteRegistry(Protocol):
    """Where a route definition puts its routes."""

    @property
    def add_route(self) -> Callable[..., Any]:
        """Adds a route."""

    @property
    def add_get(self) -> Callable[..., Any]:
        """Adds a route for GET and, unless `allow_head` is false, for HEAD."""

    @property
    def add_static(self) -> Callable[..., Any]:
        """Adds a resource for the files of a folder."""


class RoutedApplication(Protocol):
    """A nested application, as its place in the router of another one sees it."""

    @property
    def router(self) -> Any:
        """Its routes, a `UrlDispatcher`."""


class ExpectingRequest(Protocol):
    """A request, as far as its Expect field goes."""

    head: RequestHead

    @property
    def exchange(self) -> ServerExchange:
        """The exchange that the request came by."""


class Services(Protocol):
    """What a server has for its requests."""

    app: Any
    """The application that answers; None where there is none."""
    client_max_size: int
    """Bytes of a body that `read()` takes; 0 for any number."""
    client_max_fields: int
    """Fields of a form that `post()` takes; 0 for any number."""
    auto_decompress: bool
    """Whether content codings are taken off bodies."""
    max_field_size: int
    """Bytes of a field line, in the heads of parts too."""
    max_headers: int
    """Field lines of a head, of those of parts too."""
    debug: bool
    """Whether clients are shown what went wrong."""
    logger: logging.Logger
    """Where errors of handlers go."""
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

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """The fields of the head."""

    @property
    def prepare_receivers(self) -> Sequence[PrepareReceiver]:
        """What is called with request and response before the head of the response goes out."""

    @property
    def task(self) -> Task[Any]:
        """The task of the handler."""

    def note_sink(self, sink: BodySink | None) -> None:
        """Take note of what the body of its response is written to; None where there is none on the wire."""

    def forget_disconnect_callbacks(self) -> None:
        """Call nobody when the client goes."""


class RoutedRequest(ExpectingRequest, Protocol):
    """What an application needs of a request to find its handler."""

    method: str
    match: Match
    prepare_receivers: Sequence[PrepareReceiver]
    _match_info: Any

    @property
    def rel_url(self) -> URL:
        """Path and query as a relative URL."""


class Site(Protocol):
    """Where a server listens."""

    @property
    def addresses(self) -> list[Any]:
        """The addresses, as `socket.getsockname()` gives them."""

    def has_waiting_clients(self) -> bool:
        """Whether there are clients that the system has connected and the event loop has not accepted."""

    async def stop(self) -> None:
        """Stop to listen."""

    def abort(self) -> None:
        """Close what was accepted and has not become a connection."""
