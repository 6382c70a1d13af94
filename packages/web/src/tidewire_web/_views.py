"""Handlers that are classes, with a method for each HTTP method."""

from __future__ import annotations

import abc
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Final, NoReturn

from tidewire_web._http_exceptions import HTTPMethodNotAllowed

__all__ = ["AbstractView", "View"]

_METHODS: Final = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")


class AbstractView(abc.ABC):
    """A handler that is a class: an instance is made for each request, and awaited for the response.

    Args:
        request: the request.
    """

    def __init__(self, request: Any) -> None:
        self._request = request

    @property
    def request(self) -> Any:
        """The request."""
        return self._request

    @abc.abstractmethod
    def __await__(self) -> Generator[Any, None, Any]:
        """Answer the request."""


class View(AbstractView):
    """A handler with a coroutine method for each HTTP method that it answers: `get()`, `post()`, `put()`, ...

    It is added by `add_view()`, or as the handler of a route for any method. Other methods are answered with 405.
    """

    def __await__(self) -> Generator[Any, None, Any]:
        return self._answer().__await__()

    async def _answer(self) -> Any:
        method = self.request.method
        # Methods are case-sensitive: `get` is another one than GET, and answered by nobody.
        answer: Callable[[], Awaitable[Any]] | None = None
        if method in _METHODS:
            answer = getattr(self, method.lower(), None)
        if answer is None:
            self._refuse()
        return await answer()

    def _refuse(self) -> NoReturn:
        allowed = [method for method in _METHODS if hasattr(self, method.lower())]
        raise HTTPMethodNotAllowed(self.request.method, allowed)
