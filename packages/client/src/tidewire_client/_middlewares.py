"""Middlewares: what stands between a session and its requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias, cast

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

    async def __call__(self, request: ClientRequest) -> ClientResponse:
        response: Any = await self._middleware(request, self._handler)
        if response is None:
            raise TypeError(f"the middleware {self._middleware!r} has returned no response, but None")
        return cast(ClientResponse, response)


class Given:
    """Sends requests for middlewares, and knows the responses that they got and that are not at their end.

    Args:
        handler: sends a request.
    """

    __slots__ = ("_handler", "_responses")

    def __init__(self, handler: ClientHandlerType) -> None:
        self._handler = handler
        self._responses: list[ClientResponse] = []

    async def __call__(self, request: ClientRequest) -> ClientResponse:
        """Send a request."""
        response = await self._handler(request)
        # Few are left, however often something is sent.
        self._responses = [each for each in self._responses if not each.closed]
        self._responses.append(response)
        return response

    def close(self) -> None:
        """Close the responses: the request has failed, so that nobody gets them."""
        for response in self._responses:
            response.close()
