"""The configuration of an application, and what it does for requests."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from tidewire_cors._options import CorsOptions, ResourceOptions, checked_options, is_token
from tidewire_cors._policy import PREFLIGHT_VARY, Policy, PreflightRefused, add_vary
from tidewire_cors._view_options import has_method, view_layers
from tidewire_web import (
    AbstractResource,
    AbstractRoute,
    AppKey,
    Application,
    HTTPForbidden,
    Request,
    RequestKey,
    Response,
    StreamResponse,
    middleware,
)

__all__ = ["CORS_CONFIG", "CorsConfig", "setup"]

Entity = TypeVar("Entity", bound="AbstractRoute | AbstractResource | Application")
Handler = Callable[[Request], Awaitable[StreamResponse]]

_ORIGIN: Final = "Origin"
_METHOD: Final = "Access-Control-Request-Method"
_HEADERS: Final = "Access-Control-Request-Headers"
_PRIVATE: Final = "Access-Control-Request-Private-Network"
_IS_PREFLIGHT: Final = RequestKey("is_preflight", bool)


class CorsConfig:
    """What other origins may do with an application; made by `setup()`.

    Preflight requests for what was added are answered before any handler sees them; other OPTIONS requests go to the
    handler that there is for them. All other responses get their fields last of all, so that errors, redirections and
    streams have them, too.

    Args:
        app: the application.
        defaults: what origins may do with everything that is added, where nothing else is said of them.

    Raises:
        RuntimeError: the application does not change any more.
        ValueError: the defaults are malformed.
    """

    def __init__(self, app: Application, *, defaults: CorsOptions | None = None) -> None:
        self._app = app
        self._defaults = checked_options(defaults)
        self._added: dict[object, Mapping[str, ResourceOptions]] = {}
        app.middlewares.append(self.answer_preflight)
        app.on_response_prepare.append(self._set_fields)

    def __repr__(self) -> str:
        return f"<CorsConfig of {len(self._added)} routes, resources and applications>"

    def add(
        self, routing_entity: Entity, config: CorsOptions | None = None, webview: bool | None = None
    ) -> Entity:
        """Let other origins get at a route, at all routes of a resource, or at everything in an application.

        What is said of a route goes before what is said of its resource, that before what is said of the innermost
        application, and so on up to the defaults; for each origin, and a name before `*`.

        Args:
            routing_entity: a route; a resource, a static one, too; this application, or one that is nested in it.
            config: what origins may do, beside the defaults.
            webview: ignored; views are known as such.

        Returns:
            What was given.

        Raises:
            ValueError: it was added already, is something else, or the options are malformed.
        """
        if webview is not None:
            warnings.warn("webview is ignored: views are known as such", DeprecationWarning, stacklevel=2)
        entity: object = routing_entity
        if not isinstance(entity, (AbstractRoute, AbstractResource, Application)):
            raise ValueError(f"a route, a resource or an application, not {routing_entity!r}")
        if entity in self._added:
            raise ValueError(f"{routing_entity!r} was added already")
        self._added[entity] = checked_options(config)
        return routing_entity

    def policy_for(self, info: Any, method: str) -> Policy | None:
        """Return what origins may do with what the router has found; None where that was not added.

        Args:
            info: what the router has found, `request.match_info` for instance.
            method: the method of the request.
        """
        route = info.route
        apps = info.apps
        if not apps or apps[0] is not self._app:
            # The router of an application knows those that are nested in it, and not itself.
            apps = (*(() if self._app in apps else (self._app,)), *apps)
        entities = (route, getattr(route, "resource", None), *reversed(apps))
        layers = [self._added[each] for each in entities if each is not None and each in self._added]
        if not layers:
            return None
        return Policy([*view_layers(getattr(route, "handler", None), method), *layers, self._defaults])

    @middleware
    async def answer_preflight(self, request: Request, handler: Handler) -> StreamResponse:
        """Answer a preflight request, or hand a request on."""
        if request.method != "OPTIONS" or _METHOD not in request.headers or _ORIGIN not in request.headers:
            return await handler(request)
        method = request.headers[_METHOD].strip(" \t")
        if not is_token(method):
            return await handler(request)
        info: Any = await self._app.router.resolve(request.clone(method=method))
        policy = self.policy_for(info, method)
        if policy is None or (info.http_exception is not None and info.http_exception.status == 404):
            return await handler(request)
        request[_IS_PREFLIGHT] = True
        try:
            if info.http_exception is not None or not has_method(info.route.handler, method):
                raise PreflightRefused(f"there is no route for the method {method:.40}")
            fields = policy.answer_preflight(
                _only(request, _ORIGIN),
                _only(request, _METHOD).strip(" \t"),
                ",".join(request.headers.getall(_HEADERS, [])),
                private_network=request.headers.get(_PRIVATE) == "true",
            )
        except PreflightRefused as refusal:
            refused = HTTPForbidden(text=str(refusal))
            add_vary(refused.headers, PREFLIGHT_VARY)
            raise refused from None
        response = Response(headers=fields)
        add_vary(response.headers, PREFLIGHT_VARY)
        return response

    async def _set_fields(self, request: Any, response: Any) -> None:
        """Let a page see a response, if it may."""
        if _IS_PREFLIGHT in request:
            return
        policy = self.policy_for(request.match_info, request.method)
        if policy is None:
            return
        headers = response.headers
        # Whoever asks without an origin gets another response, too.
        add_vary(headers, (_ORIGIN,))
        origins = request.headers.getall(_ORIGIN, [])
        if len(origins) == 1 and "Access-Control-Allow-Origin" not in headers:
            for name, value in policy.answer(origins[0], list(headers)):
                headers[name] = value


CORS_CONFIG: Final = AppKey("CORS_CONFIG", CorsConfig)
"""The key of an application's configuration."""


def setup(app: Application, *, defaults: CorsOptions | None = None) -> CorsConfig:
    """Let other origins get at an application, as far as that is added to what this returns.

    Where other middlewares answer requests themselves, such as those that ask for a password, call this before they
    are added: preflight requests have no credentials.

    Args:
        app: the application.
        defaults: what origins may do with everything that is added, where nothing else is said of them.

    Raises:
        RuntimeError: the application does not change any more.
        ValueError: it was set up already, or the defaults are malformed.
    """
    if CORS_CONFIG in app:
        raise ValueError("the application has a configuration already")
    config = app[CORS_CONFIG] = CorsConfig(app, defaults=defaults)
    return config


def _only(request: Request, name: str) -> str:
    """The value of a field that is there once.

    Raises:
        PreflightRefused: it is there more than once, or empty.
    """
    values = request.headers.getall(name, [])
    if len(values) != 1 or not values[0]:
        raise PreflightRefused(f"{name} is malformed")
    return values[0]
