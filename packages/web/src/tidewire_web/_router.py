"""The router: which handler answers which request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from tidewire_web._matcher import ANY_METHOD, Matcher, Node, Resource, Tail, Variable
from tidewire_web._patterns import Segment, decode, matcher, parse_path

if TYPE_CHECKING:
    from tidewire_web._route_table import AbstractRouteDef

__all__ = ["Route", "UrlDispatcher"]

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Route:
    """A method on a path, and the handler that answers it.

    Attributes:
        method: the method in upper case; `*` for any.
        path: the path as it was registered.
        handler: the coroutine function that answers.
    """

    __slots__ = ("handler", "method", "path")

    def __init__(self, method: str, path: str, handler: Callable[[Any], Awaitable[Any]]) -> None:
        self.method = method
        self.path = path
        self.handler = handler

    def __repr__(self) -> str:
        return f"<Route [{self.method}] {self.path} -> {self.handler!r}>"


class UrlDispatcher:
    """The routes of an application.

    A path is literal (`/about`), or has variables: `{name}` matches one segment, `{name:regex}` what the regular
    expression matches, slashes included. A literal path wins over one with variables, whatever the order.

    Attributes:
        match: finds the route for a method and a request target; see `Matcher.match()`.
    """

    def __init__(self) -> None:
        self._matcher = Matcher(decode)
        self.match = self._matcher.match
        self._routes: list[Route] = []
        self._frozen = False

    def __repr__(self) -> str:
        return f"<UrlDispatcher of {len(self._routes)} routes>"

    @property
    def frozen(self) -> bool:
        """Whether routes can be added no more."""
        return self._frozen

    def freeze(self) -> None:
        """Let no more routes be added."""
        self._frozen = True

    def routes(self) -> list[Route]:
        """The routes, in the order in which they were added."""
        return list(self._routes)

    def add_route(self, method: str, path: str, handler: Callable[[Any], Awaitable[Any]]) -> Route:
        """Add a route.

        Args:
            method: the method, in any case; `*` for every one that has no route of its own on this path.
            path: the path, with variables in braces.
            handler: a coroutine function that takes a request and returns a response.

        Raises:
            RuntimeError: the router is frozen, or there is a route for this method and path.
            ValueError: the method or the path is malformed.
        """
        if self._frozen:
            raise RuntimeError("cannot add a route to a frozen router")
        if not callable(handler):
            raise TypeError(f"a handler is a coroutine function, not {handler!r}")
        method = method.upper()
        if not method or not _TOKEN.issuperset(method):
            raise ValueError(f"a method is a token: {method!r}")
        resource = self._resource(path)
        if method in resource.routes or ANY_METHOD in resource.routes:
            raise RuntimeError(f"there is a route for {method} {path} already")
        route = Route(method, path, handler)
        resource.add(method, route)
        self._routes.append(route)
        return route

    def add_get(
        self, path: str, handler: Callable[[Any], Awaitable[Any]], *, allow_head: bool = True
    ) -> Route:
        """Add a route for GET and, unless `allow_head` is false or there is one already, for HEAD."""
        route = self.add_route("GET", path, handler)
        if allow_head and "HEAD" not in self._resource(path).routes:
            self.add_route("HEAD", path, handler)
        return route

    def add_head(self, path: str, handler: Callable[[Any], Awaitable[Any]]) -> Route:
        """Add a route for HEAD."""
        return self.add_route("HEAD", path, handler)

    def add_options(self, path: str, handler: Callable[[Any], Awaitable[Any]]) -> Route:
        """Add a route for OPTIONS."""
        return self.add_route("OPTIONS", path, handler)

    def add_post(self, path: str, handler: Callable[[Any], Awaitable[Any]]) -> Route:
        """Add a route for POST."""
        return self.add_route("POST", path, handler)

    def add_put(self, path: str, handler: Callable[[Any], Awaitable[Any]]) -> Route:
        """Add a route for PUT."""
        return self.add_route("PUT", path, handler)

    def add_patch(self, path: str, handler: Callable[[Any], Awaitable[Any]]) -> Route:
        """Add a route for PATCH."""
        return self.add_route("PATCH", path, handler)

    def add_delete(self, path: str, handler: Callable[[Any], Awaitable[Any]]) -> Route:
        """Add a route for DELETE."""
        return self.add_route("DELETE", path, handler)

    def add_routes(self, routes: Iterable[AbstractRouteDef]) -> list[Route]:
        """Add the routes of a route table, or of any iterable of route definitions."""
        added: list[Route] = []
        for definition in routes:
            added.extend(definition.register(self))
        return added

    def _resource(self, path: str) -> Resource:
        segments = parse_path(path)
        if all(segment.literal is not None for segment in segments):
            return self._matcher.fixed(decode(path))
        node = self._matcher.tree()
        for position, segment in enumerate(segments):
            if segment.own_pattern:
                return _tail(node, segments[position:], path)
            node = _child(node, segment)
        if node.resource is None:
            node.resource = Resource(path)
        return node.resource


def _child(node: Node, segment: Segment) -> Node:
    """The node for a segment below another node, made where there is none yet."""
    if segment.literal is not None:
        if segment.literal not in node.statics:
            node.statics[segment.literal] = Node()
        return node.statics[segment.literal]
    for variable in node.variables:
        if variable.source == segment.regex:
            return variable.node
    pattern = None if segment.name else matcher(segment.regex)
    variable = Variable(segment.regex, segment.name, pattern)
    node.variables.append(variable)
    return variable.node


def _tail(node: Node, segments: list[Segment], path: str) -> Resource:
    """The resource of a path that ends in segments which only a regular expression can tell apart."""
    for tail in node.tails:
        if tail.resource.path == path:
            return tail.resource
    resource = Resource(path)
    node.tails.append(Tail(matcher("/".join(segment.regex for segment in segments)), resource))
    return resource
