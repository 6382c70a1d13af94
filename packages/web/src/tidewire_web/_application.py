"""Applications: routes, state, and what happens when they start and stop."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable, Iterator, MutableMapping
from typing import Any, TypeVar, final, overload

from tidewire_web._expect import expects_something
from tidewire_web._http_exceptions import HTTPMethodNotAllowed, HTTPNotFound
from tidewire_web._keys import AppKey
from tidewire_web._match_tree import Match
from tidewire_web._route_table import AbstractRouteDef
from tidewire_web._router import UrlDispatcher
from tidewire_web._routes import AbstractRoute
from tidewire_web._signal import Signal
from tidewire_web._types import RoutedRequest

__all__ = ["Application"]

T = TypeVar("T")


@final
class Application(MutableMapping[str | AppKey[Any], Any]):
    """A web application: its routes, and a mapping for the state that its handlers share.

    Args:
        logger: where the application's own records go.
        client_max_size: bytes of a body that `Request.read()` takes, 1 MiB; 0 for any number.

    Attributes:
        on_startup: called with the application before the server listens.
        on_shutdown: called with the application when the server has stopped to listen, with handlers still running.
        on_cleanup: called with the application when no handler runs any more.
    """

    def __init__(self, *, logger: logging.Logger | None = None, client_max_size: int = 1024**2) -> None:
        self.logger = logger or logging.getLogger("tidewire.web")
        self._client_max_size = client_max_size
        self._router = UrlDispatcher()
        self._state: dict[str | AppKey[Any], Any] = {}
        self._frozen = False
        self.on_startup: Signal[[Application]] = Signal(self)
        self.on_shutdown: Signal[[Application]] = Signal(self)
        self.on_cleanup: Signal[[Application]] = Signal(self)

    def __repr__(self) -> str:
        return f"<Application 0x{id(self):x}>"

    # A mapping of its state, compared by identity.

    @overload
    def __getitem__(self, key: AppKey[T]) -> T: ...

    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: str | AppKey[T]) -> Any:
        return self._state[key]

    @overload
    def __setitem__(self, key: AppKey[T], value: T) -> None: ...

    @overload
    def __setitem__(self, key: str, value: Any) -> None: ...

    def __setitem__(self, key: str | AppKey[T], value: Any) -> None:
        self._check_not_frozen()
        self._state[key] = value

    def __delitem__(self, key: str | AppKey[Any]) -> None:
        self._check_not_frozen()
        del self._state[key]

    def __len__(self) -> int:
        return len(self._state)

    def __iter__(self) -> Iterator[str | AppKey[Any]]:
        return iter(self._state)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    @property
    def router(self) -> UrlDispatcher:
        """The routes."""
        return self._router

    @property
    def client_max_size(self) -> int:
        """Bytes of a body that `Request.read()` takes; 0 for any number."""
        return self._client_max_size

    def add_routes(self, routes: Iterable[AbstractRouteDef]) -> list[AbstractRoute]:
        """Add the routes of a route table, or of any iterable of route definitions."""
        return self._router.add_routes(routes)

    @property
    def frozen(self) -> bool:
        """Whether the application runs, so that its routes, signals and keys change no more."""
        return self._frozen

    def freeze(self) -> None:
        """Let routes, signals and keys change no more; what a runner calls once start-up is through."""
        self._frozen = True
        self._router.freeze()
        self._router.compile()
        for signal in (self.on_startup, self.on_shutdown, self.on_cleanup):
            signal.freeze()

    async def startup(self) -> None:
        """Call the receivers of `on_startup`; they may still change the application's state."""
        self.on_startup.freeze()
        await self.on_startup.send(self)

    async def shutdown(self) -> None:
        """Call the receivers of `on_shutdown`."""
        self.on_shutdown.freeze()
        await self.on_shutdown.send(self)

    async def cleanup(self) -> None:
        """Call the receivers of `on_cleanup`."""
        self.on_cleanup.freeze()
        await self.on_cleanup.send(self)

    def handle(self, request: RoutedRequest) -> Awaitable[Any]:
        """Find the handler for a request and call it; what it returns is to be awaited.

        Raises:
            HTTPNotFound: there is no route for the path.
            HTTPMethodNotAllowed: there are routes for the path, but not for the method.
        """
        router = self._router
        if router.asks_request:
            return self._handle_resolved(request)
        head = request.head
        target = head.target
        if target[0] != "/":
            target = request.rel_url.raw_path
        match = request.match = router.match(request.method, target)
        route = match.route
        if route is not None:
            # Next to no request expects something: those without a body are asked only where somebody cares.
            if (head.expect_continue or head.body_length or route.expects) and expects_something(request):
                return _handle_expecting(request, route)
            handled: Awaitable[Any] = route.handler(request)
            return handled
        if match.allowed:
            raise HTTPMethodNotAllowed(request.method, match.allowed)
        raise HTTPNotFound

    async def _handle_resolved(self, request: RoutedRequest) -> Any:
        """Handle a request for which the router has to look at more than method and path."""
        info = request._match_info = await self._router.resolve(request)
        if info.http_exception is not None:
            raise info.http_exception
        route: Any = info.route
        request.match = Match(route, {}, [], info.apps)
        if expects_something(request):
            return await _handle_expecting(request, route)
        return await route.handler(request)

    def _check_not_frozen(self) -> None:
        if self._frozen:
            raise RuntimeError("the state of a running application does not change")


async def _handle_expecting(request: RoutedRequest, route: AbstractRoute) -> Any:
    """Handle a request with an Expect field: the handler's turn comes if what answers the field leaves it to it."""
    answer = await route.handle_expect_header(request)
    return await route.handler(request) if answer is None else answer
