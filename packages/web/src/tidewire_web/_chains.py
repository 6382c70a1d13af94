"""What an application calls for a request: handlers within middlewares, and receivers of `on_response_prepare`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

from tidewire_web._expect import meet_expectation
from tidewire_web._middlewares import chain
from tidewire_web._routes import AbstractRoute
from tidewire_web._types import Handler, Middleware, PrepareReceiver, RoutedRequest

__all__: list[str] = []


class _App(Protocol):
    """An application, as far as its middlewares and receivers go."""

    @property
    def middlewares(self) -> Sequence[Middleware]:
        """Its middlewares, outermost first."""

    @property
    def on_response_prepare(self) -> Iterable[PrepareReceiver]:
        """Its receivers, in their order."""


class Chains:
    """Handlers with all middlewares that are on the way to them, made when they are needed for the first time.

    Args:
        app: the outermost application.
        limit: for how many routes a handler is kept, 0 as long as middlewares may change. Those that a resource of the
            user's own makes with each request are not to pile up.

    Attributes:
        by_route: what is kept.
    """

    def __init__(self, app: _App, limit: int) -> None:
        self._app = app
        self._limit = limit
        self.by_route: dict[AbstractRoute, Handler] = {}
        self._without_route: dict[Sequence[Any], Handler] = {}

    def make(self, route: AbstractRoute, apps: Sequence[Any]) -> Handler:
        """Make the handler of a route for which there is none in `by_route`.

        Args:
            route: the route.
            apps: the nested applications that it is in, outermost first.
        """
        handler = chain(route.handler, (self._app, *apps))
        if len(self.by_route) < self._limit:
            self.by_route[route] = handler
        return handler

    def without_route(self, apps: Sequence[Any]) -> Handler:
        """The handler of requests without a route, which raises what is to be answered.

        Args:
            apps: the nested applications that have none, outermost first.
        """
        handler = self._without_route.get(apps)
        if handler is None:
            handler = chain(_refuse, (self._app, *apps))
            if self._limit:
                self._without_route[apps] = handler
        return handler


class PrepareReceivers:
    """The receivers of `on_response_prepare` by the applications that a request goes through.

    Args:
        app: the outermost application.
        changing: whether receivers may still be added.
    """

    def __init__(self, app: _App, *, changing: bool) -> None:
        self._app = app
        self._changing = changing
        self._found: dict[Sequence[Any], tuple[PrepareReceiver, ...]] = {}

    def of(self, apps: Sequence[Any]) -> tuple[PrepareReceiver, ...]:
        """The receivers of the outermost application and of nested ones, in this order."""
        found = self._found.get(apps)
        if found is None:
            found = tuple(receiver for app in (self._app, *apps) for receiver in app.on_response_prepare)
            if not self._changing:
                self._found[apps] = found
        return found


async def _refuse(request: Any) -> Any:
    raise request.match_info.http_exception


async def handle_expecting(
    request: RoutedRequest, expect_handler: Callable[[Any], Awaitable[Any]], handler: Handler
) -> Any:
    """Handle a request with an Expect field: the handler's turn comes if what answers the field leaves it to it."""
    answer = await expect_handler(request)
    return await handler(request) if answer is None else answer


def handle_refused(request: RoutedRequest, handler: Handler) -> Awaitable[Any]:
    """Let middlewares have a request for which there is no route: they may want its body."""
    if request.head.expect is not None:
        return handle_expecting(request, meet_expectation, handler)
    return handler(request)
