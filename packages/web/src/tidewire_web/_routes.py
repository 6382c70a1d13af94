"""Routes: a method, and the handler that answers it."""

from __future__ import annotations

import abc
import inspect
from typing import Any, Final

from yarl import URL

from tidewire_web._expect import meet_expectation
from tidewire_web._http_exception import HTTPException
from tidewire_web._http_exceptions import HTTPNotImplemented
from tidewire_web._http_successes import HTTPNoContent
from tidewire_web._types import ExpectHandler, Handler
from tidewire_web._views import AbstractView

__all__ = ["AbstractRoute", "ResourceRoute", "SystemRoute"]

_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def checked_method(method: str) -> str:
    """A method in upper case.

    Raises:
        ValueError: it is no token (RFC 9110, section 9.1).
    """
    upper = method.upper()
    if not method or not _TOKEN.issuperset(method):
        raise ValueError(f"a method is a token: {method!r}")
    return upper


def _checked_handler(handler: Any) -> Any:
    """A handler, of which nobody can tell before it is called whether it gives something to await.

    Raises:
        TypeError: it cannot be called, or is a generator function.
    """
    if not callable(handler):
        raise TypeError(f"a handler is a coroutine function, not {handler!r}")
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise TypeError(f"a handler is a coroutine function, not a generator function: {handler!r}")
    return handler


class AbstractRoute(abc.ABC):
    """A method, and the handler that answers it.

    Args:
        method: the method, in any case; `*` for any.
        handler: a coroutine function that takes a request and returns a response, a subclass of `View`, or whatever else
            can be called and gives something to await: a partial, an object with `__call__()`, a plain function that
            returns a coroutine.
        expect_handler: a coroutine function that takes a request which has an Expect field, before middlewares and
            handler. It returns None, having sent 100 (Continue), for the request to be handled; or a response; or
            raises an `HTTPException`. None for `100-continue` to be met and anything else to be answered with 417.
        resource: the resource that the route belongs to.
        handler_cancellation: whether the handler is cancelled when its client goes before the response is complete;
            None for what the server does.

    Raises:
        TypeError: a handler is none.
        ValueError: the method is no token.

    Attributes:
        method: the method, in upper case.
        handler: what is called with a request and gives something to await.
        resource: the resource; None where there is none.
        handler_cancellation: whether the handler is cancelled when its client goes; None for what the server does.
    """

    handler_cancellation: bool | None = None

    def __init__(
        self,
        method: str,
        handler: Handler | type[AbstractView],
        *,
        expect_handler: ExpectHandler | None = None,
        resource: Any = None,
        handler_cancellation: bool | None = None,
    ) -> None:
        if expect_handler is not None and not inspect.iscoroutinefunction(expect_handler):
            raise TypeError(f"an expect handler is a coroutine function, not {expect_handler!r}")
        self.method = checked_method(method)
        self.handler: Handler = _checked_handler(handler)
        self.resource = resource
        self._expect_handler = expect_handler or meet_expectation
        if handler_cancellation is not None:
            self.handler_cancellation = handler_cancellation

    @property
    @abc.abstractmethod
    def name(self) -> str | None:
        """The name of the resource."""

    @abc.abstractmethod
    def get_info(self) -> dict[str, Any]:
        """What is known of the resource, for introspection."""

    @abc.abstractmethod
    def url_for(self, *args: str, **kwargs: str) -> URL:
        """Build a URL that leads here."""

    async def handle_expect_header(self, request: Any) -> Any:
        """Call the expect handler; None means that the request is to be handled."""
        return await self._expect_handler(request)


class ResourceRoute(AbstractRoute):
    """A route of a resource.

    Args:
        method: the method, in any case; `*` for any.
        handler: see `AbstractRoute`.
        resource: the resource.
        expect_handler: see `AbstractRoute`.
        handler_cancellation: see `AbstractRoute`.
    """

    def __init__(
        self,
        method: str,
        handler: Handler | type[AbstractView],
        resource: Any,
        *,
        expect_handler: ExpectHandler | None = None,
        handler_cancellation: bool | None = None,
    ) -> None:
        super().__init__(
            method,
            handler,
            expect_handler=expect_handler,
            resource=resource,
            handler_cancellation=handler_cancellation,
        )

    def __repr__(self) -> str:
        return f"<ResourceRoute [{self.method}] {self.resource} -> {self.handler!r}>"

    @property
    def name(self) -> str | None:
        """The name of the resource."""
        name: str | None = self.resource.name
        return name

    def get_info(self) -> dict[str, Any]:
        """What is known of the resource, for introspection."""
        info: dict[str, Any] = self.resource.get_info()
        return info

    def url_for(self, *args: str, **kwargs: str) -> URL:
        """Build the URL of the resource; see there."""
        url: URL = self.resource.url_for(*args, **kwargs)
        return url


class SystemRoute(AbstractRoute):
    """The route of requests that have none: its handler raises what is to be answered.

    Args:
        http_exception: what is to be answered, 404 or 405.
    """

    def __init__(self, http_exception: HTTPException) -> None:
        async def refuse(_request: Any) -> Any:
            raise http_exception

        # One is made for each request without a route: there is nothing to check, and no circle for the garbage
        # collector to find.
        self.method = "*"
        self.handler = refuse
        self.resource = None
        self._expect_handler = meet_expectation
        self._http_exception = http_exception

    def __repr__(self) -> str:
        return f"<SystemRoute {self.status}: {self.reason}>"

    @property
    def name(self) -> str | None:
        """None."""
        return None

    @property
    def status(self) -> int:
        """The status code of the answer."""
        return self._http_exception.status

    @property
    def reason(self) -> str:
        """The reason phrase of the answer."""
        return self._http_exception.reason

    def get_info(self) -> dict[str, Any]:
        """The exception, as `http_exception`."""
        return {"http_exception": self._http_exception}

    def url_for(self, *args: str, **kwargs: str) -> URL:
        """There is none.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("url_for() of a route that is no resource's")


async def _answer_for_server(request: Any) -> Any:
    if request.head.target == "*":
        raise HTTPNoContent  # OPTIONS, which asks the server whether it is there (RFC 9110, section 9.3.7)
    raise HTTPNotImplemented  # CONNECT: this is no proxy (RFC 9110, sections 9.3.6 and 15.6.2)


class ServerRoute(AbstractRoute):
    """The route of requests whose target is no path: those are about the server itself."""

    def __init__(self) -> None:
        super().__init__("*", _answer_for_server)

    def __repr__(self) -> str:
        return "<ServerRoute>"

    @property
    def name(self) -> str | None:
        """None."""
        return None

    def get_info(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def url_for(self, *args: str, **kwargs: str) -> URL:
        """There is none.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("url_for() of a route that is no resource's")


SERVER_ROUTE: Final = ServerRoute()
