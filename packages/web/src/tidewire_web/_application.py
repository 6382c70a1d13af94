"""Applications: routes, state, and what happens when they start and stop."""

from __future__ import annotations

import asyncio
import functools
import logging
import warnings
from collections.abc import Awaitable, Iterable, Mapping
from types import EllipsisType
from typing import Any, Final, final

from frozenlist import FrozenList

from tidewire_web._app_state import AppState
from tidewire_web._chains import Chains, PrepareReceivers, handle_expecting, handle_refused
from tidewire_web._cleanup_ctx import CleanupContext, call_each
from tidewire_web._domains import Domain, MaskDomain
from tidewire_web._http_exceptions import HTTPMethodNotAllowed, HTTPNotFound
from tidewire_web._match_tree import Match
from tidewire_web._middlewares import checked_middlewares
from tidewire_web._request_body import checked_limit
from tidewire_web._route_table import AbstractRouteDef
from tidewire_web._router import UrlDispatcher
from tidewire_web._routes import SERVER_ROUTE, AbstractRoute
from tidewire_web._signal import Signal
from tidewire_web._sub_apps import MatchedSubAppResource, PrefixedSubAppResource
from tidewire_web._types import Handler, Middleware, RoutedRequest

__all__ = ["Application"]

# Handlers with their middlewares that are kept for routes which are not the router's own, but made with a request.
_MAX_FOREIGN_CHAINS: Final = 1024


