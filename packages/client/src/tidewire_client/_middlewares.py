"""Middlewares: what stands between a session and its requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from tidewire_client._client_request import ClientRequest
from tidewire_client._client_response import ClientResponse

__all__ = ["ClientHandlerType", "ClientMiddlewareType"]

ClientHandlerType: TypeAlias = Callable[[ClientRequest], Awaitable[ClientResponse]]
"""Sends a request."""

ClientMiddlewareType: TypeAlias = Callable[[ClientRequest, ClientHandlerType], Awaitable[ClientResponse]]
"""A middleware: called with a request and with what sends it, which it may call once, several times or not at all."""


def chain(handler: ClientHandlerType, middlewares: Iterable[ClientMiddlewareType]) -> ClientHandlerType:
    """Put middlewares around a handler; the first of them is the outermost."""
    for middleware in reversed(list(middlewares)):
        handler = _Step(middleware, handler)
    return handler


class _Step:
    """One middleware with what comes after it."""

    __slots__ = ("_handler", "_middleware")

    def __init__(self, middleware: ClientMiddlewareType, handler: ClientHandlerType) -> None:
        self._middleware = middleware
        self._handler = handler

    def __call__(self, request: ClientRequest) -> Awaitable[ClientResponse]:
        return self._middleware(request, self._handler)
