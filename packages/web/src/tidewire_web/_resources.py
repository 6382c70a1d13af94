"""Resources: paths, and their routes."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any, Final

from yarl import URL

from tidewire_web._match_info import UrlMappingMatchInfo, info_of
from tidewire_web._match_tree import ANY_METHOD
from tidewire_web._patterns import PathPattern
from tidewire_web._route_tree import RouteTree
from tidewire_web._routes import AbstractRoute, ResourceRoute, checked_method
from tidewire_web._types import ExpectHandler, Handler
from tidewire_web._views import AbstractView

__all__ = ["AbstractResource", "DynamicResource", "PlainResource", "Resource"]

# What `resolve()` returns: what was found, and the methods that there are routes for.
Resolved = tuple[UrlMappingMatchInfo | None, set[str]]

_PREFIX_RULE: Final = "a prefix begins with a slash, does not end with one, and has no variables"


def prefix_pattern(prefix: str) -> PathPattern:
    """A prefix, taken apart.

    Raises:
        TypeError: it is no str.
        ValueError: it does not begin with a slash, ends with one, or has variables.
    """
    if not isinstance(prefix, str):
        raise TypeError(f"a prefix is a str, not {prefix!r}")
    if not prefix.startswith("/") or prefix.endswith("/") or "{" in prefix:
        raise ValueError(f"{_PREFIX_RULE}: {prefix!r}")
    return PathPattern(prefix)


class AbstractResource(Sized, Iterable[AbstractRoute]):
    """A part of the paths that an application answers; iterating gives its routes.

    A class of one's own is added by `UrlDispatcher.register_resource()`. It is asked by `resolve()`, for paths that
    begin with what is literal of `canonical`, before the resources that are less literal or were added later.

    Args:
        name: the name by which the router knows it.
    """

    # Called when its routes or its path have changed; set by the router that it is in.
    _changed: Callable[[], None] | None = None

    def __init__(self, *, name: str | None = None) -> None:
        self._name = name

    @property
    def name(self) -> str | None:
        """The name by which the router knows it."""
        return self._name

    @property
    @abc.abstractmethod
    def canonical(self) -> str:
        """The path, percent-encoded, with the names of its variables in braces."""

    @abc.abstractmethod
    def url_for(self, **kwargs: str) -> URL:
        """Build the URL for values of the variables."""

    @abc.abstractmethod
    async def resolve(self, request: Any) -> Resolved:
        """Find the route for a request.

        Returns:
            what was found, None where that is nothing; and the methods that the path has routes for.
        """

    @abc.abstractmethod
    def add_prefix(self, prefix: str) -> None:
        """Put a prefix before the path: the application has become part of another one."""

    @abc.abstractmethod
    def get_info(self) -> dict[str, Any]:
        """What is known of it, for introspection."""

    @abc.abstractmethod
    def raw_match(self, path: str) -> bool:
        """Whether this is the resource of a path, as that was given to `add_resource()`."""

    def freeze(self) -> None:
        """Take note that the router changes no more."""

    def _tell_change(self) -> None:
        if self._changed is not None:
            self._changed()


class PathResource(AbstractResource):
    """A resource that the compiled matcher knows: a path pattern with routes by method.

    Args:
        path: the path, empty or beginning with a slash, with variables in braces; not more than one of them should
            have an expression that matches slashes, see `UrlDispatcher`.
        name: the name by which the router knows it.

    Raises:
        ValueError: the path is malformed.

    Attributes:
        pattern: the path, taken apart.
    """

    def __init__(self, path: str, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.pattern = PathPattern(path)
        self._routes: dict[str, ResourceRoute] = {}
        self._tree: RouteTree | None = None  # of this resource only; made when somebody asks

    def __repr__(self) -> str:
        name = "" if self._name is None else f"{self._name!r} "
        return f"<{type(self).__name__} {name}{self.canonical}>"

    def __len__(self) -> int:
        return len(self._routes)

    def __iter__(self) -> Iterator[ResourceRoute]:
        return iter(list(self._routes.values()))

    @property
    def canonical(self) -> str:
        """The path, percent-encoded, with the names of its variables in braces."""
        return self.pattern.canonical

    @property
    def patterns(self) -> tuple[PathPattern, ...]:
        """The paths; `pattern` is the first of them."""
        return (self.pattern,)

    @property
    def routes_by_method(self) -> dict[str, ResourceRoute]:
        """The routes, by their methods; not for writing."""
        return self._routes

    def register_route(self, route: ResourceRoute) -> None:
        """Add a route that was made for this resource.

        Raises:
            RuntimeError: requests with its method have a route already.
            TypeError: it is none.
        """
        if not isinstance(route, ResourceRoute):
            raise TypeError(f"a ResourceRoute, not {route!r}")
        self._check_free(route.method)
        self._routes[route.method] = route
        self._tell_change()

    def add_prefix(self, prefix: str) -> None:
        """Put a prefix before the path.

        Raises:
            ValueError: it does not begin with a slash, or ends with one.
        """
        self.pattern = self.pattern.below(prefix_pattern(prefix))
        self._tell_change()

    def raw_match(self, path: str) -> bool:
        """Whether this is the resource of a path, as that was given to `add_resource()`."""
        return self.pattern.path == path

    def url_for(self, **values: str) -> URL:
        """Build the URL, in a nested application with the prefixes of those around it.

        Args:
            values: the values of the variables, which are percent-encoded here; slashes are kept only in those of
                variables with a pattern of their own. Other names are ignored.

        Raises:
            KeyError: a variable has no value.
            TypeError: a value is no str.
        """
        return URL.build(path=self.pattern.fill(values), encoded=True)

    def freeze(self) -> None:
        """Make a path of an empty one that has got no prefix."""
        if not self.pattern.path:
            self.pattern = PathPattern("/")

    async def resolve(self, request: Any) -> Resolved:
        """Find the route for a request."""
        if self._tree is None:
            self._tree = RouteTree()
            for pattern in self.patterns:
                self._tree.add(pattern, self._routes)
        match = self._tree.matcher.match(request.method, request.rel_url.raw_path)
        if match.route is None:
            return None, set(match.allowed)
        return info_of(match, request.method), set(self._routes)

    def _check_free(self, method: str) -> None:
        known = self._routes.get(method) or self._routes.get(ANY_METHOD)
        if known is not None:
            raise RuntimeError(f"{method} {self.canonical} would never be used: there is {known!r} already")

    def _tell_change(self) -> None:
        self._tree = None
        super()._tell_change()


class Resource(PathResource):
    """A path, and the routes of its methods."""

    def add_route(
        self,
        method: str,
        handler: Handler | type[AbstractView],
        *,
        expect_handler: ExpectHandler | None = None,
        handler_cancellation: bool | None = None,
    ) -> ResourceRoute:
        """Add a route.

        Args:
            method: the method, in any case; `*` for every one that has no route of its own here.
            handler: see `AbstractRoute`.
            expect_handler: see `AbstractRoute`.
            handler_cancellation: see `AbstractRoute`.

        Raises:
            RuntimeError: requests with this method have a route already.
            TypeError: a handler is none.
            ValueError: the method is malformed.
        """
        self._check_free(checked_method(method))
        route = ResourceRoute(
            method,
            handler,
            self,
            expect_handler=expect_handler,
            handler_cancellation=handler_cancellation,
        )
        self.register_route(route)
        return route


class PlainResource(Resource):
    """A path without variables.

    Raises:
        ValueError: the path is malformed, or has variables.
    """

    def __init__(self, path: str, *, name: str | None = None) -> None:
        super().__init__(path, name=name)
        if not self.pattern.is_fixed:
            raise ValueError(f"a path with variables: {path!r}")

    def get_info(self) -> dict[str, Any]:
        """The path, as `path`."""
        return {"path": self.canonical}


class DynamicResource(Resource):
    """A path with variables: `{name}` is a segment or a part of one, `{name:regex}` what the pattern matches."""

    def get_info(self) -> dict[str, Any]:
        """The path as `formatter`, and as `pattern` the regular expression of the percent-encoded path."""
        return {"formatter": self.canonical, "pattern": self.pattern.regex()}