@final
class Application(AppState):
    """A web application: its routes, and a mapping for the state that its handlers share.

    Args:
        logger: where the application's own records go.
        middlewares: coroutine functions that are put around every handler, outermost first; see `middleware()`.
        handler_args: keyword arguments for the `Server` that answers with this application; they go before those of
            the runner.
        client_max_size: bytes of a body that `Request.read()` takes, 1 MiB; 0 for any number.
        client_max_fields: fields of a form that `Request.post()` takes, 1000; 0 for any number.
        loop: ignored, with a warning: an application belongs to the event loop that starts it.
        debug: ignored, with a warning: the event loop knows.

    Raises:
        TypeError: a middleware is none, or a limit is no number.
        ValueError: a limit is negative.

    Attributes:
        cleanup_ctx: what is set up when the application starts and undone when it stops; see `CleanupContext`. It is
            the first receiver of `on_startup` and of `on_cleanup`.
        logger: where the application's own records go.
        on_startup: called with the application before the server listens.
        on_shutdown: called with the application when the server has stopped to listen, with handlers still running.
        on_cleanup: called with the application when no handler runs any more.
        on_response_prepare: called with request and response before the head of a response goes out, for them to see
            and change its fields. Receivers of the applications around are called first.
    """

    def __init__(
        self,
        *,
        logger: logging.Logger | None = None,
        middlewares: Iterable[Middleware] = (),
        handler_args: Mapping[str, Any] | None = None,
        client_max_size: int = 1024**2,
        client_max_fields: int = 1000,
        loop: asyncio.AbstractEventLoop | None = None,
        debug: bool | EllipsisType | None = ...,
    ) -> None:
        super().__init__()
        for name, given in (("loop", loop is not None), ("debug", debug is not ...)):
            if given:
                warnings.warn(f"Application ignores {name}", DeprecationWarning, stacklevel=2)
        self.logger = logger or logging.getLogger("tidewire.web")
        self._client_max_size = checked_limit("client_max_size", client_max_size)
        self._client_max_fields = checked_limit("client_max_fields", client_max_fields)
        self._handler_args = dict(handler_args or {})
        self._router = UrlDispatcher()
        self._middlewares: FrozenList[Middleware] = FrozenList(middlewares)
        checked_middlewares(self._middlewares)
        self._pre_frozen = False
        self._parent: Application | None = None
        self._nested: list[Application] = []
        self.on_startup: Signal[[Application]] = Signal(self)
        self.on_shutdown: Signal[[Application]] = Signal(self)
        self.on_cleanup: Signal[[Application]] = Signal(self)
        self.on_response_prepare: Signal[[Any, Any]] = Signal(self)
        self.cleanup_ctx = CleanupContext()
        self.on_startup.append(self.cleanup_ctx.enter)
        self.on_cleanup.append(self.cleanup_ctx.leave)
        self._loop: asyncio.AbstractEventLoop | None = None
        # Both are None where there are no middlewares, or no receivers: that is known when everything is frozen.
        self._chains: Chains | None = Chains(self, 0)
        self._receivers: PrepareReceivers | None = PrepareReceivers(self, changing=True)

    def __init_subclass__(cls) -> None:
        warnings.warn(
            f"Application is not made for subclasses: {cls.__name__}", DeprecationWarning, stacklevel=2
        )

    def __repr__(self) -> str:
        return f"<Application 0x{id(self):x}>"

    def __call__(self) -> Application:
        """Return the application, as process managers take a function that makes one."""
        return self

    @property
    def router(self) -> UrlDispatcher:
        """The routes."""
        return self._router

    @property
    def middlewares(self) -> FrozenList[Middleware]:
        """The middlewares, outermost first."""
        return self._middlewares

    @property
    def client_max_size(self) -> int:
        """Bytes of a body that `Request.read()` takes; 0 for any number."""
        return self._client_max_size

    @property
    def client_max_fields(self) -> int:
        """Fields of a form that `Request.post()` takes; 0 for any number."""
        return self._client_max_fields

    @property
    def handler_args(self) -> dict[str, Any]:
        """Keyword arguments for the `Server` that answers with this application."""
        return dict(self._handler_args)

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that has started the application; deprecated, as `asyncio.get_running_loop()` knows it."""
        warnings.warn("Application.loop is deprecated", DeprecationWarning, stacklevel=2)
        return self._loop

    # Routes and nested applications.

    def add_routes(self, routes: Iterable[AbstractRouteDef]) -> list[AbstractRoute]:
        """Add the routes of a route table, or of any iterable of route definitions."""
        return self._router.add_routes(routes)

    def add_subapp(self, prefix: str, subapp: Application) -> PrefixedSubAppResource:
        """Let another application answer everything below a prefix.

        Its middlewares run inside of those of this application, its signals are sent with this application's, and its
        routes, middlewares and signals change no more from now on. Its state does until this application runs.

        Args:
            prefix: the prefix, which begins with a slash; slashes at its end do not count.
            subapp: the other application.

        Raises:
            RuntimeError: one of the two does not change any more, or the other one is nested already, or is this one.
            TypeError: the prefix is no str, or the other one no application.
            ValueError: the prefix is empty, does not begin with a slash, or has variables.
        """
        if not isinstance(prefix, str):
            raise TypeError(f"a prefix is a str, not {prefix!r}")
        self._check_nesting(subapp)
        if any(
            isinstance(each, PrefixedSubAppResource) and each.app is subapp
            for each in self._router.resources()
        ):
            raise RuntimeError("this application is below a prefix already")
        resource = PrefixedSubAppResource(prefix.rstrip("/"), subapp)
        self._nest(resource, subapp)
        return resource

    def add_domain(self, domain: str, subapp: Application) -> MatchedSubAppResource:
        """Let another application answer all requests to a host.

        Applications that are chosen by their host come before all routes. For the rest see `add_subapp()`; an
        application may be added for several hosts.

        Args:
            domain: the host, with or without a port; see `Domain`. With a `*` in it, see `MaskDomain`.
            subapp: the other application.

        Raises:
            RuntimeError: one of the two does not change any more, or the other one is nested in a third, or is this one.
            TypeError: the host is no str, or the other one no application.
            ValueError: it is no name of a host.
        """
        if not isinstance(domain, str):
            raise TypeError(f"a domain is a str, not {domain!r}")
        rule = MaskDomain(domain) if "*" in domain else Domain(domain)
        self._check_nesting(subapp)
        resource = MatchedSubAppResource(rule, subapp)
        self._nest(resource, subapp)
        return resource

    def _check_nesting(self, subapp: Application) -> None:
        if not isinstance(subapp, Application):
            raise TypeError(f"an Application is nested, not {subapp!r}")
        if self._pre_frozen:
            raise RuntimeError(
                "this application does not change any more; of nested applications, inner ones first"
            )
        if subapp.frozen:
            raise RuntimeError("cannot nest a frozen application")
        if subapp is self:
            raise RuntimeError("an application cannot be nested in itself")
        if subapp._parent not in (None, self):
            raise RuntimeError("this application is nested already")

    def _nest(self, resource: PrefixedSubAppResource | MatchedSubAppResource, subapp: Application) -> None:
        self._router.register_resource(resource)
        if subapp._parent is None:
            subapp._parent = self
            self._nested.append(subapp)
            self.on_startup.append(functools.partial(_send_to, subapp, subapp.on_startup))
            self.on_shutdown.append(functools.partial(_send_all_to, subapp, "on_shutdown"))
            self.on_cleanup.append(functools.partial(_send_all_to, subapp, "on_cleanup"))
        subapp.pre_freeze()
        if self._loop is not None:
            subapp._bind(self._loop)

    # From start to end.

    @property
    def pre_frozen(self) -> bool:
        """Whether routes, middlewares and signals change no more."""
        return self._pre_frozen

    def pre_freeze(self) -> None:
        """Let routes, middlewares and signals change no more, those of nested applications included.

        Raises:
            TypeError: a middleware is none.
        """
        if self._pre_frozen:
            return
        checked_middlewares(self._middlewares)
        self._pre_frozen = True
        self._router.freeze()
        signals = (self.on_startup, self.on_shutdown, self.on_cleanup, self.on_response_prepare)
        for each in (self._middlewares, self.cleanup_ctx, *signals):
            each.freeze()
        for app in self._nested:
            app.pre_freeze()

    def freeze(self) -> None:
        """Let nothing change any more, the state included; what a runner calls once start-up is through."""
        if self._frozen:
            return
        self.pre_freeze()
        self._frozen = True
        for app in self._nested:
            app.freeze()
        apps = self._with_nested()
        if self._parent is None:
            # Nested applications are part of that, but for those that the router has to ask.
            self._router.compile()
            if self._router.asks_request:
                for app in apps:
                    app.router.compile()
        limit = len(self._router.routes()) + _MAX_FOREIGN_CHAINS
        self._chains = Chains(self, limit) if any(app.middlewares for app in apps) else None
        with_receivers = any(app.on_response_prepare for app in apps)
        self._receivers = PrepareReceivers(self, changing=False) if with_receivers else None

    def _with_nested(self) -> list[Application]:
        """This application and all that are nested in it, at any depth."""
        apps = [self]
        for app in apps:
            apps.extend(app._nested)
        return apps

    def _bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Belong to an event loop.

        Raises:
            RuntimeError: it belongs to another one.
        """
        for app in self._with_nested():
            if app._loop is not None and app._loop is not loop:
                raise RuntimeError("an application is started by one event loop only")
            app._loop = loop

    async def startup(self) -> None:
        """Send `on_startup`; its receivers may still change the application's state.

        Like `shutdown()` and `cleanup()` it runs its receivers in the context of its caller. Runners call all of them in
        the same one.

        Raises:
            RuntimeError: another event loop has started the application.
        """
        self._bind(asyncio.get_running_loop())
        self.on_startup.freeze()
        await self.on_startup.send(self)

    async def shutdown(self) -> None:
        """Send `on_shutdown`, to every receiver, whatever the others raise.

        Raises:
            CleanupError: several receivers raised; the exception of one alone is raised as it is.
        """
        self.on_shutdown.freeze()
        await _send_all_to(self, "on_shutdown")

    async def cleanup(self) -> None:
        """Send `on_cleanup`, to every receiver, whatever the others raise.

        That is done where start-up failed, too; of the cleanup contexts those are undone that were set up.

        Raises:
            CleanupError: several receivers raised; the exception of one alone is raised as it is.
        """
        self.on_cleanup.freeze()
        await _send_all_to(self, "on_cleanup")

    # Requests.

    def handle(self, request: RoutedRequest) -> Awaitable[Any]:
        """Find the handler for a request and call it, within the middlewares; what it returns is to be awaited.

        Raises:
            HTTPNotFound: there is no route for the path.
            HTTPMethodNotAllowed: there are routes for the path, but not for the method.
        """
        router = self._router
        if router.asks_request:
            return self._handle_resolved(request)
        head = request.head
        target = head.target
        if target[0] == "/":
            match = request.match = router.match(request.method, target)
        else:
            path = request.rel_url.raw_path
            about_server = path[0] != "/"
            match = Match(SERVER_ROUTE, {}, []) if about_server else router.match(request.method, path)
            request.match = match
        chains = self._chains
        if self._receivers is not None:
            request.prepare_receivers = self._receivers.of(match.apps)
        route = match.route
        if route is None:
            if chains is not None:
                return handle_refused(request, chains.without_route(match.apps))
            if match.allowed:
                raise HTTPMethodNotAllowed(request.method, match.allowed)
            raise HTTPNotFound
        handler: Handler = route.handler
        if chains is not None:
            handler = chains.by_route.get(route) or chains.make(route, match.apps)
        if head.expect is not None:
            return handle_expecting(request, route.handle_expect_header, handler)
        return handler(request)

    async def _handle_resolved(self, request: RoutedRequest) -> Any:
        """Handle a request for which the router has to look at more than method and path."""
        info = await self._router.resolve(request)
        apps = info.apps
        info.add_app(self)
        info.freeze()
        request._match_info = info
        chains = self._chains
        if self._receivers is not None:
            request.prepare_receivers = self._receivers.of(apps)
        refusal = info.http_exception
        request.match = Match(None if refusal is not None else info.route, {}, [], apps)
        if refusal is not None:
            if chains is None:
                raise refusal
            return await handle_refused(request, chains.without_route(apps))
        route: Any = info.route
        handler: Handler = route.handler
        if chains is not None:
            handler = chains.by_route.get(route) or chains.make(route, apps)
        if request.head.expect is not None:
            return await handle_expecting(request, route.handle_expect_header, handler)
        return await handler(request)


async def _send_to(app: Application, signal: Signal[[Application]], _outer: Application) -> None:
    """Send a signal of a nested application, as a receiver of that of the one around it."""
    await signal.send(app)


async def _send_all_to(app: Application, name: str, _outer: Application | None = None) -> None:
    """Call every receiver of an application's signal, whatever the others raise."""
    signal: Signal[[Application]] = getattr(app, name)
    await call_each([functools.partial(receiver, app) for receiver in signal], f"receivers of {name} failed")
