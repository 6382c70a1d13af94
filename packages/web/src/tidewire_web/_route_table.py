"""Route tables: routes that are written down before there is an application to add them to."""

from __future__ import annotations

import abc
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from tidewire_web._types import Handler, RouteRegistry
from tidewire_web._views import AbstractView

__all__ = [
    "AbstractRouteDef",
    "RouteDef",
    "RouteTableDef",
    "StaticDef",
    "delete",
    "get",
    "head",
    "options",
    "patch",
    "post",
    "put",
    "route",
    "static",
    "view",
]

HandlerT = TypeVar("HandlerT", bound=Callable[[Any], Awaitable[Any]])
ViewT = TypeVar("ViewT", bound=type[AbstractView])


class AbstractRouteDef(abc.ABC):
    """Something that can be added to a router."""

    @abc.abstractmethod
    def register(self, router: RouteRegistry) -> list[Any]:
        """Add it to a router; returns the routes that were added."""


@dataclass(frozen=True)
class RouteDef(AbstractRouteDef):
    """The definition of one route.

    Attributes:
        method: the method; `*` for any.
        path: the path, with variables in braces.
        handler: the coroutine function that answers.
        kwargs: further arguments of the router's method: `name`, `expect_handler`, for GET `allow_head`.
    """

    method: str
    path: str
    handler: Handler
    kwargs: dict[str, Any] = field(default_factory=dict)

    def register(self, router: RouteRegistry) -> list[Any]:
        """Add the route to a router."""
        if self.method == "GET":
            return [router.add_get(self.path, self.handler, **self.kwargs)]
        return [router.add_route(self.method, self.path, self.handler, **self.kwargs)]


@dataclass(frozen=True)
class StaticDef(AbstractRouteDef):
    """The definition of a resource for the files of a folder.

    Attributes:
        prefix: the path before the names of files.
        path: the folder.
        kwargs: further arguments of the router's `add_static()`.
    """

    prefix: str
    path: str | os.PathLike[str]
    kwargs: dict[str, Any] = field(default_factory=dict)

    def register(self, router: RouteRegistry) -> list[Any]:
        """Add the resource to a router; returns its routes."""
        return list(router.add_static(self.prefix, self.path, **self.kwargs))


def route(method: str, path: str, handler: Handler, **kwargs: Any) -> RouteDef:
    """Define a route for a method."""
    return RouteDef(method, path, handler, kwargs)


def get(path: str, handler: Handler, *, allow_head: bool = True, **kwargs: Any) -> RouteDef:
    """Define a route for GET and, unless `allow_head` is false, for HEAD."""
    return RouteDef("GET", path, handler, {"allow_head": allow_head, **kwargs})


def head(path: str, handler: Handler, **kwargs: Any) -> RouteDef:
    """Define a route for HEAD."""
    return route("HEAD", path, handler, **kwargs)


def options(path: str, handler: Handler, **kwargs: Any) -> RouteDef:
    """Define a route for OPTIONS."""
    return route("OPTIONS", path, handler, **kwargs)


def post(path: str, handler: Handler, **kwargs: Any) -> RouteDef:
    """Define a route for POST."""
    return route("POST", path, handler, **kwargs)


def put(path: str, handler: Handler, **kwargs: Any) -> RouteDef:
    """Define a route for PUT."""
    return route("PUT", path, handler, **kwargs)


def patch(path: str, handler: Handler, **kwargs: Any) -> RouteDef:
    """Define a route for PATCH."""
    return route("PATCH", path, handler, **kwargs)


def delete(path: str, handler: Handler, **kwargs: Any) -> RouteDef:
    """Define a route for DELETE."""
    return route("DELETE", path, handler, **kwargs)


def view(path: str, handler: type[AbstractView], **kwargs: Any) -> RouteDef:
    """Define the route of a view, which answers every method that it has a coroutine method for."""
    return route("*", path, handler, **kwargs)


def static(prefix: str, path: str | os.PathLike[str], **kwargs: Any) -> StaticDef:
    """Define a resource for the files of a folder; `kwargs` are further arguments of the router's `add_static()`."""
    return StaticDef(prefix, path, kwargs)


class RouteTableDef(Sequence[AbstractRouteDef]):
    """A table of routes, filled by decorators and added to any number of applications."""

    def __init__(self) -> None:
        self._items: list[AbstractRouteDef] = []

    def __repr__(self) -> str:
        return f"<RouteTableDef count={len(self._items)}>"

    @overload
    def __getitem__(self, index: int) -> AbstractRouteDef: ...

    @overload
    def __getitem__(self, index: slice) -> list[AbstractRouteDef]: ...

    def __getitem__(self, index: int | slice) -> AbstractRouteDef | list[AbstractRouteDef]:
        return self._items[index]

    def __iter__(self) -> Iterator[AbstractRouteDef]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def route(self, method: str, path: str, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route."""

        def decorate(handler: HandlerT) -> HandlerT:
            self._items.append(RouteDef(method, path, handler, kwargs))
            return handler

        return decorate

    def get(self, path: str, *, allow_head: bool = True, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route for GET and, unless `allow_head` is false, for HEAD."""
        return self.route("GET", path, allow_head=allow_head, **kwargs)

    def head(self, path: str, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route for HEAD."""
        return self.route("HEAD", path, **kwargs)

    def options(self, path: str, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route for OPTIONS."""
        return self.route("OPTIONS", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route for POST."""
        return self.route("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route for PUT."""
        return self.route("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route for PATCH."""
        return self.route("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Callable[[HandlerT], HandlerT]:
        """Decorate the handler of a route for DELETE."""
        return self.route("DELETE", path, **kwargs)

    def view(self, path: str, **kwargs: Any) -> Callable[[ViewT], ViewT]:
        """Decorate a view, which answers every method that it has a coroutine method for."""

        def decorate(handler: ViewT) -> ViewT:
            self._items.append(view(path, handler, **kwargs))
            return handler

        return decorate

    def static(self, prefix: str, path: str | os.PathLike[str], **kwargs: Any) -> None:
        """Add a resource for the files of a folder; `kwargs` are further arguments of the router's `add_static()`."""
        self._items.append(static(prefix, path, **kwargs))
